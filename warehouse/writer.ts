// ⑧ The log's way into the warehouse. A consumer like any other: it reads what is new in every partition,
// inserts it table by table, and notes in the warehouse how far it has come. When the warehouse is away it
// tries again; nothing else waits for it. There is one writer for a warehouse.

import { OperatingError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { text } from '../core/text.ts';
import { elapsedMs, ioClock, sleep, type Clock } from '../core/time.ts';
import type { Log, LogRecord } from '../ingest/log.ts';
import { Chunk, type Block } from './chunk.ts';
import type { Olap } from './olap.ts';
import { noteProgress, readSegments, wipeSegments, type SegmentAt } from './progress.ts';
import { planRecovery, type Range } from './recovery-plan.ts';
import type { RollupMarks } from './rollup-days.ts';
import { WRITTEN_TOPICS, type WrittenTopic } from './targets.ts';

export type WriterDeps = {
  readonly log: Log;
  readonly olap: Olap;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Told before anything is written about a day; without it roll-ups are not kept. */
  readonly marks?: Pick<RollupMarks, 'enter'> | undefined;
};

export type WriterOptions = {
  /** Pause between two chunks when the log is read to its end. */
  readonly pauseMs: number;
  /** Payload bytes of one chunk, over all partitions. */
  readonly chunkBytesMax: number;
};

export const WRITER_DEFAULTS: WriterOptions = { pauseMs: 400, chunkBytesMax: 4 * 1024 * 1024 };

export type WriterStatus = {
  readonly topic: WrittenTopic;
  readonly partition: number;
  /** The next record to be written; undefined until the warehouse has answered. */
  readonly nextOffset: number | undefined;
  readonly endOffset: number;
  /** How long the oldest record that is not written has been in the log. */
  readonly behindMs: number;
  /** Segments that do not agree with the log and cannot be written again. */
  readonly incompleteSegments: number;
};

export type WarehouseWriter = {
  status(): Promise<WriterStatus[]>;
  /** Rejects when the writer cannot go on: a mistake of ours, or a warehouse of another log. */
  readonly ended: Promise<void>;
  /** Finishes the chunk under way. */
  stop(): Promise<void>;
};

/** A partition of a topic and what is to be written of it, the last range without end. */
type Lane = {
  readonly topic: WrittenTopic;
  readonly partition: number;
  ranges: Range[];
  incompleteSegments: number;
};

const RECORDS_MAX = 4_000;
const READ_BYTES_MIN = 64 * 1024;
const BACKOFF_MS_MAX = 30_000;
/** Decoding gives other work its turn after this long. */
const TURN_MS_MAX = 8;

/** Starts writing what the log holds and what will come. */
export function startWriter(
  deps: WriterDeps,
  options: WriterOptions = WRITER_DEFAULTS,
): WarehouseWriter {
  const stopping = new AbortController();
  let lanes: Lane[] | undefined;
  let turn = 0;

  const loop = async () => {
    for (let failures = 0; !stopping.signal.aborted;) {
      try {
        lanes ??= await recover(deps);
        // Whoever filled a chunk does not come first again.
        const first = turn++ % lanes.length;
        const inTurn = [...lanes.slice(first), ...lanes.slice(0, first)];
        const more = await writeChunk(deps, inTurn, options.chunkBytesMax);
        failures = 0;
        if (!more) await pause(options.pauseMs, stopping.signal);
      } catch (error) {
        if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
        // What of the chunk arrived is not known: the notes tell when the warehouse is back.
        lanes = undefined;
        failures++;
        const backoffMs =
          Math.min(BACKOFF_MS_MAX, 100 * 2 ** failures) * (0.5 + deps.random.next() / 2);
        deps.logger.warn('writer.waiting', { code: error.code, failures, backoffMs });
        await pause(backoffMs, stopping.signal);
      }
    }
  };
  const ended = loop();

  return {
    ended,
    status: () => Promise.all(statusLanes(deps.log, lanes).map((lane) => statusOf(deps, lane))),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Finds out where to go on, taking out what a crash left half written. */
async function recover({ olap, log, logger }: WriterDeps): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const topic of WRITTEN_TOPICS) {
    const byPartition = await readSegments(olap, topic);
    const wipe: SegmentAt[] = [];
    for (let partition = 0; partition < log.partitions; partition++) {
      const { start, end } = await log.bounds(topic, partition);
      const plan = planRecovery(byPartition.get(partition) ?? new Map(), start);
      const next = plan.ranges.at(-1)?.from ?? 0;
      if (next > end) throw notOfThisLog(topic, partition, { next, end });
      wipe.push(...plan.wipe.map((segment) => ({ partition, segment })));
      const incompleteSegments = plan.incomplete.length;
      if (incompleteSegments > 0) {
        logger.error('writer.segments-incomplete', { topic, partition, incompleteSegments });
      }
      lanes.push({ topic, partition, ranges: [...plan.ranges], incompleteSegments });
    }
    if (wipe.length > 0) {
      logger.info('writer.segments-rewritten', { topic, segments: wipe.length });
      await wipeSegments(olap, topic, wipe);
    }
  }
  return lanes;
}

/** Reads, inserts and notes one chunk; gives true when there is more to be had at once. */
async function writeChunk(
  { log, olap, marks }: WriterDeps,
  lanes: readonly Lane[],
  bytesMax: number,
): Promise<boolean> {
  const chunk = new Chunk();
  const advanced: { lane: Lane; ranges: Range[] }[] = [];
  let bytesLeft = bytesMax;
  let more = false;
  for (const lane of lanes) {
    const [range] = lane.ranges as [Range];
    const records = await log.read(lane.topic, lane.partition, {
      offset: range.from,
      recordsMax: RECORDS_MAX,
      bytesMax: Math.max(READ_BYTES_MIN, bytesLeft),
    });
    const wanted = records.filter(({ offset }) => offset < range.until);
    await takeInTurns(chunk, lane, wanted);
    bytesLeft -= wanted.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    more ||= range.until !== Infinity || records.length === RECORDS_MAX || bytesLeft <= 0;
    advanced.push({ lane, ranges: advance(lane.ranges, records) });
  }
  const progress = chunk.progress();
  if (progress.length > 0) {
    const release = await marks?.enter(chunk.touched());
    try {
      await insertAll(olap, chunk.blocks());
    } finally {
      release?.();
    }
    await noteProgress(olap, progress);
  }
  for (const { lane, ranges } of advanced) lane.ranges = ranges;
  return more;
}

/** All tables at once; none is still under way when it fails, or it would come after what is taken out. */
async function insertAll(olap: Olap, blocks: readonly Block[]): Promise<void> {
  const inserts = blocks.map(({ target, bytes }) => olap.insert(target, bytes));
  for (const outcome of await Promise.allSettled(inserts)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

async function takeInTurns(
  chunk: Chunk,
  { topic, partition }: Lane,
  records: readonly LogRecord[],
): Promise<void> {
  let startedMs = elapsedMs();
  for (const record of records) {
    chunk.take(topic, partition, record);
    if (elapsedMs() - startedMs < TURN_MS_MAX) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = elapsedMs();
  }
}

/** What is left to write once the records are written. */
function advance(ranges: readonly Range[], records: readonly LogRecord[]): Range[] {
  const [range, ...rest] = ranges as [Range, ...Range[]];
  const last = records.at(-1);
  const from = last === undefined ? range.from : last.offset + 1;
  // A closed range the log has nothing more of is over.
  if (from >= range.until || (last === undefined && range.until !== Infinity)) return rest;
  return [{ from, until: range.until }, ...rest];
}

function statusLanes(log: Log, lanes: readonly Lane[] | undefined) {
  if (lanes) return lanes;
  return WRITTEN_TOPICS.flatMap((topic) =>
    Array.from({ length: log.partitions }, (_, partition) => ({ topic, partition })),
  );
}

async function statusOf(
  { log, clock }: WriterDeps,
  lane: Pick<Lane, 'topic' | 'partition'> & Partial<Lane>,
): Promise<WriterStatus> {
  const { topic, partition, incompleteSegments = 0 } = lane;
  const { start, end } = await log.bounds(topic, partition);
  const nextOffset = lane.ranges?.[0]?.from;
  const offset = nextOffset ?? start;
  const [oldest] = offset < end ? await log.read(topic, partition, { offset, recordsMax: 1 }) : [];
  const behindMs = oldest ? Math.max(0, clock.now() - oldest.appendedAtMs) : 0;
  return { topic, partition, nextOffset, endOffset: end, behindMs, incompleteSegments };
}

const pause = (ms: number, signal: AbortSignal) => sleep(ioClock, ms, signal).catch(() => {});

function notOfThisLog(
  topic: WrittenTopic,
  partition: number,
  { next, end }: { next: number; end: number },
): UserError {
  return new UserError(
    'conflict',
    text('数据仓库比日志更新，二者不属于同一套', 'the warehouse is ahead of the log'),
    {
      detail: `${topic} partition ${partition} is written up to ${next}, the log ends at ${end}`,
      hint: text(
        '请从同一备份恢复日志和数据仓库，或改用新的数据仓库目录',
        'Restore both from the same backup, or give the warehouse a new folder.',
      ),
    },
  );
}
