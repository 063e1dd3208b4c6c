// A passage: two sparse fixes surely outside of a zone, and the straight way between them leads through
// it. Both fixes must be sure, near enough in time, and the way possible at a plausible speed.

import { distanceBetweenM, type KeptFix } from './kept-fix.ts';
import type { ZoneParams } from './zone-params.ts';
import { deepestOnWay } from './zone-side.ts';
import type { Target } from './zone-target.ts';

/** The deepest point of the way, and how long the way is. */
export type Passage = { lng: number; lat: number; depthM: number; lengthM: number };

/** The passage between two sure fixes, if the way lies deeper in the zone than the fixes may be wrong. */
export function findPassage(
  { zone }: Target,
  before: KeptFix,
  after: KeptFix,
  params: ZoneParams,
): Passage | undefined {
  const tookMs = after.atMs - before.atMs;
  if (tookMs <= 0 || tookMs > params.crossingWithin) return undefined;
  const lengthM = distanceBetweenM(before, after);
  if (lengthM / tookMs > params.crossingKmhMax / KMH_PER_M_PER_MS) return undefined;
  const deepest = deepestOnWay(zone, before, after, lengthM);
  const sureM = Math.max(before.accuracyM, after.accuracyM) + params.marginM;
  if (!deepest || deepest.depthM <= sureM) return undefined;
  return { ...deepest, lengthM };
}

const KMH_PER_M_PER_MS = 3_600;
