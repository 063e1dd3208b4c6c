// One person's values in the tables of the vault: sealed each by itself, bound to person and field, and the
// keyed hashes they are looked up by.

import type { RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import {
  IDENTITY_FIELDS,
  type IdentityField,
  type IndexedField,
} from '../../warehouse/records-vault.ts';
import { envelopeKeyId, openEnvelope, sealEnvelope, type Place } from '../crypto/envelope.ts';
import type { Key } from '../crypto/key-store.ts';
import type { Suites } from '../crypto/suites.ts';
import type { Identity, IdentityChange } from './identity.ts';
import type { Ring } from './ring.ts';

export type NewPerson = {
  readonly subject: SubjectKey;
  readonly county: RegionCode;
  readonly synthetic: boolean;
  /** As readChange gives it. */
  readonly change: IdentityChange;
};

export type Sealing = { readonly suites: Suites; readonly ring: Ring };

/** Rows of one statement, far below what SQLite binds at most. */
const ROWS_MAX = 500;

const placeOf = (subject: SubjectKey, field: IdentityField): Place => ({
  table: 'vault_value',
  column: field,
  row: subject,
});

export const isIndexed = (field: IdentityField): field is IndexedField =>
  field === 'id-number' || field === 'phone';

/** Of one field under one key: hashes of different fields or keys have nothing to do with each other. */
export function indexHash(suites: Suites, key: Key, field: IndexedField, value: string): string {
  const suite = suites[key.suite];
  const fieldKey = suite.derive(key.bytes, `blind index of ${field}`);
  return Buffer.from(suite.mac(fieldKey, value)).toString('hex');
}

/** Writes over what is there; fields that are not named stay as they are. */
export async function writePersons(
  trx: RecordsTransaction,
  { suites, ring: { current } }: Sealing,
  persons: readonly NewPerson[],
  atMs: EpochMs,
): Promise<void> {
  const values = persons.flatMap(({ subject, change }) =>
    IDENTITY_FIELDS.flatMap((field) => {
      const value = change[field];
      if (typeof value !== 'string') return [];
      const sealed = sealEnvelope(suites, current, placeOf(subject, field), Buffer.from(value));
      return [{ subject, field, value, sealed }];
    }),
  );
  for (const part of parts(persons)) {
    await trx
      .insertInto('vaultPerson')
      .values(
        part.map(({ subject, county, synthetic }) => ({
          subject,
          county,
          synthetic: synthetic ? (1 as const) : (0 as const),
          updatedAtMs: atMs,
        })),
      )
      .onConflict((conflict) =>
        conflict.column('subject').doUpdateSet((eb) => ({
          county: eb.ref('excluded.county'),
          synthetic: eb.ref('excluded.synthetic'),
          updatedAtMs: eb.ref('excluded.updatedAtMs'),
        })),
      )
      .execute();
  }
  for (const part of parts(values)) {
    await trx
      .insertInto('vaultValue')
      .values(
        part.map(({ subject, field, sealed }) => ({
          subject,
          field,
          sealed,
          keyId: current.id,
          updatedAtMs: atMs,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['subject', 'field']).doUpdateSet((eb) => ({
          sealed: eb.ref('excluded.sealed'),
          keyId: eb.ref('excluded.keyId'),
          updatedAtMs: eb.ref('excluded.updatedAtMs'),
        })),
      )
      .execute();
  }
  const hashes = values.flatMap(({ subject, field, value }) =>
    isIndexed(field)
      ? [{ subject, field, hash: indexHash(suites, current, field, value), keyId: current.id }]
      : [],
  );
  await writeIndex(trx, hashes);
  for (const { subject, change } of persons) {
    const gone = IDENTITY_FIELDS.filter((field) => change[field] === null);
    if (gone.length === 0) continue;
    await trx
      .deleteFrom('vaultValue')
      .where('subject', '=', subject)
      .where('field', 'in', gone)
      .execute();
    const indexed = gone.filter(isIndexed);
    if (indexed.length === 0) continue;
    await trx
      .deleteFrom('vaultIndex')
      .where('subject', '=', subject)
      .where('field', 'in', indexed)
      .execute();
  }
}

export async function writeIndex(
  trx: RecordsTransaction,
  rows: readonly { subject: SubjectKey; field: IndexedField; hash: string; keyId: string }[],
): Promise<void> {
  for (const part of parts(rows)) {
    await trx
      .insertInto('vaultIndex')
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(['subject', 'field']).doUpdateSet((eb) => ({
          hash: eb.ref('excluded.hash'),
          keyId: eb.ref('excluded.keyId'),
        })),
      )
      .execute();
  }
}

export type ReadPerson = {
  readonly subject: SubjectKey;
  readonly county: RegionCode;
  readonly synthetic: boolean;
  readonly identity: Identity;
  /** Values that are there and do not open: altered, moved, or their key is gone. */
  readonly unreadable: readonly IdentityField[];
};

/** Opens the named fields of the named persons, in the order of the names; who is not in the vault is missing. */
export async function readPersons(
  trx: RecordsTransaction,
  sealing: Sealing,
  subjects: readonly SubjectKey[],
  fields: readonly IdentityField[] = IDENTITY_FIELDS,
): Promise<ReadPerson[]> {
  if (subjects.length === 0 || fields.length === 0) return [];
  const persons = await trx
    .selectFrom('vaultPerson')
    .select(['subject', 'county', 'synthetic'])
    .where('subject', 'in', subjects)
    .execute();
  const rows = await trx
    .selectFrom('vaultValue')
    .select(['subject', 'field', 'sealed'])
    .where('subject', 'in', subjects)
    .where('field', 'in', fields)
    .execute();
  const known = new Map(persons.map((person) => [person.subject, person]));
  return subjects.flatMap((subject) => {
    const person = known.get(subject);
    if (!person) return [];
    const identity: Partial<Record<IdentityField, string>> = {};
    const unreadable: IdentityField[] = [];
    for (const row of rows) {
      if (row.subject !== subject) continue;
      const value = openValue(sealing, row);
      if (value === undefined) unreadable.push(row.field);
      else identity[row.field] = value;
    }
    const { county, synthetic } = person;
    return [{ subject, county, synthetic: synthetic === 1, identity, unreadable }];
  });
}

/** Undefined when the value does not open. */
export function openValue(
  { suites, ring }: Sealing,
  row: { subject: SubjectKey; field: IdentityField; sealed: Uint8Array },
): string | undefined {
  const key = ring.keys.get(envelopeKeyId(row.sealed) ?? '');
  if (!key) return undefined;
  const opened = openEnvelope(suites, key, placeOf(row.subject, row.field), row.sealed);
  return opened.kind === 'opened' ? Buffer.from(opened.plain).toString('utf8') : undefined;
}

/** The same value sealed by the current key. */
export const resealed =
  ({ suites, ring: { current } }: Sealing) =>
  (row: { subject: SubjectKey; field: IdentityField }, value: string): Uint8Array =>
    sealEnvelope(suites, current, placeOf(row.subject, row.field), Buffer.from(value));

/** Whom a value in its kept form belongs to, under every key an index may have been made with. */
export async function findByIndex(
  trx: RecordsTransaction,
  { suites, ring }: Sealing,
  field: IndexedField,
  value: string,
): Promise<SubjectKey[]> {
  const hashes = [...ring.keys.values()].map((key) => indexHash(suites, key, field, value));
  const rows = await trx
    .selectFrom('vaultIndex')
    .select('subject')
    .where('hash', 'in', hashes)
    .where('field', '=', field)
    .orderBy('subject')
    .execute();
  return rows.map(({ subject }) => subject);
}

/** Takes a person out of the vault. */
export async function removePerson(trx: RecordsTransaction, subject: SubjectKey): Promise<void> {
  for (const table of ['vaultIndex', 'vaultValue', 'vaultPerson'] as const) {
    await trx.deleteFrom(table).where('subject', '=', subject).execute();
  }
}

const parts = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / ROWS_MAX) }, (_, at) =>
    items.slice(at * ROWS_MAX, (at + 1) * ROWS_MAX),
  );
