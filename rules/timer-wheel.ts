// Timers for very many subjects: one instant per subject, fired in order of instant, then of subject
// number, when the watermark reaches them. Moving a timer to later costs nothing until its old instant
// comes up, so a rule that is re-armed by every message pays per period, not per message.

import { SlotRecords } from './slot-records.ts';

/** Places in the record of a subject. */
const DUE = 0;
const BUCKET = 1;

export class TimerWheel {
  readonly #bucketMs: number;
  /**
   * When the timer of each subject is due by its latest setting, and the bucket it waits in, at or
   * before the one of its due instant; Infinity for neither.
   */
  readonly #timers = new SlotRecords(2, Infinity);
  /** Subjects waiting in each bucket. */
  readonly #buckets = new Map<number, number[]>();
  /** Buckets before this one are empty. */
  #first = Infinity;

  /** `bucketMs` is the coarseness of waiting, not of firing: timers fire at their exact instant. */
  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs;
  }

  /** Sets or moves the timer of a subject. */
  set(slot: number, dueMs: number): void {
    this.#timers.reserve(slot + 1);
    const { numbers } = this.#timers;
    numbers[slot * 2 + DUE] = dueMs;
    if ((numbers[slot * 2 + BUCKET] as number) * this.#bucketMs > dueMs) {
      this.#enter(slot, Math.floor(dueMs / this.#bucketMs));
    }
  }

  /**
   * Moves a timer to `dueMs`, or leaves it if it is set for later. False, and nothing is done, when none is
   * set or it was due before `nowMs`.
   */
  postpone(slot: number, nowMs: number, dueMs: number): boolean {
    const { numbers } = this.#timers;
    const setMs = numbers[slot * 2 + DUE] as number;
    if (!(setMs >= nowMs && setMs < Infinity)) return false;
    if (dueMs > setMs) numbers[slot * 2 + DUE] = dueMs;
    return true;
  }

  cancel(slot: number): void {
    this.#timers.reserve(slot + 1);
    this.#timers.numbers[slot * 2 + DUE] = Infinity;
  }

  /** The instant set for a subject; Infinity when none is. */
  dueOf(slot: number): number {
    return this.#timers.numbers[slot * 2 + DUE] ?? Infinity;
  }

  /** Fires what is due at or before `untilMs` and forgets it. `fire` may set timers, also earlier ones. */
  advance(untilMs: number, fire: (slot: number, dueMs: number) => void): void {
    const last = Math.floor(untilMs / this.#bucketMs);
    while (this.#first <= last) {
      const due = this.#takeDue(this.#first, untilMs);
      if (due.length === 0) {
        if (!this.#nextBucket(last)) return;
        continue;
      }
      for (const { slot, dueMs } of due) {
        if (this.dueOf(slot) !== dueMs) continue;
        this.cancel(slot);
        fire(slot, dueMs);
      }
    }
  }

  /** Fires the timer of one subject when it is due before `atMs`, ahead of what happens then. */
  fireBefore(slot: number, atMs: number, fire: (slot: number, dueMs: number) => void): void {
    const dueMs = this.dueOf(slot);
    if (dueMs >= atMs) return;
    this.cancel(slot);
    fire(slot, dueMs);
  }

  snapshot(slots: number): Float64Array {
    return Float64Array.from({ length: slots }, (_, slot) => this.dueOf(slot));
  }

  /** The instants set, by subject, where few subjects have one. */
  pending(): Map<number, number> {
    const slots = [...new Set([...this.#buckets.values()].flat())].sort((a, b) => a - b);
    return new Map(
      slots.map((slot) => [slot, this.dueOf(slot)] as const).filter(([, due]) => due !== Infinity),
    );
  }

  restorePending(pending: ReadonlyMap<number, number>): void {
    for (const [slot, due] of pending) this.set(slot, due);
  }

  restore(dueMs: Float64Array): void {
    for (const [slot, due] of dueMs.entries()) if (due !== Infinity) this.set(slot, due);
  }

  /** Empties a bucket: what is due by `untilMs` comes back in order, the rest waits where it belongs. */
  #takeDue(bucket: number, untilMs: number): { slot: number; dueMs: number }[] {
    const due: { slot: number; dueMs: number }[] = [];
    const waiting = this.#buckets.get(bucket) ?? [];
    this.#buckets.delete(bucket);
    for (const slot of waiting) {
      const { numbers } = this.#timers;
      if (numbers[slot * 2 + BUCKET] !== bucket) continue;
      numbers[slot * 2 + BUCKET] = Infinity;
      const dueMs = this.dueOf(slot);
      if (dueMs <= untilMs) due.push({ slot, dueMs });
      else if (dueMs !== Infinity) this.#enter(slot, Math.floor(dueMs / this.#bucketMs));
    }
    return due.sort((a, b) => a.dueMs - b.dueMs || a.slot - b.slot);
  }

  /** Moves on to the next bucket; false when the remaining timers lie beyond `last`. */
  #nextBucket(last: number): boolean {
    if (this.#buckets.has(this.#first)) {
      // Only timers due later within this bucket are left.
      if (this.#first === last) return false;
      this.#first++;
      return true;
    }
    this.#first = this.#buckets.size === 0 ? Infinity : Math.min(...this.#buckets.keys());
    return this.#first <= last;
  }

  #enter(slot: number, bucket: number): void {
    this.#timers.numbers[slot * 2 + BUCKET] = bucket;
    const waiting = this.#buckets.get(bucket);
    if (waiting) waiting.push(slot);
    else this.#buckets.set(bucket, [slot]);
    if (bucket < this.#first) this.#first = bucket;
  }
}
