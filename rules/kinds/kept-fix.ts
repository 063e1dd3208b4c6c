// A row of a batch kept beyond the batch: plain numbers until it becomes evidence, because most kept
// fixes never do and an observation costs a hash.

import { distanceM } from '../../core/geo.ts';
import type { Position } from '../../core/observation.ts';
import { positionOfRow, type PositionBatch, type PositionRow } from '../../core/position-batch.ts';

export type KeptFix = Omit<PositionRow, 'subject'>;

export const keepRow = (batch: PositionBatch, row: number): KeptFix => ({
  source: batch.sources.at(batch.source[row] as number),
  sequence: batch.sequence[row] as number,
  atMs: batch.atMs[row] as number,
  receivedAtMs: batch.receivedAtMs[row] as number,
  lng: batch.lng[row] as number,
  lat: batch.lat[row] as number,
  accuracyM: batch.accuracyM[row] as number,
  fix: batch.fix[row] as number,
  speedKmh: batch.speedKmh[row] as number,
  batteryPercent: batch.batteryPercent[row] as number,
  labels: batch.labels[row] as number,
  region: batch.region[row] as number,
});

/** The observation a kept fix was. */
export const positionOf = (kept: KeptFix, subject: string): Position =>
  positionOfRow({ ...kept, subject });

export const distanceBetweenM = (a: KeptFix, b: KeptFix): number =>
  distanceM(a.lng, a.lat, b.lng, b.lat);
