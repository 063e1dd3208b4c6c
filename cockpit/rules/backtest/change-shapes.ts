// What an alert that changes looks like, on the map and beside it: a plus for one that is new, a cross for one
// that is gone, an hourglass lying on its side for another level. The shape says it, the colour only helps.

import type { ChangeKind } from '../../../app/api/backtests.ts';
import type { Palette } from '../../shared/map/base-map.ts';

/** In a 24 by 24 box, filled. */
export const CHANGE_SHAPES: Readonly<Record<ChangeKind, string>> = {
  added: 'M9 2h6v7h7v6h-7v7H9v-7H2V9h7Z',
  removed:
    'M6.200 2.500 12 8.300l5.800-5.800 3.700 3.700L15.700 12l5.800 5.800-3.700 3.700L12 15.700l-5.800 5.800-3.700-3.700L8.300 12 2.500 6.200Z',
  regraded: 'M2 3l10 7.500L22 3v18l-10-7.500L2 21Z',
};

export const changeColours = ({
  warn,
  calm,
  alarm,
}: Pick<Palette, 'warn' | 'calm' | 'alarm'>): Readonly<Record<ChangeKind, string>> => ({
  added: alarm,
  removed: calm,
  regraded: warn,
});
