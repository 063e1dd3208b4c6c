// What the codes of observations are called on screens.

import type { Notice } from '../../app/api/alerts.ts';
import type { AlertEventKind } from '../../core/alert-event.ts';
import type { ObservationOf } from '../../core/observation.ts';
import type { FixKind, Label } from '../../core/position-codes.ts';
import { text, type Text } from '../../core/text.ts';

type Names<Code extends string> = Readonly<Record<Code, Text>>;

/** What a source can take back. */
export const KIND_NAMES: Names<ObservationOf<'retraction'>['of']> = {
  position: text('定位', 'position'),
  device: text('装置信息', 'device event'),
  'roll-call': text('点名结果', 'roll-call'),
  booking: text('订票信息', 'booking'),
  passage: text('通行记录', 'passage'),
  lodging: text('住宿登记', 'lodging record'),
  call: text('会见通话记录', 'call record'),
  custody: text('羁押信息', 'custody record'),
  incident: text('警情信息', 'incident report'),
  'case-milestone': text('案件节点', 'case milestone'),
  'notary-case': text('公证事项', 'notary matter'),
  index: text('指标', 'index'),
};

export const FIX_NAMES: Names<FixKind> = {
  gnss: text('卫星定位', 'satellite'),
  wifi: text('Wi-Fi 定位', 'Wi-Fi'),
  cell: text('基站定位', 'cell'),
  'check-in': text('签到位置', 'check-in'),
};

export const LABEL_NAMES: Names<Label> = {
  noFix: text('无有效位置', 'no valid place'),
  impossibleSpeed: text('速度不可能', 'impossible speed'),
  staleFix: text('位置未更新', 'stale fix'),
  badAccuracy: text('精度过低', 'poor accuracy'),
  datumConverted: text('坐标已转换', 'datum converted'),
  blindZone: text('盲区补传', 'sent after a gap'),
  late: text('迟到', 'late'),
  assumedAccuracy: text('精度为默认值', 'assumed accuracy'),
};

export const DEVICE_EVENTS: Names<ObservationOf<'device'>['event']> = {
  tamper: text('装置报告被破坏', 'the device reported tampering'),
  'tamper-cleared': text('破坏报警解除', 'the tamper alarm ended'),
  removed: text('装置被拆除', 'the device was taken off'),
  restored: text('装置重新佩戴', 'the device was put on again'),
  'battery-low': text('电量低', 'low battery'),
  'battery-restored': text('电量恢复', 'battery restored'),
  'power-off': text('装置关机', 'the device was switched off'),
  'power-on': text('装置开机', 'the device was switched on'),
  sos: text('装置求助', 'the device called for help'),
};

export const MEASURES: Names<ObservationOf<'custody'>['measure']> = {
  'administrative-detention': text('行政拘留', 'administrative detention'),
  'criminal-detention': text('刑事拘留', 'criminal detention'),
  arrest: text('逮捕', 'arrest'),
  'compulsory-drug-isolation': text('强制隔离戒毒', 'compulsory drug isolation'),
};

export const INCIDENTS: Names<ObservationOf<'incident'>['incident']> = {
  offence: text('涉嫌犯罪', 'a suspected offence'),
  conflict: text('重大矛盾纠纷', 'a serious conflict'),
};

export const STAGES: Names<ObservationOf<'incident'>['stage']> = {
  reported: text('已接报', 'reported'),
  verified: text('已查实', 'verified'),
  dismissed: text('已查否', 'dismissed'),
};

export const CARRIERS: Names<ObservationOf<'booking'>['carrier']> = {
  rail: text('火车票', 'rail ticket'),
  air: text('机票', 'air ticket'),
  coach: text('汽车票', 'coach ticket'),
};

export const BOOKING_STATES: Names<ObservationOf<'booking'>['status']> = {
  booked: text('订购', 'booked'),
  changed: text('改签', 'changed'),
  cancelled: text('退订', 'cancelled'),
  travelled: text('已乘坐', 'travelled'),
};

export const GATES: Names<ObservationOf<'passage'>['gate']> = {
  'rail-station': text('火车站', 'railway station'),
  'coach-station': text('汽车站', 'coach station'),
  airport: text('机场', 'airport'),
  motorway: text('高速路口', 'motorway gate'),
};

export const ROLL_CALLS: Names<ObservationOf<'roll-call'>['result']> = {
  answered: text('已应答', 'answered'),
  missed: text('未应答', 'missed'),
  'face-mismatch': text('人脸不符', 'face did not match'),
};

