// Timers for very many subjects: one instant per subject, fired in order of instant, then of subject
// number, when the watermark reaches them. Moving a timer to later costs nothing until its old instant
// comes up, so a rule that is re-armed by every message pays per period, not per message.

const NONE = -1;

export class TimerWheel {
  readonly #bucketMs: number;
  /** When the timer of each subject is due by its latest setting; Infinity when not set. */
  #dueMs = new Float64Array(1_024).fill(Infinity);
  /** The bucket each subject waits in, at or before the bucket of its due instant. */
  #bucketOf = new Float64Array(1_024).fill(NONE);
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
    this.#reserve(slot + 1);
    this.#dueMs[slot] = dueMs;
    const bucket = Math.floor(dueMs / this.#bucketMs);
    const waiting = this.#bucketOf[slot] as number;
    if (waiting !== NONE && waiting <= bucket) return;
    this.#enter(slot, bucket);
  }

  cancel(slot: number): void {
    if (slot < this.#dueMs.length) this.#dueMs[slot] = Infinity;
  }

  /** The instant set for a subject; Infinity when none is. */
  dueOf(slot: number): number {
    return slot < this.#dueMs.length ? (this.#dueMs[slot] as number) : Infinity;
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
        if (this.#dueMs[slot] !== dueMs) continue;
        this.#dueMs[slot] = Infinity;
        fire(slot, dueMs);
      }
    }
  }

  snapshot(slots: number): Float64Array {
    return this.#dueMs.slice(0, slots);
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
      if (this.#bucketOf[slot] !== bucket) continue;
      this.#bucketOf[slot] = NONE;
      const dueMs = this.#dueMs[slot] as number;
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
    this.#bucketOf[slot] = bucket;
    const waiting = this.#buckets.get(bucket);
    if (waiting) waiting.push(slot);
    else this.#buckets.set(bucket, [slot]);
    if (bucket < this.#first) this.#first = bucket;
  }

  #reserve(slots: number): void {
    if (slots <= this.#dueMs.length) return;
    const capacity = Math.max(this.#dueMs.length * 2, slots);
    const dueMs = new Float64Array(capacity).fill(Infinity);
    const bucketOf = new Float64Array(capacity).fill(NONE);
    dueMs.set(this.#dueMs);
    bucketOf.set(this.#bucketOf);
    this.#dueMs = dueMs;
    this.#bucketOf = bucketOf;
  }
}
