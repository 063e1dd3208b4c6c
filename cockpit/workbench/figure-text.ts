// Figures as they are read: lengths of time and shares in their own words, others with their thousands.

import type { MetricChange } from '../../app/api/metrics.ts';
import { text, type Text } from '../../core/text.ts';
import { CHANGE_NOTES } from '../../models/workbench/name-cells.ts';
import { spanText, UNKNOWN } from '../shared/format.ts';

/** True for units that are part of how a figure reads, and need not stand beside it. */
export const isSpoken = (unit: Text | undefined): boolean =>
  unit?.en === 'ms' || unit?.en === 'share';

/** `1,204`, `3.25`, `86.4%`, `2 小时 5 分`; a dash for what is not known. */
export function figureText(value: number | null | undefined, unit: Text | undefined): Text {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return text(UNKNOWN, UNKNOWN);
  }
  if (unit?.en === 'ms') return value < 0 ? same(`${Math.round(value)} ms`) : spanText(value);
  if (unit?.en === 'share') return same(`${(100 * value).toFixed(1)}%`);
  return same(withThousands(value));
}

const same = (plain: string): Text => text(plain, plain);

function withThousands(value: number): string {
  const [whole = '', part] = String(Number(Math.abs(value).toFixed(2))).split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${value < 0 ? '−' : ''}${spaced}${part === undefined ? '' : `.${part}`}`;
}

/** `+12.5%`, `基期为零`, `+50.0% 基数小`. */
export function changeText({ change, notes }: MetricChange): Text {
  const share = change === null || change === 0 ? '' : signed(change);
  const said = notes.map((note) => CHANGE_NOTES[note]);
  return text(
    [share, ...said.map(({ zh }) => zh)].filter(Boolean).join(' '),
    [share, ...said.map(({ en }) => en)].filter(Boolean).join(' '),
  );
}

const signed = (change: number): string =>
  `${change > 0 ? '+' : '−'}${(100 * Math.abs(change)).toFixed(1)}%`;
