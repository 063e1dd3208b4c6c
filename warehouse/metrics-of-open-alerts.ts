// Alerts that are open at an instant, and for how long they have been.

import { text } from '../core/text.ts';
import { alertsSql } from './metric-alerts-sql.ts';
import {
  ALERTS,
  MILLISECONDS,
  PRIVACY_FLOOR,
  REGIONS,
  columnOf,
  level,
  rule,
  subject,
  subjectClass,
  type MetricOn,
  type Relation,
} from './metric.ts';

/** How long an alert has been open, in bands; each up to and without the next. */
export const AGES = {
  'under-1h': text('1小时内', 'under an hour'),
  '1h-24h': text('1至24小时', '1 to 24 hours'),
  '1d-7d': text('1至7天', '1 to 7 days'),
  '7d-and-more': text('7天以上', '7 days and more'),
};

const AGE_SQL = `multiIf(r.age_ms < 3600000, 'under-1h', r.age_ms < 86400000, '1h-24h',
    r.age_ms < 604800000, '1d-7d', '7d-and-more')`;

const OPEN_SQL = `(
  SELECT *, {asOfMs:Int64} - recorded_at_ms AS age_ms
  FROM ${alertsSql('e.at_ms <= {asOfMs:Int64}')}
  WHERE is_open AND NOT is_withdrawn
)`;

export const OPEN_ALERT_RELATIONS = {
  openAlerts: {
    sql: OPEN_SQL,
    dimensions: {
      rule,
      level,
      ...REGIONS,
      class: subjectClass,
      age: { name: text('未办结时长', 'how long open'), sql: AGE_SQL, type: 'text' },
    },
    targets: ['alert_event'],
    keptIn: { table: 'alert_event', column: 'at_ms' },
    refresh: text('数秒内，处置后随即更新', 'within seconds, and again with every act'),
    privacyFloor: PRIVACY_FLOOR,
    records: {
      alert: { name: text('预警', 'alert'), sql: 'r.alert_id', type: 'alert' },
      recordedAtMs: { name: text('登记时间', 'recorded'), sql: 'r.recorded_at_ms', type: 'time' },
      level: columnOf(level),
      rule: columnOf(rule),
      county: columnOf(REGIONS.county),
      class: columnOf(subjectClass),
      subject,
    },
  },
} as const satisfies Record<string, Relation>;

const common = {
  relation: 'openAlerts',
  direction: 'less-is-better',
  owner: text('预警处置部门', 'whoever handles alerts'),
} as const;

const AT_THE_END = text('截至所选时间末', 'at the end of the time asked for');

const age = (name: string, english: string, sql: string): MetricOn<'openAlerts'> => ({
  ...common,
  name: text(`未办结时长${name}`, `age of open alerts, ${english}`),
  meaning: text(
    `${AT_THE_END.zh}未办结预警自登记起的时长（${name}）`,
    `How long the alerts open ${AT_THE_END.en} have been recorded; ${english}.`,
  ),
  unit: MILLISECONDS,
  sql,
  isCount: false,
});

export const OPEN_ALERT_METRICS: Readonly<Record<string, MetricOn<'openAlerts'>>> = {
  'alerts-standing': {
    ...common,
    name: text('期末未办结预警数', 'alerts open at the end'),
    meaning: text(
      `${AT_THE_END.zh}未办结且未撤回的预警，不论何时登记`,
      `Alerts open and not withdrawn ${AT_THE_END.en}, whenever they were recorded.`,
    ),
    unit: ALERTS,
    sql: 'count()',
    isCount: true,
  },
  'open-alert-age-p50': age('中位数', 'median', 'quantileExactOrNull(0.5)(r.age_ms)'),
  'open-alert-age-p90': age('九成位数', 'P90', 'quantileExactOrNull(0.9)(r.age_ms)'),
  'open-alert-age-max': age('最大值', 'the oldest', 'maxOrNull(r.age_ms)'),
};
