// Deletion in the records as the declaration has it: everything about a person, and rows that became too old.
// Each call is one short transaction's worth of work.

import { sql } from 'kysely';
import { namesKey, overwriteKey, type Forgotten } from '../../core/forgotten.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { declaredIn, type Declared, type Personal } from './declaration.ts';

type PersonalRecords = Declared & { readonly personal: Personal };

const PERSONAL = declaredIn('records').filter(
  (one): one is PersonalRecords => one.personal !== undefined,
);

const ALERTS_PER_PIECE = 100;
const ROWS_PER_PIECE = 500;

/** Rows about a person, and rows of others that name them, by table. */
export async function countInRecords(
  db: RecordsDb,
  { subject }: Forgotten,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const alerts = (await alertsOf(db, subject)).map(({ id }) => id);
  for (const { name, personal } of PERSONAL) {
    const { person, mentions = [], pruned = [] } = personal;
    if (person) {
      const ids = person.by === 'notice' ? await noticesOf(db, alerts) : alerts;
      const rows =
        person.by === 'subject'
          ? await countWhere(db, name, sql`${sql.ref(person.column)} = ${subject}`)
          : await countIn(db, { name, column: person.column, values: ids });
      if (rows > 0) counts[`records.${name}`] = rows;
    }
    for (const column of [...mentions, ...pruned]) {
      const rows = await countWhere(db, name, naming(column, subject));
      if (rows > 0) counts[`records.${name}.${column}`] = rows;
    }
  }
  return counts;
}

/** Deletes some of what is about the person; gives true when nothing is left. */
export async function eraseInRecords(trx: RecordsTransaction, person: Forgotten): Promise<boolean> {
  const alerts = (await alertsOf(trx, person.subject, ALERTS_PER_PIECE)).map(({ id }) => id);
  if (alerts.length > 0) {
    await deleteAlerts(trx, alerts);
    return false;
  }
  for (const { name, personal } of PERSONAL) {
    if (personal.person?.by === 'subject') {
      const { column } = personal.person;
      await sql`DELETE FROM ${sql.table(name)} WHERE ${sql.ref(column)} = ${person.subject}`.execute(
        trx,
      );
    }
    for (const column of personal.mentions ?? []) await overwrite(trx, { name, column }, person);
    for (const column of personal.pruned ?? []) await prune(trx, { name, column }, person);
  }
  return true;
}

/** Alerts and all that hangs on them. */
export async function deleteAlerts(
  trx: RecordsTransaction,
  alerts: readonly string[],
): Promise<void> {
  const notices = await noticesOf(trx, alerts);
  for (const { name, personal } of PERSONAL) {
    const { person } = personal;
    if (person?.by === 'alert')
      await deleteIn(trx, { name, column: person.column, values: alerts });
    if (person?.by === 'notice') {
      await deleteIn(trx, { name, column: person.column, values: notices });
    }
  }
  await deleteIn(trx, { name: 'alert', column: 'id', values: alerts });
}

export type Aged = {
  readonly declared: Declared;
  readonly cutoffMs: number;
  /** Persons whose rows stay. */
  readonly keep: readonly SubjectKey[];
};

/** Tables whose rows go by age. */
export const AGED_RECORDS = PERSONAL.filter(({ personal }) => personal.column !== undefined);

export async function countAged(db: RecordsDb, aged: Aged): Promise<number> {
  return countWhere(db, aged.declared.name, isAged(aged));
}

