// The history as the log of a product holds it, all of what is retained, partition after partition. Where
// the log no longer reaches back to its first record, the register of orders and leaves fills in.

import { UserError } from '../../core/errors.ts';
import type { LeaveFact, OrderFact } from '../../core/observation.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { encodeLines, partitionOf, type Log, type LogRecord } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import type { HistoryEntry, HistorySource, Place } from './history-source.ts';

export type LogSourceDeps = {
  readonly log: Log;
  /** Names the log, so that a backtest of one is not resumed on another. */
  readonly name: string;
  /** Every version of every order and leave on record. */
  readonly register: () => Promise<readonly (OrderFact | LeaveFact)[]>;
  readonly signal?: AbortSignal | undefined;
};

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
          yield { ...(await registerBefore(at.lane, first)), after: after(0), isRegister: true };
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

  /** What was known of this partition's persons before its oldest record that is left. */
  async function registerBefore(
    lane: number,
    oldest: LogRecord,
  ): Promise<Pick<HistoryEntry, 'entry'>> {
    const facts = (await deps.register()).filter(
      ({ subject, receivedAtMs }) =>
        partitionOf(subject, log.partitions) === lane && receivedAtMs < oldest.appendedAtMs,
    );
    return { entry: { kind: 'lines', watermarkMs: epochMs(0), payload: encodeLines(facts) } };
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

const noLongerThere = (lane: number, next: number, start: number): UserError =>
  new UserError(
    'conflict',
    text('续跑所需的记录已超出日志保留期', 'the log no longer holds the records to go on with'),
    {
      detail: `partition ${lane}: at ${next}, the oldest record is ${start}`,
      hint: text(
        '请重新开始回测（命令不带 --resume）',
        'Start anew; the command without --resume.',
      ),
    },
  );
