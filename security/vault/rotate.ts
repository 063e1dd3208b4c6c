// A new key for the vault without a pause: from the moment it is current everything is sealed by it, a job
// seals the rest anew in small transactions, and the old key retires when nothing of its is left. Killed
// anywhere, it goes on where it was; reading works throughout.

import type { Clock } from '../../core/time.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type { Audit } from '../audit/audit-entry.ts';
import type { KeyStore } from '../crypto/key-store.ts';
import { VAULT_PURPOSE } from './ring.ts';
import {
  indexHash,
  isIndexed,
  openValue,
  resealed,
  writeIndex,
  type Sealing,
} from './sealed-values.ts';
import type { Vault } from './vault.ts';

export type RotationDeps = {
  readonly records: Records;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly vault: Vault;
};

export type RotationState = {
  readonly current: string;
  /** Keys that still open something, with how many values each. */
  readonly old: readonly { readonly id: string; readonly values: number }[];
  /** Values that do not open under any key and so cannot be sealed anew. */
  readonly stuck: number;
};

/** Values sealed anew in one transaction. */
const BATCH = 100;

/** Makes a new key current and gives its id. A key that was made and not taken up is taken up. */
export async function rotateVaultKey(deps: RotationDeps, actor: string): Promise<string> {
  const { records, keys, clock, audit, vault } = deps;
  // Makes sure that there is a current key.
  const before = await vault.work(async (_trx, { ring }) => ring.current.id);
  const known = await records.db.selectFrom('vaultKey').select('id').execute();
  const newest = keys.list(VAULT_PURPOSE).at(-1);
  const isUnused = newest !== undefined && known.every(({ id }) => id !== newest);
  const next = isUnused ? await keys.current(VAULT_PURPOSE) : await keys.make(VAULT_PURPOSE);
  return records.transaction(async (trx) => {
    const taken = await trx
      .selectFrom('vaultKey')
      .select('id')
      .where('id', '=', next.id)
      .executeTakeFirst();
    if (taken) return next.id;
    const since = { sinceMs: clock.now() };
    await trx
      .updateTable('vaultKey')
      .set({ state: 'old', ...since })
      .where('state', '=', 'current')
      .execute();
    await trx
      .insertInto('vaultKey')
      .values({ id: next.id, state: 'current', ...since })
      .execute();
    await audit.record(trx, entryOf(deps, actor, 'vault.rotate', { from: before, to: next.id }));
    return next.id;
  });
}

/** Seals up to a hundred values anew, or retires keys when none is left to do. True while there is more. */
export function resealSome(deps: RotationDeps): Promise<boolean> {
  return deps.vault.work(async (trx, sealing) => {
    const done = await resealBatch(trx, sealing);
    if (done.sealed > 0) return true;
    return retireKeys(deps, trx);
  });
}

async function resealBatch(trx: RecordsTransaction, sealing: Sealing): Promise<{ sealed: number }> {
  const { suites, ring } = sealing;
  const { current } = ring;
  const rows = await trx
    .selectFrom('vaultValue')
    .innerJoin('vaultKey', 'vaultKey.id', 'vaultValue.keyId')
    .select(['vaultValue.subject', 'vaultValue.field', 'vaultValue.sealed'])
    .where('vaultKey.state', '=', 'old')
    .orderBy('vaultValue.keyId')
    .orderBy('vaultValue.subject')
    .orderBy('vaultValue.field')
    .limit(BATCH)
    .execute();
  const seal = resealed(sealing);
  let sealed = 0;
  for (const row of rows) {
    const value = openValue(sealing, row);
    if (value === undefined) {
      // It stays as it is, for whoever finds out what happened to it, and is not met again.
      await trx
        .updateTable('vaultValue')
        .set({ keyId: STUCK })
        .where('subject', '=', row.subject)
        .where('field', '=', row.field)
        .execute();
    } else {
      await trx
        .updateTable('vaultValue')
        .set({ sealed: seal(row, value), keyId: current.id })
        .where('subject', '=', row.subject)
        .where('field', '=', row.field)
        .execute();
      if (isIndexed(row.field)) {
        const { subject, field } = row;
        const hash = indexHash(suites, current, field, value);
        await writeIndex(trx, [{ subject, field, hash, keyId: current.id }]);
      }
    }
    sealed++;
  }
  return { sealed };
}

/** The key id of values that did not open when they were to be sealed anew. */
const STUCK = 'unreadable';

async function retireKeys(deps: RotationDeps, trx: RecordsTransaction): Promise<boolean> {
  const old = await trx.selectFrom('vaultKey').select('id').where('state', '=', 'old').execute();
  for (const { id } of old) {
    // An index entry whose value did not open is of no more use.
    await trx.deleteFrom('vaultIndex').where('keyId', '=', id).execute();
    await trx
      .updateTable('vaultKey')
      .set({ state: 'retired', sinceMs: deps.clock.now() })
      .where('id', '=', id)
      .execute();
    await deps.audit.record(trx, entryOf(deps, 'system', 'vault.retire-key', { key: id }));
  }
  return false;
}

/** How far a rotation is. */
export function rotationState(deps: RotationDeps): Promise<RotationState> {
  return deps.vault.work(async (trx, { ring }) => {
    const rows = await trx
      .selectFrom('vaultValue')
      .select(({ fn }) => ['keyId', fn.countAll<number>().as('count')])
      .groupBy('keyId')
      .orderBy('keyId')
      .execute();
    const counts = rows.map(({ keyId, count }) => ({ id: keyId, values: Number(count) }));
    return {
      current: ring.current.id,
      old: counts.filter(({ id }) => id !== ring.current.id && id !== STUCK),
      stuck: counts.find(({ id }) => id === STUCK)?.values ?? 0,
    };
  });
}

const entryOf = (
  { clock }: RotationDeps,
  actor: string,
  action: string,
  detail: Record<string, string>,
) => ({
  atMs: clock.now(),
  actor,
  action,
  outcome: 'done' as const,
  subjects: [],
  purpose: null,
  reason: null,
  detail,
});
