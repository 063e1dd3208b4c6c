// Roll-ups of relations, declared beside the metrics that can be answered from them: what is counted ahead for
// each day in China, and how a figure is made of it. Which days may be read is in the records (rollup-days.ts).

import { CONFIRMING_CAUSES } from '../core/alert-cause.ts';
import { CHINA_OFFSET_MS, DAY_MS } from '../core/local-time.ts';
import type { Grain } from './metric.ts';
import type { RelationId } from './metrics-catalogue.ts';

/** A metric made of the roll-up `r`. */
export type RolledMetric = {
  readonly sql: string;
  /** Rows that count at all: the others stand for cells in which there is nothing. */
  readonly where: string;
  readonly countedBy: readonly string[];
};

export type Rollup = {
  readonly relation: RelationId;
  readonly table: string;
  /** Columns that dimensions and time go by, named as in the relation, made of the relation `r`. */
  readonly keys: Readonly<Record<string, string>>;
  /** Aggregates over the relation `r`, by the column they are kept in. */
  readonly measures: Readonly<Record<string, string>>;
  readonly dimensions: readonly string[];
  readonly grains: readonly Grain[];
  readonly metrics: Readonly<Record<string, RolledMetric>>;
};

const sumOf = (column: string): RolledMetric => ({
  sql: `sum(r.${column})`,
  where: `r.${column} > 0`,
  countedBy: [`sum(r.${column})`],
});

const CONFIRMED = `r.cause IN (${CONFIRMING_CAUSES.map((code) => `'${code}'`).join(', ')})`;
const JUDGED = `r.cause != '' AND NOT r.is_withdrawn`;

const quantileOfAcknowledged = (share: number): RolledMetric => ({
  sql: `quantileExactArrayOrNull(${share})(r.acknowledged_after_ms)`,
  where: 'notEmpty(r.acknowledged_after_ms)',
  countedBy: ['sum(length(r.acknowledged_after_ms))'],
});

export const ROLLUPS = {
  'alerts-by-day': {
    relation: 'alerts',
    table: 'alert_day',
    keys: {
      // Half hours are fine enough for hours and shifts.
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
    dimensions: ['rule', 'level', 'county', 'city', 'province', 'class', 'cause', 'hour', 'shift'],
    grains: ['hour', 'day', 'week', 'month'],
    metrics: {
      'alerts-raised': sumOf('alerts'),
      'alerts-open': sumOf('open_alerts'),
      'alerts-unacknowledged': sumOf('unacknowledged'),
      'alerts-overdue': sumOf('overdue'),
      'alerts-withdrawn': sumOf('withdrawn'),
      'alerts-judged': sumOf('judged'),
      'alerts-precision': {
        sql: 'if(sum(r.judged) = 0, NULL, sum(r.confirmed) / sum(r.judged))',
        where: 'r.judged > 0',
        countedBy: ['sum(r.confirmed)', 'sum(r.judged) - sum(r.confirmed)'],
      },
      'time-to-acknowledge-p50': quantileOfAcknowledged(0.5),
      'time-to-acknowledge-p90': quantileOfAcknowledged(0.9),
    },
  },
  'observations-by-day': {
    relation: 'observations',
    table: 'observation_day',
    keys: {
      received_minute_ms: 'intDiv(r.received_minute_ms, 3600000) * 3600000',
      kind: 'r.kind',
      source: 'r.source',
      region: 'r.region',
    },
    measures: { observations: 'sum(r.observations)', minute_rows: 'count()' },
    dimensions: ['kind', 'source', 'county', 'city', 'province'],
    grains: ['hour', 'day', 'week', 'month'],
    metrics: {
      'observations-admitted': {
        sql: 'sum(r.observations)',
        where: 'r.observations > 0',
        countedBy: ['sum(r.minute_rows)'],
      },
      positions: {
        sql: 'sum(r.observations)',
        where: "r.kind = 'position'",
        countedBy: ['sum(r.minute_rows)'],
      },
    },
  },
} as const satisfies Record<string, Rollup>;

export type RollupId = keyof typeof ROLLUPS;

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
      asked.dimensions.every((dimension) => dimensions.includes(dimension)) &&
      (asked.grain === undefined || grains.includes(asked.grain))
    );
  });
}
