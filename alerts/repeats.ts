// Repeats raise the level: who does the same thing again and again is not looked at as if it were the first
// time. The same rule met again about the same person, so often within a day, makes the alert graver by one,
// once. Decided from event time only, so that a replay decides alike.

import type { Level } from '../core/finding.ts';
import { DAY_MS } from '../core/local-time.ts';
import type { EpochMs } from '../core/time.ts';
import type { AlertRaiseTable } from '../warehouse/records-schema.ts';
import type { KnownAlert } from './subject-state.ts';

export type RepeatLimit = {
  /** So often met again after the first time … */
  readonly count: number;
  /** … within this time. */
  readonly withinMs: number;
};

export type RepeatOptions = {
  /** Off when undefined. */
  readonly repeats: RepeatLimit | undefined;
  /** Rules for which something else holds. */
  readonly repeatsOfRule?: Readonly<Record<string, RepeatLimit | undefined>>;
};

export const REPEAT_DEFAULTS: RepeatOptions = { repeats: { count: 3, withinMs: DAY_MS } };

/** A raise of any alert of the person, open or closed, that may count. */
export type RecentRaise = Pick<AlertRaiseTable, 'id' | 'openedAtMs' | 'withdrawnAtMs'> & {
  readonly ruleId: string;
};

export const limitOf = (
  { repeats, repeatsOfRule }: RepeatOptions,
  ruleId: string,
): RepeatLimit | undefined =>
  repeatsOfRule && ruleId in repeatsOfRule ? repeatsOfRule[ruleId] : repeats;

/** Longest time any rule looks back, 0 when repeats raise nothing. */
export const longestWithinMs = ({ repeats, repeatsOfRule = {} }: RepeatOptions): number =>
  Math.max(0, ...[repeats, ...Object.values(repeatsOfRule)].map((limit) => limit?.withinMs ?? 0));

/**
 * The instant at which what was met at `atMs`, among all others, made it often enough; undefined when it did
 * not. What arrives late may complete a count that ends after it.
 */
export function crossedAtMs(
  recent: readonly RecentRaise[],
  { ruleId, atMs }: { ruleId: string; atMs: EpochMs },
  limit: RepeatLimit,
): EpochMs | undefined {
  const instants = standing(recent, ruleId).toSorted((a, b) => a - b);
  return instants.find(
    (endMs) =>
      endMs >= atMs &&
      endMs < atMs + limit.withinMs &&
      repeatsUntil(instants, endMs, limit) >= limit.count,
  );
}

/** True while what made the alert graver still stands: what was withdrawn does not count. */
export function isStillRaised(
  { ruleId, repeatsRaisedAtMs }: Pick<KnownAlert, 'ruleId' | 'repeatsRaisedAtMs'>,
  recent: readonly RecentRaise[],
  options: RepeatOptions,
): boolean {
  if (repeatsRaisedAtMs === null) return false;
  const limit = limitOf(options, ruleId);
  // Somebody turned it off since: what is under way stays as it is.
  if (!limit) return true;
  return repeatsUntil(standing(recent, ruleId), repeatsRaisedAtMs, limit) >= limit.count;
}

/** How often the rule was met again in the time that ends at `endMs`. */
export const repeatsAt = (
  recent: readonly RecentRaise[],
  { ruleId, endMs }: { ruleId: string; endMs: number },
  limit: RepeatLimit,
): number => repeatsUntil(standing(recent, ruleId), endMs, limit);

const standing = (recent: readonly RecentRaise[], ruleId: string): EpochMs[] =>
  recent
    .filter((raise) => raise.ruleId === ruleId && raise.withdrawnAtMs === null)
    .map(({ openedAtMs }) => openedAtMs);

const repeatsUntil = (instants: readonly number[], endMs: number, { withinMs }: RepeatLimit) =>
  instants.filter((atMs) => atMs > endMs - withinMs && atMs <= endMs).length - 1;

/** Graver by one; level 1 is the gravest there is. */
export const graver = (level: Level): Level => (level === 1 ? 1 : ((level - 1) as Level));
