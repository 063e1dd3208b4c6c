// Takes a package in: first as a dry run that reads all of it and says what is wrong line by line, then in
// one transaction; and takes it back again, as long as nothing later came from the same sender.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { arrivalSchema, observationSchema } from '../../core/observation.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema, type SubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import { IDENTITY_FIELDS } from '../../warehouse/records-vault.ts';
import { openEnvelope, sealEnvelope, type Place } from '../crypto/envelope.ts';
import { readPersons, removePerson, writePersons } from '../vault/sealed-values.ts';
import { refuseTaken, type VaultEntry } from '../vault/vault.ts';
import { readChange } from '../vault/identity.ts';
import { RECEIVING_PURPOSE, type PackageDeps } from './export-package.ts';
import { fingerprint, type Card, type PackageFault } from './package-form.ts';
import { readPackage, type ReadPackage } from './read-package.ts';
import { createRowReader, type OrderArrival, type PackageContent, type RowError } from './rows.ts';

export type ImportReport = {
  readonly package: Extract<ReadPackage, { kind: 'read' }>;
  readonly orders: number;
  readonly identities: number;
  /** Persons of the package whom the vault knows already. */
  readonly known: number;
  readonly errors: readonly RowError[];
  /** Of these the first are in `errors`. */
  readonly wrong: number;
};

export type LookedThrough =
  | { readonly kind: 'sound'; readonly report: ImportReport; readonly content: PackageContent }
  | { readonly kind: 'refused'; readonly fault: PackageFault };

const UNDO_PURPOSE = 'package-undo';
const CHUNK = 400;

const undoSchema = z.strictObject({
  before: z.array(
    z.strictObject({
      subject: subjectKeySchema,
      county: regionCodeSchema,
      synthetic: z.boolean(),
      identity: z.partialRecord(z.enum(IDENTITY_FIELDS), z.string()),
    }),
  ),
  /** Whom the vault did not know. */
  added: z.array(subjectKeySchema),
});

const factColumn = jsonColumn(observationSchema);
const arrivalColumn = jsonColumn(arrivalSchema);

/** Reads the whole package and changes nothing. */
export async function lookThrough(
  deps: PackageDeps,
  source: AsyncIterable<Uint8Array>,
  sender: Card,
): Promise<LookedThrough> {
  const { records, vault, clock } = deps;
  const rows = createRowReader(clock.now());
  const read = await readPackage(
    { suites: deps.suites, sender, recipientOf: (print) => recipientOf(deps, print) },
    source,
    rows.take,
  );
  if (read.kind === 'refused') return read;
  const isOld = await records.transaction((trx) => isReplayed(trx, read));
  if (isOld) return { kind: 'refused', fault: 'replayed' };
  const { content } = rows;
  const subjects = content.identities.map(({ subject }) => subject);
  let known = 0;
  for (const part of parts(subjects)) {
    known += await vault.work(
      async (trx, sealing) => (await readPersons(trx, sealing, part, ['name'])).length,
    );
  }
  const report = {
    package: read,
    orders: content.orders.length,
    identities: content.identities.length,
    known,
    errors: rows.errors,
    wrong: rows.wrong(),
  };
  return { kind: 'sound', report, content };
}

