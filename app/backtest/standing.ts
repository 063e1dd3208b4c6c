// What an alert is once everything about it is known: a leave recorded late may have taken it back, an order
// recorded late may have graded it anew.

import type { Level } from '../../core/finding.ts';
import type { ReplayedAlert } from '../replay/to-alerts.ts';

export const isWithdrawn = ({ corrections }: ReplayedAlert): boolean =>
  corrections?.at(-1)?.outcome === 'withdrawn';

/** The level that counts in the end; that of a withdrawn alert is what it was. */
export const levelOf = ({ level, corrections }: ReplayedAlert): Level =>
  corrections?.at(-1)?.level ?? level;
