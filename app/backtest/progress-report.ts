// How far a backtest is, for people: not more often than they can read it, with a rate and an estimate that
// start where this run started and not where an earlier one did.

import type { BacktestProgress } from '../api/backtests.ts';

type SoFar = { readonly observations: number; readonly share: number; readonly reachedMs: number };

/** A screen asks about as often. */
const TOLD_MS_MIN = 400;

/** Before that an estimate would be a guess. */
const ESTIMATE_AFTER_MS = 1_000;

export function createProgressReport(
  elapsed: () => number,
  tell: (progress: BacktestProgress) => void,
): { reading(so: SoFar): void; comparing(): void } {
  let start: { atMs: number; share: number; observations: number } | undefined;
  let toldAtMs = -Infinity;
  let last: SoFar = { observations: 0, share: 0, reachedMs: 0 };

  const progressOf = (so: SoFar, phase: BacktestProgress['phase']): BacktestProgress => {
    const from = start ?? { atMs: elapsed(), ...so };
    const tookMs = elapsed() - from.atMs;
    const read = so.share - from.share;
    const isKnown = tookMs >= ESTIMATE_AFTER_MS && read > 0;
    return {
      phase,
      share: Math.min(1, Math.max(0, so.share)),
      observations: so.observations,
      perSecond:
        tookMs === 0 ? 0 : Math.round(((so.observations - from.observations) / tookMs) * 1_000),
      reachedMs: so.reachedMs > 0 ? so.reachedMs : null,
      leftMs: isKnown ? Math.round((tookMs * (1 - so.share)) / read) : null,
    };
  };

  return {
    reading(so) {
      start ??= { atMs: elapsed(), share: so.share, observations: so.observations };
      last = so;
      if (elapsed() - toldAtMs < TOLD_MS_MIN) return;
      toldAtMs = elapsed();
      tell(progressOf(so, 'reading'));
    },
    comparing: () => tell(progressOf({ ...last, share: 1 }, 'comparing')),
  };
}
