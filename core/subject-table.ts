// Gives every subject key a dense number, so that state about subjects can live in typed arrays. Works
// on the bytes of a column's dictionary and makes no strings: at a million subjects that is the
// difference between the dictionary costing less than the rules or more.

import { subjectKey, type SubjectKey } from './subject.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

/** Keys end to end in UTF-8, and where each ends. */
export type SavedKeys = { readonly ends: Int32Array; readonly bytes: Uint8Array };

const EMPTY = -1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class SubjectTable {
  #size = 0;
  #arena = new Uint8Array(1 << 14);
  #ends = new Int32Array(1 << 10);
  #buckets = new Int32Array(1 << 11).fill(EMPTY);
  #keys: (SubjectKey | undefined)[] = [];
  /** Which number came after each number last time; EMPTY before the first time. */
  #next = new Int32Array(1 << 10).fill(EMPTY);
  #last = EMPTY;

  /** How many subjects have a number; numbers run from 0 to `size - 1`. */
  get size(): number {
    return this.#size;
  }

  /** The key behind a number this table gave out. */
  keyOf(slot: number): SubjectKey {
    return (this.#keys[slot] ??= subjectKey(
      decoder.decode(this.#arena.subarray(this.#startOf(slot), this.#ends[slot])),
    ));
  }

  /** The number of a key, given a new one when first seen. */
  slotOf(key: string): number {
    const bytes = encoder.encode(key);
    return this.slotOfBytes(bytes, 0, bytes.length);
  }

  /** The number of the key whose UTF-8 stands in `bytes` from `start` to `end`. */
  slotOfBytes(bytes: Uint8Array, start: number, end: number): number {
    const bucket = this.#bucketOf(bytes, start, end);
    const known = this.#buckets[bucket] as number;
    if (known !== EMPTY) return known;
    const slot = this.#size++;
    this.#buckets[bucket] = slot;
    this.#store(slot, bytes, start, end);
    if (this.#size * 2 > this.#buckets.length) this.#rehash();
    return slot;
  }

  /** The number of a key, or -1 when it has none. */
  find(key: string): number {
    const bytes = encoder.encode(key);
    return this.#buckets[this.#bucketOf(bytes, 0, bytes.length)] as number;
  }

  /**
   * The numbers of a dictionary's keys, by dictionary index; new keys get numbers in that order. Devices
   * report in much the same order time and again, so each key is first held against the one that followed
   * its predecessor last time: comparing two short texts costs less than hashing one and looking it up.
   */
  slotsOf(dictionary: Utf8Dictionary): Int32Array {
    const { bytes, offsets, length } = dictionary;
    const slots = new Int32Array(length);
    for (let i = 0; i < length;) {
      i = this.#takeGuessed(dictionary, i, slots);
      if (i === length) break;
      const slot = this.slotOfBytes(bytes, offsets[i] as number, offsets[i + 1] as number);
      if (this.#last !== EMPTY) this.#next[this.#last] = slot;
      this.#last = slot;
      slots[i++] = slot;
    }
    return slots;
  }

  /** Takes keys from the `first` on as long as each is the one that came next last time; gives where that ends. */
  #takeGuessed({ bytes, offsets }: Utf8Dictionary, first: number, slots: Int32Array): number {
    const [arena, ends, next] = [this.#arena, this.#ends, this.#next];
    let last = this.#last;
    let i = first;
    for (; i < slots.length && last !== EMPTY; i++) {
      const guess = next[last] as number;
      if (guess === EMPTY) break;
      const from = guess === 0 ? 0 : (ends[guess - 1] as number);
      const start = offsets[i] as number;
      const length = (offsets[i + 1] as number) - start;
      if ((ends[guess] as number) - from !== length) break;
      let at = 0;
      while (at < length && arena[from + at] === bytes[start + at]) at++;
      if (at < length) break;
      slots[i] = guess;
      last = guess;
    }
    this.#last = last;
    return i;
  }

  /** All keys in the order of their numbers. */
  keys(): SubjectKey[] {
    return Array.from({ length: this.#size }, (_, slot) => this.keyOf(slot));
  }

  /** The keys as a dictionary whose indices are their numbers; a copy. */
  toDictionary(): Utf8Dictionary {
    const offsets = new Int32Array(this.#size + 1);
    offsets.set(this.#ends.subarray(0, this.#size), 1);
    return Utf8Dictionary.fromBytes(this.#arena.slice(0, offsets[this.#size]), offsets);
  }

  /** All keys as bytes, in the order of their numbers; makes no strings. */
  snapshot(): SavedKeys {
    return {
      ends: this.#ends.slice(0, this.#size),
      bytes: this.#arena.slice(0, this.#size === 0 ? 0 : this.#ends[this.#size - 1]),
    };
  }

  /** Gives the keys of a snapshot, or these texts, their numbers; for a table that has none yet. */
  restore(saved: SavedKeys | readonly string[]): void {
    if (!('ends' in saved)) {
      for (const key of saved) this.slotOf(key);
      return;
    }
    for (let slot = 0, start = 0; slot < saved.ends.length; slot++) {
      const end = saved.ends[slot] as number;
      this.slotOfBytes(saved.bytes, start, end);
      start = end;
    }
  }

  /** Forgets all keys and keeps the room they took. */
  clear(): void {
    this.#size = 0;
    this.#keys = [];
    this.#buckets.fill(EMPTY);
    this.#next.fill(EMPTY);
    this.#last = EMPTY;
  }

  #startOf(slot: number): number {
    return slot === 0 ? 0 : (this.#ends[slot - 1] as number);
  }

  /** The bucket that holds the key, or the empty one where it belongs. */
  #bucketOf(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#buckets.length - 1;
    let bucket = hashBytes(bytes, start, end) & mask;
    for (;;) {
      const slot = this.#buckets[bucket] as number;
      if (slot === EMPTY || this.#equals(slot, bytes, start, end)) return bucket;
      bucket = (bucket + 1) & mask;
    }
  }

  #equals(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#startOf(slot);
    const length = end - start;
    if ((this.#ends[slot] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#arena[from + i] !== bytes[start + i]) return false;
    }
    return true;
  }

  #store(slot: number, bytes: Uint8Array, start: number, end: number): void {
    const from = this.#startOf(slot);
    const to = from + end - start;
    if (to > this.#arena.length) {
      const larger = new Uint8Array(Math.max(this.#arena.length * 2, to));
      larger.set(this.#arena);
      this.#arena = larger;
    }
    if (slot === this.#ends.length) {
      const larger = new Int32Array(this.#ends.length * 2);
      larger.set(this.#ends);
      this.#ends = larger;
      const next = new Int32Array(larger.length).fill(EMPTY);
      next.set(this.#next);
      this.#next = next;
    }
    for (let i = 0; i < end - start; i++) this.#arena[from + i] = bytes[start + i] as number;
    this.#ends[slot] = to;
  }

  #rehash(): void {
    const buckets = new Int32Array(this.#buckets.length * 2).fill(EMPTY);
    const mask = buckets.length - 1;
    for (let slot = 0; slot < this.#size; slot++) {
      let bucket = hashBytes(this.#arena, this.#startOf(slot), this.#ends[slot] as number) & mask;
      while (buckets[bucket] !== EMPTY) bucket = (bucket + 1) & mask;
      buckets[bucket] = slot;
    }
    this.#buckets = buckets;
  }
}

/** FNV-1a with a final mix, so that keys that differ in their last character only spread too. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 2_166_136_261;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return hash ^ (hash >>> 13);
}
