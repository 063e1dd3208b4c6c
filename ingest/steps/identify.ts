// Resolves aliases to subject keys, so that from here on nobody is named by a terminal or a number. Facts
// get their id here, being a hash over the key, and lose the numbers a source wrote into their texts; positions get the number later steps keep state under.

import { hideNumbersIn } from '../../core/hide-numbers.ts';
import { factId, type Fact } from '../../core/observation.ts';
import { drop, ok, type Outcome } from '../../core/outcome.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { subjectKey } from '../../core/subject.ts';
import type { SubjectTable } from '../../core/subject-table.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import { verdictOf, type ReasonCode } from '../reasons.ts';
import type { Step } from '../step.ts';

/** Knows which subject carries a terminal or goes by a partner's reference. */
export type Directory = { resolve(alias: string): string | undefined };

export function createIdentify(deps: {
  directory: Directory;
  orders: OrderBook;
  subjects: SubjectTable;
}): Step {
  const { directory, orders, subjects } = deps;
  const unknown = verdictOf('unknown-subject');

  const keyOf = (reference: string): string | undefined =>
    reference.includes(':') ? directory.resolve(reference) : reference;

  return {
    name: 'identify',
    positions({ batch, slots, verdicts }) {
      const keys: string[] = [];
      const slotByWord = new Int32Array(batch.subjects.length);
      for (let word = 0; word < slotByWord.length; word++) {
        const key = keyOf(batch.subjects.at(word));
        const known = key !== undefined && orders.knows(key);
        keys.push(known ? key : '');
        slotByWord[word] = known ? subjects.slotOf(key) : -1;
      }
      batch.subjects = Utf8Dictionary.of(keys);
      for (let row = 0; row < batch.length; row++) {
        const slot = slotByWord[batch.subject[row] as number] as number;
        slots[row] = slot;
        if (slot < 0) verdicts[row] = unknown;
      }
    },
    fact(fact): Outcome<Fact, ReasonCode> {
      const key = keyOf(fact.subject);
      if (key === undefined) return drop('unknown-subject');
      if (fact.kind !== 'order' && !isImpersonal(fact) && !orders.knows(key)) {
        return drop('unknown-subject');
      }
      const {
        id: _unset,
        receivedAtMs,
        ...arrival
      } = {
        ...hideNumbersIn(fact),
        subject: subjectKey(key),
      };
      return ok({ ...arrival, id: factId(arrival), receivedAtMs } as Fact);
    },
  };
}

const isImpersonal = (fact: Fact): boolean => fact.source.startsWith('office/');
