// An alert as corrections keep it: what it was raised with, what it rests on now, what became known since,
// and which observations could have anything to say about it.

import type { Level, RaisedFinding } from '../core/finding.ts';
import { isFrameKind, type Observation, type Position } from '../core/observation.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { FIX, FIX_KINDS, UNPLACED } from '../core/position-codes.ts';
import { sourceKindOf } from '../core/source.ts';
import type { EvidenceOrder } from './claim-inputs.ts';
import type { Engine } from './engine.ts';
import { positionOf, type KeptFix } from './kinds/kept-fix.ts';
import type { Rule } from './rule.ts';

export type KeptAlert = {
  readonly alertId: string;
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly shadow: boolean;
  /** Raised from fixes that came late: nothing goes on from there. */
  readonly late: boolean;
  /** Event time at which it was raised. */
  readonly atMs: number;
  /** What it rests on: at first as raised, after it was met again what it was met with. */
  claim: Claim;
  /** The next fixes after a presence was proven: would they have proven it as well? */
  readonly after: KeptFix[];
  /** What became known after the alert and had happened before it. */
  readonly added: Observation[];
  standing: boolean;
  level: Level;
  article: string;
  subjectClass: RaisedFinding['subjectClass'];
  region: RaisedFinding['region'];
  /** When its condition ended. */
  clearedAtMs: number | undefined;
  /** In which order its evidence alone makes the rule speak; asked once. */
  provenBy: EvidenceOrder | 'none' | undefined;
  /** Goes on watching for a withdrawn alert whose episode the rule still counts as open. */
  watch: Engine | undefined;
};

export type Claim = Pick<RaisedFinding, 'alertId' | 'atMs' | 'evidence' | 'values'>;

/** Observations added to one alert, and fixes kept after one, at most. */
export const ADDED_MAX = 64;
export const AFTER_MAX = 8;

export const keepAlert = (finding: RaisedFinding): KeptAlert => ({
  alertId: finding.alertId,
  ruleId: finding.ruleId,
  ruleVersion: finding.ruleVersion,
  shadow: finding.shadow === true,
  late: finding.late,
  atMs: finding.atMs,
  claim: claimOf(finding),
  after: [],
  added: [],
  standing: true,
  level: finding.level,
  article: finding.article,
  subjectClass: finding.subjectClass,
  region: finding.region,
  clearedAtMs: undefined,
  provenBy: undefined,
  watch: undefined,
});

export const claimOf = ({ alertId, atMs, evidence, values }: RaisedFinding): Claim => ({
  alertId,
  atMs,
  evidence,
  values,
});

const isSeen = ({ kind }: Observation): boolean => !isFrameKind(kind);

/** When the oldest of what was seen happened; later facts before that change nothing. */
export const oldestMsOf = ({ claim }: KeptAlert): number =>
  claim.evidence
    .filter(isSeen)
    .reduce<number>((oldest, { atMs }) => Math.min(oldest, atMs), claim.atMs);

/** From when on the alert could be known. What came before was known to the rule. */
export const knownMsOf = ({ claim }: KeptAlert): number =>
  claim.evidence
    .filter(isSeen)
    .reduce<number>((newest, { receivedAtMs }) => Math.max(newest, receivedAtMs), claim.atMs);

/** When the first of what was seen became known. */
export const firstReceivedMsOf = ({ claim }: KeptAlert): number =>
  claim.evidence
    .filter(isSeen)
    .reduce<number>((first, { receivedAtMs }) => Math.min(first, receivedAtMs), Infinity);

/** When the last of what was seen happened; a word may come after the instant of a silence. */
export const lastSeenMsOf = ({ claim }: KeptAlert): number =>
  claim.evidence.reduce<number>((last, { atMs }) => Math.max(last, atMs), claim.atMs);

/** The last instant its derivation looks at. */
export const lastMsOf = (alert: KeptAlert): number =>
  alert.after.reduce<number>((last, { atMs }) => Math.max(last, atMs), lastSeenMsOf(alert));

export const knows = (alert: KeptAlert, { id }: Observation): boolean =>
  seenBy(alert).some((one) => one.id === id);

