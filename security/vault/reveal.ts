// What an officer may see of the persons of their city or county: masked at first; in clear for a declared
// purpose and a reason in their own words, a few at a time, and told to the audit trail. What is refused is
// told there too.

import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { isReached, type Reaching } from '../../core/reach.ts';
import type { SubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { IdentityField, IndexedField } from '../../warehouse/records-vault.ts';
import type { Audit, AuditEntry } from '../audit/audit-entry.ts';
import { mask, readField, type Identity } from './identity.ts';
import { takeLook, type LookLimits } from './look-limits.ts';
import { regionsOf } from './regions-of.ts';
import { findByIndex, readPersons, type ReadPerson, type Sealing } from './sealed-values.ts';
import type { Vault } from './vault.ts';

export type RevealDeps = {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly limits: LookLimits;
};

/** Who looks, and which persons are theirs. */
export type Reader = Reaching & { readonly accountId: string };

export type Grounds = {
  /** One of the declared purposes. */
  readonly purpose: string;
  /** In the reader's own words. */
  readonly reason: string;
};

export type ShownPerson = {
  readonly subject: SubjectKey;
  readonly synthetic: boolean;
  readonly values: Identity;
  readonly unreadable: readonly IdentityField[];
};

export type Revealed = {
  readonly persons: readonly ShownPerson[];
  /** After so long the screen hides the values again. */
  readonly shownMs: number;
};

export type RevealDesk = {
  /** Masked values of those of the persons who are the reader's and in the vault. */
  masked(reader: Reader, subjects: readonly SubjectKey[]): Promise<readonly ShownPerson[]>;
  /**
   * Values in clear. Rejects with UserError `forbidden` for persons who are not the reader's, `conflict`
   * for more at once than one may see alone, `too-many` above the hourly limit.
   */
  reveal(
    reader: Reader,
    asked: Grounds & {
      readonly subjects: readonly SubjectKey[];
      readonly fields: readonly IdentityField[];
    },
  ): Promise<Revealed>;
  /** Who has this ID number or phone, masked; nobody when it is somebody of another region. */
  lookUp(
    reader: Reader,
    asked: Grounds & { readonly by: IndexedField; readonly value: string },
  ): Promise<readonly ShownPerson[]>;
};

export function createRevealDesk(deps: RevealDeps): RevealDesk {
  const { vault, clock, limits } = deps;
  return {
    masked: (reader, subjects) =>
      vault.work(async (trx, sealing) => {
        const own = await ownOf(trx, reader, subjects, clock.now());
        return (await readPersons(trx, sealing, own)).map(masked);
      }),

    async reveal(reader, { subjects, fields, purpose, reason }) {
      const asked = [...new Set(subjects)];
      const outcome = await vault.work(async (trx, sealing) => {
        const tell = (change: Partial<AuditEntry>) =>
          deps.audit.record(
            trx,
            entryOf(deps, reader, {
              action: 'identity.reveal',
              subjects: asked,
              purpose,
              reason,
              detail: { fields: fields.join(' '), persons: asked.length },
              ...change,
            }),
          );
        const refused =
          refuseMany(asked.length, limits) ??
          (await refuseOthers(trx, reader, asked, clock.now())) ??
          (await takeLook(deps, trx, {
            accountId: reader.accountId,
            persons: asked.length,
            personsPerHourMax: limits.personsPerHourMax,
          }));
        if (refused) {
          await tell({ outcome: 'refused', reason: null });
          return refused;
        }
        return open(trx, sealing, { subjects: asked, fields, reason, tell });
      });
      if (outcome instanceof UserError) throw outcome;
      return { persons: outcome, shownMs: limits.shownMs };
    },

    async lookUp(reader, { by, value, purpose, reason }) {
      const read = readField(by, value, clock.now());
      if (read.kind === 'wrong') throw new UserError('bad-input', read.says);
      const outcome = await vault.work(async (trx, sealing) => {
        const entry = { action: 'identity.look-up', purpose, detail: { by } };
        const refused =
          (reason.normalize('NFKC').toUpperCase().includes(read.value)
            ? namesInReason()
            : undefined) ??
          (await takeLook(deps, trx, {
            accountId: reader.accountId,
            persons: 1,
            personsPerHourMax: limits.personsPerHourMax,
          }));
        if (refused) {
          await deps.audit.record(trx, entryOf(deps, reader, { ...entry, outcome: 'refused' }));
          return refused;
        }
        const found = await findByIndex(trx, sealing, by, read.value);
        const own = await ownOf(trx, reader, found, clock.now());
        const persons = (await readPersons(trx, sealing, own)).map(masked);
        await deps.audit.record(
          trx,
          entryOf(deps, reader, {
            ...entry,
            subjects: own,
            reason,
            detail: { by, found: own.length },
          }),
        );
        return persons;
      });
      if (outcome instanceof UserError) throw outcome;
      return outcome;
    },
  };
}

/** Reads in clear and tells the trail; refuses when the reason says what only the vault may hold. */
export async function open(
  trx: RecordsTransaction,
  sealing: Sealing,
  asked: {
    readonly subjects: readonly SubjectKey[];
    readonly fields: readonly IdentityField[];
    readonly reason: string;
    readonly tell: (change: Partial<AuditEntry>) => Promise<void>;
  },
): Promise<readonly ShownPerson[] | UserError> {
  const persons = await readPersons(trx, sealing, asked.subjects);
  if (persons.some(({ identity }) => says(asked.reason, identity))) {
    await asked.tell({ outcome: 'refused', reason: null });
    return namesInReason();
  }
  const damaged = persons.some(({ unreadable }) =>
    unreadable.some((field) => asked.fields.includes(field)),
  );
  await asked.tell(damaged ? { outcome: 'failed' } : {});
  return persons.map(({ subject, synthetic, identity, unreadable }) => ({
    subject,
    synthetic,
    values: Object.fromEntries(
      asked.fields.flatMap((field) => (field in identity ? [[field, identity[field]]] : [])),
    ),
    unreadable: unreadable.filter((field) => asked.fields.includes(field)),
  }));
}

export const masked = ({ subject, synthetic, identity, unreadable }: ReadPerson): ShownPerson => ({
  subject,
  synthetic,
  values: Object.fromEntries(
    Object.entries(identity).map(([field, value]) => [field, mask(field as IdentityField, value)]),
  ),
  unreadable,
});

/** Those of the persons who are the reader's. */
async function ownOf(
  trx: RecordsTransaction,
  reader: Reader,
  subjects: readonly SubjectKey[],
  nowMs: number,
): Promise<SubjectKey[]> {
  const regions = await regionsOf(trx, subjects, nowMs);
  return subjects.filter((subject) => {
    const county = regions.get(subject);
    return county !== undefined && isReached(reader, county);
  });
}

/** Whether a person exists elsewhere is not told: unknown and foreign are refused alike. */
export async function refuseOthers(
  trx: RecordsTransaction,
  reader: Reader,
  subjects: readonly SubjectKey[],
  nowMs: number,
): Promise<UserError | undefined> {
  const own = await ownOf(trx, reader, subjects, nowMs);
  if (own.length === subjects.length) return undefined;
  return new UserError(
    'forbidden',
    text('其中有不属于您辖区的人员', 'not all of these persons are of your region'),
    {
      hint: text(
        '只能查看本辖区对象的身份信息；跨辖区请由其所在县（市、区）查看',
        'Identities are seen by the bureau that answers for the person.',
      ),
    },
  );
}

const refuseMany = (persons: number, { personsAtOnceMax }: LookLimits): UserError | undefined =>
  persons <= personsAtOnceMax
    ? undefined
    : new UserError(
        'conflict',
        text(
          `一次查看超过 ${personsAtOnceMax} 人须由另一名人员批准`,
          `more than ${personsAtOnceMax} persons at once need a second person`,
        ),
        { hint: text('提交批量查看申请', 'Ask for them as a request.') },
      );

/** True when a text has one of the values in it. Single characters prove nothing. */
export const says = (reason: string, identity: Identity): boolean =>
  Object.values(identity).some(
    (value) => [...value].length > 1 && reason.normalize('NFC').includes(value),
  );

export const namesInReason = () =>
  new UserError(
    'bad-input',
    text(
      '理由里不要写姓名、号码或住址，这些内容会留在审计记录里',
      'the reason must not say a name, number or address: it stays in the audit trail',
    ),
    { hint: text('写明事由即可', 'Say what it is needed for.') },
  );

export const entryOf = (
  { clock }: { clock: Clock },
  { accountId }: Reader,
  change: Partial<AuditEntry> & Pick<AuditEntry, 'action'>,
): AuditEntry => ({
  atMs: clock.now(),
  actor: accountId,
  outcome: 'done',
  subjects: [],
  purpose: null,
  reason: null,
  detail: {},
  ...change,
});
