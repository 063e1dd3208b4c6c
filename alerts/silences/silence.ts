// A silence: what somebody wants told to nobody for a while, and why. Here is what it is at an instant and
// what it covers; everything is decided from its rows and the instant, so that a replay decides alike.

import { z } from 'zod';
import { levelSchema, type Level } from '../../core/finding.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { isWithin, regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import type { EpochMs } from '../../core/time.ts';
import type {
  AccountRole,
  AlertTable,
  SilenceActKind,
  SilenceActTable,
  SilenceMatcher,
  SilenceTable,
} from '../../warehouse/records-schema.ts';

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(50).readonly();

/** Of all that is named, each must hold; of each list one item. */
export const silenceMatcherSchema = z.strictObject({
  levels: some(levelSchema),
  rules: some(z.string().min(1).max(60)).optional(),
  counties: some(regionCodeSchema).optional(),
  classes: some(z.enum(SUBJECT_CLASSES)).optional(),
  /** Pseudonymous keys. */
  subjects: some(subjectKeySchema).optional(),
}) satisfies z.ZodType<SilenceMatcher>;

export type SilenceAct = Pick<SilenceActTable, 'actor' | 'reason' | 'atMs'>;

/** A silence with what became of it. */
export type Silence = Pick<
  SilenceTable,
  'id' | 'region' | 'author' | 'authorRole' | 'reason' | 'fromMs' | 'untilMs' | 'createdAtMs'
> & {
  readonly matcher: SilenceMatcher;
  readonly coversOpen: boolean;
  readonly needsApproval: boolean;
  readonly acts: Readonly<Partial<Record<SilenceActKind, SilenceAct>>>;
};

/**
 * `pending`: waits for a second person. `scheduled`: begins later. `active`: hides what it covers.
 * `ended`: early, by a person. `expired`: by itself. `lapsed`: nobody approved it in time.
 */
export type SilenceState = 'pending' | 'scheduled' | 'active' | 'ended' | 'expired' | 'lapsed';

export function stateOf(silence: Silence, nowAtMs: number): SilenceState {
  const { acts, fromMs, untilMs, needsApproval } = silence;
  if (acts.ended && acts.ended.atMs <= nowAtMs) return 'ended';
  const isApproved = !needsApproval || (acts.approved && acts.approved.atMs <= nowAtMs);
  if (untilMs <= nowAtMs) return isApproved ? 'expired' : 'lapsed';
  if (!isApproved) return 'pending';
  return fromMs <= nowAtMs ? 'active' : 'scheduled';
}

/** From when on it hides: not before it is approved; undefined while nobody has. */
export function beginsAtMs({
  fromMs,
  createdAtMs,
  needsApproval,
  acts,
}: Silence): EpochMs | undefined {
  const decidedAtMs = needsApproval ? acts.approved?.atMs : createdAtMs;
  if (decidedAtMs === undefined) return undefined;
  return decidedAtMs > fromMs ? decidedAtMs : fromMs;
}

/** What of an alert a silence looks at. */
export type SilencedFacts = Pick<
  AlertTable,
  'level' | 'ruleId' | 'region' | 'subject' | 'subjectClass'
>;

export const covers = (
  { matcher, region }: Pick<Silence, 'matcher' | 'region'>,
  alert: SilencedFacts,
): boolean =>
  matcher.levels.includes(alert.level) &&
  isWithin(alert.region, region) &&
  (matcher.rules?.includes(alert.ruleId) ?? true) &&
  (matcher.counties?.some((county) => isWithin(alert.region, county)) ?? true) &&
  (matcher.classes?.includes(alert.subjectClass) ?? true) &&
  (matcher.subjects?.includes(alert.subject) ?? true);

/** The silence that hides an alert routed now: of several the one that lasts longest. */
export function silencing(
  silences: readonly Silence[],
  alert: SilencedFacts,
  nowAtMs: number,
): Silence | undefined {
  return silences
    .filter((silence) => stateOf(silence, nowAtMs) === 'active' && covers(silence, alert))
    .toSorted((a, b) => b.untilMs - a.untilMs || (a.id < b.id ? -1 : 1))[0];
}

/** An alert under way is covered only where that was said. */
export const coversUnderWay = (silence: Silence, sinceMs: number): boolean => {
  const begins = beginsAtMs(silence);
  return silence.coversOpen || (begins !== undefined && begins <= sinceMs);
};

/** Longest durations; the city's rule. */
export type SilenceLimits = {
  /** Of a silence that covers level 1. */
  readonly level1MsMax: number;
  readonly msMax: number;
};

export const SILENCE_LIMITS: SilenceLimits = {
  level1MsMax: 24 * 3_600_000,
  msMax: 7 * 24 * 3_600_000,
};

/** Levels whose silence takes a second person. */
export const needsApproval = (levels: readonly Level[]): boolean =>
  levels.some((level) => level < 3);

/** A level-1 alert goes to the city too: a county alone does not silence it. */
export const needsCity = ({ matcher }: Pick<Silence, 'matcher'>, roles: readonly AccountRole[]) =>
  matcher.levels.includes(1) && !roles.includes('city-officer');