export const ORDER_ACTIONS: Names<ObservationOf<'order'>['action']> = {
  start: text('开始', 'started'),
  renew: text('续期', 'renewed'),
  change: text('变更', 'changed'),
  end: text('结束', 'ended'),
};

export const BASIS_ACTIONS: Names<ObservationOf<'basis'>['action']> = {
  start: text('登记依据', 'basis recorded'),
  renew: text('依据延长', 'basis renewed'),
  end: text('依据解除', 'basis lifted'),
};

export const LEAVE_ACTIONS: Names<ObservationOf<'leave'>['action']> = {
  start: text('外出审批', 'leave for'),
  renew: text('续假', 'prolonged leave for'),
  change: text('外出变更', 'changed leave for'),
  end: text('销假', 'reported back from a leave for'),
};

export const EVENT_NAMES: Names<AlertEventKind> = {
  opened: text('预警产生', 'Alert raised'),
  repeated: text('同一情形再次出现', 'The same condition again'),
  notified: text('发出通知', 'Notice sent'),
  answered: text('一方确认收到', 'Acknowledged by one side'),
  acknowledged: text('确认收到', 'Acknowledged'),
  escalated: text('升级', 'Escalated'),
  feedback: text('反馈核查结果', 'Feedback given'),
  cleared: text('情形自行解除', 'The condition ended'),
  corrected: text('后到的事实更正了预警', 'Corrected by later facts'),
  regraded: text('等级调整', 'Graded anew'),
  silenced: text('静默，不通知', 'Silenced, nobody is told'),
  unsilenced: text('静默结束', 'Silence over'),
  closed: text('办结', 'Closed'),
  reopened: text('重新打开', 'Reopened'),
  assigned: text('指派责任人', 'Assigned'),
  'handed-over': text('移交', 'Handed over'),
  accepted: text('接收移交', 'Hand-over accepted'),
  declined: text('退回移交', 'Hand-over declined'),
  'taken-back': text('撤回移交', 'Hand-over taken back'),
  overdue: text('任务超期', 'Task overdue'),
  objected: text('当事人提出异议', 'Objection recorded'),
  'objection-decided': text('异议决定', 'Objection decided'),
  'objection-overdue': text('异议超期', 'Objection overdue'),
};

export const CHANNELS: Names<Notice['channel']> = {
  phone: text('电话', 'Phone call'),
  sms: text('短信', 'SMS'),
  push: text('平台推送', 'Platform push'),
};

/** States of a notice; the contract leaves them open, so an unknown one is shown as it is. */
const NOTICE_STATES: Readonly<Record<string, Text>> = {
  waiting: text('待发送', 'waiting'),
  sending: text('发送中', 'sending'),
  uncertain: text('结果不明，核对中', 'uncertain, being checked'),
  sent: text('已发出，未回执', 'sent, no receipt yet'),
  delivered: text('已送达', 'delivered'),
  answered: text('已应答', 'answered'),
  failed: text('失败', 'failed'),
  cancelled: text('已取消', 'cancelled'),
};

/** Why a notice failed, where an officer can do something with it. */
const FAILURES: Readonly<Record<string, Text>> = {
  'no-answer': text('无人接听', 'no answer'),
  declined: text('拒接', 'declined'),
  'hung-up': text('未按键即挂断', 'hung up without pressing a key'),
  busy: text('占线', 'busy'),
  'switched-off': text('关机', 'switched off'),
  unreachable: text('无法接通', 'could not be reached'),
  'bad-number': text('号码有误', 'wrong number'),
  'no-receipt': text('逾时无回执', 'no receipt in time'),
};

const COVERED = text('已并入汇总通知', 'told in sum by another');

export const noticeState = ({ state, lastErrorCode }: Notice): Text =>
  (state === 'failed' ? FAILURES[lastErrorCode ?? ''] : undefined) ??
  (state === 'cancelled' && lastErrorCode === 'covered' ? COVERED : undefined) ??
  NOTICE_STATES[state] ??
  text(state, state);

/** Parts of the system that act by themselves; that they did goes without saying. */
const PARTS = new Set(['alerts', 'outbox', 'rules', 'system', 'watchdog']);

/** Which person acted: by name, by code when there is none; undefined for a part of the system. */
export const actorName = (
  actor: string,
  names: Readonly<Record<string, Text>> = {},
): Text | undefined => names[actor] ?? (PARTS.has(actor) ? undefined : text(actor, actor));
