// Words of the roster page, and how its days and hours are written.

import type { MyDutyAnswer, RosterAnswer, RosterChangeAnswer } from '../../app/api/roster.ts';
import { localClock, localDate } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';

export const ROSTER_WORDS = {
  bureau: text('单位', 'Bureau'),
  nextDays: text('未来两周值班安排', 'The next two weeks'),
  day: text('日期', 'Day'),
  today: text('今天', 'Today'),
  nobody: text('无人值班', 'Nobody'),
  vacant: text(
    '空缺，由其他在岗人员或上级承接',
    'Vacant: others on duty or the level above stand in',
  ),
  mine: text('本人', 'You'),
  changed: text('调', 'changed'),
  onDuty: text('在岗', 'on duty'),
  notTried: text('号码未验证', 'number not tried'),
  noNumber: text('无电话', 'no number'),
  notConfigured: text('本单位尚未编排值班表', 'This bureau has no roster yet'),
  notConfiguredHint: text(
    '未编排值班表时，全体在用人员视为随时在岗。请由管理员在配置 alerts.roster 指定的文件中编排。',
    'Without one every active officer counts as on duty. Let an administrator write it into the file named by alerts.roster.',
  ),
  covered: text('每一分钟都有人可联系', 'Somebody can be reached at every minute'),
  coveredUntil: text('核对至', 'checked until'),
  gaps: text('以下时段无人可联系', 'Nobody can be reached at these times'),
  changes: text('值班变动', 'Changes'),
  noChanges: text('近期没有变动', 'No changes'),
  record: text('登记变动', 'Record a change'),
  handover: text('交接班', 'Handing over'),
  noNotes: text('近七天没有交接记录', 'Nothing was handed over in the last week'),
  note: text('交接内容', 'What to hand over'),
  noteExample: text(
    '未办结预警、待跟进事项、设备情况',
    'Open alerts, what to follow up, equipment',
  ),
  leaveNote: text('写入交接记录', 'Hand it over'),
  seenBy: text('已阅', 'Seen by'),
  notSeen: text('尚无人阅知', 'not seen yet'),
  people: text('人员与号码', 'People and numbers'),
  verify: text('验证', 'Try it'),
  verifyAgain: text('重新验证', 'Try again'),
  verified: text('已验证', 'tried'),
  stale: text('验证已过期', 'tried too long ago'),
  leaderMark: text('领导', 'leader'),
  reason: text('事由', 'Reason'),
  reasonExample: text('如：外出开会', 'e.g. away at a meeting'),
  line: text('岗位', 'Line'),
  who: text('由谁值班', 'Who takes over'),
  insteadOf: text('顶替', 'Instead of'),
  everyone: text('该岗位全体', 'everyone of the line'),
  from: text('开始', 'From'),
  until: text('结束', 'Until'),
  choose: text('请选择', 'Choose'),
  myTurn: text('本人班次', 'Your turn'),
  theirTurn: text('对方班次', 'The other turn'),
  officer: text('请假人员', 'Officer'),
  standIn: text('顶班人员', 'Stand-in'),
  noStandIn: text('不安排（无班次时）', 'none (no turns then)'),
  send: text('提交', 'Record'),
  ask: text('发出换班请求', 'Ask for the swap'),
  noOfficer: text(
    '您的账号未对应值班人员，不能换班；可改用调班。',
    'Your account is no officer, so it cannot swap. Let somebody take over instead.',
  ),
  nothingToSwap: text(
    '没有可互换的班次：本人须有未开始的班次，对方须有登录账号。',
    'Nothing to swap: you need a turn that has not begun, the other officer an account.',
  ),
  swapHint: text('对方同意后生效。', 'It counts once the other officer agrees.'),
  swapLeaderHint: text(
    '对方同意并经带班领导确认后生效。',
    'It counts once the other officer agrees and the leader confirms.',
  ),
  countsNow: text('提交后立即生效。', 'It counts at once.'),
  number: text('电话号码', 'Number'),
  numberKeep: text('留空则验证现有号码', 'Empty: the present number'),
  bySms: text('短信', 'SMS'),
  byCall: text('语音电话', 'Call'),
  way: text('方式', 'By'),
  getCode: text('获取验证码', 'Send a code'),
  code: text('六位验证码', 'The six digits'),
  codeSent: text('验证码已发出，十分钟内有效。', 'A code is on its way; it holds for ten minutes.'),
  confirmCode: text('确认', 'Confirm'),
  numberDone: text(
    '号码已验证，可用于一、二级预警。',
    'The number is tried and counts for levels 1 and 2.',
  ),
  close: text('关闭', 'Close'),
  seen: text('已阅', 'Seen'),
  toRoster: text('查看值班表', 'Open the roster'),
  noteFrom: text('交接班', 'Handed over'),
  swapAsked: text('换班请求待答复', 'A swap wants your answer'),
} as const;

