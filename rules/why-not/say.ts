// Instants, spans, distances and names in the sentences of an explanation, Chinese and English.

import { localDateTime } from '../../core/local-time.ts';
import type { ObservationKind } from '../../core/observation.ts';
import type { SubjectClass } from '../../core/order.ts';
import { SOURCE_KINDS, type SourceKind } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';

/** `2026-11-22 08:30:05`, without seconds where they are none. */
export const instantText = (atMs: number): string => localDateTime(atMs).replace(/:00$/, '');

const UNITS = [
  [86_400_000, '天', ' d'],
  [3_600_000, '小时', ' h'],
  [60_000, '分钟', ' min'],
  [1_000, '秒', ' s'],
] as const;

/** To the second, and to the millisecond below one: `1小时5分钟`, `1 h 5 min`. */
export function spanText(ms: number): Text {
  let rest = Math.max(0, Math.round(ms));
  const told: [number, string, string][] = [];
  for (const [unitMs, zh, en] of UNITS) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) told.push([count, zh, en]);
  }
  if (told.length === 0) told.push([rest, '毫秒', ' ms']);
  return text(
    told.map(([count, zh]) => `${count}${zh}`).join(''),
    told.map(([count, , en]) => `${count}${en}`).join(' '),
  );
}

/** `35 米`, `2.4 公里`; one decimal where it matters. */
export function distanceText(metres: number): Text {
  const value = Math.abs(metres);
  if (value >= 1_000) {
    const km = Math.round(value / 100) / 10;
    return text(`${km} 公里`, `${km} km`);
  }
  const shown = value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return text(`${shown} 米`, `${shown} m`);
}

/** With a space between Chinese characters and the figures and names beside them. */
export const spaced = (zh: string): string =>
  zh
    .replace(/([\u4e00-\u9fff])(?=[A-Za-z0-9±])/g, '$1 ')
    .replace(/([A-Za-z0-9])(?=[\u4e00-\u9fff])/g, '$1 ');

/** What a kind of observation is called. */
export const KIND_NAMES: Readonly<Record<ObservationKind, Text>> = {
  position: text('定位', 'position'),
  device: text('设备事件', 'device event'),
  'roll-call': text('点名记录', 'roll-call'),
  booking: text('订票记录', 'booking'),
  passage: text('卡口通行记录', 'gate passage'),
  lodging: text('住宿登记', 'lodging record'),
  call: text('会见通话', 'call'),
  custody: text('羁押信息', 'custody record'),
  incident: text('警情案件', 'incident'),
  'case-milestone': text('案件节点', 'case milestone'),
  order: text('监管令', 'order'),
  leave: text('外出审批', 'leave'),
  basis: text('登记依据', 'recorded basis'),
  'notary-case': text('公证事项', 'notary matter'),
  retraction: text('撤回', 'retraction'),
  'contact-position': text('禁止接触对象的定位', 'position of the other person'),
  refusal: text('依据期满后仍在报送', 'still reporting after the basis ended'),
  reading: text('查阅行为', 'look at data'),
  index: text('指标', 'index value'),
};

export const CLASS_NAMES: Readonly<Record<SubjectClass, Text>> = {
  cc: text('社区矫正对象', 'community corrections'),
  raKey: text('重点安置帮教对象', 'key resettlement'),
  raOrdinary: text('一般安置帮教对象', 'ordinary resettlement'),
};

/** Names joined as a list. */
export const listText = (names: readonly Text[]): Text =>
  text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));

export const sourcesText = (sources: readonly SourceKind[]): Text =>
  listText(sources.map((source) => SOURCE_KINDS[source]));
