// The writer's notes in the warehouse itself: for each segment of the log and each table how many rows it
// put there, and the next record to come. Written after the rows, held against them at the start.

import { encodeBlock, textColumn, wideColumn } from './native-block.ts';
import type { Olap } from './olap.ts';
import { SEGMENT_RECORDS, type Segment } from './recovery-plan.ts';
import { TARGETS, type Target, type WrittenTopic } from './targets.ts';

/** What one chunk adds to a segment's note for one table. */
export type Progress = {
  readonly target: Target;
  readonly partition: number;
  readonly segment: number;
  readonly nextOffset: number;
  readonly rows: number;
};

/** Segments of each partition, the newest first, whose rows are counted at the start. */
export const VERIFIED_SEGMENTS_MAX = 256;

/** Notes a chunk: one block becomes one part, so after a crash all of it is there or nothing. */
export async function noteProgress(olap: Olap, notes: readonly Progress[]): Promise<void> {
  const numbers = (name: string, of: (note: Progress) => number) => wideColumn(name, notes.map(of));
  const targets = notes.map(({ target }) => target);
  await olap.insert(
    'writer_progress',
    encodeBlock(notes.length, [
      textColumn('target', targets),
      numbers('log_partition', ({ partition }) => partition),
      numbers('log_segment', ({ segment }) => segment),
      numbers('next_offset', ({ nextOffset }) => nextOffset),
      numbers('rows', ({ rows }) => rows),
    ]),
  );
}

/** Every segment of a topic as noted and as found, by partition. */
export async function readSegments(
  olap: Olap,
  topic: WrittenTopic,
): Promise<Map<number, Map<number, Segment>>> {
  const targets: readonly Target[] = TARGETS[topic];
  const newest = await olap.rows<{ log_partition: number; newest: number }>(
    `SELECT log_partition, max(log_segment) AS newest FROM writer_progress
     WHERE target IN {targets:Array(String)} GROUP BY log_partition`,
    { targets },
  );
  const froms = newest.map((row) => Math.max(0, row.newest + 1 - VERIFIED_SEGMENTS_MAX));
  const rows = await olap.rows<{
    log_partition: number;
    log_segment: number;
    next: number;
    agrees: 0 | 1;
  }>(balanceSql(topic), {
    targets,
    partitions: newest.map((row) => row.log_partition),
    froms,
    least: newest.length > 0 ? Math.min(...froms) : 0,
  });
  const byPartition = new Map<number, Map<number, Segment>>();
  for (const { log_partition: partition, log_segment: segment, next, agrees } of rows) {
    const segments = byPartition.get(partition) ?? new Map<number, Segment>();
    byPartition.set(partition, segments);
    segments.set(segment, { nextOffset: next === 0 ? undefined : next, agrees: agrees === 1 });
  }
  return byPartition;
}

/**
 * Notes less rows, table by table and segment by segment; a segment agrees when each difference is 0.
 * Segments before the verified ones count as agreeing, with only their notes looked at.
 */
function balanceSql(topic: WrittenTopic): string {
  const isVerified =
    'log_segment >= transform(log_partition, {partitions:Array(UInt16)}, {froms:Array(UInt32)}, 0)';
  const noted = (target: string) => `
    SELECT ${target} AS table_name, log_partition, log_segment, next_offset AS next,
      if(${isVerified}, toInt64(rows), 0) AS difference
    FROM writer_progress WHERE target IN {targets:Array(String)}`;
  const found = (target: string) => `
    SELECT '${target}' AS table_name, log_partition, intDiv(log_offset, ${SEGMENT_RECORDS}) AS log_segment,
      0 AS next, -toInt64(count()) AS difference
    FROM ${target} WHERE log_offset >= {least:UInt32} * ${SEGMENT_RECORDS} AND ${isVerified}
    GROUP BY log_partition, log_segment`;
  // Deleted on purpose: it counts as if it were there.
  const forgotten = `
    SELECT target AS table_name, log_partition, log_segment, 0 AS next,
      if(${isVerified}, -toInt64(rows), 0) AS difference
    FROM forgotten_rows WHERE target IN {targets:Array(String)}`;
  const parts = [noted('target'), ...TARGETS[topic].map(found), forgotten];
  if (topic === 'observations') {
    parts.push(
      `${noted("'observation_minute'")} AND target IN ('position', 'fact')`,
      `
    SELECT 'observation_minute' AS table_name, log_partition, log_segment, 0 AS next,
      -toInt64(sum(observations)) AS difference
    FROM observation_minute WHERE ${isVerified}
    GROUP BY log_partition, log_segment`,
    );
  }
  return `SELECT log_partition, log_segment, max(reached) AS next, max(off) = 0 AS agrees
FROM (
  SELECT table_name, log_partition, log_segment, max(next) AS reached, abs(sum(difference)) AS off
  FROM (${parts.join('\n    UNION ALL')}
  )
  GROUP BY table_name, log_partition, log_segment
)
GROUP BY log_partition, log_segment`;
}

export type SegmentAt = { readonly partition: number; readonly segment: number };

/**
 * Takes segments out, notes first: what is half taken out does not agree with them. One statement a
 * table and all tables at once, because a mutation waits up to a second for its turn in the engine.
 */
export async function wipeSegments(
  olap: Olap,
  topic: WrittenTopic,
  segments: readonly SegmentAt[],
): Promise<void> {
  const targets: readonly Target[] = TARGETS[topic];
  const keys = segments.map(({ partition, segment }) => partition * 2 ** 32 + segment);
  const isOneOf = (segment: string) =>
    `log_partition * 4294967296 + ${segment} IN {keys:Array(UInt64)}`;
  await olap.run(
    `DELETE FROM writer_progress
     WHERE target IN {targets:Array(String)} AND ${isOneOf('log_segment')}`,
    { targets, keys },
  );
  await olap.run(
    `DELETE FROM forgotten_rows
     WHERE target IN {targets:Array(String)} AND ${isOneOf('log_segment')}`,
    { targets, keys },
  );
  const segment = `intDiv(log_offset, ${SEGMENT_RECORDS})`;
  const deletes = targets.map((table) => `DELETE FROM ${table} WHERE ${isOneOf(segment)}`);
  if (topic === 'observations') {
    deletes.push(`DELETE FROM observation_minute WHERE ${isOneOf('log_segment')}`);
  }
  await Promise.all(deletes.map((statement) => olap.run(statement, { keys })));
}
