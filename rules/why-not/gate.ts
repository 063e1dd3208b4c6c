// Why a rule did not raise: the ladder of conditions an alert has to climb, and what is said of the first one
// that failed. The codes stand in the order in which they are looked at.

import { text, type Text } from '../../core/text.ts';
import type { Question } from './question.ts';

export const GATES = {
  // The rule itself.
  'rule-unknown': text('没有这条规则', 'no such rule'),
  'rule-not-in-force': text('规则当时没有启用', 'the rule was not in force then'),
  'rule-retired': text('规则已停用', 'the rule is retired'),
  'rule-draft': text('规则还是草稿', 'the rule is a draft'),
  'rule-on-trial': text('规则在试运行', 'the rule is on trial'),
  // The legal frame.
  'person-unknown': text('没有此人的任何记录', 'the person is unknown'),
  'history-ends': text('记录还没有到该时段', 'the records do not reach that time'),
  'no-order': text('没有有效的监管令', 'no order in force'),
  'class-not-watched': text('不属于规则适用的人员类别', 'not a class the rule is for'),
  ungraded: text('分级表未给该类人员定级', 'no level for this class'),
  'source-closed': text('没有采集该来源的法律依据', 'no legal basis for the source'),
  'nothing-to-watch': text('监管令没有相应要求', 'the order asks for nothing of the kind'),
  'no-facts': text('时段内没有相关数据', 'no such facts in the window'),
  'not-under-order': text('数据发生时监管令无效', 'no order at the instant of the facts'),
  'order-known-later': text('监管令录入在后', 'the order was recorded later'),
  // What one fact must be like.
  unplaced: text('定位无效', 'no fix with a place'),
  'fix-kind': text('定位方式不作为依据', 'the kind of fix does not count'),
  'schedule-closed': text('不在规则生效的时段', 'outside the times that count'),
  'condition-false': text('条件不成立', 'the condition does not hold'),
  'ends-episode': text('该数据是解除信息', 'the fact ends an episode'),
  // What the kind of rule wants beyond one fact.
  'other-side': text('人在界线的另一侧', 'on the other side of the border'),
  accuracy: text('定位误差范围跨越界线', 'the error circle reaches over the border'),
  margin: text('离界线太近', 'too close to the border'),
  dwell: text('持续不够', 'not proven for long enough'),
  'no-crossing': text('没有确认越过界线', 'not seen to cross the border'),
  returned: text('生效前已返回', 'back before it came into force'),
  'count-short': text('次数不够', 'too few within the window'),
  'sequence-steps': text('步骤不全', 'steps are missing'),
  'sequence-order': text('步骤顺序不符', 'steps in another order'),
  'sequence-slow': text('间隔过长', 'too far apart'),
  'sequence-interrupted': text('中间有排除情形', 'interrupted'),
  'not-silent': text('静默时间不够', 'not silent for long enough'),
  'no-word': text('设备此后没有任何消息', 'no word of the device since'),
  answered: text('按时有了回应', 'answered in time'),
  'order-ended': text('监管令先已终止', 'the order ended before'),
  'not-started': text('期限没有起算', 'the clock was not started'),
  'ended-in-time': text('在期限内办结', 'ended in time'),
  suspended: text('期限中止', 'the clock stands still'),
  'not-due': text('期限未到', 'not yet due'),
  'period-passed': text('已有更新的一期', 'a newer period is known'),
  'not-beyond': text('数值没有越过界限', 'the value is not beyond the limit'),
  'too-few-periods': text('连续期数不够', 'too few periods in a row'),
  'no-term': text('没有发现词语', 'no term found'),
  'term-too-mild': text('词语级别不够', 'terms of lesser levels only'),
  'never-paired': text('两人没有同时的定位', 'no fixes of both at one time'),
  'not-near': text('距离不够近', 'not near enough'),
  'not-long': text('同处时间不够', 'not together for long enough'),
  // The condition was met, and an alert did not come of it.
  leave: text('有批准的外出', 'an approved leave covers it'),
  cooldown: text('在规则的冷却期内', 'in the quiet after an alert'),
  'episode-open': text('同一情形已经报警', 'the alert is open already'),
  unexplained: text('未能说明', 'not explained'),
} as const satisfies Record<string, Text>;

export type GateCode = keyof typeof GATES;

const ORDER = Object.keys(GATES) as GateCode[];

/** How far up the ladder a gate stands. */
export const rankOf = (code: GateCode): number => ORDER.indexOf(code);

/** A change under which the gate would not have failed; tried on the very engine. */
export type Relaxation = {
  /** Follows 若 or "had". */
  readonly says: Text;
  apply(question: Question): Question;
};

export type Gate = {
  readonly code: GateCode;
  /** What failed, as a sentence without its stop. */
  readonly says: Text;
  /** How near it came, the same. */
  readonly nearest?: Text | undefined;
  /** When it came nearest. */
  readonly atMs?: number | undefined;
  /** The leave or alert that is the reason. */
  readonly reference?: string | undefined;
  /** The numbers behind the words, for whoever checks them. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
  /** Left out where nothing about rule or records could be otherwise. */
  readonly relax?: Relaxation | undefined;
};

/** The honest last word: every condition holds by itself, and the engine did not raise. */
export const UNEXPLAINED: Gate = {
  code: 'unexplained',
  says: text(
    '逐项看条件都成立，但规则引擎没有报警：可能与数据到达的先后、监管令变更或此前已结束的情形有关',
    'each condition holds by itself, yet the engine did not raise: the order in which facts came, a change of the order or an episode ended before may be behind it',
  ),
};