export const LINE_NAMES: Readonly<Record<RosterAnswer['lines'][number]['name'], Text>> = {
  duty: text('值班员', 'Duty'),
  deputy: text('副班', 'Deputy'),
  leader: text('带班领导', 'Leader'),
};

export const KIND_NAMES: Readonly<Record<RosterChangeAnswer['body']['kind'], Text>> = {
  override: text('调班', 'Take over'),
  swap: text('换班', 'Swap'),
  leave: text('请假', 'Leave'),
};

export const STATE_NAMES: Readonly<Record<RosterChangeAnswer['state'], Text>> = {
  asked: text('待对方同意', 'waits for the other'),
  agreed: text('待领导确认', 'waits for the leader'),
  'in-force': text('已生效', 'in force'),
  declined: text('已谢绝', 'declined'),
  withdrawn: text('已撤销', 'withdrawn'),
};

export const ACT_NAMES: Readonly<Record<RosterChangeAnswer['may'][number], Text>> = {
  agreed: text('同意', 'Agree'),
  confirmed: text('确认', 'Confirm'),
  declined: text('谢绝', 'Decline'),
  withdrawn: text('撤销', 'Withdraw'),
};

export const DAY_MARKS: Readonly<Record<RosterAnswer['days'][number]['kind'], Text | undefined>> = {
  workday: undefined,
  'rest-day': text('休', 'rest'),
  holiday: text('节假日', 'holiday'),
  'make-up': text('调休上班', 'make-up workday'),
};

export const REASONS: Readonly<
  Record<RosterAnswer['coverage']['gaps'][number]['unreachable'][number]['because'], Text>
> = {
  unknown: text('系统中没有此人', 'not in the records'),
  inactive: text('已停用', 'inactive'),
  'no-phone': text('没有电话', 'no number'),
  'not-verified': text('号码未验证', 'number not tried'),
  'other-bureau': text('不属于本局', 'of another bureau'),
};

const WEEKDAYS = [
  text('周日', 'Sun'),
  text('周一', 'Mon'),
  text('周二', 'Tue'),
  text('周三', 'Wed'),
  text('周四', 'Thu'),
  text('周五', 'Fri'),
  text('周六', 'Sat'),
] as const;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `11月23日` / `23 Nov`. */
export function shortDay(atMs: number): Text {
  const [, month = 1, day = 1] = localDate(atMs).split('-').map(Number);
  return text(`${month}月${day}日`, `${day} ${MONTHS[month - 1]}`);
}

/** `周一` / `Mon`. */
export const weekdayName = (atMs: number): Text =>
  WEEKDAYS[new Date(`${localDate(atMs)}T00:00:00Z`).getUTCDay()] as Text;

/** `17:30–次日08:30`, told from the day it begins. */
export function hoursText({ fromMs, untilMs }: { fromMs: number; untilMs: number }): Text {
  const isSameDay = localDate(fromMs) === localDate(untilMs);
  const from = localClock(fromMs);
  const until = localClock(untilMs);
  if (isSameDay) return text(`${from}–${until}`, `${from}–${until}`);
  const isNext = localDate(fromMs + 86_400_000) === localDate(untilMs);
  const day = shortDay(untilMs);
  return text(
    `${from}–${isNext ? '次日' : `${day.zh} `}${until}`,
    isNext ? `${from}–${until} +1` : `${from} – ${day.en} ${until}`,
  );
}

/** `11月23日 周一 17:30–次日08:30`. */
export function turnText(turn: { fromMs: number; untilMs: number }): Text {
  const day = shortDay(turn.fromMs);
  const weekday = weekdayName(turn.fromMs);
  const hours = hoursText(turn);
  return text(`${day.zh} ${weekday.zh} ${hours.zh}`, `${weekday.en} ${day.en} ${hours.en}`);
}

/** 明日值班提醒 on the screen. */
export function tomorrowText(turn: NonNullable<MyDutyAnswer['tomorrow']>): Text {
  const hours = hoursText(turn);
  const line = LINE_NAMES[turn.line];
  return text(
    `您明日 ${hours.zh} 值班（${line.zh}）`,
    `You are on duty tomorrow, ${hours.en} (${line.en})`,
  );
}

/** A turn that ends soon. */
export const handOverText = ({ untilMs }: { untilMs: number }): Text =>
  text(
    `本班 ${localClock(untilMs)} 结束，请填写交接记录`,
    `Your turn ends at ${localClock(untilMs)}; please hand it over`,
  );
