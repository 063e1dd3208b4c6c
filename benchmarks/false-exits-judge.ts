// Holds what is said about a day at the border against the truth: false exits, missed exits, delays.

import { median, round } from './bench.ts';
import { TRUTH_STEP_MS, type Walk } from './border-walks.ts';

/** A true exit: so far beyond the border for so long. */
const EXIT_M = 300;
const EXIT_MS = 5 * 60_000;

/** What one way of deciding made of all days. */
export type Judgement = {
  readonly name: string;
  readonly dwellMin: number;
  readonly marginM: number;
  readonly falseExits: number;
  /** Time in which somebody could have been said to leave: no alert was open. */
  readonly watchedHours: number;
  /** Told by an alert, and of these by one that was open from before. */
  readonly found: number;
  readonly foundOpen: number;
  readonly missed: number;
  readonly medianDelayMs: number;
};

/** Someone is said to be outside: resting on fixes from `fromMs`, said at `atMs`, until `untilMs`. */
export type Claim = {
  readonly key: string;
  readonly fromMs: number;
  readonly atMs: number;
  untilMs: number;
};

/** False exits in 1,000 hours in which no alert was open. */
export const falsePer1000Hours = ({ falseExits, watchedHours }: Judgement): number =>
  round((falseExits * 1_000) / watchedHours);

/** The margin of error in time: fixes are a minute apart. */
const NEAR_MS = 60_000;

/** What came of the claims one way of deciding made. */
export function judge(
  walks: readonly Walk[],
  claims: readonly Claim[],
  about: Pick<Judgement, 'name' | 'dwellMin' | 'marginM'>,
): Judgement {
  const byKey = Map.groupBy(claims, ({ key }) => key);
  let falseExits = 0;
  let missed = 0;
  let found = 0;
  let openMs = 0;
  const delaysMs: number[] = [];
  for (const { key, truthM } of walks) {
    const mine = byKey.get(key) ?? [];
    for (const { fromMs, atMs, untilMs } of mine) {
      openMs += Math.min(untilMs, truthM.length * TRUTH_STEP_MS) - atMs;
      if (!wasOutside(truthM, fromMs - NEAR_MS, atMs + NEAR_MS)) falseExits++;
    }
    for (const exit of exitsOf(truthM)) {
      // An alert that is still open from before tells of this exit as well, but not how soon.
      const telling = mine.filter(
        ({ atMs, untilMs }) => atMs <= exit.backMs + NEAR_MS && untilMs > exit.leftMs,
      );
      if (telling.length === 0) missed++;
      else found++;
      const first = telling.find(({ atMs }) => atMs >= exit.leftMs);
      if (first && first === telling[0]) delaysMs.push(first.atMs - exit.leftMs);
    }
  }
  const medianDelayMs = delaysMs.length > 0 ? median(delaysMs) : Infinity;
  const watchedHours = walks.length * 24 - openMs / 3_600_000;
  const foundOpen = found - delaysMs.length;
  return { ...about, falseExits, watchedHours, missed, found, foundOpen, medianDelayMs };
}

function wasOutside(truthM: Float64Array, fromMs: number, untilMs: number): boolean {
  const from = Math.max(0, Math.floor(fromMs / TRUTH_STEP_MS));
  return truthM
    .subarray(from, Math.floor(untilMs / TRUTH_STEP_MS) + 1)
    .some((metres) => metres < 0);
}

/** Stretches outside of the border in which a true exit lies, complete within the day. */
function exitsOf(truthM: Float64Array): { leftMs: number; backMs: number }[] {
  const exits: { leftMs: number; backMs: number }[] = [];
  let left: number | undefined;
  let farSteps = 0;
  let isExit = false;
  for (const [step, metres] of truthM.entries()) {
    if (metres < 0) {
      left ??= step;
      farSteps = metres <= -EXIT_M ? farSteps + 1 : 0;
      if (farSteps * TRUTH_STEP_MS > EXIT_MS) isExit = true;
      continue;
    }
    if (left !== undefined && isExit) {
      exits.push({ leftMs: left * TRUTH_STEP_MS, backMs: step * TRUTH_STEP_MS });
    }
    [left, farSteps, isExit] = [undefined, 0, false];
  }
  return exits;
}
