// Every version of every order and leave, kept as it came from the log. What is loaded here feeds the
// order book (core/order-book.ts) of ingest, rules and screens.

import { assert } from '../core/errors.ts';
import { observationSchema, type LeaveFact, type OrderFact } from '../core/observation.ts';
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
export async function saveOrderFacts(
  db: RecordsDb,
  facts: readonly (OrderFact | LeaveFact)[],
): Promise<void> {
  const orders = facts.filter((fact) => fact.kind === 'order').map(orderRow);
  const leaves = facts.filter((fact) => fact.kind === 'leave').map(leaveRow);
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
}

/** All versions, of one person when one is named; orders before leaves, in the order they take effect. */
export async function loadOrderFacts(
  db: RecordsDb,
  subject?: SubjectKey,
): Promise<(OrderFact | LeaveFact)[]> {
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
  return [...orders, ...leaves].map(({ body }) => decode(body));
}

function decode(body: JsonText<OrderFact | LeaveFact>): OrderFact | LeaveFact {
  const fact = factColumn.decode(body);
  assert(fact.kind === 'order' || fact.kind === 'leave', 'an order row holds an order or a leave');
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
