// Positions and facts as one history: deliveries in order of event time, each of positions or of facts.
// At the same instant facts come before positions, and among facts orders before leaves before the rest.

import type { FactArrival } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { slicePositions } from '../files/sort-positions.ts';
import type { Delivery } from '../publish.ts';

/** Facts of a delivery, and about how many characters they may have together. */
export const DELIVERY_FACTS_MAX = 1_000;
const DELIVERY_CHARS_MAX = 1024 * 1024;

/** Both sources must be in order already: see sort-positions.ts and sort-facts.ts. */
export async function* mergeByTime(
  positions: AsyncIterable<PositionBatch>,
  facts: AsyncIterable<FactArrival>,
): AsyncGenerator<Delivery> {
  const queue = new FactQueue(facts);
  try {
    for await (const batch of positions) {
      for (let row = 0; row < batch.length;) {
        const end = firstRowAt(batch, row, await queue.nextAtMs());
        if (end > row) {
          const isWhole = row === 0 && end === batch.length;
          yield { positions: isWhole ? batch : slicePositions(batch, row, end) };
          row = end;
        } else {
          yield { facts: await queue.takeUntil(batch.atMs[row] as number) };
        }
      }
    }
    while ((await queue.nextAtMs()) < Infinity) yield { facts: await queue.takeUntil(Infinity) };
  } finally {
    await queue.close();
  }
}

/** The first row from `from` on that is at or after `atMs`; the length of the batch when there is none. */
export function firstRowAt(batch: PositionBatch, from: number, atMs: number): number {
  let low = from;
  let high = batch.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((batch.atMs[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The facts still to come, looked at one ahead. */
class FactQueue {
  readonly #facts: AsyncIterator<FactArrival>;
  #next: FactArrival | undefined;
  #isEnded = false;

  constructor(facts: AsyncIterable<FactArrival>) {
    this.#facts = facts[Symbol.asyncIterator]();
  }

  /** When the next fact happened; Infinity when there is none. */
  async nextAtMs(): Promise<number> {
    return (await this.#peek())?.atMs ?? Infinity;
  }

  /** Facts up to and at `atMs`, as many as a delivery takes, at least one if there is one. */
  async takeUntil(atMs: number): Promise<FactArrival[]> {
    const taken: FactArrival[] = [];
    let chars = 0;
    for (;;) {
      const fact = await this.#peek();
      if (!fact || fact.atMs > atMs) return taken;
      chars += charsOf(fact);
      if (taken.length === DELIVERY_FACTS_MAX || (taken.length > 0 && chars > DELIVERY_CHARS_MAX)) {
        return taken;
      }
      taken.push(fact);
      this.#next = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#facts.return?.();
  }

  async #peek(): Promise<FactArrival | undefined> {
    if (this.#next === undefined && !this.#isEnded) {
      const next = await this.#facts.next();
      if (next.done) this.#isEnded = true;
      else this.#next = next.value;
    }
    return this.#next;
  }
}

/** About as long as the fact's JSON line; only calls carry text of any length. */
const charsOf = (fact: FactArrival): number =>
  fact.kind === 'call' ? fact.segments.reduce((sum, { text }) => sum + text.length + 60, 500) : 500;
