// What the audit administrator is told of: a trail that does not fit, a witness that refuses, people who look
// up more than their work explains.

import { contentId } from '../../core/ids.ts';
import type { EpochMs } from '../../core/time.ts';
import type { AuditNoticeTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

export type NewNotice = Pick<AuditNoticeTable, 'kind' | 'actor' | 'atMs'> & {
  /** What makes it the same notice when it is told again. */
  readonly key: readonly (string | number)[];
  readonly detail: Readonly<Record<string, string | number>>;
};

/** Most notices the page shows. */
export const NOTICES_MAX = 100;

/** Puts it into the inbox, once; gives whether it is new. */
export async function writeNotice(db: RecordsDb, notice: NewNotice): Promise<boolean> {
  const { kind, actor, atMs, key, detail } = notice;
  const id = contentId('an', [kind, ...key]);
  const result = await db
    .insertInto('auditNotice')
    .values({ id, kind, actor, atMs, body: JSON.stringify(detail), seenBy: null, seenAtMs: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** Those nobody has seen first, then the newest. */
export async function listNotices(db: RecordsDb): Promise<AuditNoticeTable[]> {
  const rows = await db
    .selectFrom('auditNotice')
    .selectAll()
    .orderBy('atMs', 'desc')
    .limit(NOTICES_MAX)
    .execute();
  return rows.toSorted((a, b) => Number(a.seenAtMs !== null) - Number(b.seenAtMs !== null));
}

/** Says that somebody has taken note; gives undefined for no such notice. */
export async function seeNotice(
  db: RecordsDb,
  given: { readonly id: string; readonly by: string; readonly atMs: EpochMs },
): Promise<AuditNoticeTable | undefined> {
  return db
    .updateTable('auditNotice')
    .set((eb) => ({
      seenBy: eb.fn.coalesce('seenBy', eb.val(given.by)),
      seenAtMs: eb.fn.coalesce('seenAtMs', eb.val(given.atMs)),
    }))
    .where('id', '=', given.id)
    .returningAll()
    .executeTakeFirst();
}
