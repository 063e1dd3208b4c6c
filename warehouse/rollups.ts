// Roll-ups of relations, declared beside the metrics that can be answered from them: what is counted ahead for
// each day in China, and how a figure is made of it. Which days may be read is in the records (rollup-days.ts).

import { CONFIRMING_CAUSES } from '../core/alert-cause.ts';
import { CHINA_OFFSET_MS, DAY_MS } from '../core/local-time.ts';
import type { Grain } from './metric.ts';
import type { RelationId } from './metrics-catalogue.ts';

/** How a metric is made of the rows of a roll-up: by SQL in the warehouse, and in memory (evaluate-rollup.ts). */
export type RolledMetric =
  | {
      readonly kind: 'sum';
      /** The measure; rows of which it is 0 stand for cells in which there is nothing. */
      readonly of: string;
      /** What the privacy floor goes by. */
      readonly counted: string;
      /** Rows that count, instead of those of which the measure is something. */
      readonly only?: { readonly key: string; readonly value: string };
    }
  /** One measure as a share of another, nothing where that is 0. */
  | { readonly kind: 'share'; readonly part: string; readonly of: string }
  /** The exact quantile of all values in the lists of a measure. */
  | { readonly kind: 'quantile'; readonly share: number; readonly of: string };

export type RolledSql = {
  readonly sql: string;
  readonly where: string;
  readonly countedBy: readonly string[];
};

/** The metric in terms of the roll-up `r`. */
export function rolledSql(metric: RolledMetric): RolledSql {
  switch (metric.kind) {
    case 'sum':
      return {
        sql: `sum(r.${metric.of})`,
        where: metric.only ? `r.${metric.only.key} = '${metric.only.value}'` : `r.${metric.of} > 0`,
        countedBy: [`sum(r.${metric.counted})`],
      };
    case 'share': {
      const [part, whole] = [`sum(r.${metric.part})`, `sum(r.${metric.of})`];
      return {
        sql: `if(${whole} = 0, NULL, ${part} / ${whole})`,
        where: `r.${metric.of} > 0`,
        countedBy: [part, `${whole} - ${part}`],
      };
    }
    case 'quantile':
      return {
        sql: `quantileExactArrayOrNull(${metric.share})(r.${metric.of})`,
        where: `notEmpty(r.${metric.of})`,
        countedBy: [`sum(length(r.${metric.of}))`],
      };
  }
}

/** What a dimension goes by: a key, the region cut to a rank of its code, or the time of the day in China. */
export type RolledDimension =
  | { readonly key: string; readonly isNumber?: boolean }
  | { readonly rank: 1 | 100 | 10_000 }
  | { readonly clock: 'hour' | 'shift' };

export type Rollup = {
  readonly relation: RelationId;
  readonly table: string;
  /** Rows are of a stretch of time this long. */
  readonly cellMs: number;
  /** Columns that dimensions and time go by, named as in the relation, made of the relation `r`. */
  readonly keys: Readonly<Record<string, string>>;
  /** Aggregates over the relation `r`, by the column they are kept in. */
  readonly measures: Readonly<Record<string, string>>;
  readonly dimensions: Readonly<Record<string, RolledDimension>>;
  readonly grains: readonly Grain[];
  readonly metrics: Readonly<Record<string, RolledMetric>>;
};

const sumOf = (of: string): RolledMetric => ({ kind: 'sum', of, counted: of });

const quantileOfAcknowledged = (share: number): RolledMetric => ({
  kind: 'quantile',
  share,
  of: 'acknowledged_after_ms',
});

const REGION_RANKS = {
  county: { rank: 1 },
  city: { rank: 100 },
  province: { rank: 10_000 },
} as const;

const CONFIRMED = `r.cause IN (${CONFIRMING_CAUSES.map((code) => `'${code}'`).join(', ')})`;
const JUDGED = `r.cause != '' AND NOT r.is_withdrawn`;

