// Persons under supervision, their leaves, terms, terminals and papers, counted from the facts of the log as the
// order book reads them (core/order-book.ts). A fact's last version that has taken effect counts.

import { MONITORING_GROUNDS } from '../core/recorded-basis.ts';
import { text } from '../core/text.ts';
import {
  MILLISECONDS,
  PERSONS,
  PRIVACY_FLOOR,
  REGIONS,
  WITHIN_SECONDS,
  columnOf,
  subject,
  subjectClass,
  type Dimension,
  type MetricOn,
  type RecordColumn,
  type Relation,
} from './metric.ts';

const field = (name: string) => `JSONExtractString(f.body, '${name}')`;
const instant = (name: string) => `JSONExtractInt(f.body, '${name}')`;

/** When a version of an order or leave takes effect (`effectiveAtMs` of the order book). */
const EFFECTIVE = `if(${field('action')} = 'start', ${instant('fromMs')}, greatest(f.at_ms, ${instant('fromMs')}))`;

/** One row for each order: its last version that has taken effect under the condition. */
const orders = (where: string) => `(
    SELECT
      f.subject AS subject,
      ${field('orderId')} AS order_id,
      max((${EFFECTIVE}, f.at_ms, f.id)) AS version,
      argMax(f.region, (${EFFECTIVE}, f.at_ms, f.id)) AS region,
      argMax(f.body, (${EFFECTIVE}, f.at_ms, f.id)) AS body,
      JSONExtractString(body, 'action') AS action,
      JSONExtractInt(body, 'untilMs') AS until_ms,
      JSONExtractString(body, 'correction') AS correction,
      multiIf(JSONExtractString(body, 'category') = 'cc', 'cc',
        JSONExtractString(body, 'group') = 'key' OR JSONExtractBool(body, 'withoutSupport'), 'raKey',
        'raOrdinary') AS subject_class
    FROM fact AS f
    WHERE f.kind = 'order' AND ${where}
    GROUP BY subject, order_id
  )`;

/** One row for each person: under the order in force at \`asOfMs\`, or else under the last there was. */
const PERSONS_SQL = `(
  SELECT
    o.subject AS subject,
    argMax(o.region, (is_running, o.version)) AS region,
    argMax(o.subject_class, (is_running, o.version)) AS subject_class,
    argMax(o.correction, (is_running, o.version)) AS correction,
    argMax(o.until_ms, (is_running, o.version)) AS until_ms,
    max(o.action != 'end' AND o.until_ms > {asOfMs:Int64}) AS is_supervised,
    NOT is_supervised AND argMax(o.action, o.version) != 'end' AS is_past_term
  FROM (
    SELECT *, action != 'end' AND until_ms > {asOfMs:Int64} AS is_running
    FROM ${orders(`${EFFECTIVE} <= {asOfMs:Int64}`)}
  ) AS o
  GROUP BY subject
)`;

/** Whose county answers for a person, and what the person is to the law: by the last order of all. */
const ANSWERABLE = `(
    SELECT o.subject AS subject, argMax(o.region, o.version) AS region,
      argMax(o.subject_class, o.version) AS subject_class
    FROM ${orders('1')} AS o GROUP BY subject
  )`;

/** One row for each leave as its last version says; what was called off before it began is none. */
const LEAVES_SQL = `(
  SELECT l.subject AS subject, l.leave_id AS leave_id, l.from_ms AS from_ms,
    if(l.action = 'end', least(l.ended_at_ms, l.until_ms), l.until_ms) AS until_ms,
    l.reason AS reason, w.region AS region, w.subject_class AS subject_class
  FROM (
    SELECT
      f.subject AS subject,
      ${field('leaveId')} AS leave_id,
      argMax(${field('action')}, (${EFFECTIVE}, f.at_ms, f.id)) AS action,
      argMax(f.at_ms, (${EFFECTIVE}, f.at_ms, f.id)) AS ended_at_ms,
      argMax(${instant('fromMs')}, (${EFFECTIVE}, f.at_ms, f.id)) AS from_ms,
      argMax(${instant('untilMs')}, (${EFFECTIVE}, f.at_ms, f.id)) AS until_ms,
      argMax(${field('reason')}, (${EFFECTIVE}, f.at_ms, f.id)) AS reason
    FROM fact AS f WHERE f.kind = 'leave'
    GROUP BY subject, leave_id
  ) AS l
  LEFT JOIN ${ANSWERABLE} AS w ON w.subject = l.subject
  WHERE from_ms < until_ms
)`;

