// "Why did this rule not raise about this person then?", asked of a history: finds the rule as it was in
// force, reads what there is about the person, and gives the answer as the screens and the command show it.

import { nearestWord } from '../../core/nearest-word.ts';
import { text } from '../../core/text.ts';
import type { CompiledRule } from '../../rules/compile.ts';
import type { Surroundings } from '../../rules/kind.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { explainWhyNot, windowMsOf, type FailedGate, type WhyNot } from '../../rules/why-not.ts';
import { GATES } from '../../rules/why-not/gate.ts';
import type { Reasons, WhyNotAnswer } from '../api/rules.ts';
import type { HistorySource } from '../backtest/history-source.ts';
import { alertsOf, type ActingFinding } from '../replay/to-alerts.ts';
import { readAbout, type History } from './read-about.ts';

export type WhyNotDeps = {
  readonly source: HistorySource;
  readonly surroundings: Surroundings;
  /** The rules as they are now. */
  readonly rulebook: Rulebook;
  /** Ask the rules as they are now, whatever was in force then. */
  readonly asNow?: boolean;
  readonly signal?: AbortSignal | undefined;
};

export type WhyNotAsked = {
  readonly ruleId: string;
  readonly subject: string;
  readonly atMs: number;
  /** How much time around the instant counts; by the kind of rule when left out. */
  readonly windowMs?: number | undefined;
};

/** So long after the window what came late or took something back is still looked at. */
const AFTERWARDS_MS = 86_400_000;

export async function askWhyNot(deps: WhyNotDeps, asked: WhyNotAsked): Promise<WhyNotAnswer> {
  const { ruleId, subject, atMs } = asked;
  const now = findRule(deps.rulebook, ruleId);
  const halfMs = (asked.windowMs ?? (now ? windowMsOf(now.rule) : 0)) / 2;
  const [fromMs, untilMs] = [atMs - halfMs, atMs + halfMs];
  const history = await readAbout(deps.source, {
    subject,
    atMs,
    untilMs: untilMs + AFTERWARDS_MS,
    signal: deps.signal,
  });
  const compiled = ruleThen(deps, history, ruleId) ?? now;
  if (!compiled) return unknownRule(deps.rulebook, asked);
  const answer = explainWhyNot({
    compiled,
    subject,
    atMs,
    fromMs,
    untilMs,
    inputs: history.inputs,
    surroundings: deps.surroundings,
    wasNotInForce: !deps.asNow && wasNotInForce(history, ruleId) ? true : undefined,
  });
  return answerOf(answer, compiled, asked);
}

/** The rule of a book; what is in force before what is on trial beside it. */
const findRule = ({ rules }: Rulebook, ruleId: string): CompiledRule | undefined => {
  const versions = rules.filter(({ rule }) => rule.id === ruleId);
  return versions.find(({ rule }) => rule.status === 'active') ?? versions[0];
};

const ruleThen = ({ asNow }: WhyNotDeps, { rulebook }: History, ruleId: string) =>
  asNow || !rulebook ? undefined : findRule(rulebook, ruleId);

const wasNotInForce = ({ rulebook }: History, ruleId: string): boolean =>
  rulebook !== undefined && findRule(rulebook, ruleId) === undefined;

function answerOf(answer: WhyNot, { rule }: CompiledRule, asked: WhyNotAsked): WhyNotAnswer {
  const { raised, ruleVersion, fromMs, untilMs, reachedMs, withdrawn } = answer;
  return {
    ruleId: rule.id,
    ruleVersion,
    title: rule.title,
    subject: asked.subject,
    atMs: asked.atMs,
    fromMs,
    untilMs,
    reachedMs,
    raised: raised
      ? {
          alertId: raised.alertId,
          atMs: raised.atMs,
          level: raised.level,
          withdrawn,
          mergedInto: mergedInto(answer) ?? null,
        }
      : null,
    ...reasonsOf(answer),
  };
}

/** The reasons as screens are told them. */
export const reasonsOf = ({
  gates,
  wouldRaise,
}: Pick<WhyNot, 'gates' | 'wouldRaise'>): Reasons => ({
  gates: gates.map(gateOf),
  wouldRaise: wouldRaise ? { atMs: wouldRaise.atMs, level: wouldRaise.level } : null,
});

const gateOf = (gate: FailedGate): WhyNotAnswer['gates'][number] => ({
  code: gate.code,
  name: GATES[gate.code],
  says: gate.says,
  nearest: gate.nearest ?? null,
  relaxed: gate.relaxed ?? null,
  proven: gate.proven,
  reference: gate.reference ?? null,
});

/** The alert of the same stretch what was raised was counted to, when it made none of its own. */
function mergedInto({ raised, findings }: WhyNot): string | undefined {
  const acting = findings.filter((one): one is ActingFinding => one.kind !== 'suppressed');
  const alerts = alertsOf([...acting]);
  if (!raised || alerts.some(({ id }) => id === raised.alertId)) return undefined;
  return alerts.findLast(({ openedAtMs }) => openedAtMs <= raised.atMs)?.id;
}

function unknownRule(rulebook: Rulebook, { ruleId, subject, atMs }: WhyNotAsked): WhyNotAnswer {
  const known = rulebook.rules.map(({ rule }) => rule.id);
  const meant = nearestWord(ruleId, known);
  const hint = meant ? text(`，是否指 ${meant}？`, `; did you mean ${meant}?`) : text('', '');
  const list = text(`规则有：${known.join(' ')}`, `there are ${known.join(' ')}`);
  return {
    ruleId,
    ruleVersion: null,
    title: null,
    subject,
    atMs,
    fromMs: atMs,
    untilMs: atMs,
    reachedMs: 0,
    raised: null,
    gates: [
      {
        code: 'rule-unknown',
        name: GATES['rule-unknown'],
        says: text(`没有规则 ${ruleId}${hint.zh}`, `there is no rule ${ruleId}${hint.en}`),
        nearest: list,
        relaxed: null,
        proven: false,
        reference: null,
      },
    ],
    wouldRaise: null,
  };
}
