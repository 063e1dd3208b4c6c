// How long after its finding was due in the log an alert of level 1 is handed to the telephone, while level 3
// pours in. Counted from when the finding was due and not from when the load got round to appending it: a stall
// that delays the load counts against us.

import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import { append, findingAt, until, withFiles } from './alerts-stage.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';

export const BACKGROUND_PER_SECOND = 100;
const GRAVE_EVERY_MS = 100;
const SECONDS = 20;
/** Until the code has been compiled; not counted. */
const WARM_SECONDS = 4;

/** Of each run its own percentiles, over as many alerts of level 1; then the median over the runs. */
export async function latencyCases(
  runs: number,
  say: (line: string) => void,
): Promise<CaseResult[]> {
  const taken: Run[] = [];
  for (let run = 0; run < runs; run++) {
    say(`level 1 beside ${BACKGROUND_PER_SECOND} of level 3 a second, run ${run + 1} of ${runs}`);
    taken.push(await takeRun());
  }
  const answerOk = taken.every((run) => run.answerOk);
  return [0.5, 0.99].map((share) => {
    const values = taken.map(({ sortedMs }) => percentile(sortedMs, share));
    return {
      name: `level 1, append to first attempt, beside ${BACKGROUND_PER_SECOND} of level 3 a second, p${share * 100}`,
      metric: 'latency',
      unit: 'ms',
      value: round(median(values)),
      runs,
      spread: spreadAround(values),
      answerOk,
      vs: {},
    };
  });
}

/** By nearest rank. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;

type Run = { readonly answerOk: boolean; readonly sortedMs: readonly number[] };

async function takeRun(): Promise<Run> {
  const dueAtMs = new Map<string, number>();
  const tookMs: number[] = [];
  const told = new Set<string>();
  let sends = 0;
  let calls = 0;
  let measured = 0;
  const onSend = (kind: ChannelKind, alertId: string, noticeId: string) => {
    sends++;
    told.add(noticeId);
    if (kind !== 'phone') return;
    calls++;
    const sinceMs = dueAtMs.get(alertId);
    // The first attempt is the first of the two calls.
    dueAtMs.delete(alertId);
    if (sinceMs !== undefined && sinceMs >= 0) tookMs.push(elapsedMs() - sinceMs);
  };
  const everyMs = 1_000 / BACKGROUND_PER_SECOND;
  const ticks = (SECONDS + WARM_SECONDS) * BACKGROUND_PER_SECOND;
  const answerOk = await withFiles(onSend, async ({ log, start }) => {
    const runner = await start();
    const startedMs = elapsedMs();
    const pending: Promise<void>[] = [];
    let graves = 0;
    for (let tick = 0; tick < ticks; tick++) {
      const dueMs = startedMs + tick * everyMs;
      const waitMs = dueMs - elapsedMs();
      if (waitMs > 0) await sleep(ioClock, waitMs);
      const isWarm = tick >= WARM_SECONDS * BACKGROUND_PER_SECOND;
      pending.push(append(log, [findingAt(tick, 'terminal-silent')]));
      if (Math.round((tick * everyMs) % GRAVE_EVERY_MS) !== 0) continue;
      graves++;
      if (isWarm) measured++;
      const grave = findingAt(ticks + tick, 'offence');
      dueAtMs.set(grave.alertId, isWarm ? dueMs : NOT_COUNTED);
      pending.push(append(log, [grave]));
    }
    await Promise.all(pending);
    const wanted = ticks + 4 * graves;
    const isDone = await until(() => sends >= wanted);
    await runner.stop();
    // Everybody told once, every alert of level 1 called twice, and each of those that count measured.
    const isOnce = sends === wanted && told.size === wanted && calls === 2 * graves;
    return isDone && isOnce && dueAtMs.size === 0 && tookMs.length === measured;
  });
  return { answerOk, sortedMs: tookMs.toSorted((a, b) => a - b) };
}

const NOT_COUNTED = -1;
