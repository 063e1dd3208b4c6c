// Every figure the warehouse can be asked for, declared as data: what it is called, what it means, where
// it is counted and by what it may be split. compile-metric.ts makes SQL of it.

import { CONFIRMING_CAUSES } from '../core/alert-cause.ts';
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
  /** Column of the instant that time filters and grains go by, in ms; absent where only now counts. */
  readonly timeColumn?: string;
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

export type Metric = {
  readonly name: Text;
  readonly meaning: Text;
  readonly unit: Text;
  readonly relation: RelationId;
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

const county: Dimension = {
  name: text('区县', 'county'),
  sql: 'toString(r.region)',
  type: 'region',
};
const source: Dimension = { name: text('来源', 'source'), sql: 'r.source', type: 'text' };
const rule: Dimension = { name: text('规则', 'rule'), sql: 'r.rule_id', type: 'text' };
const level: Dimension = { name: text('级别', 'level'), sql: 'r.level', type: 'number' };
const because: Dimension = { name: text('原因', 'reason'), sql: 'r.because', type: 'text' };
const subjectClass: Dimension = {
  name: text('对象类别', 'class of person'),
  sql: 'r.subject_class',
  type: 'text',
};

/** What the writer has taken over from the log; its pauses are shorter than a second. */
const WITHIN_SECONDS = text('数秒内', 'within seconds');
const WITH_EVERY_ACT = text('数秒内，处置后随即更新', 'within seconds, and again with every act');

/** Fewer than five tell of persons. A precaution of ours: no rule names a number. */
const PRIVACY_FLOOR = 5;

const subject: RecordColumn = { name: text('对象', 'person'), sql: 'r.subject', type: 'subject' };
const findingTime: RecordColumn = {
  name: text('发生时间', 'happened'),
  sql: 'r.at_ms',
  type: 'time',
};
const columnOf = ({ name, sql, type }: Dimension): RecordColumn => ({ name, sql, type });

export const RELATIONS = {
  observations: {
    sql: 'observation_minute',
    timeColumn: 'received_minute_ms',
    dimensions: {
      kind: { name: text('类型', 'kind'), sql: 'r.kind', type: 'text' },
      source,
      county,
    },
    targets: ['position', 'fact'],
    keptIn: { table: 'observation_minute', column: 'received_minute_ms' },
    refresh: WITHIN_SECONDS,
    privacyFloor: 0,
  },
  tallies: {
    sql: 'tally',
    timeColumn: 'at_ms',
    dimensions: {
      source,
      reason: { name: text('原因', 'reason'), sql: 'r.reason', type: 'text' },
    },
    targets: ['tally'],
    keptIn: { table: 'tally', column: 'at_ms' },
    refresh: WITHIN_SECONDS,
    privacyFloor: 0,
  },
  alerts: {
    // One row per alert, made of its events. An alert reopened after it was closed is open again; its level
    // and whether it stands are as the last event says.
    sql: `(
  SELECT
    alert_id,
    any(e.rule_id) AS rule_id,
    argMax(e.level, (e.at_ms, e.log_offset, e.log_line)) AS level,
    any(e.region) AS region,
    any(e.subject) AS subject,
    any(e.subject_class) AS subject_class,
    minIf(e.at_ms, e.kind = 'opened') AS recorded_at_ms,
    minIf(e.at_ms, e.kind = 'acknowledged') AS acknowledged_at_ms,
    countIf(e.kind = 'acknowledged') > 0 AS is_acknowledged,
    argMaxIf(
      e.kind,
      (e.at_ms, e.log_offset, e.log_line),
      e.kind IN ('opened', 'reopened', 'closed')
    ) != 'closed' AS is_open,
    argMaxIf(
      JSONExtractString(e.body, 'details', 'outcome'),
      (e.at_ms, e.log_offset, e.log_line),
      e.kind = 'corrected'
    ) = 'withdrawn' AS is_withdrawn,
    argMaxIf(
      JSONExtractString(e.body, 'details', 'result'),
      (e.at_ms, e.log_offset, e.log_line),
      e.kind = 'feedback'
    ) AS cause
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
)`,
    timeColumn: 'recorded_at_ms',
    dimensions: {
      rule,
      level,
      county,
      class: subjectClass,
      cause: { name: text('核查结果', 'what was found'), sql: 'r.cause', type: 'text' },
      hour: {
        name: text('时段（时）', 'hour of the day'),
        sql: "toHour(fromUnixTimestamp64Milli(r.recorded_at_ms, 'Asia/Shanghai'))",
        type: 'number',
      },
    },
    targets: ['alert_event'],
    keptIn: { table: 'alert_event', column: 'at_ms' },
    refresh: WITH_EVERY_ACT,
    privacyFloor: PRIVACY_FLOOR,
    records: {
      alert: { name: text('预警', 'alert'), sql: 'r.alert_id', type: 'alert' },
      recordedAtMs: { name: text('登记时间', 'recorded'), sql: 'r.recorded_at_ms', type: 'time' },
      level: columnOf(level),
      rule: columnOf(rule),
      county: columnOf(county),
      class: columnOf(subjectClass),
      subject,
      cause: { name: text('核查结果', 'what was found'), sql: 'r.cause', type: 'text' },
    },
  },
  suppressions: {
    sql: "(SELECT * FROM finding WHERE kind = 'suppressed' AND shadow = 0)",
    timeColumn: 'at_ms',
    dimensions: {
      rule,
      county,
      class: subjectClass,
      because,
    },
    targets: ['finding'],
    keptIn: { table: 'finding', column: 'at_ms' },
    refresh: WITHIN_SECONDS,
    privacyFloor: PRIVACY_FLOOR,
    records: {
      atMs: findingTime,
      rule: columnOf(rule),
      county: columnOf(county),
      class: columnOf(subjectClass),
      subject,
      because: columnOf(because),
    },
  },
  trials: {
    sql: "(SELECT * FROM finding WHERE kind = 'raised' AND shadow = 1)",
    timeColumn: 'at_ms',
    dimensions: { rule, level, county, class: subjectClass },
    targets: ['finding'],
    keptIn: { table: 'finding', column: 'at_ms' },
    refresh: WITHIN_SECONDS,
    privacyFloor: PRIVACY_FLOOR,
    records: {
      atMs: findingTime,
      rule: columnOf(rule),
      level: columnOf(level),
      county: columnOf(county),
      class: columnOf(subjectClass),
      subject,
    },
  },
} as const satisfies Record<string, Relation>;

export type RelationId = keyof typeof RELATIONS;

const items = text('条', 'observations');
const alerts = text('件', 'alerts');
const milliseconds = text('毫秒', 'ms');

const intake = text('数据接入管理员', 'whoever runs the intake');
const handling = text('预警处置部门', 'whoever handles alerts');
const ruling = text('规则管理人员', 'whoever keeps the rules');

/** What officers found that confirms an alert, as a list in SQL; the codes are ours. */
const CONFIRMING = CONFIRMING_CAUSES.map((code) => `'${code}'`).join(', ');

export const METRICS: Readonly<Record<string, Metric>> = {
  'observations-admitted': {
    name: text('入库观测数', 'observations admitted'),
    meaning: text(
      '通过法律依据核验并留存的观测,按收到时间计',
      'Observations that passed the gate and are kept, by the time they were received.',
    ),
    unit: items,
    relation: 'observations',
    sql: 'sum(r.observations)',
    direction: 'neutral',
    owner: intake,
    isCount: true,
  },
  'observations-refused': {
    name: text('拒收观测数', 'observations refused'),
    meaning: text(
      '未留存的观测,按原因计;除死信外不留内容',
      'Observations not kept, by reason; of all but dead letters nothing but the count remains.',
    ),
    unit: items,
    relation: 'tallies',
    sql: 'sum(r.count)',
    direction: 'less-is-better',
    owner: intake,
    isCount: true,
  },
  positions: {
    name: text('定位数', 'positions'),
    meaning: text(
      '留存的定位,按所在区县和收到时间计',
      'Positions kept, by the county they lie in and the time they were received.',
    ),
    unit: items,
    relation: 'observations',
    sql: 'sum(r.observations)',
    where: "r.kind = 'position'",
    direction: 'neutral',
    owner: intake,
    isCount: true,
  },
  'alerts-raised': {
    name: text('预警数', 'alerts raised'),
    meaning: text('产生的预警,按登记时间计', 'Alerts that were raised, by the time of recording.'),
    unit: alerts,
    relation: 'alerts',
    sql: 'count()',
    direction: 'neutral',
    owner: handling,
    isCount: true,
  },
  'alerts-open': {
    name: text('未办结预警数', 'open alerts'),
    meaning: text('尚未办结且未撤回的预警', 'Alerts that stand and are not closed yet.'),
    unit: alerts,
    relation: 'alerts',
    sql: 'count()',
    where: 'r.is_open AND NOT r.is_withdrawn',
    direction: 'less-is-better',
    owner: handling,
    isCount: true,
  },
  'alerts-unacknowledged': {
    name: text('未签收预警数', 'unacknowledged alerts'),
    meaning: text(
      '未办结且无人签收的预警',
      'Open alerts that not everyone who must has acknowledged.',
    ),
    unit: alerts,
    relation: 'alerts',
    sql: 'count()',
    where: 'r.is_open AND NOT r.is_acknowledged AND NOT r.is_withdrawn',
    direction: 'less-is-better',
    owner: handling,
    isCount: true,
  },
  'alerts-withdrawn': {
    name: text('撤回预警数', 'withdrawn alerts'),
    meaning: text(
      '因补办审批、数据更正等撤回的预警，仍计入预警数',
      'Alerts that later facts showed to be none; they count among the alerts raised.',
    ),
    unit: alerts,
    relation: 'alerts',
    sql: 'count()',
    where: 'r.is_withdrawn',
    direction: 'less-is-better',
    owner: ruling,
    isCount: true,
  },
  'alerts-judged': {
    name: text('已核查预警数', 'judged alerts'),
    meaning: text(
      '已反馈核查结果且未撤回的预警，可按核查结果分列',
      'Alerts that stand and of which an officer said what was found; may be split by it.',
    ),
    unit: alerts,
    relation: 'alerts',
    sql: 'count()',
    where: "r.cause != '' AND NOT r.is_withdrawn",
    direction: 'more-is-better',
    owner: handling,
    isCount: true,
  },
  'alerts-precision': {
    name: text('预警准确率', 'precision of alerts'),
    meaning: text(
      '已核查预警中属实的占比；撤回的预警不计，无核查结果时为空',
      'Share of the judged alerts that were as they said; withdrawn ones do not count, none judged is no share.',
    ),
    unit: text('比率', 'share'),
    relation: 'alerts',
    sql: `if(count() = 0, NULL, countIf(r.cause IN (${CONFIRMING})) / count())`,
    where: "r.cause != '' AND NOT r.is_withdrawn",
    direction: 'more-is-better',
    owner: ruling,
    isCount: false,
    countedBy: [`countIf(r.cause IN (${CONFIRMING}))`, `countIf(r.cause NOT IN (${CONFIRMING}))`],
  },
  'findings-suppressed': {
    name: text('不预警情形数', 'suppressed findings'),
    meaning: text(
      '规则条件满足但依规不预警的情形,如已批准外出',
      'Conditions that were met and raised no alert for a stated reason, such as approved leave.',
    ),
    unit: text('次', 'findings'),
    relation: 'suppressions',
    sql: 'count()',
    direction: 'neutral',
    owner: ruling,
    isCount: true,
  },
  'findings-on-trial': {
    name: text('试运行命中数', 'findings of rules on trial'),
    meaning: text(
      '试运行(影子)规则命中的情形,只统计,不预警',
      'Conditions met by rules on trial (shadow): counted, and told to nobody.',
    ),
    unit: text('次', 'findings'),
    relation: 'trials',
    sql: 'count()',
    direction: 'neutral',
    owner: ruling,
    isCount: true,
  },
  'time-to-acknowledge-p50': {
    name: text('签收用时中位数', 'time to acknowledge, median'),
    meaning: text(
      '从预警登记到签收完成的时间,已签收预警的中位数',
      'From recording to the last acknowledgement needed; median of the acknowledged alerts.',
    ),
    unit: milliseconds,
    relation: 'alerts',
    sql: 'quantileExactOrNull(0.5)(r.acknowledged_at_ms - r.recorded_at_ms)',
    where: 'r.is_acknowledged',
    direction: 'less-is-better',
    owner: handling,
    isCount: false,
  },
  'time-to-acknowledge-p90': {
    name: text('签收用时九成位数', 'time to acknowledge, P90'),
    meaning: text(
      '从预警登记到签收完成的时间,九成已签收预警不超过此值',
      'From recording to the last acknowledgement needed; nine in ten acknowledged alerts are within.',
    ),
    unit: milliseconds,
    relation: 'alerts',
    sql: 'quantileExactOrNull(0.9)(r.acknowledged_at_ms - r.recorded_at_ms)',
    where: 'r.is_acknowledged',
    direction: 'less-is-better',
    owner: handling,
    isCount: false,
  },
};

/** What a metric may be split and narrowed by. */
export const dimensionsOf = (metric: Metric): Readonly<Record<string, Dimension>> =>
  RELATIONS[metric.relation].dimensions;
