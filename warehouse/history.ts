// The observations as the records of the log they came in: which records the warehouse keeps without a gap,
// and windows of them, exported in their order. A backtest reads a history from here that the log no longer
// holds.

import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import type { Olap } from './olap.ts';
import { SEGMENT_RECORDS } from './recovery-plan.ts';

/** Records of one partition: from ≤ offset < until. */
export type RecordRange = {
  readonly partition: number;
  readonly from: number;
  readonly until: number;
};

/** What is kept of a partition in full. */
export type Kept = {
  /** The oldest record after which none is missing; `end` when there is none. */
  readonly start: number;
  /** The next record to be written. */
  readonly end: number;
  /** When the oldest record was appended; −∞ for the first of the log, ∞ when there is none. */
  readonly startedAtMs: number;
};

/** A stretch of records with what it holds. */
export type Window = RecordRange & { readonly positions: number; readonly facts: number };

/** Records that are never split between two windows. */
const UNIT_RECORDS = 256;

const NOTHING_KEPT: Kept = { start: 0, end: 0, startedAtMs: Infinity };

/**
 * What of each of so many partitions can be read, as far as the writer has come. Rejects with UserError
 * `bad-configuration` when the log it was filled from has more partitions.
 */
export async function readKept(olap: Olap, partitions: number): Promise<Kept[]> {
  const [table] = await olap.rows(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND name = 'observation_record'`,
  );
  const lanes = Array.from({ length: partitions }, (_, partition) => partition);
  if (!table) return lanes.map(() => NOTHING_KEPT);
  const noted = await olap.rows<{ log_partition: number; next: number }>(
    `SELECT log_partition, max(next_offset) AS next FROM writer_progress
     WHERE target = 'observation_record' GROUP BY log_partition`,
  );
  if (noted.some((row) => row.log_partition >= partitions)) throw otherPartitions(partitions);
  const ends = new Map(noted.map((row) => [row.log_partition, row.next]));
  return Promise.all(
    lanes.map((partition) => keptOf(olap, { partition, end: ends.get(partition) ?? 0 })),
  );
}

type SegmentCount = { segment: number; records: number; first: number; last: number };

async function keptOf(
  olap: Olap,
  { partition, end }: { partition: number; end: number },
): Promise<Kept> {
  const segments = await olap.rows<SegmentCount>(
    `SELECT intDiv(log_offset, ${SEGMENT_RECORDS}) AS segment, count() AS records,
       min(log_offset) AS first, max(log_offset) AS last
     FROM observation_record
     WHERE log_partition = {partition:UInt16} AND log_offset < {end:UInt64}
     GROUP BY segment ORDER BY segment DESC`,
    { partition, end },
  );
  let start = end;
  for (const { segment, records, first, last } of segments) {
    if (last !== start - 1) break;
    if (records === last - first + 1) start = first;
    else {
      start = await afterLastHole(olap, { partition, from: segment * SEGMENT_RECORDS, until: end });
      break;
    }
  }
  if (start === end) return { start, end, startedAtMs: Infinity };
  if (start === 0) return { start, end, startedAtMs: -Infinity };
  const [oldest] = await olap.rows<{ at: number }>(
    `SELECT appended_at_ms AS at FROM observation_record
     WHERE log_partition = {partition:UInt16} AND log_offset = {start:UInt64}`,
    { partition, start },
  );
  return { start, end, startedAtMs: oldest?.at ?? Infinity };
}

async function afterLastHole(olap: Olap, range: RecordRange): Promise<number> {
  const rows = await olap.rows<{ offset: number }>(
    `SELECT log_offset AS offset FROM observation_record
     WHERE ${IN_RANGE} AND log_offset < {from:UInt64} + ${SEGMENT_RECORDS} ORDER BY offset DESC`,
    range,
  );
  const hole = rows.findIndex(({ offset }, index) => rows[index + 1]?.offset !== offset - 1);
  return rows[hole]?.offset ?? range.until;
}

/**
 * Cuts a range into windows of at most `rowsMax` rows, unless a single unit of records has more. The last one
 * holds the first record whose watermark has come to `untilMs`, or ends the range.
 */
export async function readWindows(
  olap: Olap,
  range: RecordRange,
  { rowsMax, untilMs }: { rowsMax: number; untilMs: number },
): Promise<Window[]> {
  const units = await olap.rows<{
    unit: number;
    positions: number;
    facts: number;
    reachedMs: number;
  }>(
    `SELECT intDiv(log_offset, ${UNIT_RECORDS}) AS unit, sumIf(rows, kind = 'positions') AS positions,
       sumIf(rows, kind = 'lines') AS facts, max(watermark_ms) AS reachedMs
     FROM observation_record WHERE ${IN_RANGE} GROUP BY unit ORDER BY unit`,
    range,
  );
  const windows: Window[] = [];
  for (const { unit, positions, facts, reachedMs } of units) {
    const last = windows.at(-1);
    const until = Math.min(range.until, (unit + 1) * UNIT_RECORDS);
    if (last && last.positions + last.facts + positions + facts <= rowsMax) {
      windows[windows.length - 1] = {
        ...last,
        until,
        positions: last.positions + positions,
        facts: last.facts + facts,
      };
    } else windows.push({ ...range, from: last?.until ?? range.from, until, positions, facts });
    if (reachedMs >= untilMs) break;
  }
  return windows;
}

const IN_RANGE = `log_partition = {partition:UInt16}
  AND log_offset >= {from:UInt64} AND log_offset < {until:UInt64}`;

/** The place of a row: its record, counted from the start of the window, and its line in there. */
const PLACE = 'toUInt32(log_offset - {from:UInt64}) AS record';

/** Columns by name, in the order of the export. */
export const RECORD_EXPORT = `SELECT ${PLACE}, CAST(kind AS String) AS kind,
  toFloat64(watermark_ms) AS watermark, toFloat64(appended_at_ms) AS appended, rows, payload
FROM observation_record WHERE ${IN_RANGE} ORDER BY log_offset`;

/** Lines end as in the log, so that the lines of a record lie in the export as they lay in its payload. */
export const FACT_EXPORT = `SELECT ${PLACE}, log_line AS line, concat(body, '\\n') AS text
FROM fact WHERE ${IN_RANGE} ORDER BY log_offset, log_line
SETTINGS max_block_size = 8192`;

/** Place, then the fields of positionSchema (core/position-batch.ts), texts spelled out. */
export const POSITION_EXPORT = `SELECT ${PLACE}, log_line AS line, subject,
  CAST(source AS String) AS source, sequence, toFloat64(at_ms) AS at_ms,
  toFloat64(received_at_ms) AS received_at_ms, lng, lat, accuracy_m, fix, speed_kmh, battery_percent,
  labels, region
FROM position WHERE ${IN_RANGE} ORDER BY log_offset, log_line`;

const otherPartitions = (partitions: number): UserError =>
  new UserError(
    'bad-configuration',
    text('数据仓库来自分区更多的日志', 'the warehouse is of a log with more partitions'),
    {
      detail: `the configuration says ${partitions}`,
      hint: text('请核对配置中的 log.partitions', 'See log.partitions in the configuration.'),
    },
  );
