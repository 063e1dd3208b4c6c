// Seeded chance: the same seed gives the same day, crash and page-out on every machine.

export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, below). */
  int(below: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Normal deviate, mean 0 and standard deviation 1 (Box and Muller 1958). */
  normal(): number;
  /** An independent stream named by `label`; forking does not disturb this one. */
  fork(label: string): Random;
};

/** sfc32 (Chris Doty-Humphrey, PractRand) seeded from the text by xmur3-style mixing. */
export function createRandom(seed: string): Random {
  let [a, b, c, d] = [0, 1, 2, 3].map((lane) => hash32(`${lane}:${seed}`)) as [
    number,
    number,
    number,
    number,
  ];
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: (items) => items[int(items.length)] as (typeof items)[number],
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** A 32-bit unsigned hash of a text (MurmurHash3 finalizer over a rolling mix). */
export function hash32(text: string): number {
  let h = 1_779_033_703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3_432_918_353);
    h = (h << 13) | (h >>> 19);
  }
  return mix32(h);
}

/** MurmurHash3's 32-bit finalizer: spreads every input bit over the output. */
export function mix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 2_246_822_507);
  h = Math.imul(h ^ (h >>> 13), 3_266_489_909);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Stateless chance in [0, 1) for whole-number keys: the same keys give the same value. */
export const unitOf = (seed: number, a: number, b = 0): number =>
  mix32(mix32(mix32(seed ^ Math.imul(a, 0x9e37_79b1)) ^ b) + b) / 4_294_967_296;

/** A stream nobody can predict, for retry jitter in the running product. */
export const createUnseededRandom = (): Random =>
  createRandom(crypto.getRandomValues(new Uint32Array(4)).join('-'));
