// Why a rule did not raise about a person: the first condition that failed, how near it came, and what the
// engine says once that condition is done without. The engine decides whether it raised; what explains it is
// tried on the same engine, so that the two cannot drift apart.

import { never } from '../core/errors.ts';
import type { Finding, RaisedFinding } from '../core/finding.ts';
import { DAY_MS } from '../core/local-time.ts';
import type { Text } from '../core/text.ts';
import type { Rule } from './rule.ts';
import { countGate } from './why-not/count.ts';
import { deadlineGate } from './why-not/deadline.ts';
import { lastSuppressedGate, openAt, openGate, suppressedGate } from './why-not/engine-gates.ts';
import { frameGate } from './why-not/frame-gates.ts';
import { rankOf, UNEXPLAINED, type Gate } from './why-not/gate.ts';
import { keywordGate } from './why-not/keyword.ts';
import { matchGate } from './why-not/match.ts';
import { readPerson, type Person } from './why-not/person.ts';
import { proximityGate } from './why-not/proximity.ts';
import { findingsOf, happenedBy, raisedWithin, type Question } from './why-not/question.ts';
import { spaced } from './why-not/say.ts';
import { sequenceGate } from './why-not/sequence.ts';
import { statusGate } from './why-not/status-gate.ts';
import { silenceGate } from './why-not/silence.ts';
import { thresholdGate } from './why-not/threshold.ts';
import { unansweredGate } from './why-not/unanswered.ts';
import { zoneGate } from './why-not/zone.ts';

/** A condition that failed. */
export type FailedGate = Omit<Gate, 'relax'> & {
  /** What was supposed instead, to look further. */
  readonly relaxed?: Text | undefined;
  /** With that supposed, the engine raised or a later condition was the one that failed. */
  readonly proven: boolean;
};

export type WhyNot = {
  readonly ruleVersion: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Up to here the history is complete; less than `untilMs` where it ends. */
  readonly reachedMs: number;
  /** The alert, where there was one after all. */
  readonly raised: RaisedFinding | undefined;
  /** It was taken back later on. */
  readonly withdrawn: boolean;
  /** Everything the rule says about the person, as far as the history goes. */
  readonly findings: readonly Finding[];
  /** What failed, in order; the first is the answer, each further one fails once those before are supposed away. */
  readonly gates: readonly FailedGate[];
  /** What the engine raises once all of them are supposed away; undefined where that cannot be. */
  readonly wouldRaise: RaisedFinding | undefined;
};

/** So much time around the instant is looked at, when nobody says otherwise. */
export function windowMsOf(rule: Rule): number {
  if (rule.kind === 'threshold') return 62 * DAY_MS;
  if (rule.kind !== 'absence') return DAY_MS;
  const waitMs = 'after' in rule.params ? rule.params.within : rule.params.silentFor;
  return Math.max(DAY_MS, 2 * waitMs);
}

/** So many conditions are looked at one after the other. */
const GATES_MAX = 8;

/** Answers from what the log holds of the person. */
export function explainWhyNot(asked: Question): WhyNot {
  const { fromMs, untilMs, compiled, inputs } = asked;
  const question = { ...asked, inputs: happenedBy(inputs, untilMs) };
  const { reachedMs } = readPerson(question);
  const isInForce = compiled.rule.status === 'active' && !asked.wasNotInForce;
  const findings = isInForce ? findingsOf(asked) : [];
  const about = { ruleVersion: compiled.version, fromMs, untilMs, reachedMs, findings };
  const raised = raisedWithin(asked, findings);
  if (raised) {
    const withdrawn = isWithdrawn(raised, findings);
    return { ...about, raised, withdrawn, gates: [], wouldRaise: undefined };
  }
  return { ...about, raised, withdrawn: false, ...climb(question) };
}

const isWithdrawn = ({ alertId }: RaisedFinding, findings: readonly Finding[]): boolean => {
  const last = findings.findLast((one) => one.kind === 'corrected' && one.alertId === alertId);
  return last?.kind === 'corrected' && last.outcome === 'withdrawn';
};

