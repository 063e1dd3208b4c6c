// The legal-basis gate. Without an order or recorded basis in force for that person and that kind of
// source at the time of the event, an observation is counted and dropped: never stored, not even among
// the dead letters (requirements.md §7.1).

import { isFrameFact, type Fact } from '../../core/observation.ts';
import { drop, ok } from '../../core/outcome.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { IMPERSONAL_SOURCES, sourceKindOf, type SourceKind } from '../../core/source.ts';
import type { SubjectTable } from '../../core/subject-table.ts';
import { verdictOf } from '../reasons.ts';
import type { Step } from '../step.ts';

export function createAdmit(deps: { orders: OrderBook; subjects: SubjectTable }): Step {
  const { orders, subjects } = deps;
  const noBasis = verdictOf('no-basis');
  const answers = new Map<SourceKind, Answers>();

  const answersOf = (kind: SourceKind): Answers => {
    let known = answers.get(kind);
    if (!known) {
      known = new Answers();
      answers.set(kind, known);
    }
    return known;
  };

  return {
    name: 'admit',
    positions({ batch, slots, verdicts }) {
      const kinds = batch.sources.toArray().map(sourceKindOf);
      const bySource = kinds.map(answersOf);
      for (let row = 0; row < batch.length; row++) {
        if (verdicts[row] !== 0) continue;
        const source = batch.source[row] as number;
        const slot = slots[row] as number;
        const atMs = batch.atMs[row] as number;
        const known = bySource[source] as Answers;
        if (!known.covers(slot, atMs)) {
          known.set(slot, orders.opening(subjects.keyOf(slot), kinds[source] as SourceKind, atMs));
        }
        if (known.open[slot] === 0) verdicts[row] = noBasis;
      }
    },
    fact(fact) {
      if (isFrameFact(fact)) {
        orders.apply(fact);
        const slot = subjects.slotOf(fact.subject);
        for (const known of answers.values()) known.forget(slot);
        return ok(fact);
      }
      const source = sourceKindOf(fact.source);
      const open =
        IMPERSONAL_SOURCES.has(source) ||
        orders.basisAt(fact.subject, source, gatedAtMs(fact)) !== undefined;
      return open ? ok(fact) : drop('no-basis');
    },
    recall: {
      positions: () => {},
      fact: (fact) => {
        if (isFrameFact(fact)) orders.apply(fact);
      },
    },
  };
}

/** What was collected while a basis was in force may be taken back after it has ended. */
const gatedAtMs = (fact: Fact): number => (fact.kind === 'retraction' ? fact.ofAtMs : fact.atMs);

/** What the order book last answered about each subject for one kind of source, and for how long. */
class Answers {
  fromMs = new Float64Array(1_024).fill(Number.NaN);
  untilMs = new Float64Array(1_024).fill(Number.NaN);
  open = new Uint8Array(1_024);

  covers(slot: number, atMs: number): boolean {
    return atMs >= (this.fromMs[slot] as number) && atMs < (this.untilMs[slot] as number);
  }

  set(slot: number, answer: { fromMs: number; untilMs: number; open: boolean }): void {
    if (slot >= this.open.length) this.#grow(slot + 1);
    this.fromMs[slot] = answer.fromMs;
    this.untilMs[slot] = answer.untilMs;
    this.open[slot] = answer.open ? 1 : 0;
  }

  forget(slot: number): void {
    if (slot < this.open.length) this.fromMs[slot] = Number.NaN;
  }

  #grow(least: number): void {
    const capacity = Math.max(this.open.length * 2, least);
    const fromMs = new Float64Array(capacity).fill(Number.NaN);
    const untilMs = new Float64Array(capacity).fill(Number.NaN);
    const open = new Uint8Array(capacity);
    fromMs.set(this.fromMs);
    untilMs.set(this.untilMs);
    open.set(this.open);
    this.fromMs = fromMs;
    this.untilMs = untilMs;
    this.open = open;
  }
}