/** Takes in what was looked through. Rejects with UserError when rows are wrong, or it was taken in meanwhile. */
export async function applyPackage(
  deps: PackageDeps,
  looked: Extract<LookedThrough, { kind: 'sound' }>,
  actor: string,
): Promise<void> {
  const { vault, keys, clock, suites, audit } = deps;
  const { report, content } = looked;
  const { id, head } = report.package;
  if (report.wrong > 0) throw hasWrongRows(report.wrong);
  const undoKey = await keys.current(UNDO_PURPOSE);
  const outcome = await vault.work(async (trx, sealing) => {
    const nowMs = clock.now();
    if (await isReplayed(trx, report.package)) return replayed();
    const changes = content.identities.map(({ identity, ...entry }) => ({
      ...entry,
      change: readChange(identity, nowMs),
    }));
    await refuseTaken(trx, sealing, changes);
    const before: VaultEntry[] = [];
    for (const part of parts(changes.map(({ subject }) => subject))) {
      for (const { unreadable: _damaged, ...person } of await readPersons(trx, sealing, part)) {
        before.push(person);
      }
    }
    const knew = new Set<SubjectKey>(before.map(({ subject }) => subject));
    const added = changes.map(({ subject }) => subject).filter((subject) => !knew.has(subject));
    await writePersons(trx, sealing, changes, nowMs);
    await handOver(trx, { packageId: id, orders: content.orders, atMs: nowMs });
    const undo = Buffer.from(JSON.stringify({ before, added }));
    await trx
      .insertInto('packageImport')
      .values({
        id,
        sender: head.sender.key,
        sequence: head.sequence,
        orders: content.orders.length,
        identities: changes.length,
        appliedAtMs: nowMs,
        undoneAtMs: null,
        undo: sealEnvelope(suites, undoKey, undoPlace(id), undo),
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          appliedAtMs: eb.ref('excluded.appliedAtMs'),
          undoneAtMs: null,
          undo: eb.ref('excluded.undo'),
        })),
      )
      .execute();
    await audit.record(trx, entryOf(deps, actor, 'package.import', looked));
    return undefined;
  });
  if (outcome) throw outcome;
}

/** Takes the newest package of its sender back. Rejects with UserError `not-found` or `conflict`. */
export async function undoPackage(deps: PackageDeps, id: string, actor: string): Promise<void> {
  const { vault, keys, suites, clock, audit } = deps;
  // Fetched before the transaction, which waits for nothing else.
  const undoKeys = await Promise.all(keys.list(UNDO_PURPOSE).map((key) => keys.find(key)));
  const outcome = await vault.work(async (trx, sealing) => {
    const row = await trx
      .selectFrom('packageImport')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row || row.undoneAtMs !== null) return unknownPackage();
    const later = await trx
      .selectFrom('packageImport')
      .select('id')
      .where('sender', '=', row.sender)
      .where('sequence', '>', row.sequence)
      .where('undoneAtMs', 'is', null)
      .executeTakeFirst();
    if (later) return laterFirst(later.id);
    const opened = undoKeys
      .flatMap((key) => (key ? [openEnvelope(suites, key, undoPlace(id), row.undo)] : []))
      .find(({ kind }) => kind === 'opened');
    if (opened?.kind !== 'opened') return noUndo();
    const { before, added } = undoSchema.parse(JSON.parse(Buffer.from(opened.plain).toString()));
    const nowMs = clock.now();
    for (const { subject } of before) await removePerson(trx, subject);
    for (const subject of added) await removePerson(trx, subject);
    const restored = before.map(({ identity, ...entry }) => ({ ...entry, change: identity }));
    await writePersons(trx, sealing, restored, nowMs);
    await takeOrdersBack(trx, id, nowMs);
    await trx
      .updateTable('packageImport')
      .set({ undoneAtMs: nowMs })
      .where('id', '=', id)
      .execute();
    await audit.record(trx, {
      atMs: nowMs,
      actor,
      action: 'package.undo',
      outcome: 'done',
      subjects: [],
      purpose: null,
      reason: null,
      detail: { package: id, identities: before.length + added.length },
    });
    return undefined;
  });
  if (outcome) throw outcome;
}

async function recipientOf({ keys, suites }: PackageDeps, print: string) {
  for (const id of keys.list(RECEIVING_PURPOSE)) {
    const key = await keys.find(id);
    const recipient = key && suites[key.suite].recipient(key.bytes);
    if (recipient && fingerprint(suites, recipient.publicKey) === print) return recipient;
  }
  return undefined;
}

