// What is known of each relation, never older than three seconds; answers say up to when it was known. While
// somebody asks about one it is read again and again, so that those who ask all at once do not wait for it.

import { ioClock, type Clock, type Timer } from '../../core/time.ts';
import type { RelationId } from '../../warehouse/metrics-catalogue.ts';
import type { Coverage } from './coverage.ts';

export type FreshCoverage = {
  /** Rejects like `read`. */
  of(id: RelationId): Promise<Coverage>;
  /** Reads no more ahead of questions. */
  close(): void;
};

/** Readings are seldom further apart than half of this; a machine under load may take longer for one. */
const FRESH_MS = 3_000;
const AHEAD_MS = 400;
/** For so long after the last question. */
const ASKED_MS = 10_000;

type Kept = {
  sinceMs: number;
  coverage: Promise<Coverage>;
};

export function createFreshCoverage(
  { clock, timer = ioClock }: { readonly clock: Clock; readonly timer?: Clock },
  read: (id: RelationId) => Promise<Coverage>,
): FreshCoverage {
  const kept = new Map<RelationId, Kept>();
  const askedMs = new Map<RelationId, number>();
  const timers = new Map<RelationId, Timer>();
  let isClosed = false;

  const readAhead = (id: RelationId) => {
    timers.delete(id);
    if (timer.now() - (askedMs.get(id) ?? -Infinity) > ASKED_MS) return;
    const sinceMs = clock.now();
    const coverage = read(id);
    // Whoever asks meanwhile has the one before, as long as that is fresh; a failure the next question meets again.
    coverage.then(
      () => arrived(id, { sinceMs, coverage }),
      () => {},
    );
  };
  const arrived = (id: RelationId, one: Kept) => {
    const known = kept.get(id);
    if (!known || known.sinceMs <= one.sinceMs) kept.set(id, one);
    schedule(id);
  };
  const schedule = (id: RelationId) => {
    if (isClosed || timers.has(id)) return;
    timers.set(
      id,
      timer.after(AHEAD_MS, () => readAhead(id)),
    );
  };

  return {
    of(id) {
      askedMs.set(id, timer.now());
      const nowMs = clock.now();
      const known = kept.get(id);
      if (known && nowMs - known.sinceMs < FRESH_MS) return known.coverage;
      const coverage = read(id);
      kept.set(id, { sinceMs: nowMs, coverage });
      coverage.then(
        () => schedule(id),
        () => {
          if (kept.get(id)?.coverage === coverage) kept.delete(id);
        },
      );
      return coverage;
    },
    close() {
      isClosed = true;
      for (const one of timers.values()) one.cancel();
      timers.clear();
    },
  };
}
