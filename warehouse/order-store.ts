// Every version of every order, leave and recorded basis, kept as it came from the log. What is loaded here feeds the
// order book (core/order-book.ts) of ingest, rules and screens.

import { assert } from '../core/errors.ts';
import {
  isFrameFact,
  observationSchema,
  type BasisFact,
  type FrameFact,
  type LeaveFact,
  type OrderFact,
} from '../core/observation.ts';
import { effectiveAtMs } from '../core/order-book.ts';
import { classOf } from '../core/order.ts';
import type { SubjectKey } from '../core/subject.ts';
import { epochMs } from '../core/time.ts';
import { jsonColumn, type JsonText } from './json-column.ts';
import type { RecordsDb } from './records.ts';

const factColumn = jsonColumn(observationSchema);

/** Rows of one statement: SQLite binds at most 32,766 values. */
const ROWS_MAX = 500;

/** Saves the versions that are not known yet; versions never change, so the rest is left alone. */
export async function saveOrderFacts(db: RecordsDb, facts: readonly FrameFact[]): Promise<void> {
  const orders = facts.filter((fact) => fact.kind === 'order').map(orderRow);
  const leaves = facts.filter((fact) => fact.kind === 'leave').map(leaveRow);
  const bases = facts.filter((fact) => fact.kind === 'basis').map(basisRow);
  for (let at = 0; at < orders.length; at += ROWS_MAX) {
    await db
      .insertInto('supervisionOrder')
      .values(orders.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  for (let at = 0; at < leaves.length; at += ROWS_MAX) {
    await db
      .insertInto('leaveVersion')
      .values(leaves.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  for (let at = 0; at < bases.length; at += ROWS_MAX) {
    await db
      .insertInto('basisVersion')
      .values(bases.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** All versions, of one person when one is named; orders, leaves, bases, in the order they take effect. */
export async function loadOrderFacts(db: RecordsDb, subject?: SubjectKey): Promise<FrameFact[]> {
  const orders = await db
    .selectFrom('supervisionOrder')
    .select('body')
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject as SubjectKey))
    .orderBy('effectiveAtMs')
    .orderBy('id')
    .execute();
  const leaves = await db
    .selectFrom('leaveVersion')
    .select('body')
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject as SubjectKey))
    .orderBy('effectiveAtMs')
    .orderBy('id')
    .execute();
  const bases = await db
    .selectFrom('basisVersion')
    .select('body')
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject as SubjectKey))
    .orderBy('fromMs')
    .orderBy('id')
    .execute();
  return [...orders, ...leaves, ...bases].map(({ body }) => decode(body));
}

function decode(body: JsonText<FrameFact>): FrameFact {
  const fact = factColumn.decode(body);
  assert(isFrameFact(fact), 'a row of the frame holds an order, a leave or a basis');
  return fact;
}

const orderRow = (fact: OrderFact) => ({
  id: fact.id,
  subject: fact.subject,
  orderId: fact.orderId,
  action: fact.action,
  atMs: fact.atMs,
  effectiveAtMs: epochMs(effectiveAtMs(fact)),
  category: fact.category,
  subjectClass: classOf(fact),
  county: fact.county,
  untilMs: fact.untilMs,
  body: factColumn.encode(fact),
});

const leaveRow = (fact: LeaveFact) => ({
  id: fact.id,
  subject: fact.subject,
  leaveId: fact.leaveId,
  action: fact.action,
  atMs: fact.atMs,
  effectiveAtMs: epochMs(effectiveAtMs(fact)),
  fromMs: fact.fromMs,
  untilMs: fact.untilMs,
  body: factColumn.encode(fact),
});

const basisRow = (fact: BasisFact) => ({
  id: fact.id,
  subject: fact.subject,
  basisId: fact.basisId,
  action: fact.action,
  atMs: fact.atMs,
  fromMs: fact.fromMs,
  untilMs: fact.untilMs,
  body: factColumn.encode(fact),
});