/** Taken in and not undone, itself or a later one of the same sender. */
async function isReplayed(
  trx: RecordsTransaction,
  { head }: Extract<ReadPackage, { kind: 'read' }>,
): Promise<boolean> {
  const row = await trx
    .selectFrom('packageImport')
    .select('id')
    .where('sender', '=', head.sender.key)
    .where('sequence', '>=', head.sequence)
    .where('undoneAtMs', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Orders go into the log like every other; until the log has them they wait here. */
async function handOver(
  trx: RecordsTransaction,
  {
    packageId,
    orders,
    atMs,
  }: { packageId: string; orders: readonly OrderArrival[]; atMs: EpochMs },
): Promise<void> {
  const rows = orders.map((order) => ({
    id: contentId('po', [packageId, atMs, JSON.stringify(order)]),
    packageId,
    fact: arrivalColumn.encode(order),
    state: 'waiting' as const,
    atMs,
  }));
  for (const part of parts(rows)) {
    await trx
      .insertInto('packageOrder')
      .values(part)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/**
 * Orders that still wait are withdrawn. The log forgets nothing: for those it has, what was in force before
 * is stated anew from now on, or the order ends now.
 */
async function takeOrdersBack(
  trx: RecordsTransaction,
  packageId: string,
  nowMs: EpochMs,
): Promise<void> {
  const rows = await trx
    .selectFrom('packageOrder')
    .select(['fact', 'state'])
    .where('packageId', '=', packageId)
    .where('state', '!=', 'withdrawn')
    .execute();
  await trx
    .updateTable('packageOrder')
    .set({ state: 'withdrawn' })
    .where('packageId', '=', packageId)
    .where('state', '=', 'waiting')
    .execute();
  const handed = rows
    .filter(({ state }) => state !== 'waiting')
    .map(({ fact }) => arrivalColumn.decode(fact))
    .filter((fact) => fact.kind === 'order');
  const newest = new Map(handed.map((order) => [order.orderId, order]));
  const ours = new Set(handed.map(versionOf));
  const back: OrderArrival[] = [];
  for (const order of newest.values()) {
    const versions = await trx
      .selectFrom('supervisionOrder')
      .select('body')
      .where('orderId', '=', order.orderId)
      .orderBy('effectiveAtMs')
      .orderBy('id')
      .execute();
    const before = versions
      .map(({ body }) => factColumn.decode(body))
      .filter((fact) => fact.kind === 'order')
      .findLast((fact) => !ours.has(versionOf(fact)) && fact.action !== 'end');
    const {
      id: _id,
      receivedAtMs: _received,
      ...stated
    } = before ?? { ...order, id: '', receivedAtMs: 0 };
    back.push({ ...stated, action: before ? 'change' : 'end', atMs: nowMs, sequence: 0 });
  }
  await handOver(trx, { packageId: `undo ${packageId}`, orders: back, atMs: epochMs(nowMs) });
}

/** Two sightings of one version of one order. */
const versionOf = (order: {
  orderId: string;
  action: string;
  atMs: number;
  sequence: number;
  source: string;
}): string => [order.orderId, order.action, order.atMs, order.sequence, order.source].join(' ');

const undoPlace = (id: string): Place => ({ table: 'package_import', column: 'undo', row: id });

const entryOf = (
  { clock }: PackageDeps,
  actor: string,
  action: string,
  { report }: Extract<LookedThrough, { kind: 'sound' }>,
) => ({
  atMs: clock.now(),
  actor,
  action,
  outcome: 'done' as const,
  subjects: [],
  purpose: report.package.head.purpose,
  reason: null,
  detail: {
    package: report.package.id,
    sender: report.package.head.sender.key,
    sequence: report.package.head.sequence,
    orders: report.orders,
    identities: report.identities,
  },
});

const hasWrongRows = (wrong: number) =>
  new UserError(
    'bad-input',
    text(`有 ${wrong} 行有误，整包未导入`, `${wrong} rows are wrong; nothing was taken in`),
    { hint: text('请对方更正后重新出包', 'Ask the sender for a corrected package.') },
  );

const replayed = () =>
  new UserError(
    'conflict',
    text('这个包或更新的包已经导入过', 'this or a later package was taken in before'),
  );

const unknownPackage = () =>
  new UserError(
    'not-found',
    text('没有导入过这个包，或已撤销', 'no such package was taken in, or it was undone'),
  );

const laterFirst = (id: string) =>
  new UserError(
    'conflict',
    text(
      '同一来源之后还有导入的包，须先撤销后面的',
      'a later package of the sender must be undone first',
    ),
    { detail: id },
  );

const noUndo = () =>
  new UserError(
    'conflict',
    text('撤销信息无法解密，不能撤销', 'what is needed to undo it does not open'),
    { hint: text('从备份恢复密钥文件', 'Restore the key files from a backup.') },
  );

const parts = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, at) =>
    items.slice(at * CHUNK, (at + 1) * CHUNK),
  );
