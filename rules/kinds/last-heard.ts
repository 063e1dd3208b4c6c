// The newest observation of each subject, kept as columns so that remembering costs no object per row;
// made into an observation only when it becomes evidence.

import type { Fact, Observation } from '../../core/observation.ts';
import { emptyPositions, positionAt, type PositionBatch } from '../../core/position-batch.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import { SlotColumns } from '../slot-columns.ts';

export class LastHeard {
  readonly #columns = new SlotColumns({
    atMs: 'f64',
    receivedAtMs: 'f64',
    lng: 'f64',
    lat: 'f64',
    accuracyM: 'f64',
    speedKmh: 'f64',
    sequence: 'f64',
    region: 'i32',
    source: 'i32',
    labels: 'i32',
    fix: 'u8',
    batteryPercent: 'u8',
  });
  #sources: string[] = [];
  #facts = new Map<number, Fact>();

  /** Numbers of a batch's sources in this store, by dictionary index. */
  sourceNumbers(sources: Utf8Dictionary): Int32Array {
    return Int32Array.from(sources.toArray(), (source) => {
      const known = this.#sources.indexOf(source);
      return known >= 0 ? known : this.#sources.push(source) - 1;
    });
  }

  reserve(slots: number): void {
    this.#columns.reserve(slots);
  }

  position(slot: number, batch: PositionBatch, row: number, sourceNumber: number): void {
    const { views } = this.#columns;
    views.atMs[slot] = batch.atMs[row] as number;
    views.receivedAtMs[slot] = batch.receivedAtMs[row] as number;
    views.lng[slot] = batch.lng[row] as number;
    views.lat[slot] = batch.lat[row] as number;
    views.accuracyM[slot] = batch.accuracyM[row] as number;
    views.speedKmh[slot] = batch.speedKmh[row] as number;
    views.sequence[slot] = batch.sequence[row] as number;
    views.region[slot] = batch.region[row] as number;
    views.labels[slot] = batch.labels[row] as number;
    views.fix[slot] = batch.fix[row] as number;
    views.batteryPercent[slot] = batch.batteryPercent[row] as number;
    views.source[slot] = sourceNumber;
  }

  fact(slot: number, fact: Fact): void {
    this.#facts.set(slot, fact);
  }

  /** The newest observation of the subject, if it was ever heard. */
  of(slot: number, subject: string): Observation | undefined {
    const { views } = this.#columns;
    const positionAtMs = views.atMs[slot] ?? 0;
    const fact = this.#facts.get(slot);
    if (fact && fact.atMs >= positionAtMs) return fact;
    if (positionAtMs === 0) return undefined;
    const batch = emptyPositions(1);
    batch.length = 1;
    batch.subjects = Utf8Dictionary.of([subject]);
    batch.sources = Utf8Dictionary.of([this.#sources[views.source[slot] as number] as string]);
    batch.atMs[0] = positionAtMs;
    batch.receivedAtMs[0] = views.receivedAtMs[slot] as number;
    batch.lng[0] = views.lng[slot] as number;
    batch.lat[0] = views.lat[slot] as number;
    batch.accuracyM[0] = views.accuracyM[slot] as number;
    batch.speedKmh[0] = views.speedKmh[slot] as number;
    batch.sequence[0] = views.sequence[slot] as number;
    batch.region[0] = views.region[slot] as number;
    batch.labels[0] = views.labels[slot] as number;
    batch.fix[0] = views.fix[slot] as number;
    batch.batteryPercent[0] = views.batteryPercent[slot] as number;
    return positionAt(batch, 0);
  }

  snapshot(slots: number): unknown {
    return { columns: this.#columns.snapshot(slots), sources: this.#sources, facts: this.#facts };
  }

  restore(state: unknown): void {
    const saved = state as {
      columns: Record<string, Float64Array>;
      sources: string[];
      facts: Map<number, Fact>;
    };
    this.#columns.restore(saved.columns);
    this.#sources = saved.sources;
    this.#facts = saved.facts;
  }
}
