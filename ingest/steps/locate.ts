// Fills in the region a position lies in, once, for everyone downstream who counts or draws by region.

import { ok } from '../../core/outcome.ts';
import { LABEL } from '../../core/position-codes.ts';
import type { Step } from '../step.ts';

/** The GB/T 2260 code at a place as a number, 0 where the map does not reach. */
export type Locator = (lng: number, lat: number) => number;

export const createLocate = (locator: Locator): Step => ({
  name: 'locate',
  positions({ batch, verdicts }) {
    for (let row = 0; row < batch.length; row++) {
      if (verdicts[row] !== 0 || ((batch.labels[row] as number) & LABEL.noFix) !== 0) continue;
      batch.region[row] = locator(batch.lng[row] as number, batch.lat[row] as number);
    }
  },
  fact: (fact) => ok(fact),
});
