// A row of a batch kept beyond the batch: plain numbers until it becomes evidence, because most kept
// fixes never do and an observation costs a hash.

import { distanceM } from '../../core/geo.ts';
import type { Position } from '../../core/observation.ts';
import { emptyPositions, positionAt, type PositionBatch } from '../../core/position-batch.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';

export type KeptFix = {
  source: string;
  sequence: number;
  atMs: number;
  receivedAtMs: number;
  lng: number;
  lat: number;
  accuracyM: number;
  fix: number;
  speedKmh: number;
  batteryPercent: number;
  labels: number;
  region: number;
};

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
export function positionOf(kept: KeptFix, subject: string): Position {
  const batch = emptyPositions(1);
  batch.length = 1;
  batch.subjects = Utf8Dictionary.of([subject]);
  batch.sources = Utf8Dictionary.of([kept.source]);
  const { source: _source, ...numbers } = kept;
  for (const [column, value] of Object.entries(numbers)) {
    batch[column as keyof typeof numbers][0] = value;
  }
  return positionAt(batch, 0);
}

export const distanceBetweenM = (a: KeptFix, b: KeptFix): number =>
  distanceM(a.lng, a.lat, b.lng, b.lat);
