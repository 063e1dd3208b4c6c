// Small records of numbers, one per subject, end to end in one typed array. What is read together lies
// together, so a record costs one cache line however many subjects there are.

const INITIAL_SLOTS = 1_024;

export class SlotRecords {
  /** The numbers; record `slot` begins at `slot * width`. Take it anew after `reserve`. */
  numbers: Float64Array;
  readonly width: number;
  readonly #initial: number;

  /** Records of `width` numbers, each of them `initial` until written. */
  constructor(width: number, initial = 0) {
    this.width = width;
    this.#initial = initial;
    this.numbers = new Float64Array(INITIAL_SLOTS * width).fill(initial);
  }

  /** Makes room for subject numbers below `slots`. */
  reserve(slots: number): void {
    if (slots * this.width <= this.numbers.length) return;
    const larger = new Float64Array(Math.max(this.numbers.length * 2, slots * this.width));
    larger.set(this.numbers);
    if (this.#initial !== 0) larger.fill(this.#initial, this.numbers.length);
    this.numbers = larger;
  }

  /** A copy of the records of the first `slots` subjects. */
  snapshot(slots: number): Float64Array {
    this.reserve(slots);
    return this.numbers.slice(0, slots * this.width);
  }

  restore(saved: Float64Array): void {
    this.reserve(saved.length / this.width);
    this.numbers.set(saved);
  }
}
