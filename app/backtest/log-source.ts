// The history as the log of a product holds it, all of what is retained, partition after partition. Where
// the log no longer reaches back to its first record, the register of orders and leaves fills in.

import type { FrameFact } from '../../core/observation.ts';
import { epochMs } from '../../core/time.ts';
import type { Log, LogRecord } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { noLongerThere, registerBefore } from './history-start.ts';
import type { HistoryEntry, HistorySource, Place } from './history-source.ts';

export type LogSourceDeps = {
  readonly log: Log;
  /** Names the log, so that a backtest of one is not resumed on another. */
  readonly name: string;
  /** Every version of every order and leave on record. */
  readonly register: () => Promise<readonly FrameFact[]>;
  readonly signal?: AbortSignal | undefined;
};

/** When the oldest record of the log was appended from which on all is kept; −∞ when nothing was let go. */
export async function logKeptFrom(log: Log): Promise<number> {
  const starts = Array.from({ length: log.partitions }, async (_, lane) => {
    const { start } = await log.bounds('observations', lane);
    if (start === 0) return -Infinity;
    const [oldest] = await log.read('observations', lane, { offset: start, recordsMax: 1 });
    return oldest?.appendedAtMs ?? Infinity;
  });
  return Math.max(...(await Promise.all(starts)));
}

/** Records taken at a time. */
const RECORDS_MAX = 256;

export function openLogSource(deps: LogSourceDeps): HistorySource {
  const { log, name, signal } = deps;
  const lanes = Array.from({ length: log.partitions }, (_, lane) => lane);
  let done = 0;
  let all = 0;

  async function* entries(from: Place, untilMs: number): AsyncGenerator<HistoryEntry> {
    const starts = await Promise.all(
      lanes.map(async (lane) => (await log.bounds('observations', lane)).start),
    );
    const lengthOf = (lane: number) => (from.ends[lane] as number) - (starts[lane] as number);
    all = lanes.reduce((sum, lane) => sum + lengthOf(lane), 0);
    // What was read before it was interrupted counts.
    done = Math.max(0, from.next - (starts[from.lane] ?? 0));
    for (const lane of lanes) if (lane < from.lane) done += lengthOf(lane);
    for (const lane of lanes) {
      if (lane < from.lane) continue;
      const start = starts[lane] as number;
      const next = lane === from.lane ? from.next : 0;
      if (next > 0 && next < start) throw noLongerThere(lane, next, start);
      yield* laneEntries({ lane, from: Math.max(next, start), isFresh: next === 0 }, from.ends);
    }

    async function* laneEntries(
      at: { lane: number; from: number; isFresh: boolean },
      ends: readonly number[],
    ): AsyncGenerator<HistoryEntry> {
      const end = ends[at.lane] as number;
      const after = (next: number): Place => ({ lane: at.lane, next, ends });
      let offset = at.from;
      while (offset < end) {
        signal?.throwIfAborted();
        const records = await log.read('observations', at.lane, {
          offset,
          recordsMax: RECORDS_MAX,
        });
        const [first] = records;
        if (!first) return;
        if (offset === at.from && at.isFresh && first.offset > 0) {
          const before = {
            lane: at.lane,
            partitions: log.partitions,
            startedAtMs: first.appendedAtMs,
          };
          const entry = registerBefore(await deps.register(), before);
          yield { entry, after: after(0), isRegister: true };
        }
        for (const record of records) {
          if (record.offset >= end) return;
          if (record.watermarkMs >= untilMs) {
            yield { entry: encodeTick(epochMs(untilMs)), after: after(end) };
            done += end - record.offset;
            return;
          }
          done++;
          yield { entry: record, after: after(record.offset + 1) };
        }
        offset = (records.at(-1) as LogRecord).offset + 1;
      }
    }
  }

  return {
    identity: name,
    async begin() {
      const ends = await Promise.all(
        lanes.map(async (lane) => (await log.bounds('observations', lane)).end),
      );
      return { lane: 0, next: 0, ends };
    },
    entries,
    progress: () => (all === 0 ? 1 : Math.min(1, done / all)),
    remarks: () => [],
  };
}
