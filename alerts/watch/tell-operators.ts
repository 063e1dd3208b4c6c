// Tells those who run the system, straight over the channels and past the pipeline and its outbox, which may be
// what stands still. What is told is short and names nobody.

import { contentId } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { text, type Text } from '../../core/text.ts';
import type { StallTable } from '../../warehouse/records-schema.ts';
import type { Channel } from '../channels/channel.ts';
import { referenceOf } from '../texts.ts';
import type { StallKind } from './stalls.ts';

export type Operator = {
  readonly name: string;
  /** Texted. */
  readonly phone?: string | undefined;
  /** An officer id, pushed to that officer's console. */
  readonly officer?: string | undefined;
};

export const STALL_WORDS: Readonly<Record<StallKind, Text>> = {
  unreached: text('一级预警未通知到人', 'level 1 reached nobody'),
  rung: text('升级未执行', 'escalation not climbed'),
  notice: text('通知滞留', 'notice stuck'),
  findings: text('研判结果未处理', 'findings not taken'),
  outbox: text('通知积压', 'notices not going out'),
  canary: text('通道自检未返回', 'canary missing'),
  task: text('任务超期', 'task overdue'),
};

/** What is called what; a kind of another version is called by its code. */
export const wordsOf = (kind: string): Text =>
  (STALL_WORDS as Readonly<Record<string, Text>>)[kind] ?? text(kind, kind);

export type Told = { readonly begun: readonly StallTable[]; readonly over: readonly StallTable[] };

/** One line for everything that was found in one look; an SMS of at most 70 Chinese characters. */
export function operatorText({ begun, over }: Told): Text {
  const zh = [summary(begun, 'zh', '停滞'), summary(over, 'zh', '已恢复')].filter(Boolean);
  const en = [summary(begun, 'en', 'stalled'), summary(over, 'en', 'moving again')].filter(Boolean);
  return text(
    `【准绳】运行告警：${zh.join('；')}。详见平台运行监视。`,
    `Plumbline: ${en.join('; ')}.`,
  );
}

const SUMMARY_CHARS_MAX = 22;

function summary(stalls: readonly StallTable[], language: 'zh' | 'en', state: string): string {
  if (stalls.length === 0) return '';
  const [first] = stalls as [StallTable, ...StallTable[]];
  const reference = first.alertId === null ? '' : ` ${referenceOf(first.alertId)}`;
  const more =
    stalls.length === 1
      ? ''
      : language === 'zh'
        ? `等${stalls.length}项`
        : ` and ${stalls.length - 1} more`;
  const head = `${wordsOf(first.kind)[language]}${reference}${more}`;
  return language === 'zh' ? `${head.slice(0, SUMMARY_CHARS_MAX)}${state}` : `${head} ${state}`;
}

const ATTEMPTS_MAX = 3;

/** Sends to each operator by every way there is; gives how many ways worked. The key makes a repetition one. */
export async function tellOperators(
  { channels, logger }: { channels: readonly Channel[]; logger: Logger },
  operators: readonly Operator[],
  told: Told,
): Promise<number> {
  const says = operatorText(told);
  const key = [...told.begun, ...told.over].map(({ id }) => id).join(' ');
  const ways = operators.flatMap(({ name, phone, officer }) => [
    ...(phone === undefined ? [] : [{ kind: 'sms', recipient: name, address: phone }]),
    ...(officer === undefined ? [] : [{ kind: 'push', recipient: officer, address: null }]),
  ]);
  let reached = 0;
  for (const { kind, recipient, address } of ways) {
    const channel = channels.find((one) => one.kind === kind);
    if (!channel) continue;
    const notice = {
      id: contentId('op', [key, told.over.length, recipient, kind]),
      alertId: told.begun[0]?.alertId ?? told.over[0]?.alertId ?? 'operators',
      recipient,
      address,
      text: says,
    };
    if (await send(channel, notice)) reached++;
    else logger.error('watch.operator-not-told', { channel: kind, operator: recipient });
  }
  return reached;
}

async function send(channel: Channel, notice: Parameters<Channel['send']>[0]): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const outcome = await channel.send(notice);
    if (outcome.kind === 'accepted') return true;
    if (outcome.kind === 'rejected' && outcome.retry === 'never') return false;
  }
  return false;
}
