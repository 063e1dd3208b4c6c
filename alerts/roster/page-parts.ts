// The parts of the roster page that come from the records: people and their numbers, changes with what the
// looking officer may do about them, and notes that were handed over.

import type { RegionCode } from '../../core/region.ts';
import type { Text } from '../../core/text.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import { loadNotes } from './handover.ts';
import {
  endOf,
  makingOf,
  stateOf,
  type ChangeBody,
  type ChangeState,
  type RosterChange,
} from './plan-changes.ts';
import { isLeaderOf, type RosterOfficer } from './roster-scope.ts';

export type PageOfficer = {
  readonly id: string;
  readonly name: string;
  readonly isLeader: boolean;
  readonly hasAccount: boolean;
  /** The last four digits: enough to know it by. */
  readonly phoneEnd: string | null;
  readonly verifiedAtMs: number | null;
  readonly isStale: boolean;
};

export type PageChange = {
  readonly id: string;
  readonly body: ChangeBody;
  readonly state: ChangeState;
  readonly reason: string;
  readonly madeAtMs: number;
  readonly madeBy: Text;
  /** What the looking officer may do with it. */
  readonly may: readonly ('agreed' | 'confirmed' | 'declined' | 'withdrawn')[];
};

export type PageNote = {
  readonly id: string;
  readonly bureau: RegionCode;
  readonly officer: string;
  readonly turnFromMs: number;
  readonly turnUntilMs: number;
  readonly body: string;
  readonly writtenBy: Text;
  readonly atMs: number;
  readonly seenBy: readonly Text[];
};

export async function pageOfficers(
  trx: RecordsTransaction,
  { bureau, nowMs, trustedForMs }: { bureau: RegionCode; nowMs: number; trustedForMs: number },
): Promise<PageOfficer[]> {
  const rows = await trx
    .selectFrom('officer')
    .leftJoin('account', (join) =>
      join.onRef('account.officerId', '=', 'officer.id').on('account.active', '=', 1),
    )
    .select([
      'officer.id',
      'officer.name',
      'officer.role',
      'officer.phone',
      'officer.phoneVerifiedAtMs',
      'account.id as accountId',
    ])
    .where('officer.region', '=', bureau)
    .where('officer.active', '=', 1)
    .orderBy('officer.id')
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].map(({ id, name, role, phone, phoneVerifiedAtMs, accountId }) => ({
    id,
    name,
    isLeader: role === 'leader',
    hasAccount: accountId !== null,
    phoneEnd: phone === null ? null : phone.slice(-4),
    verifiedAtMs: phoneVerifiedAtMs,
    isStale: phoneVerifiedAtMs !== null && nowMs - phoneVerifiedAtMs > trustedForMs,
  }));
}

export async function pageChanges(
  trx: RecordsTransaction,
  all: readonly RosterChange[],
  { bureau, by, nowMs }: { bureau: RegionCode; by: RosterOfficer; nowMs: number },
): Promise<PageChange[]> {
  const shown = all.filter(({ body }) => body.bureau === bureau);
  const names = await accountNames(
    trx,
    shown.map((change) => makingOf(change).actedBy),
  );
  const leads = await isLeaderOf(trx, by, bureau);
  return shown
    .map((change): PageChange => {
      const made = makingOf(change);
      return {
        id: change.id,
        body: change.body,
        state: stateOf(change),
        reason: made.reason,
        madeAtMs: made.atMs,
        madeBy: names(made.actedBy),
        may: endOf(change.body) > nowMs ? actsOpenTo(change, by, leads) : [],
      };
    })
    .toReversed();
}

/** What the desk would let this officer do, were there no gap. */
function actsOpenTo(change: RosterChange, by: RosterOfficer, leads: boolean): PageChange['may'] {
  const state = stateOf(change);
  const { body } = change;
  if (state === 'declined' || state === 'withdrawn') return [];
  if (body.kind !== 'swap') return ['withdrawn'];
  const isOther = by.officerId === body.taken.officer;
  const isAsker = by.officerId === body.given.officer || makingOf(change).actedBy === by.accountId;
  return [
    ...(state === 'asked' && isOther ? (['agreed', 'declined'] as const) : []),
    ...(state === 'agreed' && leads ? (['confirmed', 'declined'] as const) : []),
    ...(isAsker || (isOther && state !== 'asked') || leads || by.role === 'city-officer'
      ? (['withdrawn'] as const)
      : []),
  ];
}

export async function pageNotes(
  trx: RecordsTransaction,
  bureaus: readonly RegionCode[],
  sinceMs: number,
): Promise<PageNote[]> {
  const notes = await loadNotes(trx, { bureaus, sinceMs });
  const names = await accountNames(
    trx,
    notes.flatMap(({ writtenBy, seenBy }) => [writtenBy, ...seenBy.map((one) => one.accountId)]),
  );
  return notes.map(
    ({ id, bureau, officer, turnFromMs, turnUntilMs, body, writtenBy, atMs, seenBy }) => ({
      id,
      bureau,
      officer,
      turnFromMs,
      turnUntilMs,
      body,
      writtenBy: names(writtenBy),
      atMs,
      seenBy: seenBy.map(({ accountId }) => names(accountId)),
    }),
  );
}

async function accountNames(
  trx: RecordsTransaction,
  ids: readonly string[],
): Promise<(id: string) => Text> {
  const rows =
    ids.length === 0
      ? []
      : await trx
          .selectFrom('account')
          .select(['id', 'displayZh', 'displayEn'])
          .where('id', 'in', [...new Set(ids)])
          .execute();
  const names = new Map(rows.map((row) => [row.id, { zh: row.displayZh, en: row.displayEn }]));
  return (id) => names.get(id) ?? { zh: id, en: id };
}
