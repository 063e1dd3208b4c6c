// Many persons at once: asked for by one, allowed by another, opened by the first, once.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { subjectKeySchema, type SubjectKey } from '../../core/subject.ts';
import { isReached } from '../../core/reach.ts';
import { isWithin, type RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import {
  IDENTITY_FIELDS,
  type IdentityField,
  type VaultRequestTable,
} from '../../warehouse/records-vault.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import {
  entryOf,
  namesInReason,
  open,
  refuseOthers,
  says,
  type Grounds,
  type Reader,
  type RevealDeps,
  type Revealed,
} from './reveal.ts';
import { readPersons } from './sealed-values.ts';

export type BulkRequest = {
  readonly id: string;
  readonly requestedBy: string;
  readonly region: RegionCode;
  readonly persons: number;
  readonly fields: readonly IdentityField[];
  readonly purpose: string;
  readonly reason: string;
  readonly requestedAtMs: number;
  readonly state: VaultRequestTable['state'] | 'lapsed';
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
  readonly untilMs: number;
};

export type RequestDesk = {
  /** Asks; nothing is shown yet. Rejects as `reveal` does, but for the number of persons. */
  ask(
    reader: Reader,
    asked: Grounds & {
      readonly subjects: readonly SubjectKey[];
      readonly fields: readonly IdentityField[];
    },
  ): Promise<BulkRequest>;
  /** Requests of the reader's region that are not older than a day, the newest first. */
  list(reader: Reader): Promise<readonly BulkRequest[]>;
  /** Another person's word on it. Rejects with `forbidden` for whoever asked. */
  decide(reader: Reader, id: string, decision: 'approved' | 'rejected'): Promise<BulkRequest>;
  /** The values, once, for whoever asked. */
  open(reader: Reader, id: string): Promise<Revealed>;
};

const subjectsColumn = jsonColumn(z.array(subjectKeySchema).readonly());
const fieldsColumn = jsonColumn(z.array(z.enum(IDENTITY_FIELDS)).readonly());

const LISTED_MS = 24 * 3_600_000;
const LISTED_MAX = 500;

export function createRequestDesk(deps: RevealDeps): RequestDesk {
  const { vault, audit, clock, ids, limits } = deps;

  /** Runs one act; a refusal is told to the trail and thrown after the transaction. */
  const act = async <Result>(
    run: Parameters<typeof vault.work<Result | UserError>>[0],
  ): Promise<Result> => {
    const outcome = await vault.work(run);
    if (outcome instanceof UserError) throw outcome;
    return outcome;
  };

  return {
    ask: (reader, { subjects, fields, purpose, reason }) =>
      act(async (trx, sealing) => {
        const asked = [...new Set(subjects)];
        const known = await readPersons(trx, sealing, asked);
        const refused =
          (asked.length > limits.personsPerRequestMax
            ? tooLong(limits.personsPerRequestMax)
            : undefined) ??
          (await refuseOthers(trx, reader, asked, clock.now())) ??
          (known.some(({ identity }) => says(reason, identity)) ? namesInReason() : undefined);
        const row: VaultRequestTable = {
          id: ids.next('reveal'),
          requestedBy: reader.accountId,
          region: reader.region,
          subjects: subjectsColumn.encode(asked),
          fields: fieldsColumn.encode([...fields]),
          purpose,
          reason,
          requestedAtMs: clock.now(),
          state: 'waiting',
          decidedBy: null,
          decidedAtMs: null,
          untilMs: epochMs(clock.now() + limits.requestMs),
        };
        if (!refused) await trx.insertInto('vaultRequest').values(row).execute();
        await audit.record(
          trx,
          entryOf(deps, reader, {
            action: 'identity.ask-many',
            ...aboutOf(row),
            ...(refused ? { outcome: 'refused', reason: null } : {}),
          }),
        );
        return refused ?? viewOf(row, clock.now());
      }),

    async list(reader) {
      const nowMs = clock.now();
      return vault.work(async (trx) => {
        const rows = await trx
          .selectFrom('vaultRequest')
          .selectAll()
          .where('requestedAtMs', '>', epochMs(nowMs - LISTED_MS))
          .orderBy('requestedAtMs', 'desc')
          .limit(LISTED_MAX)
          .execute();
        return rows.filter((row) => isFor(reader, row)).map((row) => viewOf(row, nowMs));
      });
    },

    decide: (reader, id, decision) =>
      act(async (trx) => {
        const row = await find(trx, id);
        if (!row) return unknown();
        const refused = !isFor(reader, row)
          ? unknown()
          : row.requestedBy === reader.accountId
            ? ownRequest()
            : row.state !== 'waiting' || row.untilMs <= clock.now()
              ? over()
              : await refuseOthers(trx, reader, subjectsColumn.decode(row.subjects), clock.now());
        const decided = {
          state: decision,
          decidedBy: reader.accountId,
          decidedAtMs: clock.now(),
          untilMs: epochMs(clock.now() + limits.requestMs),
        };
        if (!refused) {
          await trx.updateTable('vaultRequest').set(decided).where('id', '=', id).execute();
        }
        await audit.record(
          trx,
          entryOf(deps, reader, {
            action: decision === 'approved' ? 'identity.approve-many' : 'identity.reject-many',
            ...aboutOf(row),
            ...(refused ? { outcome: 'refused' } : {}),
          }),
        );
        return refused ?? viewOf({ ...row, ...decided }, clock.now());
      }),

    async open(reader, id) {
      const persons = await act(async (trx, sealing) => {
        const row = await find(trx, id);
        if (!row) return unknown();
        const tell = (change: Partial<AuditEntry>) =>
          audit.record(
            trx,
            entryOf(deps, reader, { action: 'identity.reveal', ...aboutOf(row), ...change }),
          );
        const subjects = subjectsColumn.decode(row.subjects);
        const refused = !isFor(reader, row)
          ? unknown()
          : row.requestedBy !== reader.accountId
            ? notYours()
            : row.state !== 'approved' || row.untilMs <= clock.now()
              ? over()
              : await refuseOthers(trx, reader, subjects, clock.now());
        if (refused) {
          await tell({ outcome: 'refused' });
          return refused;
        }
        await trx
          .updateTable('vaultRequest')
          .set({ state: 'opened' })
          .where('id', '=', id)
          .execute();
        const fields = fieldsColumn.decode(row.fields);
        return open(trx, sealing, { subjects, fields, reason: row.reason, tell });
      });
      return { persons, shownMs: limits.shownMs };
    },
  };
}

