// Typed-array columns indexed by subject number that grow together. Rules keep what they must remember
// about a subject in such columns: a few bytes each, no objects on the hot path.

const constructors = {
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
} as const;

type Form = keyof typeof constructors;
type Views<Spec extends Record<string, Form>> = {
  [Name in keyof Spec]: InstanceType<(typeof constructors)[Spec[Name]]>;
};

const INITIAL_SLOTS = 1_024;

export class SlotColumns<Spec extends Record<string, Form>> {
  /** The columns. Take them anew after `reserve`: growing replaces them. */
  views: Views<Spec>;
  readonly #spec: Spec;
  #capacity = INITIAL_SLOTS;

  constructor(spec: Spec) {
    this.#spec = spec;
    this.views = this.#allocate(INITIAL_SLOTS);
  }

  /** Makes room for subject numbers below `slots`; new places hold zero. */
  reserve(slots: number): void {
    if (slots <= this.#capacity) return;
    const old = this.views;
    this.#capacity = Math.max(this.#capacity * 2, slots);
    this.views = this.#allocate(this.#capacity);
    for (const name of Object.keys(this.#spec)) this.views[name]?.set(old[name] as never);
  }

  /** Copies of the columns for the first `slots` subjects. */
  snapshot(slots: number): Record<string, Float64Array | Int32Array | Uint8Array> {
    return Object.fromEntries(
      Object.keys(this.#spec).map((name) => [
        name,
        (this.views[name] as Float64Array).slice(0, slots),
      ]),
    );
  }

  restore(state: Readonly<Record<string, Float64Array | Int32Array | Uint8Array>>): void {
    for (const name of Object.keys(this.#spec)) {
      const column = state[name];
      if (!column) continue;
      this.reserve(column.length);
      (this.views[name] as Float64Array).set(column);
    }
  }

  #allocate(slots: number): Views<Spec> {
    return Object.fromEntries(
      Object.entries(this.#spec).map(([name, form]) => [name, new constructors[form](slots)]),
    ) as Views<Spec>;
  }
}