export const ROLLUPS = {
  'alerts-by-day': {
    relation: 'alerts',
    table: 'alert_day',
    // Half hours are fine enough for hours and shifts.
    cellMs: 1_800_000,
    keys: {
      recorded_at_ms: 'intDiv(r.recorded_at_ms, 1800000) * 1800000',
      rule_id: 'r.rule_id',
      level: 'r.level',
      region: 'r.region',
      subject_class: 'r.subject_class',
      cause: 'r.cause',
    },
    measures: {
      alerts: 'count()',
      open_alerts: 'countIf(r.is_open AND NOT r.is_withdrawn)',
      unacknowledged: 'countIf(r.is_open AND NOT r.is_acknowledged AND NOT r.is_withdrawn)',
      overdue: 'countIf(r.is_overdue)',
      withdrawn: 'countIf(r.is_withdrawn)',
      judged: `countIf(${JUDGED})`,
      confirmed: `countIf(${JUDGED} AND ${CONFIRMED})`,
      acknowledged_after_ms:
        'groupArrayIf(r.acknowledged_at_ms - r.recorded_at_ms, r.is_acknowledged)',
    },
    dimensions: {
      rule: { key: 'rule_id' },
      level: { key: 'level', isNumber: true },
      ...REGION_RANKS,
      class: { key: 'subject_class' },
      cause: { key: 'cause' },
      hour: { clock: 'hour' },
      shift: { clock: 'shift' },
    },
    grains: ['hour', 'day', 'week', 'month'],
    metrics: {
      'alerts-raised': sumOf('alerts'),
      'alerts-open': sumOf('open_alerts'),
      'alerts-unacknowledged': sumOf('unacknowledged'),
      'alerts-overdue': sumOf('overdue'),
      'alerts-withdrawn': sumOf('withdrawn'),
      'alerts-judged': sumOf('judged'),
      'alerts-precision': { kind: 'share', part: 'confirmed', of: 'judged' },
      'time-to-acknowledge-p50': quantileOfAcknowledged(0.5),
      'time-to-acknowledge-p90': quantileOfAcknowledged(0.9),
    },
  },
  'observations-by-day': {
    relation: 'observations',
    table: 'observation_day',
    cellMs: 3_600_000,
    keys: {
      received_minute_ms: 'intDiv(r.received_minute_ms, 3600000) * 3600000',
      kind: 'r.kind',
      source: 'r.source',
      region: 'r.region',
    },
    measures: { observations: 'sum(r.observations)', minute_rows: 'count()' },
    dimensions: { kind: { key: 'kind' }, source: { key: 'source' }, ...REGION_RANKS },
    grains: ['hour', 'day', 'week', 'month'],
    metrics: {
      'observations-admitted': { kind: 'sum', of: 'observations', counted: 'minute_rows' },
      positions: {
        kind: 'sum',
        of: 'observations',
        counted: 'minute_rows',
        only: { key: 'kind', value: 'position' },
      },
    },
  },
} as const satisfies Record<string, Rollup>;

export type RollupId = keyof typeof ROLLUPS;

/** True for a measure that holds values and no count. */
export const isList = ({ metrics }: Rollup, measure: string): boolean =>
  Object.values(metrics).some((metric) => metric.kind === 'quantile' && metric.of === measure);

/** The column that says which stretch of time a row is of: always the first key. */
export const timeKeyOf = ({ keys }: Rollup): string => Object.keys(keys)[0] as string;

export const ROLLUP_IDS = Object.keys(ROLLUPS) as RollupId[];

/** A day of a roll-up with the version of its rows that counts. */
export type SettledDay = { readonly day: number; readonly version: number };

/** Days in China since 1 January 1970. */
export const dayNumber = (atMs: number): number => Math.floor((atMs + CHINA_OFFSET_MS) / DAY_MS);

export const dayStartMs = (day: number): number => day * DAY_MS - CHINA_OFFSET_MS;

/** Day and version in one number: what rows are picked by. */
export const versionKey = ({ day, version }: SettledDay): number => day * 2 ** 32 + version;
export const VERSION_KEY_SQL = 'toUInt64(day) * 4294967296 + version';

/** The roll-up that covers a question about a metric, if there is one. */
export function rollupFor(asked: {
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly grain?: Grain | undefined;
}): RollupId | undefined {
  return ROLLUP_IDS.find((id) => {
    const { metrics, dimensions, grains }: Rollup = ROLLUPS[id];
    return (
      Object.hasOwn(metrics, asked.metric) &&
      asked.dimensions.every((dimension) => Object.hasOwn(dimensions, dimension)) &&
      (asked.grain === undefined || grains.includes(asked.grain))
    );
  });
}
