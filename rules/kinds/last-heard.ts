// The newest observation of each subject, one packed record each, so that remembering costs a cache line
// and no object per row; made into an observation only when it becomes evidence.

import type { Fact, Observation } from '../../core/observation.ts';
import { positionOfRow, type PositionRow } from '../../core/position-batch.ts';
import type { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import type { PositionRun } from '../frame.ts';

/** Places in a record of 64 bytes, counted in numbers of 8 bytes and of 4 bytes. */
const RECORD_BYTES = 64;
const AT = 0;
const RECEIVED = 1;
const LNG = 2;
const LAT = 3;
const ACCURACY = 8;
const SPEED = 9;
const REGION = 10;
const SEQUENCE = 11;
/** labels, battery · 2^16, fix · 2^24. */
const CODES = 12;
const SOURCE = 13;

/** A run of positions and the numbers this store gave its sources. */
export type HeardRun = PositionRun & { readonly sourceNumbers: Int32Array };

export class LastHeard {
  #doubles = new Float64Array(0);
  #singles = new Float32Array(0);
  #words = new Uint32Array(0);
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
    if (slots * 8 <= this.#doubles.length) return;
    const room = new ArrayBuffer(Math.max(slots, this.#doubles.length / 4, 1_024) * RECORD_BYTES);
    const before = this.#doubles;
    this.#view(room);
    this.#doubles.set(before);
  }

  position(run: HeardRun, row: number): void {
    this.#one[0] = row;
    this.positions(run, this.#one, 1);
  }

  /** Remembers the first `count` of `rows`, in order. */
  positions({ batch, slots, sourceNumbers }: HeardRun, rows: Int32Array, count: number): void {
    const [doubles, singles, words] = [this.#doubles, this.#singles, this.#words];
    const { atMs, receivedAtMs, lng, lat, accuracyM, speedKmh } = batch;
    const { region, labels, batteryPercent, fix, sequence, source } = batch;
    for (let at = 0; at < count; at++) {
      const row = rows[at] as number;
      const record = (slots[row] as number) * 8;
      const half = record * 2;
      doubles[record + AT] = atMs[row] as number;
      doubles[record + RECEIVED] = receivedAtMs[row] as number;
      doubles[record + LNG] = lng[row] as number;
      doubles[record + LAT] = lat[row] as number;
      singles[half + ACCURACY] = accuracyM[row] as number;
      singles[half + SPEED] = speedKmh[row] as number;
      words[half + REGION] = region[row] as number;
      words[half + SEQUENCE] = sequence[row] as number;
      words[half + CODES] =
        (labels[row] as number) |
        ((batteryPercent[row] as number) << 16) |
        ((fix[row] as number) << 24);
      words[half + SOURCE] = sourceNumbers[source[row] as number] as number;
    }
  }

  fact(slot: number, fact: Fact): void {
    this.#facts.set(slot, fact);
  }

  /** As if the subject had never been heard. */
  forget(slot: number): void {
    this.#facts.delete(slot);
    this.#doubles.fill(0, slot * 8, slot * 8 + 8);
  }

  /** The instant of the subject's newest observation; 0 when it was never heard. */
  atMsOf(slot: number): number {
    const positionAtMs = this.#doubles[slot * 8 + AT] ?? 0;
    if (this.#facts.size === 0) return positionAtMs;
    return Math.max(positionAtMs, this.#facts.get(slot)?.atMs ?? 0);
  }

  /** The newest observation of the subject, if it was ever heard. */
  of(slot: number, subject: string): Observation | undefined {
    const positionAtMs = this.#doubles[slot * 8 + AT] ?? 0;
    const fact = this.#facts.get(slot);
    if (fact && fact.atMs >= positionAtMs) return fact;
    return positionAtMs === 0 ? undefined : positionOfRow(this.#unpack(slot, subject));
  }

  snapshot(slots: number): unknown {
    this.reserve(slots);
    return {
      records: new Uint8Array(this.#doubles.buffer.slice(0, slots * RECORD_BYTES)),
      sources: this.#sources,
      facts: this.#facts,
    };
  }

  restore(state: unknown): void {
    const saved = state as SavedHeard | SavedBefore;
    this.#sources = saved.sources;
    this.#facts = saved.facts;
    if ('records' in saved) {
      this.reserve(saved.records.length / RECORD_BYTES);
      new Uint8Array(this.#doubles.buffer).set(saved.records);
    } else this.#restoreBefore(saved.positions);
  }

  /** Records as they were kept before: eight doubles, the last two of them packed. */
  #restoreBefore(positions: Float64Array): void {
    this.reserve(positions.length / 8);
    for (let record = 0; record < positions.length; record += 8) {
      const [place, origin] = [positions[record + 6] as number, positions[record + 7] as number];
      const half = record * 2;
      this.#doubles.set(positions.subarray(record, record + 4), record);
      this.#singles[half + ACCURACY] = positions[record + 4] as number;
      this.#singles[half + SPEED] = positions[record + 5] as number;
      this.#words[half + REGION] = Math.floor(place / 2 ** 26);
      this.#words[half + SEQUENCE] = Math.floor(origin / 256);
      const labels = Math.floor(place / 2 ** 10) % 2 ** 16;
      const battery = Math.floor(place / 4) % 256;
      this.#words[half + CODES] = labels | (battery << 16) | ((place % 4) << 24);
      this.#words[half + SOURCE] = origin % 256;
    }
  }

  #view(room: ArrayBuffer): void {
    this.#doubles = new Float64Array(room);
    this.#singles = new Float32Array(room);
    this.#words = new Uint32Array(room);
  }

  #unpack(slot: number, subject: string): PositionRow {
    const double = (place: number) => this.#doubles[slot * 8 + place] as number;
    const single = (place: number) => this.#singles[slot * 16 + place] as number;
    const word = (place: number) => this.#words[slot * 16 + place] as number;
    const codes = word(CODES);
    return {
      subject,
      source: this.#sources[word(SOURCE)] as string,
      sequence: word(SEQUENCE),
      atMs: double(AT),
      receivedAtMs: double(RECEIVED),
      lng: double(LNG),
      lat: double(LAT),
      accuracyM: single(ACCURACY),
      speedKmh: single(SPEED),
      fix: codes >>> 24,
      batteryPercent: (codes >>> 16) & 0xff,
      labels: codes & 0xffff,
      region: word(REGION),
    };
  }
}

type SavedHeard = { records: Uint8Array; sources: string[]; facts: Map<number, Fact> };
type SavedBefore = { positions: Float64Array; sources: string[]; facts: Map<number, Fact> };
