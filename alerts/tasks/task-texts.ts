// What notices about tasks and objections say. As every notice: a reference, the county, what to do, and
// nothing about the person.

import type { Level } from '../../core/finding.ts';
import { localDateTime } from '../../core/local-time.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { referenceOf } from '../texts.ts';

export type TaskNoticeKind =
  | 'assigned'
  | 'offered'
  | 'accepted'
  | 'declined'
  | 'reopened'
  | 'overdue'
  | 'overdue-leader'
  | 'objected'
  | 'objection-overdue';

export type TaskNoticeFacts = {
  readonly alertId: string;
  readonly level: Level;
  readonly region: string;
  readonly title: Text;
  /** When it is due. */
  readonly dueAtMs: number;
};

/** `11-22 17:30` in China. */
const at = (atMs: number): string => localDateTime(atMs).slice(5, 16);

export function composeTaskNotice(kind: TaskNoticeKind, facts: TaskNoticeFacts): Text {
  const { alertId, level, region, title, dueAtMs } = facts;
  const { name } = LEVEL_TABLE[level];
  const county = regionName(region);
  const ofZh = `${name.zh}预警${referenceOf(alertId)}（${county.zh}，${title.zh}）`;
  const ofEn = `${name.en} alert ${referenceOf(alertId)} (${county.en}, ${title.en})`;
  const due = at(dueAtMs);
  switch (kind) {
    case 'assigned':
      return text(
        `处置任务：${ofZh}由您负责，${due} 前办理并反馈。`,
        `Task: ${ofEn} is yours, due ${due}.`,
      );
    case 'offered':
      return text(
        `移交任务：${ofZh}移交给您处置，请登录平台接收或退回，${due} 前办理。`,
        `Hand-over: ${ofEn} is handed to you, due ${due}. Accept or decline it on the platform.`,
      );
    case 'accepted':
      return text(`移交已接收：${ofZh}。`, `Hand-over accepted: ${ofEn}.`);
    case 'declined':
      return text(
        `移交被退回：${ofZh}仍由您负责，${due} 前办理。`,
        `Hand-over declined: ${ofEn} is still yours, due ${due}.`,
      );
    case 'reopened':
      return text(
        `重新办理：${ofZh}已重新打开，由您负责，${due} 前办理并反馈。`,
        `Reopened: ${ofEn} is yours again, due ${due}.`,
      );
    case 'overdue':
      return text(
        `任务超期：${ofZh}应于 ${due} 前办结，请尽快处置并反馈。`,
        `Overdue: ${ofEn} was due ${due}. Act on it and give feedback.`,
      );
    case 'overdue-leader':
      return text(
        `任务超期督办：${ofZh}应于 ${due} 前办结，至今未办结，请督促。`,
        `Overdue, for your attention: ${ofEn} was due ${due} and is still open.`,
      );
    case 'objected':
      return text(
        `收到异议：当事人对${ofZh}提出异议，请于 ${due} 前安排未经办此预警的人员复核。`,
        `Objection: the person objects to ${ofEn}. Have somebody who did not handle it decide by ${due}.`,
      );
    case 'objection-overdue':
      return text(
        `异议超期：对${ofZh}的异议应于 ${due} 前答复，至今未作决定，请立即督办。`,
        `Objection overdue: that to ${ofEn} was to be decided by ${due}.`,
      );
  }
}
