// How long after its finding was appended an alert of level 1 is handed to the telephone, while level 3 pours in.

import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import { append, findingAt, until, withFiles } from './alerts-stage.ts';
import { round, spreadAround, type CaseResult } from './bench.ts';

export const BACKGROUND_PER_SECOND = 100;
const GRAVE_EVERY_MS = 100;
const SECONDS = 20;
/** Until the code has been compiled; not counted. */
const WARM_SECONDS = 4;

/** From before the append to the moment the telephone provider is given the call. */
export async function latencyCases(): Promise<CaseResult[]> {
  const appendedAtMs = new Map<string, number>();
  const tookMs: number[] = [];
  let isWarm = false;
  let sends = 0;
  let calls = 0;
  const onSend = (kind: ChannelKind, alertId: string) => {
    sends++;
    if (kind !== 'phone') return;
    calls++;
    const sinceMs = appendedAtMs.get(alertId);
    // The first attempt is the first of the two calls.
    appendedAtMs.delete(alertId);
    if (sinceMs !== undefined && isWarm) tookMs.push(elapsedMs() - sinceMs);
  };
  const everyMs = 1_000 / BACKGROUND_PER_SECOND;
  const ticks = (SECONDS + WARM_SECONDS) * BACKGROUND_PER_SECOND;
  const answerOk = await withFiles(onSend, async ({ log, start }) => {
    const runner = await start();
    const startedMs = elapsedMs();
    const pending: Promise<void>[] = [];
    let graves = 0;
    for (let tick = 0; tick < ticks; tick++) {
      const waitMs = startedMs + tick * everyMs - elapsedMs();
      if (waitMs > 0) await sleep(ioClock, waitMs);
      isWarm = tick >= WARM_SECONDS * BACKGROUND_PER_SECOND;
      pending.push(append(log, [findingAt(tick, 'terminal-silent')]));
      if (Math.round((tick * everyMs) % GRAVE_EVERY_MS) !== 0) continue;
      graves++;
      const grave = findingAt(ticks + tick, 'offence');
      appendedAtMs.set(grave.alertId, elapsedMs());
      pending.push(append(log, [grave]));
    }
    await Promise.all(pending);
    const wanted = ticks + 4 * graves;
    await until(() => sends >= wanted);
    await runner.stop();
    return sends === wanted && calls === 2 * graves && appendedAtMs.size === 0;
  });
  const sorted = tookMs.toSorted((a, b) => a - b);
  return [0.5, 0.99].map((share) => ({
    name: `level 1, append to first attempt, beside ${BACKGROUND_PER_SECOND} of level 3 a second, p${share * 100}`,
    metric: 'latency',
    unit: 'ms',
    value: round(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN),
    runs: sorted.length,
    spread: spreadAround(sorted),
    answerOk,
    vs: {},
  }));
}
