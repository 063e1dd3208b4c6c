// What the form calls the parameters of the kinds of rules and their choices. Which parameters there are
// comes from the server; one without a word here is shown by its name in the file.

import { SOURCE_KINDS } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import { FIX_NAMES, KIND_NAMES } from '../console/terms.ts';
import { LEVEL_NAMES } from '../shared/words.ts';

export type ParamWords = {
  readonly label: Text;
  /** Behind a number. */
  readonly unit?: Text;
  readonly hint?: Text;
};

const times = text('次', 'fixes');
const word = (zh: string, en: string, more: Omit<ParamWords, 'label'> = {}): ParamWords => ({
  label: text(zh, en),
  ...more,
});

/** By kind and place in it, or by name alone where it means the same in every kind. */
const PARAMS: Readonly<Record<string, ParamWords>> = {
  'zone.zone': word('场所', 'Zone'),
  'zone.zone.ids': word('按编号指定场所', 'Zones by id'),
  'zone.zone.kind': word('按类别指定场所', 'Zones of a kind'),
  'zone.relation': word('情形', 'Relation'),
  'zone.fixesMin': word('连续定位达到', 'Raised by', {
    unit: times,
    hint: text('其间没有相反的定位', 'with no contrary fix between'),
  }),
  'zone.outsideFor': word('或在外持续', 'Or outside for'),
  'zone.insideFor': word('或在内持续', 'Or inside for'),
  'zone.marginM': word('越界余量', 'Margin', {
    hint: text('误差圈整个越过边界这么多才算', 'the whole error circle this far beyond the border'),
  }),
  'zone.rearmM': word('解除须回到另一侧', 'Cleared beyond', {
    hint: text('距边界至少这么远', 'at least this far on the other side'),
  }),
  'zone.clearFixesMin': word('解除须连续定位', 'Cleared by', { unit: times }),
  'zone.leaveGrace': word('销假宽限', 'Grace after leave'),
  'zone.schedule': word('限定时段', 'Schedule'),
  'zone.schedule.daily': word('每日时段', 'Daily window'),
  'zone.schedule.daily.from': word('起', 'From'),
  'zone.schedule.daily.until': word('止', 'Until'),
  'zone.schedule.days': word('日期', 'Days'),
  'zone.schedule.keyPeriods': word('重点时段', 'Key periods'),
  'zone.freshFor': word('时段前的定位有效', 'Fix valid before', {
    hint: text(
      '时段开始前这么久以内的定位仍算数',
      'fixes so long before a window opens still count',
    ),
  }),
  'zone.crossing': word('穿越也算', 'Crossing counts'),
  'zone.crossingWithin': word('两次定位相隔至多', 'Two fixes within'),
  'zone.crossingKmhMax': word('速度至多', 'Speed at most'),
  'count.distinct': word('按不同取值计数', 'Count distinct'),
  'count.factsMin': word('达到', 'Raised by', { unit: text('条', 'facts') }),
  'count.within': word('在多长时间内', 'Within'),
  'count.visits': word('到访', 'Visits'),
  'count.visits.zone': word('到访的场所', 'Visited'),
  'count.visits.zone.ids': word('按编号指定场所', 'Zones by id'),
  'count.visits.zone.kind': word('按类别指定场所', 'Zones of a kind'),
  'count.visits.fixesMin': word('连续定位达到', 'Proven by', { unit: times }),
  'count.visits.insideFor': word('或停留达到', 'Or a stay of'),
  'count.visits.marginM': word('边界内余量', 'Margin', {
    hint: text('误差圈整个在边界内这么多才算', 'the whole error circle this far inside'),
  }),
  'count.visits.rearmM': word('离开须超出边界', 'Left beyond'),
  'count.apart': word('离开不足此时长仍算同一次', 'The same visit if back within'),
  'count.visitsMin': word('达到', 'Raised by', { unit: text('次到访', 'visits') }),
  'sequence.keysMax': word('每人至多记住', 'Keys kept', { unit: text('个键', 'keys') }),
  'match.keysMax': word('每人至多同时未解除', 'Open at most', { unit: text('起', 'alerts') }),
  'sequence.steps': word('步骤', 'Steps'),
  'sequence.steps.name': word('步骤名', 'Name'),
  'sequence.order': word('先后', 'Order'),
  'sequence.within': word('首尾相隔至多', 'First to last within'),
  'sequence.without': word('其间不得有', 'Without'),
  'sequence.keptMax': word('每人每键至多保留', 'Kept at most', { unit: text('条', 'facts') }),
  'sequence.clearWhen': word('出现以下情况即解除', 'Cleared by'),
  'sequence.clearAfter': word('到时自行解除', 'Cleared after'),
  'absence.sources': word('数据来源', 'Sources'),
  'absence.silentFor': word('无数据持续', 'Silent for'),
  'absence.heed': word('怎样算有数据', 'What counts'),
  'absence.after': word('出现以下情况后', 'After'),
  'absence.until': word('应当出现', 'Wanted'),
  'absence.within': word('期限', 'Within'),
  'absence.keysMax': word('每人至多记住', 'Keys kept', { unit: text('个键', 'keys') }),
  'keyword.lists': word('词表', 'Term lists'),
  'keyword.levelMin': word('词语级别不低于', 'Terms at least'),
  'deadline.start': word('起算节点', 'Starts'),
  'deadline.startWhen': word('起算条件', 'Starts when'),
  'deadline.end': word('办结节点', 'Ends'),
  'deadline.period': word('期限', 'Period'),
  'deadline.from': word('起算日', 'Counted from'),
  'deadline.direction': word('推算方向', 'Direction'),
  'deadline.excludeFirstDay': word('首日不计入', 'First day excluded'),
  'deadline.rollOver': word('末日遇休息日', 'Last day off'),
  'deadline.extensions': word('延长', 'Extensions'),
  'deadline.extensions.add': word('延长', 'Adds'),
  'deadline.extensions.max': word('至多', 'At most', { unit: text('次', 'times') }),
  'deadline.restarts': word('重新起算节点', 'Restarts'),
  'deadline.suspensions': word('中止', 'Suspensions'),
  'deadline.suspensions.from': word('自', 'From'),
  'deadline.suspensions.to': word('至', 'To'),
  'deadline.term': word('谁的期限', 'Term of'),
  'deadline.term.source': word('开放此来源的依据', 'The basis that opens'),
  'deadline.termMax': word('每期至多', 'A term at most'),
  'deadline.atEnd': word('期满时', 'At the end'),
  'deadline.grace': word('期满后宽限', 'Grace after the end'),
  'deadline.warnings': word('期满前提醒', 'Warnings'),
  'deadline.warnings.left': word('剩余', 'Left'),
  'deadline.escalations': word('超期后升级', 'Escalations'),
  'deadline.escalations.after': word('超期', 'Overdue by'),
  'threshold.index': word('指标', 'Measures'),
  'threshold.above': word('高于', 'Above'),
  'threshold.below': word('低于', 'Below'),
  'threshold.clearAt': word('回到此值解除', 'Cleared at'),
  'threshold.forPeriods': word('连续', 'For', { unit: text('期', 'periods') }),
  'proximity.radiusM': word('在一起的半径', 'Radius', {
    hint: text('距离加双方误差不超过', 'distance and both errors within'),
  }),
  'proximity.rearmM': word('分开须超出半径', 'Apart beyond radius by'),
  'proximity.lasts': word('持续', 'Lasts'),
  'proximity.gapMax': word('间断至多', 'Gap at most'),
  'proximity.pairWithin': word('两人定位相隔至多', 'Paired within'),
  'proximity.lostAfter': word('多久无定位即结束', 'Lost after'),
  fact: word('事实种类', 'Fact'),
  when: word('预警条件', 'When'),
  clearWhen: word('解除条件', 'Cleared when'),
  key: word('同一情形的键', 'Key'),
  place: word('所到之处', 'Place'),
  placeAtMs: word('到达时刻', 'Time there'),
  fixKinds: word('作依据的定位', 'Fixes heeded'),
  milestone: word('节点', 'Milestone'),
  level: word('级别', 'Level'),
  amount: word('数量', 'Amount'),
  unit: word('单位', 'Unit'),
  number: word('版本号', 'Number', {
    hint: text('改动含义时加一', 'raise it with a change of meaning'),
  }),
  status: word('状态', 'Status'),
  title: word('名称', 'Title'),
  owner: word('负责单位', 'Answers for it'),
  duty: word('处置要求', 'Duty'),
  zh: word('中文', 'Chinese'),
  en: word('英文', 'English'),
  cooldown: word('解除后静默', 'Cooldown', {
    hint: text('解除后这么久不再报同一人', 'so long after clearing none about the same person'),
  }),
  exceptions: word('例外', 'Exceptions'),
  migrate: word('沿用此前状态', 'What becomes of the state'),
  'migrate.from': word('自版本号', 'From number'),
  'migrate.state': word('处理方式', 'How'),
  keepsState: word('改参数后沿用已有状态', 'Keeps its state'),
};

