// What messages say that are about no alert: you are on duty tomorrow, and the code that proves a number. Like
// notices they name no person and say nothing a lock screen should not show.

import { localClock, localDate } from '../../core/local-time.ts';
import { regionName, type RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { ChannelKind } from '../../warehouse/records-schema.ts';
import type { LineName } from '../roster/roster-plan.ts';
import { LINE_NAMES } from '../roster/words.ts';

export type ToldTurn = {
  readonly bureau: RegionCode;
  readonly line: LineName;
  readonly fromMs: number;
  readonly untilMs: number;
};

/** 明日值班提醒. `turns` are those of one officer that begin on one day, the earliest first; at least one. */
export function composeReminder(channel: 'sms' | 'push', turns: readonly ToldTurn[]): Text {
  const [first] = turns as [ToldTurn, ...ToldTurn[]];
  const [, month, day] = localDate(first.fromMs).split('-').map(Number) as [number, number, number];
  const { zh, en } = regionName(first.bureau);
  const line = LINE_NAMES[first.line];
  const hours = turns.map(({ fromMs, untilMs }) => hoursOf(fromMs, untilMs));
  // Two stretches fit into one message; who has more looks at the roster.
  const told = hours.slice(0, 2);
  const more = hours.length > told.length;
  const spoken = text(
    `您明日（${month}月${day}日）${told.map((one) => one.zh).join('、')}${more ? '等' : ''}在${zh}司法局值班（${line.zh}），请提前做好准备。`,
    `You are on duty tomorrow, ${localDate(first.fromMs)}, ${told.map((one) => one.en).join(' and ')}${more ? ' and later' : ''}, ${en} (${line.en}).`,
  );
  return channel === 'sms'
    ? text(`【准绳】${spoken.zh}`, `Plumbline: ${spoken.en}`)
    : text(`值班提醒：${spoken.zh}`, spoken.en);
}

function hoursOf(fromMs: number, untilMs: number): Text {
  const isNextDay = localDate(untilMs) !== localDate(fromMs);
  const [from, until] = [localClock(fromMs), localClock(untilMs)];
  return text(`${from}至${isNextDay ? '次日' : ''}${until}`, `${from}-${until}`);
}

/** How long a code holds, in minutes; a voice says it in words. */
export const CODE_MINUTES = 10;

/** The code that is sent to a number and entered on the page. */
export function composeCode(channel: Exclude<ChannelKind, 'push'>, code: string): Text {
  if (channel === 'sms') {
    return text(
      `【准绳】值班号码验证码${code}，${CODE_MINUTES}分钟内有效，请在值班表页面填写。非本人操作请忽略。`,
      `Plumbline: code ${code} for your duty number, valid for ${CODE_MINUTES} minutes. Enter it on the roster page.`,
    );
  }
  const digits = [...code];
  const zh = digits.join('、');
  const en = digits.join(', ');
  return text(
    `准绳值班号码验证。验证码，${zh}。重复一遍，${zh}。请在值班表页面填写，十分钟内有效。`,
    `Plumbline is trying your duty number. The code is ${en}. Once more, ${en}. Please enter it on the roster page within ten minutes.`,
  );
}
