// How far back the log of the product reaches, and up to when it is complete: what a backtest can look at.

import type { Log, LogRecord } from '../../ingest/log.ts';

export type KeptHistory = { readonly fromMs: number; readonly untilMs: number };

/** Event time for which every partition has its records; undefined where there are none. */
export async function keptHistory(log: Log): Promise<KeptHistory | undefined> {
  let kept: KeptHistory | undefined;
  for (let lane = 0; lane < log.partitions; lane++) {
    const { start, end } = await log.bounds('observations', lane);
    const first = await recordAt(log, lane, start);
    const last = await recordAt(log, lane, end - 1);
    // A partition nobody belongs to, and that was never told of the time, hides nothing.
    if (!first || !last) continue;
    // Records before the first are gone; what was known then, the register still knows.
    kept = {
      fromMs: Math.max(kept?.fromMs ?? 0, first.appendedAtMs),
      untilMs: Math.min(kept?.untilMs ?? Infinity, last.watermarkMs),
    };
  }
  return kept && kept.fromMs < kept.untilMs ? kept : undefined;
}

const recordAt = async (log: Log, lane: number, offset: number): Promise<LogRecord | undefined> =>
  offset < 0
    ? undefined
    : (await log.read('observations', lane, { offset, recordsMax: 1, bytesMax: 1 }))[0];
