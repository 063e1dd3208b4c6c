// Who may not contact whom, and the positions that follow from it: where an order forbids B to contact A,
// each placed position of A that is kept is written a second time, as a fact about B, into B's partition.
// The rule that watches the two sees both there, whatever the number of partitions (docs/adr/0010). Nothing
// is copied without such an order in force at that instant, and nothing that was not admitted for A itself.

import { contactPosition } from '../core/contact-position.ts';
import type { Fact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import { UNPLACED } from '../core/position-codes.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import type { Run } from './step.ts';

export type Contacts = {
  /** An order became known: whom it forbids to contact is looked at from now on. */
  learn(fact: Fact): void;
  /** The facts that belong to the rows of a run that are kept. */
  of(run: Run): Fact[];
};

export function createContacts(deps: { orders: OrderBook; subjects: SubjectTable }): Contacts {
  const { orders, subjects } = deps;
  /** By whom is not to be contacted: who is bound. */
  const boundBy = new Map<string, Set<string>>();

  const learn = (fact: Fact): void => {
    if (fact.kind !== 'order') return;
    for (const of of fact.conditions.noContactWith ?? []) {
      const bound = boundBy.get(of) ?? new Set();
      boundBy.set(of, bound.add(fact.subject));
    }
  };
  for (const fact of orders.facts()) learn(fact);

  return {
    learn,
    of({ batch, slots, verdicts }) {
      if (boundBy.size === 0) return [];
      const facts: Fact[] = [];
      const bySlot = new Map<number, ReadonlySet<string>>();
      for (const [key, bound] of boundBy) bySlot.set(subjects.slotOf(key), bound);
      for (let row = 0; row < batch.length; row++) {
        const bound = bySlot.get(slots[row] as number);
        if (!bound || verdicts[row] !== 0) continue;
        if (((batch.labels[row] as number) & UNPLACED) !== 0) continue;
        const of = subjects.keyOf(slots[row] as number);
        for (const subject of bound) {
          const order = orders.orderAt(subject, batch.atMs[row] as number);
          if (!order?.conditions.noContactWith?.some((key) => key === of)) continue;
          facts.push(contactPosition(batch, row, { subject, of }));
        }
      }
      return facts;
    },
  };
}
