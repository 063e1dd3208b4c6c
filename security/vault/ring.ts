// Which keys the vault works with. The database says which one is current, so that everything written after
// a rotation is sealed by the new key whoever writes it; the key store has the bytes.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { Key, KeyStore } from '../crypto/key-store.ts';

export const VAULT_PURPOSE = 'vault';

export type Ring = {
  readonly current: Key;
  /** Every key that may have sealed something, the current one among them. */
  readonly keys: ReadonlyMap<string, Key>;
};

export type RingDeps = {
  readonly records: Records;
  readonly keys: KeyStore;
  readonly clock: Clock;
};

const STALE = Symbol('stale');

/**
 * Runs `run` as one transaction with the ring as it is in that transaction. Keys are fetched before it
 * begins; if the ring changed meanwhile, it is fetched and run again.
 */
export async function withRing<Result>(
  deps: RingDeps,
  run: (trx: RecordsTransaction, ring: Ring) => Promise<Result>,
): Promise<Result> {
  const { records } = deps;
  for (;;) {
    const rows = await readRows(records.db);
    if (rows.length === 0) {
      await startRing(deps);
      continue;
    }
    const ring = await loadRing(deps, rows);
    const result = await records.transaction(async (trx) =>
      isSame(rows, await readRows(trx)) ? run(trx, ring) : STALE,
    );
    if (result !== STALE) return result as Result;
  }
}

type Row = { id: string; state: string };

const readRows = (db: RecordsDb | RecordsTransaction): Promise<Row[]> =>
  db.selectFrom('vaultKey').select(['id', 'state']).orderBy('id').execute();

const isSame = (a: readonly Row[], b: readonly Row[]) =>
  a.length === b.length &&
  a.every(({ id, state }, at) => b[at]?.id === id && b[at]?.state === state);

async function startRing({ records, keys, clock }: RingDeps): Promise<void> {
  const { id } = await keys.current(VAULT_PURPOSE);
  await records.transaction(async (trx) => {
    if ((await readRows(trx)).length > 0) return;
    await trx
      .insertInto('vaultKey')
      .values({ id, state: 'current', sinceMs: clock.now() })
      .execute();
  });
}

/** A key that is missing leaves what it sealed unreadable; without the current one nothing can be written. */
async function loadRing({ keys }: RingDeps, rows: readonly Row[]): Promise<Ring> {
  const found = new Map<string, Key>();
  for (const { id, state } of rows) {
    const key = state === 'retired' ? undefined : await keys.find(id);
    if (key) found.set(id, key);
  }
  const currentId = rows.find(({ state }) => state === 'current')?.id ?? '';
  const current = found.get(currentId);
  if (current) return { current, keys: found };
  throw new UserError(
    'bad-configuration',
    text('身份库的当前密钥不见了', 'the current key of the identity vault is missing'),
    {
      detail: currentId,
      hint: text(
        '把密钥文件从备份恢复到密钥目录',
        'Restore the key file from a backup into the folder of keys.',
      ),
    },
  );
}
