// The newest observation of each subject, one packed record each, so that remembering costs a cache line
// and no object per row; made into an observation only when it becomes evidence.

import type { Fact, Observation } from '../../core/observation.ts';
import { positionOfRow, type PositionRow } from '../../core/position-batch.ts';
import type { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import type { PositionRun } from '../frame.ts';
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

/** A run of positions and the numbers this store gave its sources. */
export type HeardRun = PositionRun & { readonly sourceNumbers: Int32Array };

export class LastHeard {
  readonly #positions = new SlotRecords(8);
  readonly #one = new Int32Array(1);
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

  position(run: HeardRun, row: number): void {
    this.#one[0] = row;
    this.positions(run, this.#one, 1);
  }

  /** Remembers the first `count` of `rows`, in order. */
  positions({ batch, slots, sourceNumbers }: HeardRun, rows: Int32Array, count: number): void {
    const { numbers } = this.#positions;
    const { atMs, receivedAtMs, lng, lat, accuracyM, speedKmh } = batch;
    const { region, labels, batteryPercent, fix, sequence, source } = batch;
    for (let at = 0; at < count; at++) {
      const row = rows[at] as number;
      const record = (slots[row] as number) * 8;
      numbers[record + AT] = atMs[row] as number;
      numbers[record + RECEIVED] = receivedAtMs[row] as number;
      numbers[record + LNG] = lng[row] as number;
      numbers[record + LAT] = lat[row] as number;
      numbers[record + ACCURACY] = accuracyM[row] as number;
      numbers[record + SPEED] = speedKmh[row] as number;
      numbers[record + PLACE_CODES] =
        (region[row] as number) * 2 ** 26 +
        (labels[row] as number) * 2 ** 10 +
        (batteryPercent[row] as number) * 4 +
        (fix[row] as number);
      numbers[record + ORIGIN_CODES] =
        (sequence[row] as number) * 256 + (sourceNumbers[source[row] as number] as number);
    }
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
    return positionAtMs === 0 ? undefined : positionOfRow(this.#unpack(record, subject));
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

  #unpack(record: Float64Array, subject: string): PositionRow {
    const place = record[PLACE_CODES] as number;
    const origin = record[ORIGIN_CODES] as number;
    return {
      subject,
      source: this.#sources[origin % 256] as string,
      sequence: Math.floor(origin / 256),
      atMs: record[AT] as number,
      receivedAtMs: record[RECEIVED] as number,
      lng: record[LNG] as number,
      lat: record[LAT] as number,
      accuracyM: record[ACCURACY] as number,
      speedKmh: record[SPEED] as number,
      fix: place % 4,
      batteryPercent: Math.floor(place / 4) % 256,
      labels: Math.floor(place / 2 ** 10) % 2 ** 16,
      region: Math.floor(place / 2 ** 26),
    };
  }
}
