// What the policy asks about the things routes name by their ids: which unit answers for one, and whose it is.
// Read inside the guard, so that a refusal is decided and told before anything else is read. Undefined for a
// thing that is not there, which is the desk's to say.

import { changeBodyColumn } from '../../../alerts/roster/plan-changes.ts';
import { regionsWithin, type RegionCode } from '../../../core/region.ts';
import type { SubjectKey } from '../../../core/subject.ts';
import type { Target } from '../../../security/access/data-scope.ts';
import { regionsOf } from '../../../security/vault/regions-of.ts';
import type { Records, RecordsDb } from '../../../warehouse/records.ts';
import type { SilenceMatcher } from '../../../warehouse/records-schema.ts';
import { readAlertTarget } from './alert-target.ts';

/** One thing, or several of which each has to be within the scope. */
export type Found = {
  readonly targets: readonly Target[];
  readonly subject?: SubjectKey | undefined;
};

type Finding = Promise<Found | undefined>;

export const one = (target: Target | undefined): Found | undefined =>
  target && { targets: [target] };

/** A region with everything below it. */
export const wholeOf = (region: RegionCode, owner: string | null = null): Found => ({
  targets: [region, ...regionsWithin(region).map(({ code }) => code)].map((code) => ({
    region: code,
    owner,
  })),
});

/** Where a silence of this matcher would hide something. */
export const silencedBy = ({ counties }: SilenceMatcher, region: RegionCode): Found =>
  counties === undefined
    ? wholeOf(region)
    : { targets: counties.map((county) => ({ region: county, owner: null })) };

export async function findSilenceTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('silence')
    .select(['region', 'author as owner'])
    .where('id', '=', id)
    .executeTakeFirst();
  return one(row);
}

export async function findDrillTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('drill')
    .select(['region', 'startedBy as owner'])
    .where('id', '=', id)
    .executeTakeFirst();
  return one(row);
}

export async function findReportTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('report')
    .select(['region', 'madeBy'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && wholeOf(row.region, row.madeBy);
}

export async function findProposalTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('basisProposal')
    .select(['county', 'proposedBy', 'confirmer', 'subject'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { targets: [{ region: row.county, owner: row.confirmer }], subject: row.subject };
}

export async function findVoidTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('voidProposal')
    .select(['county', 'confirmer', 'subject'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { targets: [{ region: row.county, owner: row.confirmer }], subject: row.subject };
}

/** The county that answers for a person now. */
export async function findPersonTarget(
  records: Pick<Records, 'transaction'>,
  { subject, nowMs }: { subject: SubjectKey; nowMs: number },
): Finding {
  const regions = await records.transaction((trx) => regionsOf(trx, [subject], nowMs));
  const region = regions.get(subject);
  return region && { targets: [{ region, owner: null }], subject };
}

/** Whom a legal hold is to be about: a person, or that of an alert. */
export async function findHoldSubject(
  records: Records,
  asked: { subject?: string | undefined; alertId?: string | undefined; nowMs: number },
): Finding {
  const { subject, alertId, nowMs } = asked;
  const person =
    subject ??
    (alertId === undefined ? undefined : (await readAlertTarget(records.db, alertId))?.subject);
  if (person === undefined) return undefined;
  return findPersonTarget(records, { subject: person as SubjectKey, nowMs });
}

export async function findHoldTarget(records: Records, id: string, nowMs: number): Finding {
  const row = await records.db
    .selectFrom('retentionHold')
    .select('subject')
    .where('id', '=', id)
    .executeTakeFirst();
  return row && findPersonTarget(records, { subject: row.subject, nowMs });
}

/** The bureau of a change of the roster; of a swap both officers are whom it is about. */
export async function findChangeTarget(
  db: RecordsDb,
  { id, officerId }: { id: string; officerId: string | null },
): Finding {
  const row = await db
    .selectFrom('rosterAct')
    .select('body')
    .where('changeId', '=', id)
    .where('body', 'is not', null)
    .executeTakeFirst();
  if (!row?.body) return undefined;
  const body = changeBodyColumn.decode(row.body);
  const about =
    body.kind === 'swap'
      ? [body.given.officer, body.taken.officer]
      : [body.officer, ...(body.kind === 'override' ? [body.insteadOf] : [])];
  const owner = about.find((officer) => officer === officerId) ?? about[0] ?? null;
  return one({ region: body.bureau, owner });
}

export async function findNoteTarget(db: RecordsDb, id: string, owner: string | null): Finding {
  const row = await db
    .selectFrom('rosterNote')
    .select('bureau as region')
    .where('id', '=', id)
    .executeTakeFirst();
  return row && one({ ...row, owner });
}

export async function findOfficerTarget(db: RecordsDb, officer: string): Finding {
  const row = await db
    .selectFrom('officer')
    .select(['region', 'id as owner'])
    .where('id', '=', officer)
    .executeTakeFirst();
  return one(row);
}

export async function findCheckTarget(db: RecordsDb, id: string): Finding {
  const row = await db
    .selectFrom('phoneCheck')
    .select('officer')
    .where('id', '=', id)
    .executeTakeFirst();
  return row && findOfficerTarget(db, row.officer);
}
