// Words the trail shares: lists of people, bureaus, channels, times.

import { formatDuration } from '../../core/duration.ts';
import { HOUR_MS, localClock, localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';
import type { Side } from '../level-table.ts';

export const SIDE_NAMES: Readonly<Record<Side, Text>> = {
  city: text('市局', 'the city'),
  county: text('县局', 'the county'),
};

export const CHANNEL_NAMES: Readonly<Record<string, Text>> = {
  phone: text('电话', 'telephone'),
  sms: text('短信', 'SMS'),
  push: text('平台推送', 'push'),
  console: text('值守台', 'the console'),
};

export const channelName = (channel: unknown): Text =>
  CHANNEL_NAMES[String(channel)] ?? text(String(channel), String(channel));

/** `张三、李四` / `A, B`; undefined for nobody. */
export function peopleOf(ids: unknown, nameOf: (id: string) => Text): Text | undefined {
  const list = typeof ids === 'string' ? ids.split(' ').filter((id) => id !== '') : [];
  if (list.length === 0) return undefined;
  const names = list.map(nameOf);
  return text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));
}

/** `市局和县局` for the sides that must acknowledge. */
export function sidesOf(sides: unknown): Text | undefined {
  const list = String(sides ?? '')
    .split(' ')
    .filter((side): side is Side => side === 'city' || side === 'county')
    .map((side) => SIDE_NAMES[side]);
  if (list.length === 0) return undefined;
  return text(list.map(({ zh }) => zh).join('和'), list.map(({ en }) => en).join(' and '));
}

/** A time of day, with the date where `near` lies on another. */
export function timeText(atMs: number, near: number): string {
  const [day, otherDay] = [atMs, near].map((instant) => localDateTime(instant).slice(0, 10));
  return day === otherDay ? localClock(atMs) : localDateTime(atMs).slice(0, 16);
}

/** `24 小时`, `30 分钟`. */
export function spanText(ms: number): Text {
  const zh =
    ms >= HOUR_MS && ms % HOUR_MS === 0
      ? `${ms / HOUR_MS} 小时`
      : `${Math.round(ms / 60_000)} 分钟`;
  return text(zh, formatDuration(ms));
}

export const level = (given: unknown): Text =>
  given === 1 || given === 2 || given === 3
    ? ([text('一级', 'level 1'), text('二级', 'level 2'), text('三级', 'level 3')][
        given - 1
      ] as Text)
    : text('', '');

/** Sentences one after the other. */
export const sentences = (...parts: readonly (Text | undefined | false)[]): Text => {
  const said = parts.filter((part): part is Text => part !== undefined && part !== false);
  return text(said.map(({ zh }) => zh).join('；'), said.map(({ en }) => en).join('; '));
};
