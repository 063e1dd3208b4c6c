// Computing an index over many months: only those whose data, definition or reference changed, resumable
// after a kill, the same whatever the order.

import { contentHash } from '../../core/ids.ts';
import { createWorkspace, evaluatePeriod } from '../../models/composite/evaluate-period.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import type { IndexInput } from './index-input.ts';
import { monthBytes, type MonthStore } from './month-store.ts';
import type { MonthNumber } from './months.ts';

/** What a run will do, before it does it. */
export type RecomputePlan = {
  readonly months: readonly MonthNumber[];
  readonly stale: readonly MonthNumber[];
  /** Months that are read for them, looking back included. */
  readonly read: readonly MonthNumber[];
  readonly keyOf: (month: MonthNumber) => string;
};

export function planRecompute(
  index: IndexPlan,
  input: IndexInput,
  store: MonthStore,
  { from = input.first, to = input.last }: { from?: MonthNumber; to?: MonthNumber } = {},
): RecomputePlan {
  const [first, last] = [Math.max(from, input.first), Math.min(to, input.last)];
  const months = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const keyOf = (month: MonthNumber) => {
    const data = Array.from({ length: index.lookback + 1 }, (_, back) =>
      input.versionOf(month - back),
    );
    const made = [index.version, index.reference?.id ?? '', ...data].join('\n');
    return contentHash(made).slice(0, 16);
  };
  const stale = months.filter((month) => !store.has(month, keyOf(month)));
  const read = new Set(
    stale.flatMap((month) => Array.from({ length: index.lookback + 1 }, (_, back) => month - back)),
  );
  const known = [...read].filter((month) => month >= input.first && month <= input.last);
  return { months, stale, read: known.sort((a, b) => a - b), keyOf };
}

export type RecomputeProgress = {
  readonly done: number;
  readonly all: number;
  readonly cells: number;
};

/** Months that are on their way to the disk while others are computed; their bytes are in memory. */
const WRITING_MAX = 6;

/**
 * Computes the stale months. A month that is done is on disk; those on their way are written to the end when
 * stopped, and lost and computed again after a kill. Rejects with the reason of the signal.
 */
export async function recompute(
  index: IndexPlan,
  input: IndexInput,
  store: MonthStore,
  plan: RecomputePlan,
  { signal, progress }: { signal?: AbortSignal; progress?: (so: RecomputeProgress) => void } = {},
): Promise<{ months: number; cells: number; touched: number }> {
  let [cells, touched, done] = [0, 0, 0];
  const { stale } = plan;
  const workspace = createWorkspace();
  const writing = new Set<Promise<void>>();
  const writeMonth = async (month: MonthNumber, bytes: Uint8Array): Promise<void> => {
    await store.write(month, plan.keyOf(month), bytes);
    cells += input.regions.length * index.indicators.length;
    progress?.({ done: ++done, all: stale.length, cells });
  };
  const write = (month: MonthNumber, bytes: Uint8Array): void => {
    const one = writeMonth(month, bytes).finally(() => writing.delete(one));
    // Its failure is heard where it is waited for.
    one.catch(() => undefined);
    writing.add(one);
  };
  try {
    for (const month of stale) {
      signal?.throwIfAborted();
      const history = Array.from({ length: index.lookback + 1 }, (_, back) =>
        input.columnsOf(month - back),
      );
      const result = evaluatePeriod(index, history, workspace);
      for (const { touched: own } of result.indicators.values()) touched += own.length;
      write(month, monthBytes(index, input.regions, result));
      if (writing.size >= WRITING_MAX) await Promise.race(writing);
      // Others get their turn, and a stop is heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await Promise.all(writing);
  }
  return { months: stale.length, cells, touched };
}