/** Whose persons they are is looked at one by one when it is decided. */
const isFor = (reader: Reader, { region, requestedBy }: VaultRequestTable) =>
  isReached(reader, region, requestedBy) ||
  requestedBy === reader.accountId ||
  (region !== reader.region && isWithin(reader.region, region));

const find = (trx: RecordsTransaction, id: string): Promise<VaultRequestTable | undefined> =>
  trx.selectFrom('vaultRequest').selectAll().where('id', '=', id).executeTakeFirst();

const aboutOf = (row: VaultRequestTable) => {
  const subjects = subjectsColumn.decode(row.subjects);
  return {
    subjects,
    purpose: row.purpose,
    reason: row.reason,
    detail: {
      request: row.id,
      fields: fieldsColumn.decode(row.fields).join(' '),
      persons: subjects.length,
    },
  };
};

const viewOf = ({ subjects, fields, ...row }: VaultRequestTable, nowMs: number): BulkRequest => ({
  ...row,
  persons: subjectsColumn.decode(subjects).length,
  fields: fieldsColumn.decode(fields),
  state:
    (row.state === 'waiting' || row.state === 'approved') && row.untilMs <= nowMs
      ? 'lapsed'
      : row.state,
});

const unknown = () => new UserError('not-found', text('没有这个申请', 'there is no such request'));

const ownRequest = () =>
  new UserError(
    'forbidden',
    text('不能批准自己提交的申请', 'nobody decides on their own request'),
    { hint: text('请另一名有权限的人员批准', 'Ask a second person.') },
  );

const notYours = () =>
  new UserError('forbidden', text('这是他人提交的申请', 'this is somebody else’s request'));

const over = () =>
  new UserError(
    'conflict',
    text('该申请未获批准、已经打开过，或者已过期', 'it is not allowed, was opened, or has lapsed'),
    { hint: text('需要时重新提交申请', 'Ask again if it is still needed.') },
  );

const tooLong = (personsMax: number) =>
  new UserError(
    'too-large',
    text(`一次申请不能超过 ${personsMax} 人`, `a request is of at most ${personsMax} persons`),
  );
