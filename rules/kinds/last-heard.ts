// The newest observation of each subject, one packed record each, so that remembering costs a cache line
// and no object per row; made into an observation only when it becomes evidence.

import type { Fact, Observation } from '../../core/observation.ts';
import { emptyPositions, positionAt, type PositionBatch } from '../../core/position-batch.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import { SlotRecords } from '../slot-records.ts';

/** Places in a record. The last two pack small whole numbers. */
const AT = 0;
const RECEIVED = 1;
const LNG = 2;
const LAT = 3;
const ACCURACY = 4;
const SPEED = 5;
/** region · 2^26 + labels · 2^10 + battery · 2^2 + fix: below 2^46. */
const PLACE_CODES = 6;
/** sequence · 2^8 + source: below 2^40. */
const ORIGIN_CODES = 7;

export class LastHeard {
  readonly #positions = new SlotRecords(8);
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
    this.#positions.reserve(slots);
  }

  position(slot: number, batch: PositionBatch, row: number, sourceNumber: number): void {
    const { numbers } = this.#positions;
    const record = slot * 8;
    numbers[record + AT] = batch.atMs[row] as number;
    numbers[record + RECEIVED] = batch.receivedAtMs[row] as number;
    numbers[record + LNG] = batch.lng[row] as number;
    numbers[record + LAT] = batch.lat[row] as number;
    numbers[record + ACCURACY] = batch.accuracyM[row] as number;
    numbers[record + SPEED] = batch.speedKmh[row] as number;
    numbers[record + PLACE_CODES] =
      (batch.region[row] as number) * 2 ** 26 +
      (batch.labels[row] as number) * 2 ** 10 +
      (batch.batteryPercent[row] as number) * 4 +
      (batch.fix[row] as number);
    numbers[record + ORIGIN_CODES] = (batch.sequence[row] as number) * 256 + sourceNumber;
  }

  fact(slot: number, fact: Fact): void {
    this.#facts.set(slot, fact);
  }

  /** As if the subject had never been heard. */
  forget(slot: number): void {
    this.#facts.delete(slot);
    this.#positions.numbers.fill(0, slot * 8, slot * 8 + 8);
  }

  /** The instant of the subject's newest observation; 0 when it was never heard. */
  atMsOf(slot: number): number {
    const positionAtMs = this.#positions.numbers[slot * 8 + AT] ?? 0;
    if (this.#facts.size === 0) return positionAtMs;
    return Math.max(positionAtMs, this.#facts.get(slot)?.atMs ?? 0);
  }

  /** The newest observation of the subject, if it was ever heard. */
  of(slot: number, subject: string): Observation | undefined {
    const record = this.#positions.numbers.subarray(slot * 8, slot * 8 + 8);
    const positionAtMs = record[AT] ?? 0;
    const fact = this.#facts.get(slot);
    if (fact && fact.atMs >= positionAtMs) return fact;
    return positionAtMs === 0 ? undefined : positionAt(this.#unpack(record, subject), 0);
  }

  snapshot(slots: number): unknown {
    return {
      positions: this.#positions.snapshot(slots),
      sources: this.#sources,
      facts: this.#facts,
    };
  }

  restore(state: unknown): void {
    const saved = state as { positions: Float64Array; sources: string[]; facts: Map<number, Fact> };
    this.#positions.restore(saved.positions);
    this.#sources = saved.sources;
    this.#facts = saved.facts;
  }

  #unpack(record: Float64Array, subject: string): PositionBatch {
    const place = record[PLACE_CODES] as number;
    const origin = record[ORIGIN_CODES] as number;
    const batch = emptyPositions(1);
    batch.length = 1;
    batch.subjects = Utf8Dictionary.of([subject]);
    batch.sources = Utf8Dictionary.of([this.#sources[origin % 256] as string]);
    batch.sequence[0] = Math.floor(origin / 256);
    batch.atMs[0] = record[AT] as number;
    batch.receivedAtMs[0] = record[RECEIVED] as number;
    batch.lng[0] = record[LNG] as number;
    batch.lat[0] = record[LAT] as number;
    batch.accuracyM[0] = record[ACCURACY] as number;
    batch.speedKmh[0] = record[SPEED] as number;
    batch.fix[0] = place % 4;
    batch.batteryPercent[0] = Math.floor(place / 4) % 256;
    batch.labels[0] = Math.floor(place / 2 ** 10) % 2 ** 16;
    batch.region[0] = Math.floor(place / 2 ** 26);
    return batch;
  }
}
