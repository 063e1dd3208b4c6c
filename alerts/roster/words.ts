// What lines, reasons and kinds of days are called, on the command line, in messages and in refusals.

import { localDateTime } from '../../core/local-time.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { Gap, Unreachable } from './coverage.ts';
import type { LineName } from './roster-plan.ts';

export const LINE_NAMES: Readonly<Record<LineName, Text>> = {
  duty: text('值班员', 'duty'),
  deputy: text('副班', 'deputy'),
  leader: text('带班领导', 'leader'),
};

export const UNREACHABLE_REASONS: Readonly<Record<Unreachable, Text>> = {
  unknown: text('系统中没有此人', 'not in the records'),
  inactive: text('已停用', 'inactive'),
  'no-phone': text('没有电话', 'no number'),
  'not-verified': text('号码未验证', 'number not tried yet'),
  'other-bureau': text('不属于本局', 'of another bureau'),
};

/** `2026-11-28 08:30 – 2026-11-28 17:30`. */
export const stretchText = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }): string =>
  `${localDateTime(fromMs).slice(0, 16)} – ${localDateTime(untilMs).slice(0, 16)}`;

const LEVEL_NUMERALS = { 1: '一', 2: '二', 3: '三' } as const;

/** Gaps one line each, levels with the same gap together; the first few, and how many more. */
export function describeGaps(
  gaps: readonly Gap[],
  nameOf: (officer: string) => string = (id) => id,
): string[] {
  const alike = Map.groupBy(
    gaps,
    ({ bureau, fromMs, untilMs }) => `${bureau} ${fromMs} ${untilMs}`,
  );
  const lines = [...alike.values()].map((same) => {
    const [first] = same as [Gap, ...Gap[]];
    const { zh, en } = regionName(first.bureau);
    const levels = same.map(({ level }) => level);
    const why = same
      .flatMap(({ unreachable }) => unreachable)
      .map(({ officer, because }) => {
        const reason = UNREACHABLE_REASONS[because];
        return `${nameOf(officer)} ${reason.zh} ${reason.en}`;
      });
    const reasons = why.length === 0 ? '无人值班 nobody on duty' : [...new Set(why)].join('; ');
    const named = `${levels.map((level) => LEVEL_NUMERALS[level]).join('、')}级 level ${levels.join(', ')}`;
    return `${zh} ${en} · ${named} · ${stretchText(first)}: ${reasons}`;
  });
  if (lines.length <= GAPS_TOLD_MAX) return lines;
  const more = lines.length - GAPS_TOLD_MAX;
  return [...lines.slice(0, GAPS_TOLD_MAX), `…… 另有 ${more} 处 and ${more} more`];
}

const GAPS_TOLD_MAX = 5;
