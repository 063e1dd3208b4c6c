// Several metrics counted along the same dimensions, put into one table, with the cells that count too few
// taken out.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { MetricQuery } from '../../warehouse/compile-metric.ts';
import { METRICS, RELATIONS, type Metric } from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { queryMetric, type MetricAnswer } from '../../warehouse/query-metric.ts';
import type { KeptRows } from '../../warehouse/kept-rows.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { RollupMemory } from '../../warehouse/rollup-memory.ts';
import { suppressCells } from '../../warehouse/suppress-cells.ts';
import { withinFor, type FigureScope } from './scope.ts';

export type Key = readonly (string | number)[];

export type FigureRow = {
  /** The bucket, when a grain was asked for, and the dimensions. */
  readonly key: Key;
  /** One for each metric; `hidden` is one that counts too few. */
  readonly values: readonly (number | null | 'hidden')[];
};

export type FigureTable = {
  readonly rows: readonly FigureRow[];
  readonly sql: readonly string[];
  /** The roll-ups that answered. */
  readonly rollups: readonly string[];
  /** True when no statement was run. */
  readonly fromMemory: boolean;
};

export type CountOptions = {
  readonly scope: FigureScope;
  /** True for who may not see the records behind a cell. */
  readonly hidesSmall: boolean;
  /** Where it stands which days of roll-ups may be read; without it none is. */
  readonly records?: RecordsDb | undefined;
  readonly kept?: KeptRows | undefined;
  readonly memory?: RollupMemory | undefined;
  /** A state is of this instant when the time asked for ends later. */
  readonly knownUntilMs: number;
};

/** Rejects like queryMetric, and with UserError `too-large` rather than with a part of the rows. */
export async function countFigures(
  olap: Olap,
  metrics: readonly string[],
  query: Omit<MetricQuery, 'metric'>,
  options: CountOptions,
): Promise<FigureTable> {
  const answers = await Promise.all(
    metrics.map((metric) =>
      queryMetric(
        olap,
        { ...query, metric },
        {
          ...withinFor(metric, options.scope),
          knownUntilMs: options.knownUntilMs,
          records: options.records,
          kept: options.kept,
          memory: options.memory,
          counts: options.hidesSmall,
        },
      ),
    ),
  );
  if (answers.some(({ cut }) => cut)) {
    throw new UserError('too-large', text('查询结果过多', 'the answer has too many rows'), {
      hint: text(
        '请缩短时间、放粗粒度或减少维度。',
        'Ask for less time, wider buckets, fewer splits.',
      ),
    });
  }
  const columns = answers.map((answer, index) =>
    columnOf(answer, metrics[index] as string, options),
  );
  const keys = new Map<string, Key>();
  for (const column of columns) for (const [name, { key }] of column) keys.set(name, key);
  const rows = [...keys].map(([name, key]) => ({
    key,
    values: columns.map(
      (column, index) => column.get(name)?.value ?? absent(metrics[index] as string, column, name),
    ),
  }));
  return {
    rows: rows.toSorted((a, b) => compareKeys(a.key, b.key)),
    sql: answers.map(({ sql }) => sql),
    rollups: [...new Set(answers.flatMap(({ rollup }) => rollup ?? []))],
    fromMemory: answers.every(({ fromMemory }) => fromMemory),
  };
}

type Column = ReadonlyMap<string, { readonly key: Key; readonly value: number | null | 'hidden' }>;

function columnOf(
  answer: MetricAnswer,
  metric: string,
  { hidesSmall }: { hidesSmall: boolean },
): Column {
  const shown = answer.columns.filter(({ role }) => role === 'time' || role === 'dimension');
  const counted = answer.columns.filter(({ role }) => role === 'count').map(({ key }) => key);
  const cells = answer.rows.map((row) => ({
    key: shown.map(({ key }) => row[key] as string | number),
    counts: counted.map((key) => row[key] as number),
  }));
  const floor = hidesSmall ? floorOf(metric) : 0;
  const hidden = floor > 0 ? suppressCells(cells, floor) : [];
  return new Map(
    cells.map(({ key }, index) => {
      const value = answer.rows[index]?.['value'] as number | null;
      return [JSON.stringify(key), { key, value: hidden[index] ? 'hidden' : value }];
    }),
  );
}

const floorOf = (metric: string): number =>
  RELATIONS[(METRICS[metric] as Metric).relation].privacyFloor;

/** Nothing counted is 0 of a count, and no share or time of anything else. */
function absent(metric: string, column: Column, name: string): number | null {
  if (column.has(name)) return null;
  return (METRICS[metric] as Metric).isCount ? 0 : null;
}

export function compareKeys(a: Key, b: Key): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as string | number;
    if (left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}
