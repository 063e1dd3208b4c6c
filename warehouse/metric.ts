// What a metric, its relation and its dimensions are, and those that many relations share.

import { text, type Text } from '../core/text.ts';
import type { Target } from './targets.ts';

/** A way to split a figure or to narrow it down. */
export type Dimension = {
  readonly name: Text;
  /** The value as it is shown, in terms of the relation `r`. */
  readonly sql: string;
  /** How values are compared; `region` takes counties, cities and provinces. */
  readonly type: 'text' | 'number' | 'region';
};

/** A table or subquery with one row per thing that is counted. */
export type Relation = {
  readonly sql: string;
  /**
   * Column of the instant that time filters and grains go by, in ms. Without one the relation is a state, and
   * `sql` has the instant it is of as the parameter `asOfMs`: the end of the time asked for.
   */
  readonly timeColumn?: string;
  /** The relation made from fewer rows, given a condition that `column` of `keptIn` must meet. */
  readonly narrowed?: (condition: string) => string;
  readonly dimensions: Readonly<Record<string, Dimension>>;
  /** Tables of the writer its rows come from: what the data's version and their coverage depend on. */
  readonly targets: readonly Target[];
  /** Where the earliest and latest instant are looked up, cheaper than in the relation. */
  readonly keptIn: { readonly table: string; readonly column: string };
  /** How soon a figure knows of what happened. */
  readonly refresh: Text;
  /** Cells counted from fewer rows than this are not shown to whoever may not see the rows; 0 for none. */
  readonly privacyFloor: number;
  /** What is listed of the rows behind a cell; absent where they cannot be listed. */
  readonly records?: Readonly<Record<string, RecordColumn>>;
};

export type RecordColumn = {
  readonly name: Text;
  readonly sql: string;
  readonly type: 'time' | 'text' | 'number' | 'region' | 'alert' | 'subject';
};

export type MetricOn<Relations extends string> = {
  readonly name: Text;
  readonly meaning: Text;
  readonly unit: Text;
  readonly relation: Relations;
  /** An aggregate over the relation `r`. */
  readonly sql: string;
  /** Rows that count at all. */
  readonly where?: string;
  readonly direction: 'more-is-better' | 'less-is-better' | 'neutral';
  /** Who answers for what it means. */
  readonly owner: Text;
  /** A count adds up over its cells, and where nothing is there it is 0. */
  readonly isCount: boolean;
  /** Aggregates that must each reach the privacy floor, or be nothing; the rows themselves unless said. */
  readonly countedBy?: readonly string[];
};

export const GRAINS = ['minute', 'hour', 'day', 'week', 'month'] as const;

export type Grain = (typeof GRAINS)[number];

/** County, city and province: the tree of the GB/T 2260 codes. */
export const REGIONS = {
  county: { name: text('区县', 'county'), sql: 'toString(r.region)', type: 'region' },
  city: {
    name: text('市州', 'city'),
    sql: 'toString(intDiv(r.region, 100) * 100)',
    type: 'region',
  },
  province: {
    name: text('省份', 'province'),
    sql: 'toString(intDiv(r.region, 10000) * 10000)',
    type: 'region',
  },
} as const satisfies Record<string, Dimension>;

export const subjectClass: Dimension = {
  name: text('对象类别', 'class of person'),
  sql: 'r.subject_class',
  type: 'text',
};

/** What the writer has taken over from the log; its pauses are shorter than a second. */
export const WITHIN_SECONDS = text('数秒内', 'within seconds');

/** Fewer than five tell of persons. A precaution of ours: no rule names a number. */
export const PRIVACY_FLOOR = 5;

export const subject: RecordColumn = {
  name: text('对象', 'person'),
  sql: 'r.subject',
  type: 'subject',
};

export const columnOf = ({ name, sql, type }: Dimension): RecordColumn => ({ name, sql, type });

export const rule: Dimension = { name: text('规则', 'rule'), sql: 'r.rule_id', type: 'text' };

export const level: Dimension = { name: text('级别', 'level'), sql: 'r.level', type: 'number' };

export const PERSONS = text('人', 'persons');
export const ALERTS = text('件', 'alerts');
export const MILLISECONDS = text('毫秒', 'ms');