/** Names that end in a unit are measured in it. */
const UNITS: readonly (readonly [ending: RegExp, unit: Text])[] = [
  [/Kmh(Max|Min)?$/, text('公里/时', 'km/h')],
  [/[a-z]M(Max|Min)?$/, text('米', 'm')],
];

/** `path` begins with the kind, or is the name of a field of every rule. Numbers of list entries do not count. */
export function paramWords(path: readonly (string | number)[]): ParamWords | undefined {
  const names = path.filter((one) => typeof one === 'string');
  const name = names.at(-1) ?? '';
  const words = PARAMS[names.join('.')] ?? PARAMS[name];
  const unit = UNITS.find(([ending]) => ending.test(name))?.[1];
  return words && { ...(unit ? { unit } : {}), ...words };
}

const choices = (names: Readonly<Record<string, readonly [zh: string, en: string]>>) =>
  Object.fromEntries(
    Object.entries(names).map(([name, [zh, en]]) => [name, text(zh, en)]),
  ) as Readonly<Record<string, Text>>;

const WEEKDAYS = choices({
  monday: ['周一', 'Mon'],
  tuesday: ['周二', 'Tue'],
  wednesday: ['周三', 'Wed'],
  thursday: ['周四', 'Thu'],
  friday: ['周五', 'Fri'],
  saturday: ['周六', 'Sat'],
  sunday: ['周日', 'Sun'],
});

