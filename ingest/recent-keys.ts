// A set of 64-bit keys that forgets the oldest: two generations in open-addressed typed arrays. When the
// young one is full or old enough it becomes the old one, and the old one is forgotten.

export type RecentKeysOptions = {
  /** Keys are remembered at least this long, unless `keysMax` forces earlier forgetting. */
  horizonMs: number;
  /** Keys held at most, over both generations. */
  keysMax: number;
};

export class RecentKeys {
  readonly #options: RecentKeysOptions;
  #young = new Generation(1 << 12);
  #old = new Generation(1 << 12);
  #youngSinceMs = -Infinity;

  constructor(options: RecentKeysOptions) {
    this.#options = options;
  }

  /** Adds a key; gives false when it is already known. */
  add(high: number, low: number, nowMs: number): boolean {
    const { horizonMs, keysMax } = this.#options;
    if (nowMs - this.#youngSinceMs >= horizonMs || this.#young.size * 2 >= keysMax) {
      this.#old = this.#young;
      this.#young = new Generation(this.#old.capacity);
      this.#youngSinceMs = nowMs;
    }
    return !this.#old.has(high, low) && this.#young.add(high, low);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}

/** Linear probing over pairs of 32-bit halves; the pair (0, 0) marks an empty place. */
class Generation {
  size = 0;
  #keys: Uint32Array;

  constructor(capacity: number) {
    this.#keys = new Uint32Array(capacity * 2);
  }

  get capacity(): number {
    return this.#keys.length / 2;
  }

  has(high: number, low: number): boolean {
    return this.#keys[this.#placeOf(high, low)] !== 0;
  }

  add(high: number, low: number): boolean {
    const place = this.#placeOf(high, low);
    if (this.#keys[place] !== 0) return false;
    this.#keys[place] = high === 0 ? 1 : high;
    this.#keys[place + 1] = low;
    if (++this.size * 2 > this.capacity) this.#grow();
    return true;
  }

  /** Index of the key's high half, or of the empty place where it belongs. */
  #placeOf(high: number, low: number): number {
    const wanted = high === 0 ? 1 : high;
    const mask = this.capacity - 1;
    let place = (low & mask) * 2;
    for (;;) {
      const found = this.#keys[place];
      if (found === 0 || (found === wanted && this.#keys[place + 1] === low)) return place;
      place = (place + 2) & (this.#keys.length - 1);
    }
  }

  #grow(): void {
    const old = this.#keys;
    this.#keys = new Uint32Array(old.length * 2);
    this.size = 0;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] !== 0) this.add(old[i] as number, old[i + 1] as number);
    }
  }
}
