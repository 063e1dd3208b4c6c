// From when to when the warehouse knows what a metric counts, and which version of its rows that is.

import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import { startOfLocalDay } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import type { Relation } from '../../warehouse/metric.ts';
import { RELATIONS, type RelationId } from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';

export type Coverage = {
  /** Null while nothing was recorded. */
  readonly fromMs: number | null;
  /** What was recorded up to here is counted. */
  readonly knownUntilMs: number;
  /** The same as long as the rows are the same. */
  readonly version: string;
};

type Row = Record<
  | 'own'
  | 'first_ms'
  | 'last_ms'
  | 'records'
  | 'run_from_ms'
  | 'run_until_ms'
  | 'forgotten'
  | 'written'
  | 'reached',
  number
>;

/** Rejects like Olap.rows. */
export async function readCoverage(olap: Olap, id: RelationId): Promise<Coverage> {
  const { keptIn, targets }: Relation = RELATIONS[id];
  const { table, column } = keptIn;
  const rows = await olap.rows<Row>(
    `SELECT own, first_ms, last_ms, records, run_from_ms, run_until_ms, forgotten, written, reached
FROM (SELECT count() AS own, min(${column}) AS first_ms, max(${column}) AS last_ms FROM ${table}) AS a,
  (SELECT count() AS records, min(appended_at_ms) AS run_from_ms, max(appended_at_ms) AS run_until_ms
   FROM observation_record) AS b,
  (SELECT sum(rows) AS forgotten FROM forgotten_rows WHERE target IN {targets:Array(String)}) AS c,
  (SELECT sum(noted) AS written, sum(next) AS reached FROM (
     SELECT sum(rows) AS noted, max(next_offset) AS next FROM writer_progress
     WHERE target IN {targets:Array(String)} GROUP BY target, log_partition, log_segment)) AS d`,
    { targets },
  );
  const row = rows[0] as Row;
  const firsts: number[] = [];
  if (row.own > 0) firsts.push(row.first_ms);
  // The writer ran before anything of this kind came: until then there was none, and that is known. What was
  // forgotten may have been the first, so then only what is there counts.
  if (row.records > 0 && row.forgotten === 0) firsts.push(row.run_from_ms);
  const version = [id, row.forgotten, row.written, row.reached].join(' ');
  return {
    fromMs: firsts.length > 0 ? Math.min(...firsts) : null,
    knownUntilMs: Math.max(row.last_ms, row.run_until_ms),
    version: createHash('sha256').update(version).digest('hex').slice(0, 16),
  };
}

/**
 * From when on all the coverages are known; throws UserError `bad-input` when the time asked for begins on a
 * day before that.
 */
export function assertCovered(coverages: readonly Coverage[], fromMs: number): number {
  const firsts = coverages.map((coverage) => coverage.fromMs);
  if (firsts.includes(null)) {
    throw new UserError('bad-input', text('尚无数据可供统计', 'nothing was recorded yet'));
  }
  const firstMs = Math.max(...(firsts as number[]));
  if (fromMs >= startOfLocalDay(firstMs)) return firstMs;
  throw new UserError(
    'bad-input',
    text('所选时间早于现有数据', 'the time asked for begins before the data do'),
    {
      detail: `fromMs ${fromMs} < ${startOfLocalDay(firstMs)}`,
      hint: text('请从数据起始之日起查询。', 'Ask from the day on which the data begin.'),
    },
  );
}