/** Papers that open sources: those an order lists and those recorded beside it, each with its end. */
const BASES_SQL = `(
  SELECT b.subject AS subject, b.basis_id AS basis_id, b.until_ms AS until_ms, b.origin AS origin,
    b.ground AS ground, w.region AS region, w.subject_class AS subject_class
  FROM (
    SELECT DISTINCT o.subject AS subject, JSONExtractString(item, 'id') AS basis_id,
      JSONExtractInt(item, 'untilMs') AS until_ms, 'order' AS origin, '' AS ground
    FROM ${orders('1')} AS o ARRAY JOIN JSONExtractArrayRaw(o.body, 'bases') AS item
    WHERE o.action != 'end'
    UNION ALL
    SELECT t.subject AS subject, t.basis_id AS basis_id,
      if(e.basis_id = '', t.until_ms, least(t.until_ms, e.lifted_at_ms)) AS until_ms,
      'recorded' AS origin, t.ground AS ground
    FROM (
      SELECT f.subject AS subject, ${field('basisId')} AS basis_id, ${instant('fromMs')} AS from_ms,
        ${instant('untilMs')} AS until_ms, ${field('ground')} AS ground
      FROM fact AS f WHERE f.kind = 'basis' AND ${field('action')} != 'end'
    ) AS t
    LEFT JOIN (
      SELECT f.subject AS subject, ${field('basisId')} AS basis_id, min(f.at_ms) AS lifted_at_ms
      FROM fact AS f WHERE f.kind = 'basis' AND ${field('action')} = 'end'
      GROUP BY subject, basis_id
    ) AS e ON e.subject = t.subject AND e.basis_id = t.basis_id
    WHERE t.from_ms < until_ms
  ) AS b
  LEFT JOIN ${ANSWERABLE} AS w ON w.subject = b.subject
)`;

/** Days that cases name for what is to happen, such as a hearing. */
const MILESTONES_SQL = `(
  SELECT m.subject AS subject, m.target_at_ms AS target_at_ms, m.milestone AS milestone,
    m.authority AS authority, w.region AS region, w.subject_class AS subject_class
  FROM (
    SELECT f.subject AS subject, ${instant('targetAtMs')} AS target_at_ms, ${field('milestone')} AS milestone,
      ${field('authority')} AS authority
    FROM fact AS f WHERE f.kind = 'case-milestone' AND target_at_ms > 0
  ) AS m
  LEFT JOIN ${ANSWERABLE} AS w ON w.subject = m.subject
)`;

/** Who has not been heard of for longer has no terminal, as far as a figure goes; a parameter of ours. */
const HEARD_WITHIN_MS = 30 * 86_400_000;

/** Persons under supervision whose terminal was heard lately, with how long ago that was. */
const TERMINALS_SQL = `(
  SELECT p.subject AS subject, p.region AS region, p.subject_class AS subject_class,
    {asOfMs:Int64} - h.last_at_ms AS silent_ms
  FROM ${PERSONS_SQL} AS p
  INNER JOIN (
    SELECT h.subject AS subject, max(h.at_ms) AS last_at_ms FROM position AS h
    WHERE h.at_ms <= {asOfMs:Int64} AND h.at_ms > {asOfMs:Int64} - ${HEARD_WITHIN_MS}
    GROUP BY subject
  ) AS h ON h.subject = p.subject
  WHERE p.is_supervised
)`;

/** How long a terminal has been silent, in bands. */
export const SILENCES = {
  'under-15m': text('15分钟内', 'under 15 minutes'),
  '15m-1h': text('15分钟至1小时', '15 minutes to an hour'),
  '1h-6h': text('1至6小时', '1 to 6 hours'),
  '6h-24h': text('6至24小时', '6 to 24 hours'),
  '24h-and-more': text('24小时以上', '24 hours and more'),
};

const SILENCE_SQL = `multiIf(r.silent_ms < 900000, 'under-15m', r.silent_ms < 3600000, '15m-1h',
    r.silent_ms < 21600000, '1h-6h', r.silent_ms < 86400000, '6h-24h', '24h-and-more')`;

