// Chains what waits: one batch in one transaction, in the order it was told. One process does so at a time;
// those who tell wait for nobody. On PostgreSQL the transaction sees what was committed while it waited for
// its turn, which is why it is not serializable as the others are.

import { sql } from 'kysely';
import { assert, UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { AuditRecordTable } from '../../warehouse/records-audit.ts';
import type {
  Records,
  RecordsDb,
  RecordsEngine,
  RecordsTransaction,
} from '../../warehouse/records.ts';
import { leafHash, type Hashing } from './hashing.ts';
import {
  decodeEntry,
  decodeRecord,
  encodeEntry,
  NO_HASH,
  placeEntry,
  SEGMENT_SIZE,
} from './record-format.ts';
import { closeSegment } from './segment.ts';

const TURN = 'audit';

/** Entries one transaction chains; a reader of the records waits no longer than it takes. */
export const BATCH_MAX = 1_000;

export type SealDeps = {
  readonly records: Records;
  readonly engine: RecordsEngine;
  readonly clock: Clock;
  readonly hashing: Hashing;
};

/** The end of the chain. */
export type Head = { readonly position: number; readonly hash: string };

export type Sealed = { readonly count: number; readonly head: Head };

/** Chains up to `BATCH_MAX` entries. Rejects with UserError when the trail was begun with another hash. */
export async function sealBatch(deps: SealDeps): Promise<Sealed> {
  return inTurn(deps, async (trx) => {
    const sealedAtMs = deps.clock.now();
    const head = (await readHead(trx)) ?? (await writeFirst(trx, deps));
    const waiting = await trx
      .selectFrom('auditPending')
      .selectAll()
      .orderBy('seq')
      .limit(BATCH_MAX)
      .execute();
    if (waiting.length === 0) return { count: 0, head };
    let { position, hash } = head;
    const rows = waiting.map(({ seq, body: told }) => {
      const body = placeEntry(told, { position: ++position, previous: hash, sealedAtMs });
      hash = leafHash(deps.hashing, body);
      return rowOf({ position, hash, pendingSeq: seq, body, told });
    });
    await insertSealed(trx, deps.engine, rows);
    await trx
      .deleteFrom('auditPending')
      .where(
        'seq',
        'in',
        trx.selectFrom('auditRecord').select('pendingSeq').where('position', '>', head.position),
      )
      .execute();
    await closeSegments(trx, deps.hashing, { from: head.position + 1, until: position + 1 });
    return { count: rows.length, head: { position, hash } };
  });
}

/** All rows as one parameter: thousands of parameters cost more than the rows. */
async function insertSealed(
  trx: RecordsTransaction,
  engine: RecordsEngine,
  rows: readonly ReturnType<typeof rowOf>[],
): Promise<void> {
  const records = JSON.stringify(
    rows.map(({ row: r }) => [
      r.position,
      r.pendingSeq,
      r.body,
      r.hash,
      r.atMs,
      r.actor,
      r.action,
      r.outcome,
      r.purpose,
    ]),
  );
  const subjects = JSON.stringify(
    rows.flatMap(({ row, subjects: of }) => of.map((subject) => [subject, row.position])),
  );
  if (engine === 'sqlite') {
    await sql`insert into audit_record (${COLUMNS})
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
        value ->> 6, value ->> 7, value ->> 8 from json_each(${records})`.execute(trx);
    await sql`insert into audit_subject (subject, position)
      select value ->> 0, value ->> 1 from json_each(${subjects})`.execute(trx);
    return;
  }
  await sql`insert into audit_record (${COLUMNS})
    select (value ->> 0)::bigint, (value ->> 1)::bigint, value ->> 2, value ->> 3,
      (value ->> 4)::bigint, value ->> 5, value ->> 6, value ->> 7, value ->> 8
    from json_array_elements(${records}::json)`.execute(trx);
  await sql`insert into audit_subject (subject, position)
    select value ->> 0, (value ->> 1)::bigint
    from json_array_elements(${subjects}::json)`.execute(trx);
}

const COLUMNS = sql.raw(
  'position, pending_seq, body, hash, at_ms, actor, action, outcome, purpose',
);

/** Runs `run` alone among the processes that write to the chain. */
export const inTurn = <Result>(
  { records, engine }: Pick<SealDeps, 'records' | 'engine'>,
  run: (trx: RecordsTransaction) => Promise<Result>,
): Promise<Result> =>
  records.transaction(async (trx) => {
    if (engine === 'postgres')
      await sql`set transaction isolation level read committed`.execute(trx);
    await records.takeTurn(trx, TURN);
    return run(trx);
  });

/** The end of the chain; undefined before anything was sealed. */
export async function readHead(db: RecordsDb): Promise<Head | undefined> {
  const record = await db
    .selectFrom('auditRecord')
    .select(['position', 'hash'])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  const segment = await db
    .selectFrom('auditSegment')
    .select(['number', 'head'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const closed = segment && {
    position: (segment.number + 1) * SEGMENT_SIZE - 1,
    hash: segment.head,
  };
  return record && (!closed || record.position >= closed.position) ? record : closed;
}

/** The hash the trail was begun with; undefined before it was begun. */
export async function readHashing(db: RecordsDb): Promise<Hashing | undefined> {
  const first = await db
    .selectFrom('auditRecord')
    .select('body')
    .where('position', '=', 0)
    .executeTakeFirst();
  const from = first
    ? decodeRecord(first.body)?.detail['hashing']
    : (
        await db
          .selectFrom('auditCheckpoint')
          .select('body')
          .orderBy('number')
          .limit(1)
          .executeTakeFirst()
      )?.body.match(/"hashing":"(\w+)"/)?.[1];
  return from === 'sha256' || from === 'sm3' ? from : undefined;
}

/** Throws UserError `bad-configuration` when the trail was begun with another hash. */
export async function assertHashing(db: RecordsDb, hashing: Hashing): Promise<void> {
  const begun = await readHashing(db);
  if (begun === undefined || begun === hashing) return;
  throw new UserError(
    'bad-configuration',
    text('审计杂凑算法与已有记录不符', 'the audit trail was begun with another hash'),
    {
      detail: `${hashing} instead of ${begun}`,
      hint: text(
        '配置项 audit.hash 在首次启动后不能更改，请改回原值',
        'audit.hash stays as it was at the first start: set it back.',
      ),
    },
  );
}

/** The first record says by which hash the chain is made. */
async function writeFirst(
  trx: RecordsTransaction,
  { clock, hashing }: Pick<SealDeps, 'clock' | 'hashing'>,
): Promise<Head> {
  const atMs = clock.now();
  const told = encodeEntry({
    atMs,
    actor: 'system',
    action: 'audit.begin',
    outcome: 'done',
    subjects: [],
    purpose: null,
    reason: null,
    detail: { hashing, segment: SEGMENT_SIZE },
  });
  const body = placeEntry(told, { position: 0, previous: NO_HASH, sealedAtMs: atMs });
  const hash = leafHash(hashing, body);
  await trx
    .insertInto('auditRecord')
    .values(rowOf({ position: 0, hash, pendingSeq: -1, body, told }).row)
    .execute();
  return { position: 0, hash };
}

function rowOf(given: {
  position: number;
  hash: string;
  pendingSeq: number;
  body: string;
  told: string;
}) {
  const { told, ...place } = given;
  const entry = decodeEntry(told);
  assert(entry, 'what waits in the audit trail is an entry');
  const { atMs, actor, action, outcome, purpose, subjects } = entry;
  const row: AuditRecordTable = { ...place, atMs, actor, action, outcome, purpose };
  return { row, subjects };
}

/** Closes the segments whose last record is in the stretch. */
async function closeSegments(
  trx: RecordsTransaction,
  hashing: Hashing,
  { from, until }: { from: number; until: number },
): Promise<void> {
  const first = Math.floor(from / SEGMENT_SIZE);
  const end = Math.floor(until / SEGMENT_SIZE);
  for (let number = first; number < end; number++) {
    const records = await trx
      .selectFrom('auditRecord')
      .select(['hash', 'atMs'])
      .where('position', '>=', number * SEGMENT_SIZE)
      .where('position', '<', (number + 1) * SEGMENT_SIZE)
      .orderBy('position')
      .execute();
    const before = await trx
      .selectFrom('auditSegment')
      .select('hash')
      .where('number', '=', number - 1)
      .executeTakeFirst();
    await trx
      .insertInto('auditSegment')
      .values(closeSegment(hashing, { number, records, previous: before?.hash ?? null }))
      .execute();
  }
}
