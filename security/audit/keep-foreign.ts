// The other side: this instance as the witness of another. A checkpoint is kept when it continues the last
// one that was kept, proven by the tree; anything else is a split view, and refused.

import type { EpochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { verifyConsistency } from './merkle-tree.ts';
import { keyIdOf, type PublicKey } from './signer.ts';

export type Kept =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'refused';
      readonly because: 'signature' | 'older' | 'split-view';
      /** Size of the last one that was kept, and of the one that was shown. */
      readonly known: number;
      readonly shown: number;
    };

/** How many records of a trail this instance has a checkpoint over. */
export async function knownSize(db: RecordsDb, origin: string): Promise<number> {
  return (await lastForeign(db, origin))?.size ?? 0;
}

export async function keepForeign(
  trx: RecordsTransaction,
  given: {
    readonly key: PublicKey;
    readonly signed: SignedCheckpoint;
    readonly path: readonly string[];
    readonly atMs: EpochMs;
  },
): Promise<Kept> {
  const { key, signed, path, atMs } = given;
  const origin = keyIdOf(key);
  const checkpoint = openCheckpoint(key, signed);
  const last = await lastForeign(trx, origin);
  const known = last?.size ?? 0;
  if (!checkpoint || checkpoint.origin !== origin)
    return { outcome: 'refused', because: 'signature', known, shown: 0 };
  const { size, root, hashing } = checkpoint;
  const refused = (because: 'older' | 'split-view'): Kept => ({
    outcome: 'refused',
    because,
    known,
    shown: size,
  });
  if (last && size <= last.size) {
    const same = await findForeign(trx, origin, size);
    if (!same) return refused('older');
    return same.root === root ? { outcome: 'accepted' } : refused('split-view');
  }
  const continues =
    !last ||
    verifyConsistency(hashing, {
      first: last.size,
      second: size,
      firstRoot: last.root,
      secondRoot: root,
      path,
    });
  if (!continues) return refused('split-view');
  const { body, signature } = signed;
  await trx
    .insertInto('auditForeign')
    .values({ origin, size, root, body, signature, receivedAtMs: atMs })
    .execute();
  return { outcome: 'accepted' };
}

const lastForeign = (db: RecordsDb, origin: string) =>
  db
    .selectFrom('auditForeign')
    .selectAll()
    .where('origin', '=', origin)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();

const findForeign = (db: RecordsDb, origin: string, size: number) =>
  db
    .selectFrom('auditForeign')
    .selectAll()
    .where('origin', '=', origin)
    .where('size', '=', size)
    .executeTakeFirst();
