// Every figure the warehouse can be asked for, declared as data: what it is called, what it means, where
// it is counted and by what it may be split. compile-metric.ts makes SQL of it.

import { CONFIRMING_CAUSES } from '../core/alert-cause.ts';
import { text } from '../core/text.ts';
import { alertsSql } from './metric-alerts-sql.ts';
import { SHIFT_SQL } from './metric-shifts.ts';
import {
  ALERTS,
  MILLISECONDS,
  PRIVACY_FLOOR,
  REGIONS,
  WITHIN_SECONDS,
  columnOf,
  level,
  rule,
  subject,
  subjectClass,
  type Dimension,
  type MetricOn,
  type RecordColumn,
  type Relation,
} from './metric.ts';
import { OPEN_ALERT_METRICS, OPEN_ALERT_RELATIONS } from './metrics-of-open-alerts.ts';
import { PERSON_METRICS, PERSON_RELATIONS } from './metrics-of-persons.ts';

const source: Dimension = { name: text('来源', 'source'), sql: 'r.source', type: 'text' };
const because: Dimension = { name: text('原因', 'reason'), sql: 'r.because', type: 'text' };

const WITH_EVERY_ACT = text('数秒内，处置后随即更新', 'within seconds, and again with every act');

const findingTime: RecordColumn = {
  name: text('发生时间', 'happened'),
  sql: 'r.at_ms',
  type: 'time',
};

export const RELATIONS = {
  observations: {
    sql: 'observation_minute',
    timeColumn: 'received_minute_ms',
    dimensions: {
      kind: { name: text('类型', 'kind'), sql: 'r.kind', type: 'text' },
      source,
      ...REGIONS,
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
    sql: alertsSql(),
    narrowed: (condition) =>
      alertsSql(
        `e.alert_id IN (SELECT alert_id FROM alert_event WHERE kind = 'opened' AND ${condition})`,
      ),
    timeColumn: 'recorded_at_ms',
    dimensions: {
      rule,
      level,
      ...REGIONS,
      class: subjectClass,
      cause: { name: text('核查结果', 'what was found'), sql: 'r.cause', type: 'text' },
      hour: {
        name: text('时段（时）', 'hour of the day'),
        sql: "toHour(fromUnixTimestamp64Milli(r.recorded_at_ms, 'Asia/Shanghai'))",
        type: 'number',
      },
      shift: { name: text('班次', 'shift'), sql: SHIFT_SQL, type: 'text' },
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
      county: columnOf(REGIONS.county),
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
      ...REGIONS,
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
      county: columnOf(REGIONS.county),
      class: columnOf(subjectClass),
      subject,
      because: columnOf(because),
    },
  },
  trials: {
    sql: "(SELECT * FROM finding WHERE kind = 'raised' AND shadow = 1)",
    timeColumn: 'at_ms',
    dimensions: { rule, level, ...REGIONS, class: subjectClass },
    targets: ['finding'],
    keptIn: { table: 'finding', column: 'at_ms' },
    refresh: WITHIN_SECONDS,
    privacyFloor: PRIVACY_FLOOR,
    records: {
      atMs: findingTime,
      rule: columnOf(rule),
      level: columnOf(level),
      county: columnOf(REGIONS.county),
      class: columnOf(subjectClass),
      subject,
    },
  },
  ...OPEN_ALERT_RELATIONS,
  ...PERSON_RELATIONS,
} as const satisfies Record<string, Relation>;

export type RelationId = keyof typeof RELATIONS;

export type Metric = MetricOn<RelationId>;

const items = text('条', 'observations');

const intake = text('数据接入管理员', 'whoever runs the intake');
const handling = text('预警处置部门', 'whoever handles alerts');
const ruling = text('规则管理人员', 'whoever keeps the rules');

/** What officers found that confirms an alert, as a list in SQL; the codes are ours. */
const CONFIRMING = CONFIRMING_CAUSES.map((code) => `'${code}'`).join(', ');

export const METRICS: Readonly<Record<string, Metric>> = {
  'observations-admitted': {
    name: text('入库观测数', 'observations admitted'),
    meaning: text(
      '通过法律依据核验并留存的观测，按收到时间计',
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
      '未留存的观测，按原因计；除死信外不留内容',
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
      '留存的定位，按所在区县和收到时间计',
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
    meaning: text('产生的预警，按登记时间计', 'Alerts that were raised, by the time of recording.'),
    unit: ALERTS,
    relation: 'alerts',
    sql: 'count()',
    direction: 'neutral',
    owner: handling,
    isCount: true,
  },
  'alerts-open': {
    name: text('未办结预警数', 'open alerts'),
    meaning: text('尚未办结且未撤回的预警', 'Alerts that stand and are not closed yet.'),
    unit: ALERTS,
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
    unit: ALERTS,
    relation: 'alerts',
    sql: 'count()',
    where: 'r.is_open AND NOT r.is_acknowledged AND NOT r.is_withdrawn',
    direction: 'less-is-better',
    owner: handling,
    isCount: true,
  },
  'alerts-overdue': {
    name: text('处置超期预警数', 'alerts handled too late'),
    meaning: text(
      '处置任务曾超过办理时限的预警，可按规则、班次等分列',
      'Alerts whose task ran out of time before it was done.',
    ),
    unit: ALERTS,
    relation: 'alerts',
    sql: 'count()',
    where: 'r.is_overdue',
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
    unit: ALERTS,
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
    unit: ALERTS,
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
      '规则条件满足但依规不预警的情形，如已批准外出',
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
      '试运行（影子）规则命中的情形，只统计，不预警',
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
      '从预警登记到签收完成的时间，已签收预警的中位数',
      'From recording to the last acknowledgement needed; median of the acknowledged alerts.',
    ),
    unit: MILLISECONDS,
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
      '从预警登记到签收完成的时间，九成已签收预警不超过此值',
      'From recording to the last acknowledgement needed; nine in ten acknowledged alerts are within.',
    ),
    unit: MILLISECONDS,
    relation: 'alerts',
    sql: 'quantileExactOrNull(0.9)(r.acknowledged_at_ms - r.recorded_at_ms)',
    where: 'r.is_acknowledged',
    direction: 'less-is-better',
    owner: handling,
    isCount: false,
  },
  ...OPEN_ALERT_METRICS,
  ...PERSON_METRICS,
};

/** What a metric may be split and narrowed by. */
export const dimensionsOf = (metric: Metric): Readonly<Record<string, Dimension>> =>
  RELATIONS[metric.relation].dimensions;
