// What goes into a package: the orders and identities of one region, read a few hundred at a time.

import { assert } from '../../core/errors.ts';
import { observationSchema } from '../../core/observation.ts';
import { isWithin, type RegionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import type { Clock } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type { Audit } from '../audit/audit-entry.ts';
import type { Key, KeyStore } from '../crypto/key-store.ts';
import type { SecretBytes } from '../crypto/suite.ts';
import type { Suites } from '../crypto/suites.ts';
import { regionsOf } from '../vault/regions-of.ts';
import { readPersons } from '../vault/sealed-values.ts';
import type { Vault } from '../vault/vault.ts';
import { fingerprint, type Card, type PackageManifest } from './package-form.ts';
import { identityLine, orderLine } from './rows.ts';
import { writePackage, type PackageRow } from './write-package.ts';

export type PackageDeps = {
  readonly records: Records;
  readonly vault: Vault;
  readonly keys: KeyStore;
  readonly suites: Suites;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly random: SecretBytes;
  /** How this site is called on its card. */
  readonly site: string;
};

export type ExportOptions = {
  readonly receiver: Card;
  readonly region: RegionCode;
  readonly what: readonly ('orders' | 'identities')[];
  readonly purpose: string;
  readonly actor: string;
};

export const SIGNING_PURPOSE = 'package-sign';
export const RECEIVING_PURPOSE = 'package-receive';
const PAGE = 300;

const factColumn = jsonColumn(observationSchema);

/** What this site gives to those it exchanges packages with. Makes its keys when there are none. */
export async function cardOf({ keys, suites, site }: PackageDeps): Promise<Card> {
  const [signing, receiving] = [
    await keys.current(SIGNING_PURPOSE),
    await keys.current(RECEIVING_PURPOSE),
  ];
  assert(signing.suite === receiving.suite, 'both keys of a card are of one suite');
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    version: 1,
    site,
    suite: signing.suite,
    signing: base64(suites[signing.suite].signer(signing.bytes).publicKey),
    receiving: base64(suites[receiving.suite].recipient(receiving.bytes).publicKey),
  };
}

/** The bytes of a new package. Its number is taken when it is begun, so that none is given twice. */
export async function* exportPackage(
  deps: PackageDeps,
  options: ExportOptions,
): AsyncGenerator<Uint8Array, PackageManifest> {
  const { suites, keys, clock, records, audit, site } = deps;
  const { receiver, purpose, actor } = options;
  const key: Key = await keys.current(SIGNING_PURPOSE);
  const to = fingerprint(suites, Buffer.from(receiver.receiving, 'base64'));
  const madeAtMs = clock.now();
  const sequence = await records.transaction(async (trx) => {
    const last = await trx
      .selectFrom('packageExport')
      .select('sequence')
      .where('receiver', '=', to)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    const next = Number(last?.sequence ?? 0) + 1;
    await trx
      .insertInto('packageExport')
      .values({ id: `${to}.${next}`, receiver: to, sequence: next, madeAtMs })
      .execute();
    await audit.record(trx, {
      atMs: madeAtMs,
      actor,
      action: 'package.export',
      outcome: 'done',
      subjects: [],
      purpose,
      reason: null,
      detail: {
        receiver: to,
        sequence: next,
        region: options.region,
        what: options.what.join(' '),
      },
    });
    return next;
  });
  const signer = suites[key.suite].signer(key.bytes);
  return yield* writePackage(
    deps,
    { sender: { site, suite: key.suite, signer }, receiver, sequence, madeAtMs, purpose },
    rowsOf(deps, options),
  );
}

async function* rowsOf(deps: PackageDeps, options: ExportOptions): AsyncGenerator<PackageRow> {
  if (options.what.includes('orders')) yield* orderRows(deps, options.region);
  if (options.what.includes('identities')) yield* identityRows(deps, options.region);
}

async function* orderRows(
  { records, clock }: PackageDeps,
  region: RegionCode,
): AsyncGenerator<PackageRow> {
  for (let after = ''; ;) {
    const { rows, regions } = await records.transaction(async (trx) => {
      const page = await trx
        .selectFrom('supervisionOrder')
        .select(['id', 'subject', 'body'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute();
      const subjects = [...new Set(page.map(({ subject }) => subject))];
      return { rows: page, regions: await regionsOf(trx, subjects, clock.now()) };
    });
    for (const { subject, body } of rows) {
      if (!isWithin(regions.get(subject) ?? '', region)) continue;
      const fact = factColumn.decode(body);
      assert(fact.kind === 'order', 'an order row holds an order');
      const { id: _id, receivedAtMs: _received, ...order } = fact;
      yield { kind: 'order', line: orderLine(order) };
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? '';
  }
}

async function* identityRows(
  { vault, clock }: PackageDeps,
  region: RegionCode,
): AsyncGenerator<PackageRow> {
  for (let after = ''; ;) {
    const page = await vault.work(async (trx, sealing) => {
      const subjects = await subjectsAfter(trx, after);
      const regions = await regionsOf(trx, subjects, clock.now());
      const own = subjects.filter((subject) => isWithin(regions.get(subject) ?? '', region));
      return { subjects, persons: await readPersons(trx, sealing, own) };
    });
    for (const { subject, county, synthetic, identity } of page.persons) {
      yield { kind: 'identity', line: identityLine({ subject, county, synthetic, identity }) };
    }
    if (page.subjects.length < PAGE) return;
    after = page.subjects.at(-1) ?? '';
  }
}

async function subjectsAfter(trx: RecordsTransaction, after: string) {
  const rows = await trx
    .selectFrom('vaultPerson')
    .select('subject')
    .where('subject', '>', subjectKey(after))
    .orderBy('subject')
    .limit(PAGE)
    .execute();
  return rows.map(({ subject }) => subject);
}