/** Deletes some of them, the oldest first; gives how many. */
export async function deleteAged(trx: RecordsTransaction, aged: Aged): Promise<number> {
  const { name, personal } = aged.declared;
  const column = sql.ref(personal?.column ?? '');
  const where = isAged(aged);
  if (name === 'alert') {
    const { rows } = await sql<{ id: string }>`SELECT id FROM alert WHERE ${where}
      ORDER BY ${column} LIMIT ${ALERTS_PER_PIECE}`.execute(trx);
    await deleteAlerts(
      trx,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }
  // Up to an instant, so that no key of the table need be known.
  const { rows } = await sql<{ atMs: number }>`SELECT ${column} AS at_ms FROM ${sql.table(name)}
    WHERE ${where} ORDER BY ${column} LIMIT ${ROWS_PER_PIECE}`.execute(trx);
  const last = rows.at(-1);
  if (!last) return 0;
  const upTo = sql`${where} AND ${column} <= ${last.atMs}`;
  for (const follower of PERSONAL) {
    const { follows } = follower.personal;
    if (follows?.table !== name) continue;
    await sql`DELETE FROM ${sql.table(follower.name)} WHERE ${sql.ref(follows.column)} IN
      (SELECT id FROM ${sql.table(name)} WHERE ${upTo})`.execute(trx);
  }
  const { numAffectedRows } = await sql`DELETE FROM ${sql.table(name)} WHERE ${upTo}`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** The oldest instant in a table that goes by age. */
export async function oldestInRecords(
  db: RecordsDb,
  { name, personal }: Declared,
): Promise<number | undefined> {
  if (personal?.column === undefined) return undefined;
  const { rows } = await sql<{ oldest: number | string | null }>`
    SELECT min(${sql.ref(personal.column)}) AS oldest FROM ${sql.table(name)}`.execute(db);
  const oldest = rows[0]?.oldest ?? null;
  return oldest === null ? undefined : Number(oldest);
}

function isAged({ declared: { name, personal }, cutoffMs, keep }: Aged) {
  const column = sql.ref(personal?.column ?? '');
  const old = sql`${column} IS NOT NULL AND ${column} < ${cutoffMs}`;
  const closed = name === 'alert' ? sql`${old} AND status = 'closed'` : old;
  if (keep.length === 0) return closed;
  const held = sql.join(keep);
  const { person } = personal as Personal;
  switch (person?.by) {
    case 'subject':
      return sql`${closed} AND ${sql.ref(person.column)} NOT IN (${held})`;
    case 'alert':
      return sql`${closed} AND (${sql.ref(person.column)} IS NULL OR ${sql.ref(person.column)} NOT IN
        (SELECT id FROM alert WHERE subject IN (${held})))`;
    default:
      return closed;
  }
}

const alertsOf = (db: RecordsDb, subject: SubjectKey, limit = 1_000_000) =>
  db
    .selectFrom('alert')
    .select('id')
    .where('subject', '=', subject)
    .orderBy('id')
    .limit(limit)
    .execute();

async function noticesOf(db: RecordsDb, alerts: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const some of inPieces(alerts)) {
    const rows = await db.selectFrom('outbox').select('id').where('alertId', 'in', some).execute();
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

type In = { readonly name: string; readonly column: string; readonly values: readonly string[] };

async function countIn(db: RecordsDb, { name, column, values }: In): Promise<number> {
  let count = 0;
  for (const some of inPieces(values)) {
    count += await countWhere(db, name, sql`${sql.ref(column)} IN (${sql.join(some)})`);
  }
  return count;
}

async function deleteIn(trx: RecordsTransaction, { name, column, values }: In): Promise<void> {
  for (const some of inPieces(values)) {
    await sql`DELETE FROM ${sql.table(name)}
      WHERE ${sql.ref(column)} IN (${sql.join(some)})`.execute(trx);
  }
}

async function countWhere(
  db: RecordsDb,
  name: string,
  where: ReturnType<typeof sql>,
): Promise<number> {
  const { rows } = await sql<{ count: number | string }>`
    SELECT count(*) AS count FROM ${sql.table(name)} WHERE ${where}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

function* inPieces(values: readonly string[]): Generator<string[]> {
  for (let at = 0; at < values.length; at += ROWS_PER_PIECE) {
    yield values.slice(at, at + ROWS_PER_PIECE);
  }
}

/** Rows whose JSON may name the key; `_` in it stands for any letter, so they are looked at again. */
const naming = (column: string, subject: SubjectKey) =>
  sql`${sql.ref(column)} LIKE ${`%${JSON.stringify(subject)}%`}`;

type Column = { readonly name: string; readonly column: string };

async function overwrite(
  trx: RecordsTransaction,
  { name, column }: Column,
  person: Forgotten,
): Promise<void> {
  const of = sql.ref(column);
  await sql`UPDATE ${sql.table(name)} SET ${of} =
    replace(${of}, ${JSON.stringify(person.subject)}, ${JSON.stringify(person.placeholder)})
    WHERE ${naming(column, person.subject)}`.execute(trx);
}

/** Takes the items about the person out of a JSON document; elsewhere in it the key is overwritten. */
async function prune(
  trx: RecordsTransaction,
  { name, column }: Column,
  person: Forgotten,
): Promise<void> {
  const { rows } = await sql<{ id: string; body: string }>`
    SELECT id, ${sql.ref(column)} AS body FROM ${sql.table(name)}
    WHERE ${naming(column, person.subject)}`.execute(trx);
  for (const { id, body } of rows) {
    const pruned = pruneJson(body, person);
    await sql`UPDATE ${sql.table(name)} SET ${sql.ref(column)} = ${pruned} WHERE id = ${id}`.execute(
      trx,
    );
  }
}

export function pruneJson(json: string, person: Forgotten): string {
  if (!namesKey(json, person.subject)) return json;
  const isAbout = (value: unknown) =>
    (value as { subject?: unknown } | null)?.subject === person.subject;
  const pruned = JSON.stringify(JSON.parse(json), (_key, value: unknown) =>
    Array.isArray(value) ? value.filter((one) => !isAbout(one)) : value,
  );
  return overwriteKey(pruned, person);
}
