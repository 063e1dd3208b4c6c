// Months as the index counts them: local calendar months, numbered so that they can be compared and stepped.

import { UserError } from '../../core/errors.ts';
import { CHINA_OFFSET_MS } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';

/** Months since January of year 0: `2026-01` is 2026 · 12. */
export type MonthNumber = number;

/** Throws UserError `bad-input` for anything but `2026-01`. */
export function monthOf(written: string): MonthNumber {
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(written);
  if (!parts) {
    throw new UserError('bad-input', text('月份写法有误', 'this is not a month'), {
      detail: `"${written}"`,
      hint: text('请写成 2026-01 的形式', 'Write it as 2026-01.'),
    });
  }
  return Number(parts[1]) * 12 + Number(parts[2]) - 1;
}

export const monthName = (month: MonthNumber): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The local month an instant lies in. */
export function monthAt(atMs: number): MonthNumber {
  const local = new Date(atMs + CHINA_OFFSET_MS);
  return local.getUTCFullYear() * 12 + local.getUTCMonth();
}

/** The first instant of a local month. */
export const monthStartMs = (month: MonthNumber): number =>
  Date.UTC(Math.floor(month / 12), month % 12) - CHINA_OFFSET_MS;