/** By the name of the field. */
const CHOICES: Readonly<Record<string, Readonly<Record<string | number, Text>>>> = {
  zone: choices({
    'order-area': ['监管令的活动区域', 'area of the order'],
    home: ['监管令的住处', 'home of the order'],
    prohibited: ['禁止令禁止的场所', 'places the order closes'],
    ids: ['按编号指定', 'by id'],
    kind: ['按类别指定', 'by kind'],
  }),
  relation: choices({
    outside: ['在外', 'outside'],
    inside: ['在内', 'inside'],
    enter: ['进入', 'enters'],
    exit: ['离开', 'leaves'],
  }),
  days: {
    ...choices({
      workdays: ['工作日', 'workdays'],
      'rest-days': ['休息日', 'rest days'],
      holidays: ['法定节假日', 'holidays'],
    }),
    ...WEEKDAYS,
  },
  keyPeriods: choices({ all: ['全部重点时段', 'all key periods'] }),
  heed: choices({ any: ['任何数据', 'anything heard'], placed: ['有位置的数据', 'a placed fix'] }),
  order: choices({ strict: ['按顺序', 'in this order'], any: ['不分先后', 'in any order'] }),
  from: choices({
    milestone: ['节点当日', 'day of the milestone'],
    target: ['节点所指之日', 'day it speaks of'],
  }),
  direction: choices({ after: ['向后推算', 'forward'], before: ['向前推算', 'backward'] }),
  rollOver: choices({
    none: ['不顺延', 'does not move'],
    'next-workday': ['顺延至下一工作日', 'next workday'],
    'next-workday-unless-in-custody': ['顺延，在押的不顺延', 'next workday, not in custody'],
  }),
  unit: choices({
    hour: ['小时', 'hours'],
    day: ['日', 'days'],
    workday: ['工作日', 'workdays'],
    month: ['月', 'months'],
  }),
  status: choices({
    draft: ['草稿', 'draft'],
    shadow: ['试运行', 'on trial'],
    active: ['生效', 'in force'],
    retired: ['停用', 'retired'],
  }),
  term: choices({
    leave: ['已批准的外出', 'an approved leave'],
    basis: ['登记的依据', 'a recorded basis'],
  }),
  source: SOURCE_KINDS,
  atEnd: choices({
    overdue: ['视为逾期，报警', 'overdue, raises'],
    nothing: ['只在期满前提醒', 'warned of before only'],
  }),
  state: choices({
    keep: ['全部沿用', 'kept'],
    drop: ['全部清零，未解除的随即结束', 'dropped, open alerts end'],
    episodes: ['未解除的继续，累计的重新开始', 'open alerts go on, the rest begins anew'],
  }),
  exceptions: choices({ leave: ['已批准的外出请假', 'approved leave'] }),
  fixKinds: FIX_NAMES,
  sources: SOURCE_KINDS,
  fact: {
    ...KIND_NAMES,
    'contact-position': text('禁止接触之人的定位', 'position of a contact'),
    refusal: text('无依据仍报送', 'refused for want of a basis'),
    reading: text('查阅个人数据', 'a look at personal data'),
  },
  level: LEVEL_NAMES,
  levelMin: LEVEL_NAMES,
};

/** The option in words; as it stands in the file where there are none. */
export function choiceName(path: readonly (string | number)[], option: string | number): Text {
  const name = path.findLast((one) => typeof one === 'string') as string;
  return CHOICES[name]?.[option] ?? text(String(option), String(option));
}

export const DURATION_UNITS: Readonly<Record<string, Text>> = choices({
  s: ['秒', 's'],
  m: ['分钟', 'min'],
  h: ['小时', 'h'],
  d: ['天', 'd'],
});

export const KINDS: Readonly<Record<string, Text>> = choices({
  zone: ['区域', 'zone'],
  match: ['单一事实', 'match'],
  absence: ['应有而无', 'absence'],
  count: ['累计次数', 'count'],
  sequence: ['先后发生', 'sequence'],
  keyword: ['词语', 'keyword'],
  deadline: ['法定期限', 'deadline'],
  threshold: ['阈值', 'threshold'],
  proximity: ['禁止接触', 'proximity'],
});