const correction: Dimension = {
  name: text('矫正类别', 'kind of correction'),
  sql: 'r.correction',
  type: 'text',
};
const leaveReason: Dimension = {
  name: text('请假事由', 'reason for leave'),
  sql: 'r.reason',
  type: 'text',
};
const origin: Dimension = {
  name: text('依据来源', 'where it is kept'),
  sql: 'r.origin',
  type: 'text',
};
const ground: Dimension = { name: text('使用情形', 'ground'), sql: 'r.ground', type: 'text' };
const milestone: Dimension = { name: text('节点', 'milestone'), sql: 'r.milestone', type: 'text' };
const authority: Dimension = { name: text('机关', 'authority'), sql: 'r.authority', type: 'text' };
const silence: Dimension = {
  name: text('失联时长', 'how long silent'),
  sql: SILENCE_SQL,
  type: 'text',
};

/** Words for the values of the dimensions declared here. */
export const PERSON_VALUES = {
  correction: {
    control: text('管制', 'control'),
    'suspended-sentence': text('缓刑', 'suspended sentence'),
    parole: text('假释', 'parole'),
    'temporary-execution-outside-prison': text('暂予监外执行', 'execution outside prison'),
  },
  leaveReason: {
    medical: text('就医', 'medical'),
    schooling: text('就学', 'schooling'),
    lawsuit: text('诉讼', 'lawsuit'),
    family: text('家庭事务', 'family'),
    work: text('工作', 'work'),
    regular: text('经常性活动', 'regular'),
    other: text('其他', 'other'),
  },
  origin: {
    order: text('监管令所列', 'listed by the order'),
    recorded: text('单独登记', 'recorded beside it'),
  },
  ground: MONITORING_GROUNDS,
  silence: SILENCES,
};

const counted = {
  targets: ['fact'],
  keptIn: { table: 'observation_minute', column: 'received_minute_ms' },
  refresh: WITHIN_SECONDS,
  privacyFloor: PRIVACY_FLOOR,
} as const;

const about = { ...REGIONS, class: subjectClass };
const who = { subject, county: columnOf(REGIONS.county), class: columnOf(subjectClass) };
const time = (zh: string, en: string, sql: string): RecordColumn => ({
  name: text(zh, en),
  sql,
  type: 'time',
});

export const PERSON_RELATIONS = {
  persons: {
    ...counted,
    sql: PERSONS_SQL,
    dimensions: { ...about, correction },
    records: {
      ...who,
      correction: columnOf(correction),
      untilMs: time('监管期满', 'end of the term', 'r.until_ms'),
    },
  },
  leaves: {
    ...counted,
    sql: LEAVES_SQL,
    timeColumn: 'from_ms',
    dimensions: { ...about, leaveReason },
    records: {
      fromMs: time('开始', 'begins', 'r.from_ms'),
      untilMs: time('结束', 'ends', 'r.until_ms'),
      ...who,
      leaveReason: columnOf(leaveReason),
    },
  },
  leavesNow: {
    ...counted,
    sql: `(SELECT * FROM ${LEAVES_SQL} WHERE from_ms <= {asOfMs:Int64} AND until_ms > {asOfMs:Int64})`,
    dimensions: { ...about, leaveReason },
    records: {
      fromMs: time('开始', 'begins', 'r.from_ms'),
      untilMs: time('结束', 'ends', 'r.until_ms'),
      ...who,
      leaveReason: columnOf(leaveReason),
    },
  },
  bases: {
    ...counted,
    sql: BASES_SQL,
    timeColumn: 'until_ms',
    dimensions: { ...about, origin, ground },
    records: { untilMs: time('到期', 'ends', 'r.until_ms'), ...who, origin: columnOf(origin) },
  },
  milestones: {
    ...counted,
    sql: MILESTONES_SQL,
    timeColumn: 'target_at_ms',
    dimensions: { ...about, milestone, authority },
    records: {
      targetAtMs: time('日期', 'day', 'r.target_at_ms'),
      ...who,
      milestone: columnOf(milestone),
    },
  },
  terminals: {
    ...counted,
    sql: TERMINALS_SQL,
    targets: ['position', 'fact'],
    dimensions: { ...about, silence },
    records: {
      ...who,
      silentMs: { name: text('失联毫秒', 'silent ms'), sql: 'r.silent_ms', type: 'number' },
    },
  },
} as const satisfies Record<string, Relation>;

