// Screens that ask the same at the same time are given the same answer: while it is being made, and for a second
// after that was begun. Only those with the same scope and rights share one.

import type { Clock } from '../../core/time.ts';

const SHARED_MS = 1_000;
const KEPT_MAX = 500;

/** Gives the answer under `key`, or makes it; a failure is shared while it is under way and never kept. */
export function createSharedAnswers<Answer>(
  clock: Clock,
): (key: string, make: () => Promise<Answer>) => Promise<Answer> {
  const kept = new Map<string, { readonly sinceMs: number; readonly answer: Promise<Answer> }>();
  const dropOld = (nowMs: number) => {
    for (const [key, { sinceMs }] of kept) {
      // In the order they were begun.
      if (nowMs - sinceMs < SHARED_MS && kept.size <= KEPT_MAX) break;
      kept.delete(key);
    }
  };
  return (key, make) => {
    const nowMs = clock.now();
    dropOld(nowMs);
    const known = kept.get(key);
    if (known) return known.answer;
    const answer = make();
    kept.set(key, { sinceMs: nowMs, answer });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    return answer;
  };
}
