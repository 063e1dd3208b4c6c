// Quiet after an episode: for some time after a rule's alert about a person was cleared, a new episode is
// only recorded. One that is still open when the quiet ends is raised then, so nothing that lasts is
// swallowed.

export type Held<Noticed> = {
  readonly noticed: Noticed;
  readonly untilMs: number;
};

type Cleared = { readonly atMs: number; readonly alertId: string };

export class Cooldown<Noticed> {
  readonly #cooldownMs: number;
  #cleared = new Map<number, Cleared>();
  /** Episodes begun in the quiet and not yet ended, by alert id. */
  #held = new Map<string, Held<Noticed>>();

  /** Zero for a rule without cooldown. */
  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs;
  }

  /** An alert of the person was cleared. */
  begin(slot: number, cleared: Cleared): void {
    if (this.#cooldownMs === 0) return;
    if (cleared.atMs >= (this.#cleared.get(slot)?.atMs ?? 0)) this.#cleared.set(slot, cleared);
  }

  /** The alert whose quiet covers the instant. */
  covering(slot: number, atMs: number): Cleared | undefined {
    const cleared = this.#cleared.get(slot);
    if (!cleared || atMs < cleared.atMs) return undefined;
    return atMs < cleared.atMs + this.#cooldownMs ? cleared : undefined;
  }

  hold(alertId: string, noticed: Noticed, cleared: Cleared): void {
    this.#held.set(alertId, { noticed, untilMs: cleared.atMs + this.#cooldownMs });
  }

  take(alertId: string): Held<Noticed> | undefined {
    const held = this.#held.get(alertId);
    this.#held.delete(alertId);
    return held;
  }

  /** Alert ids of episodes whose quiet ended by `watermarkMs`. */
  ended(watermarkMs: number): string[] {
    return [...this.#held].flatMap(([id, { untilMs }]) => (untilMs <= watermarkMs ? [id] : []));
  }

  snapshot(): object {
    return { cleared: this.#cleared, held: this.#held };
  }

  restore(state: unknown): void {
    const saved = state as { cleared: Map<number, Cleared>; held: Map<string, Held<Noticed>> };
    this.#cleared = saved.cleared;
    this.#held = saved.held;
  }
}
