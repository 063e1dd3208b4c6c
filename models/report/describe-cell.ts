// A cell of a report as words, for the page and for files that carry text. What is not known says so.

import { text, type Text } from '../../core/text.ts';
import type { Cell } from './layout.ts';
import { REPORT_WORDS } from './words.ts';

export function describeCell(cell: Cell): Text {
  switch (cell.kind) {
    case 'text':
      return cell.value;
    case 'number':
      return cell.value === null
        ? REPORT_WORDS.noData
        : same(cell.digits === 1 ? cell.value.toFixed(1) : grouped(cell.value));
    case 'share':
      return cell.value === null ? REPORT_WORDS.noData : same(`${wholePercent(cell.value)}%`);
    case 'span':
      return cell.ms === null ? REPORT_WORDS.noData : spanText(cell.ms);
    case 'change':
      if (cell.value === null) return REPORT_WORDS.noData;
      return cell.value === 0
        ? text('持平', 'same')
        : same(`${cell.value > 0 ? '+' : '−'}${grouped(Math.abs(cell.value))}`);
  }
}

/** Rounded down, so that 100% means all; the smallest part more makes up for binary fractions. */
const wholePercent = (share: number): number => Math.floor(share * 100 + 1e-9);

const same = (value: string): Text => text(value, value);

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Two units at most: `1 小时 5 分`, `4 分 8 秒`. */
function spanText(ms: number): Text {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return text(`${seconds} 秒`, `${seconds} s`);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (minutes < 60)
    return text(`${minutes} 分 ${seconds % 60} 秒`, `${minutes} min ${seconds % 60} s`);
  return text(`${hours} 小时 ${minutes % 60} 分`, `${hours} h ${minutes % 60} min`);
}
