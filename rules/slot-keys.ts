// State of machines that tell apart several matters of one person: by subject number, then by key.

export class SlotKeys<State> {
  #states = new Map<number, Map<string, State>>();

  get(slot: number, key: string): State | undefined {
    return this.#states.get(slot)?.get(key);
  }

  /** Keeps a state; it counts as the newest of the person. */
  set(slot: number, key: string, state: State): void {
    let states = this.#states.get(slot);
    if (!states) {
      states = new Map();
      this.#states.set(slot, states);
    }
    states.delete(key);
    states.set(key, state);
  }

  delete(slot: number, key: string): void {
    const states = this.#states.get(slot);
    states?.delete(key);
    if (states?.size === 0) this.#states.delete(slot);
  }

  /** The person's states, the one set longest ago first; a copy. */
  of(slot: number): readonly (readonly [string, State])[] {
    return [...(this.#states.get(slot) ?? [])];
  }

  /** Everything kept, person by person. */
  *all(): Generator<readonly [slot: number, key: string, state: State]> {
    for (const [slot, states] of this.#states) {
      for (const [key, state] of states) yield [slot, key, state];
    }
  }

  count(slot: number): number {
    return this.#states.get(slot)?.size ?? 0;
  }

  snapshot(): unknown {
    return this.#states;
  }

  restore(state: unknown): void {
    this.#states = state as Map<number, Map<string, State>>;
  }
}
