// The one place where names and numbers of supervised persons are. Everything else knows the pseudonymous
// key. This is the vault itself, for the program; what a person at a screen may see of it, and under which
// conditions, is in reveal.ts.

import { UserError } from '../../core/errors.ts';
import type { RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { Suites } from '../crypto/suites.ts';
import { readChange, type IdentityChange } from './identity.ts';
import { withRing, type RingDeps } from './ring.ts';
import { findByIndex, removePerson, writePersons, type Sealing } from './sealed-values.ts';

export type VaultDeps = RingDeps & { readonly suites: Suites };

export type VaultEntry = {
  readonly subject: SubjectKey;
  readonly county: RegionCode;
  readonly synthetic: boolean;
  readonly identity: IdentityChange;
};

export type Vault = {
  /**
   * Keeps what is given about persons; fields that are not named stay, null takes one out. All or nothing.
   * Rejects with UserError `bad-input` for a value that is wrong, `conflict` when an ID number is
   * somebody else's.
   */
  put(entries: readonly VaultEntry[]): Promise<void>;
  /** Forgets a person for good, in a transaction of the caller's. */
  remove(trx: RecordsTransaction, subject: SubjectKey): Promise<void>;
  /** One transaction with the keys at hand; `run` may be run again. */
  work<Result>(
    run: (trx: RecordsTransaction, sealing: Sealing) => Promise<Result>,
  ): Promise<Result>;
};

export function createVault(deps: VaultDeps): Vault {
  const { suites, clock } = deps;
  const work: Vault['work'] = (run) => withRing(deps, (trx, ring) => run(trx, { suites, ring }));
  return {
    work,
    remove: removePerson,
    async put(entries) {
      const persons = entries.map(({ identity, ...entry }) => ({
        ...entry,
        change: readChange(identity, clock.now()),
      }));
      await work(async (trx, sealing) => {
        await refuseTaken(trx, sealing, persons);
        await writePersons(trx, sealing, persons, clock.now());
      });
    },
  };
}

type Numbered = { readonly subject: SubjectKey; readonly change: IdentityChange };

/** An ID number belongs to one person; a phone may well be shared. */
export async function refuseTaken(
  trx: RecordsTransaction,
  sealing: Sealing,
  persons: readonly Numbered[],
): Promise<void> {
  const seen = new Map<string, SubjectKey>();
  for (const { subject, change } of persons) {
    const idNumber = change['id-number'];
    if (typeof idNumber !== 'string') continue;
    const others = [
      seen.get(idNumber),
      ...(await findByIndex(trx, sealing, 'id-number', idNumber)),
    ];
    const other = others.find((found) => found !== undefined && found !== subject);
    if (other !== undefined) throw taken(subject, other);
    seen.set(idNumber, subject);
  }
}

const taken = (subject: SubjectKey, other: SubjectKey) =>
  new UserError(
    'conflict',
    text('该身份证号码已登记在另一人名下', 'this ID number is kept for another person'),
    {
      detail: `${subject}, ${other}`,
      hint: text(
        '核对两人的档案：可能录错，也可能同一人登记了两次',
        'Compare the two files: it may be a slip, or one person registered twice.',
      ),
    },
  );
