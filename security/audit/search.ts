// The trail as the auditor searches it: the newest first, a page at a time.

import type { EpochMs } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { decodeRecord, type AuditRecord } from './record-format.ts';

export type AuditQuery = {
  readonly actor?: string | undefined;
  /** `alert.look`, or all of a part as `alert`. */
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly purpose?: string | undefined;
  readonly outcome?: 'done' | 'refused' | 'failed' | undefined;
  readonly fromMs?: EpochMs | undefined;
  readonly untilMs?: EpochMs | undefined;
  /** Position of the last one on the page before. */
  readonly before?: number | undefined;
};

export type FoundRecord = AuditRecord & { readonly hash: string };

export const PAGE_MAX = 50;

export async function searchTrail(
  db: RecordsDb,
  query: AuditQuery,
): Promise<{ records: FoundRecord[]; more: boolean }> {
  const { actor, action, subject, purpose, outcome, fromMs, untilMs, before } = query;
  let rows = db
    .selectFrom('auditRecord')
    .select(['body', 'hash'])
    .orderBy('position', 'desc')
    .limit(PAGE_MAX + 1);
  if (before !== undefined) rows = rows.where('position', '<', before);
  if (actor !== undefined) rows = rows.where('actor', '=', actor);
  if (action !== undefined) {
    // Every act of the part: its name, a dot, and anything.
    rows = action.includes('.')
      ? rows.where('action', '=', action)
      : rows.where('action', '>=', `${action}.`).where('action', '<', `${action}/`);
  }
  if (purpose !== undefined) rows = rows.where('purpose', '=', purpose);
  if (outcome !== undefined) rows = rows.where('outcome', '=', outcome);
  if (fromMs !== undefined) rows = rows.where('atMs', '>=', fromMs);
  if (untilMs !== undefined) rows = rows.where('atMs', '<', untilMs);
  if (subject !== undefined) {
    rows = rows.where(
      'position',
      'in',
      db
        .selectFrom('auditSubject')
        .select('position')
        .where('subject', '=', subject as never),
    );
  }
  const found = await rows.execute();
  return { records: found.slice(0, PAGE_MAX).flatMap(recordOf), more: found.length > PAGE_MAX };
}

/** The records at these places, in their order; those that were archived are left out. */
export async function readRecords(
  db: RecordsDb,
  positions: readonly number[],
): Promise<FoundRecord[]> {
  if (positions.length === 0) return [];
  const found = await db
    .selectFrom('auditRecord')
    .select(['body', 'hash'])
    .where('position', 'in', positions)
    .orderBy('position')
    .execute();
  return found.flatMap(recordOf);
}

function recordOf({ body, hash }: { body: string; hash: string }): FoundRecord[] {
  const record = decodeRecord(body);
  return record ? [{ ...record, hash }] : [];
}

/** How many entries wait to be chained. */
export async function countWaiting(db: RecordsDb): Promise<number> {
  const { count } = await db
    .selectFrom('auditPending')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
