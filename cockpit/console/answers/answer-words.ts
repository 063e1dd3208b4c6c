// Words of what follows the answer: tasks, what was found, photos, objections.

import type { ReceivedHow, Task } from '../../../app/api/answers.ts';
import { regionName } from '../../../core/region.ts';
import { text, type Text } from '../../../core/text.ts';
import { spanText } from '../../shared/format.ts';

export const ANSWER_WORDS = {
  task: text('处置任务', 'Task'),
  noTask: text(
    '尚无责任人，确认收到后开始计时',
    'Nobody has it yet; the clock starts with the answer',
  ),
  officer: text('责任人', 'Responsible'),
  nobody: text('待接收', 'nobody yet'),
  since: text('接手时间', 'Since'),
  due: text('办理期限', 'Due'),
  overdue: text('已超期', 'overdue by'),
  left: text('剩余', 'left'),
  reminded: text('已提醒责任人', 'The officer was reminded'),
  leaderTold: text('已报单位领导督办', 'Leaders were told'),
  assign: text('指派', 'Assign'),
  assignHint: text(
    '立即由该人员负责，办理期限不变，并向其推送通知。',
    'They are responsible at once; the due time stays, and they are told by push.',
  ),
  take: text('由我接手', 'Take it'),
  handOver: text('移交', 'Hand over'),
  handOverHint: text(
    '对方接收之前仍由现责任人负责；办理期限不变。',
    'Until they accept, it stays with who has it; the due time stays.',
  ),
  handOverMany: text('批量移交', 'Hand over several'),
  handOverManyHint: text(
    '所选任务一并移交给同一接收人；有一项不能移交的，全部不移交。对方接收之前仍由您负责，办理期限不变。',
    'All chosen tasks go to one receiver, or none of them when one cannot. Until they accept, they stay with you; the due times stay.',
  ),
  chooseAll: text('全选', 'All'),
  stopChoosing: text('取消选择', 'Cancel'),
  accept: text('接收', 'Accept'),
  acceptHint: text(
    '接收后由您负责，办理期限不变。',
    'It is yours from then on; the due time stays.',
  ),
  decline: text('退回', 'Decline'),
  declineHint: text('退回后仍由原责任人负责。', 'It stays with who has it.'),
  takeBack: text('撤回移交', 'Take back'),
  takeBackHint: text('撤回后仍由现责任人负责。', 'It stays with who has it.'),
  reopen: text('重新打开', 'Reopen'),
  reopenHint: text(
    '预警回到未结列表，重新计时，须重新反馈核查结果；原结果留存备查。',
    'The alert is open again with a new clock and needs new feedback; what was found is kept.',
  ),
  reopenUntil: text('可重新打开至', 'Can be reopened until'),
  to: text('交给', 'To'),
  toBureau: text('（由值班人员接收）', '(whoever is on duty accepts)'),
  choose: text('请选择', 'Choose'),
  leader: text('领导', 'leader'),
  optionalNote: text('说明（可不填）', 'Note (optional)'),
  reason: text('原因', 'Reason'),
  handOverNote: text('移交说明', 'What they should know'),
  found: text('核查结果', 'What was found'),
  foundBefore: text('此前的结果', 'Before'),
  measures: text('处置措施', 'What was done'),
  evidence: text('佐证', 'Evidence'),
  evidenceHint: text('可勾选能佐证的记录', 'Tick the records that show it'),
  photos: text('照片', 'Photos'),
  photosHint: text(
    'JPEG、PNG、WebP。位置、时间等拍摄信息上传时即去除。',
    'JPEG, PNG, WebP. Place, time and camera are removed on upload.',
  ),
  addPhoto: text('添加照片', 'Add a photo'),
  uploading: text('正在上传', 'Uploading'),
  removePhoto: text('删除照片', 'Delete the photo'),
  photoOf: text('现场照片', 'Photo'),
  needsNote: text('选择“其他”时须写明核查情况', 'With “Other”, say what was found'),
  objections: text('异议', 'Objections'),
  objectionsNone: text('没有异议', 'None'),
  object: text('登记异议', 'Record an objection'),
  objectHint: text(
    '当事人对预警有异议的，如实登记。由未经办此预警的人员在期限内作出决定。',
    'Somebody who did not handle the alert decides within the period.',
  ),
  what: text('异议内容', 'What the person objects to'),
  how: text('提出方式', 'How it was received'),
  raised: text('提出时间', 'Raised'),
  recordedBy: text('登记人', 'Recorded by'),
  decideDue: text('答复期限', 'To be decided by'),
  decide: text('作出决定', 'Decide'),
  decideHint: text(
    '成立的，预警撤回，不再计入属实；不成立的，写明理由并告知当事人。',
    'Upheld, the alert is withdrawn and no longer counts as true. Rejected, say why and tell the person.',
  ),
  upheld: text('异议成立', 'Upheld'),
  rejected: text('异议不成立', 'Rejected'),
  undecided: text('待决定', 'undecided'),
  decisionReason: text('决定理由', 'Reasons'),
  ownCase: text('您经办过这起预警，须由他人决定', 'You handled the alert: somebody else decides'),
  alarmed: text('超期未决，已报领导', 'Overdue; leaders were told'),
  myTasks: text('我的任务', 'My tasks'),
  offeredToMe: text('待接收', 'to accept'),
  onItsWay: text('移交中', 'being handed over'),
  shiftEnds: text('交班', 'End of shift'),
  shiftHandOver: text('逐项移交', 'Hand over'),
  handAll: text('全部移交', 'Hand all over'),
} as const;

export const RECEIVED_HOW_NAMES: Readonly<Record<ReceivedHow, Text>> = {
  'in-person': text('当面', 'in person'),
  phone: text('电话', 'by phone'),
  written: text('书面', 'in writing'),
  online: text('网上', 'online'),
  other: text('其他', 'otherwise'),
};

export const CAME_BY_NAMES: Readonly<Record<Task['cameBy'], Text>> = {
  acknowledged: text('确认收到', 'acknowledged'),
  assigned: text('指派', 'assigned'),
  'handed-over': text('移交', 'handed over'),
  reopened: text('重新打开', 'reopened'),
};

/** `达川区司法局`. */
export const bureauName = (region: string): Text => {
  const { zh, en } = regionName(region);
  return text(`${zh}司法局`, `${en} bureau`);
};

/** `剩余 3 小时` or `已超期 2 天`. */
export function dueText(dueAtMs: number, nowMs: number): Text {
  const isOver = dueAtMs <= nowMs;
  const span = spanText(Math.abs(dueAtMs - nowMs));
  return isOver
    ? text(`${ANSWER_WORDS.overdue.zh} ${span.zh}`, `${ANSWER_WORDS.overdue.en} ${span.en}`)
    : text(`${ANSWER_WORDS.left.zh} ${span.zh}`, `${span.en} ${ANSWER_WORDS.left.en}`);
}

/** `本班 17:30 结束，3 项未结，由 … 接班`. */
export const shiftText = (clock: string, count: number, isOver: boolean, next: Text): Text =>
  text(
    `本班 ${clock} ${isOver ? '已结束' : '结束'}，${count} 项任务未结，请移交${next.zh}`,
    `Your shift ${isOver ? 'ended' : 'ends'} ${clock} with ${count} open: hand over to ${next.en}`,
  );

export const chosenText = (count: number): Text => text(`已选 ${count} 项`, `${count} chosen`);
