// What reports count: alerts, objections, notices and officers, read from the records with nothing in them that names a
// supervised person. The records and not the warehouse, because they hold each alert as it stands now, with
// late feedback, and are there without a warehouse as well. Drills and canaries count nowhere.

import { FEEDBACK_RESULTS, type FeedbackResult } from '../core/alert-event.ts';
import type { Level } from '../core/finding.ts';
import { regionsWithin, type RegionCode } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import type { AlertTable } from '../warehouse/records-schema.ts';
import type { ObjectionState } from '../warehouse/records-tasks.ts';
import { TASK_STEPS } from './notify.ts';
import { levelByRule } from './events.ts';

export type AlertCounted = {
  readonly ruleId: string;
  readonly title: Text;
  readonly level: Level;
  readonly region: RegionCode;
  readonly recordedAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly closedAtMs: number | null;
  readonly result: FeedbackResult | null;
  readonly withdrawnAtMs: number | null;
  /** Withdrawn because the person objected and was right. */
  readonly isUpheld: boolean;
};

export type ObjectionCounted = {
  readonly region: RegionCode;
  readonly recordedAtMs: number;
  readonly dueAtMs: number;
  readonly decidedAtMs: number | null;
  readonly state: ObjectionState;
};

const COLUMNS = [
  'ruleId',
  'titleZh',
  'titleEn',
  'level',
  'region',
  'recordedAtMs',
  'acknowledgedAtMs',
  'closedAtMs',
  'feedbackResult',
  'withdrawnAtMs',
  'correctedBecause',
  'repeatsRaisedAtMs',
] as const;

type CountedRow = Pick<AlertTable, (typeof COLUMNS)[number]>;

const regionsOf = (region: RegionCode): RegionCode[] => [
  region,
  ...regionsWithin(region).map(({ code }) => code),
];

/**
 * Alerts of a region and all within it that were recorded before `untilMs`, and since `sinceMs` or not
 * closed by then.
 */
export async function readAlertsCounted(
  db: RecordsDb,
  { region, sinceMs, untilMs }: { region: RegionCode; sinceMs: number; untilMs: number },
): Promise<AlertCounted[]> {
  const rows = await db
    .selectFrom('alert')
    .select(COLUMNS)
    .where('region', 'in', regionsOf(region))
    .where('exercise', 'is', null)
    .where('recordedAtMs', '<', epochMs(untilMs))
    .where((eb) =>
      eb.or([
        eb('recordedAtMs', '>=', epochMs(sinceMs)),
        eb('closedAtMs', 'is', null),
        eb('closedAtMs', '>=', epochMs(sinceMs)),
      ]),
    )
    .execute();
  return rows.map(countedOf);
}

const countedOf = (row: CountedRow): AlertCounted => ({
  ruleId: row.ruleId,
  title: text(row.titleZh, row.titleEn),
  // As the rule graded it: that repeats made it graver says nothing about the rule.
  level: levelByRule(row),
  region: row.region,
  recordedAtMs: row.recordedAtMs,
  acknowledgedAtMs: row.acknowledgedAtMs,
  closedAtMs: row.closedAtMs,
  result: resultOf(row.feedbackResult),
  withdrawnAtMs: row.withdrawnAtMs,
  isUpheld: row.withdrawnAtMs !== null && row.correctedBecause === 'objection',
});

/**
 * Objections to alerts of a region and all within it that were taken down before `untilMs`, and since
 * `sinceMs` or not decided by then.
 */
export const readObjectionsCounted = (
  db: RecordsDb,
  { region, sinceMs, untilMs }: { region: RegionCode; sinceMs: number; untilMs: number },
): Promise<ObjectionCounted[]> =>
  db
    .selectFrom('objection')
    .innerJoin('alert', 'alert.id', 'objection.alertId')
    .select([
      'alert.region',
      'objection.recordedAtMs',
      'objection.dueAtMs',
      'objection.decidedAtMs',
      'objection.state',
    ])
    .where('alert.region', 'in', regionsOf(region))
    .where('alert.exercise', 'is', null)
    .where('objection.recordedAtMs', '<', epochMs(untilMs))
    .where((eb) =>
      eb.or([
        eb('objection.recordedAtMs', '>=', epochMs(sinceMs)),
        eb('objection.decidedAtMs', 'is', null),
        eb('objection.decidedAtMs', '>=', epochMs(sinceMs)),
      ]),
    )
    .execute();

/** A code no longer known counts as other: the officer did find something out. */
const resultOf = (written: string | null): FeedbackResult | null =>
  written === null ? null : (FEEDBACK_RESULTS.find((result) => result === written) ?? 'other');

/**
 * When the first alert of all was recorded; null when there is none. Of all, for a county without alerts is
 * a quiet county, and its zeros are zeros.
 */
export async function firstAlertAtMs(db: RecordsDb): Promise<number | null> {
  const row = await db
    .selectFrom('alert')
    .select(({ fn }) => fn.min('recordedAtMs').as('atMs'))
    .where('exercise', 'is', null)
    .executeTakeFirst();
  return row?.atMs ?? null;
}

/** That officers of a region's bureaus were told of alerts, from ≤ t < until. */
export const readNotices = (
  db: RecordsDb,
  { region, fromMs, untilMs }: { region: RegionCode; fromMs: number; untilMs: number },
): Promise<{ alertId: string; officer: string; atMs: number }[]> =>
  db
    .selectFrom('outbox')
    .innerJoin('officer', 'officer.id', 'outbox.recipient')
    .select(['outbox.alertId', 'outbox.recipient as officer', 'outbox.createdAtMs as atMs'])
    .where('officer.region', 'in', regionsOf(region))
    // Reminders are about alerts that have been counted.
    .where('outbox.step', '<', TASK_STEPS)
    .where('outbox.exercise', 'is', null)
    .where('outbox.createdAtMs', '>=', epochMs(fromMs))
    .where('outbox.createdAtMs', '<', epochMs(untilMs))
    .distinct()
    .execute();

/** Active officers of a region's bureaus who take turns, in the order of their ids. */
export const readDutyOfficers = (
  db: RecordsDb,
  region: RegionCode,
): Promise<{ officer: string; bureau: RegionCode }[]> =>
  db
    .selectFrom('officer')
    .select(['id as officer', 'region as bureau'])
    .where('region', 'in', regionsOf(region))
    .where('role', '!=', 'leader')
    .where('active', '=', 1)
    .orderBy('id')
    .execute();