/** The fixes kept after the alert, as observations. */
export const afterOf = ({ claim, after }: KeptAlert): Position[] => {
  const subject = claim.evidence[0]?.subject;
  return subject === undefined ? [] : after.map((fix) => positionOf(fix, subject));
};

/** Everything that is kept about the alert. */
export const seenBy = (alert: KeptAlert): Observation[] => [
  ...alert.claim.evidence,
  ...alert.added,
  ...afterOf(alert),
];

/** The same of a row, without making an observation of it. */
export function knowsRow(
  { claim, added, after }: KeptAlert,
  { batch, row }: { batch: PositionBatch; row: number },
): boolean {
  const atMs = batch.atMs[row];
  const isIt = (one: KeptFix | Position) =>
    one.atMs === atMs &&
    one.sequence === batch.sequence[row] &&
    one.lng === batch.lng[row] &&
    one.lat === batch.lat[row] &&
    one.source === batch.sources.at(batch.source[row] as number);
  const isItToo = (one: Observation) => one.kind === 'position' && isIt(one);
  return claim.evidence.some(isItToo) || added.some(isItToo) || after.some(isIt);
}

/** Positions have a say in rules about places and in silence of a source that gives positions. */
export const heedsPositions = (rule: Rule): boolean =>
  rule.kind === 'zone' || isSilence(rule) || countsVisits(rule);

const countsVisits = (rule: Rule): boolean => rule.kind === 'count' && 'visits' in rule.params;

/** The kinds of fixes that prove something to a rule about places. */
const fixKindsOf = (rule: Rule): readonly string[] | undefined => {
  if (rule.kind === 'zone') return rule.params.fixKinds;
  return rule.kind === 'count' && 'visits' in rule.params ? rule.params.visits.fixKinds : undefined;
};

export const isSilence = (rule: Rule): boolean =>
  rule.kind === 'absence' && 'sources' in rule.params;

/** Whether the row could have a say in what the rule finds. */
export function heedsRow(rule: Rule, batch: PositionBatch, row: number): boolean {
  const fixKinds = fixKindsOf(rule);
  if (fixKinds) {
    const fix = FIX_KINDS[batch.fix[row] as number] ?? FIX_KINDS[FIX.gnss];
    return ((batch.labels[row] as number) & UNPLACED) === 0 && fixKinds.includes(fix);
  }
  return heedsSource(rule, batch.sources.at(batch.source[row] as number));
}

/** Whether a fact that is no order and no leave could have a say in what the rule finds. */
export function heedsFact(rule: Rule, source: string): boolean {
  if (rule.kind === 'zone' || rule.kind === 'keyword' || countsVisits(rule)) return false;
  // A term is what the register says, and orders and leaves are told apart from other facts.
  if (rule.kind === 'deadline' && 'term' in rule.params) return false;
  return isSilence(rule) ? heedsSource(rule, source) : true;
}

const heedsSource = (rule: Rule, source: string): boolean =>
  rule.kind === 'absence' &&
  'sources' in rule.params &&
  rule.params.sources.includes(sourceKindOf(source));

/** What a clock of a rule runs for: a rule has one for each of a person's leaves, bases and cases. */
const MATTER = ['leaveId', 'basisId', 'caseId', 'stage'] as const;

/** Whether the rule speaks of what the alert is about, and not of another clock of the person. */
export const isSameMatter = ({ claim }: KeptAlert, { values }: RaisedFinding): boolean =>
  MATTER.every((name) => values[name] === claim.values[name]);

/**
 * Whether the rule itself goes on about the person when its alert turns out to be none. A silence that was
 * broken is measured anew by the rule; what has no episode raises with the next fact. All others count
 * their episode as open and would say nothing more.
 */
export function needsWatch({ late, clearedAtMs }: KeptAlert, rule: Rule, fromMs: number): boolean {
  if (late || isSilence(rule) || rule.kind === 'keyword') return false;
  if (rule.kind === 'match' && rule.params.clearWhen === undefined) return false;
  return clearedAtMs === undefined || clearedAtMs > fromMs;
}
