// How strongly a county is shaded: towards warm where there are more alerts, towards cool where there are
// fewer. The number stands on the county too.

import type { Palette } from '../../shared/map/base-map.ts';

/** At most so much of the signal's colour, that marks and names stand out. */
const STRENGTH_MAX = 0.42;
/** The least change is seen, and no change is not. */
const STRENGTH_MIN = 0.1;

/** A colour as `#rrggbb`; `most` is the largest change of any county, above 0. */
export function shadeOf(
  { change, most }: { change: number; most: number },
  { area, alarm, calm }: Pick<Palette, 'area' | 'alarm' | 'calm'>,
): string {
  if (change === 0) return area;
  const strength = STRENGTH_MIN + (STRENGTH_MAX - STRENGTH_MIN) * (Math.abs(change) / most);
  return mixed(area, change > 0 ? alarm : calm, strength);
}

function mixed(base: string, over: string, share: number): string {
  const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const channels = [1, 3, 5].map((at) =>
    Math.round(part(base, at) * (1 - share) + part(over, at) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${channels.join('')}`;
}
