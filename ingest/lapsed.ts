// Sources that go on reporting about a person after their basis ended. The reports themselves are refused and
// leave nothing but a count; that they keep coming is a failing of the authority, which has to take the
// device off or stop the feed. So at most once a day for each person and source ingest says so in a fact of
// its own, to the hour, without anything of what was refused.

import { factId, type Fact, type ObservationOf } from '../core/observation.ts';
import { HOUR_MS, startOfLocalDay } from '../core/local-time.ts';
import type { OrderBook } from '../core/order-book.ts';
import { sourceKindOf, type SourceKind } from '../core/source.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import { epochMs } from '../core/time.ts';
import { verdictOf } from './reasons.ts';
import type { Run } from './step.ts';

export type RefusalFact = ObservationOf<'refusal'>;

export type Lapsed = {
  /** The facts to be said about rows the gate refused. */
  of(run: Run): RefusalFact[];
  /** The same about one fact the gate refused. */
  ofFact(fact: Fact): RefusalFact[];
};

/** Who says so: an office, so that no basis about the person is needed. */
const GATE_SOURCE = 'office/gate';

/** Persons and sources remembered; beyond it all are forgotten, and some may be told twice a day. */
const TOLD_MAX = 100_000;

export function createLapsed(deps: { orders: OrderBook; subjects: SubjectTable }): Lapsed {
  const { orders, subjects } = deps;
  const noBasis = verdictOf('no-basis');
  /** The day last looked at, by person and source: one look a day, whatever comes of it. */
  const looked = new Map<string, number>();

  const tell = (
    subject: string,
    source: SourceKind,
    { atMs, receivedAtMs }: { atMs: number; receivedAtMs: number },
  ): RefusalFact[] => {
    const key = `${subject} ${source}`;
    const day = startOfLocalDay(atMs);
    if (looked.get(key) === day) return [];
    const basis = orders.lapsedAt(subject, source, atMs);
    if (looked.size >= TOLD_MAX) looked.clear();
    looked.set(key, day);
    if (!basis) return [];
    const hour = Math.floor(atMs / HOUR_MS) * HOUR_MS;
    const fact = {
      kind: 'refusal' as const,
      subject: subject as RefusalFact['subject'],
      atMs: epochMs(Math.max(hour, basis.untilMs)),
      source: GATE_SOURCE,
      sequence: 0,
      of: source,
      basisId: basis.id,
      documentNumber: basis.documentNumber,
      endedAtMs: basis.untilMs,
    };
    return [{ ...fact, id: factId(fact), receivedAtMs: epochMs(receivedAtMs) }];
  };

  return {
    of({ batch, slots, verdicts }) {
      const facts: RefusalFact[] = [];
      for (let row = 0; row < batch.length; row++) {
        if (verdicts[row] !== noBasis) continue;
        const source = sourceKindOf(batch.sources.at(batch.source[row] as number));
        const atMs = batch.atMs[row] as number;
        const receivedAtMs = batch.receivedAtMs[row] as number;
        const subject = subjects.keyOf(slots[row] as number);
        facts.push(...tell(subject, source, { atMs, receivedAtMs }));
      }
      return facts;
    },
    ofFact: (fact) => tell(fact.subject, sourceKindOf(fact.source), fact),
  };
}