type PersonMetric = MetricOn<keyof typeof PERSON_RELATIONS>;

const supervising = text('监管执行部门', 'whoever supervises');
const terminalKeeping = text('定位装置管理人员', 'whoever keeps the terminals');
const count = { sql: 'count()', isCount: true, owner: supervising } as const;

export const PERSON_METRICS: Readonly<Record<string, PersonMetric>> = {
  'persons-supervised': {
    ...count,
    name: text('在册监管对象数', 'persons under supervision'),
    meaning: text(
      '截至所选时间末有监管令在有效期内的人员',
      'Persons with an order in force at the end of the time asked for.',
    ),
    unit: PERSONS,
    relation: 'persons',
    where: 'r.is_supervised',
    direction: 'neutral',
  },
  'persons-past-term': {
    ...count,
    name: text('期满未解除对象数', 'persons past the end of their term'),
    meaning: text(
      '截至所选时间末监管期已满、尚未登记解除或者终止的人员（超期监管）',
      'Persons whose term is over at the end of the time asked for, with no end of it recorded (overdue supervision).',
    ),
    unit: PERSONS,
    relation: 'persons',
    where: 'r.is_past_term',
    direction: 'less-is-better',
  },
  leaves: {
    ...count,
    name: text('外出请假数', 'leaves'),
    meaning: text('经批准的外出，按开始时间计', 'Approved leaves, by the time they begin.'),
    unit: text('次', 'leaves'),
    relation: 'leaves',
    direction: 'neutral',
  },
  'persons-on-leave': {
    ...count,
    name: text('请假外出人数', 'persons on leave'),
    meaning: text(
      '所选时间末正在请假外出的人员',
      'Persons whose leave is running at the end of the time asked for.',
    ),
    unit: PERSONS,
    relation: 'leavesNow',
    sql: 'uniqExact(r.subject)',
    countedBy: ['uniqExact(r.subject)'],
    direction: 'neutral',
  },
  'bases-ending': {
    ...count,
    name: text('到期法律依据数', 'legal bases ending'),
    meaning: text(
      '在所选时间内到期的法律依据，可查将来；已登记续期的按新期限计',
      'Legal bases that end in the time asked for, which may lie ahead; each term by its own end.',
    ),
    unit: text('份', 'bases'),
    relation: 'bases',
    direction: 'neutral',
  },
  'case-days': {
    ...count,
    name: text('办案节点日数', 'days of cases'),
    meaning: text(
      '案件节点所定的日期（如开庭），按该日期计',
      'Days that cases name, such as that of a hearing, by that day.',
    ),
    unit: text('个', 'days'),
    relation: 'milestones',
    direction: 'neutral',
  },
  'terminals-heard': {
    ...count,
    name: text('在用定位装置人数', 'persons whose terminal was heard'),
    meaning: text(
      '截至所选时间末前30日内有定位的在册对象，可按失联时长分列',
      'Persons under supervision located in the 30 days before the end of the time asked for; may be split by silence.',
    ),
    unit: PERSONS,
    relation: 'terminals',
    owner: terminalKeeping,
    direction: 'neutral',
  },
  'terminals-silent': {
    ...count,
    name: text('装置失联人数', 'persons whose terminal is silent'),
    meaning: text(
      '截至所选时间末超过1小时没有定位的在册对象（近30日内有过定位）',
      'Persons under supervision, located in the last 30 days, of whom nothing was heard for an hour.',
    ),
    unit: PERSONS,
    relation: 'terminals',
    where: 'r.silent_ms >= 3600000',
    owner: terminalKeeping,
    direction: 'less-is-better',
  },
  'terminal-silence-p90': {
    name: text('失联时长九成位数', 'silence of terminals, P90'),
    meaning: text(
      '截至所选时间末距最后一次定位的时长，九成在用装置不超过此值',
      'Time since the last position at the end of the time asked for; nine in ten terminals are within.',
    ),
    unit: MILLISECONDS,
    relation: 'terminals',
    sql: 'quantileExactOrNull(0.9)(r.silent_ms)',
    isCount: false,
    owner: terminalKeeping,
    direction: 'less-is-better',
  },
};