/** Supposes away one failing condition after the other, until the engine raises or nothing can be supposed. */
function climb(question: Question): Pick<WhyNot, 'gates' | 'wouldRaise'> {
  const gates: FailedGate[] = [];
  let supposed: Question | undefined = question;
  while (supposed && gates.length < GATES_MAX) {
    const last = gates.at(-1);
    const { raised: wouldRaise, gate } = lookAt(supposed);
    // What came late decides otherwise with everything known, and that is what counts.
    if (wouldRaise && !last) return { gates: [failed(UNEXPLAINED)], wouldRaise: undefined };
    const isLater =
      !last ||
      (gate !== undefined && gate !== UNEXPLAINED && rankOf(gate.code) > rankOf(last.code));
    if (last && (wouldRaise || isLater)) gates[gates.length - 1] = { ...last, proven: true };
    if (wouldRaise) return { gates, wouldRaise };
    if (!gate || !isLater) break;
    gates.push(failed(gate));
    supposed = gate.relax?.apply(supposed);
  }
  return { gates, wouldRaise: undefined };
}

const failed = ({ relax, says, nearest, ...gate }: Gate): FailedGate => ({
  ...gate,
  says: inPrint(says),
  ...(nearest ? { nearest: inPrint(nearest) } : {}),
  ...(relax ? { relaxed: inPrint(relax.says) } : {}),
  proven: false,
});

const inPrint = ({ zh, en }: Text): Text => ({ zh: spaced(zh), en });

/** What the engine raised in the window, or the first condition that kept it from raising. */
function lookAt(question: Question): { raised?: RaisedFinding; gate?: Gate } {
  const status = statusGate(question);
  if (status) return { gate: status };
  const findings = findingsOf(question);
  const raised = raisedWithin(question, findings);
  return raised ? { raised } : { gate: firstFailing(question, findings) };
}

function firstFailing(question: Question, findings: readonly Finding[]): Gate {
  const person = readPerson(question);
  const frame = frameGate(question, person);
  if (frame) return frame;
  const suppressed = suppressedGate(question, findings);
  if (suppressed) return suppressed;
  const { rule } = question.compiled;
  const open = openAt(findings, question.atMs);
  if (open && LOOKS_AWAY.has(kindOf(rule))) return openGate(open);
  return (
    gateOfKind(question, person, findings) ??
    lastSuppressedGate(question, findings) ??
    openAnywhere(question, findings) ??
    UNEXPLAINED
  );
}

/** While an alert of these is open the condition is not looked at again, and nothing is put down either. */
const LOOKS_AWAY: ReadonlySet<string> = new Set(['zone', 'silence', 'deadline', 'proximity']);

const kindOf = (rule: Rule): string =>
  rule.kind === 'absence' && !('after' in rule.params) ? 'silence' : rule.kind;

const openAnywhere = (question: Question, findings: readonly Finding[]): Gate | undefined => {
  const open = openAt(findings, question.untilMs) ?? openAt(findings, question.fromMs);
  return open && openGate(open);
};

function gateOfKind(
  question: Question,
  person: Person,
  findings: readonly Finding[],
): Gate | undefined {
  const { rule } = question.compiled;
  switch (rule.kind) {
    case 'zone':
      return zoneGate(question, person, rule);
    case 'match':
      return matchGate(question, person, rule);
    case 'count':
      return countGate(question, person, rule);
    case 'sequence':
      return sequenceGate(question, person, { rule, findings });
    case 'absence':
      return 'after' in rule.params
        ? unansweredGate(question, person, rule.params)
        : silenceGate(question, person, rule.params);
    case 'keyword':
      return keywordGate(question, person, rule);
    case 'deadline':
      return deadlineGate(question, person, rule);
    case 'threshold':
      return thresholdGate(question, person, rule);
    case 'proximity':
      return proximityGate(question, person, rule);
    default:
      return never(rule);
  }
}
