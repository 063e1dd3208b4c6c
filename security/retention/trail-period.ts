// The audit trail goes by age as well: whole segments, the oldest first, once their period is over and a
// checkpoint covers them and the rules about readers have read them. Nothing in it is altered; what stays verifies as before. A segment that names a
// person on legal hold stays, and with it all after it.

import { epochMs } from '../../core/time.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { archiveSegments, lastSegmentBefore, lastSegmentRead } from '../audit/archive.ts';
import type { Audit } from '../audit/audit-entry.ts';
import { lastCheckpoint } from '../audit/read-checkpoints.ts';
import { SEGMENT_SIZE } from '../audit/record-format.ts';
import type { SealDeps } from '../audit/seal.ts';

/** Gives how many segments went. */
export async function archiveOldTrail(
  deps: Pick<SealDeps, 'records' | 'engine' | 'clock'> & { readonly audit: Audit },
  { cutoffMs, held }: { readonly cutoffMs: number; readonly held: readonly SubjectKey[] },
): Promise<number> {
  const { db } = deps.records;
  const old = await lastSegmentBefore(db, epochMs(cutoffMs));
  if (old === undefined) return 0;
  const covered = Math.floor(((await lastCheckpoint(db))?.size ?? 0) / SEGMENT_SIZE) - 1;
  const beforeHeld = (await firstNaming(db, held)) - 1;
  const throughSegment = Math.min(old, covered, beforeHeld, await lastSegmentRead(db));
  const left = await db
    .selectFrom('auditSegment')
    .select('number')
    .where('number', '<=', throughSegment)
    .where('number', 'not in', db.selectFrom('auditArchive').select('segment'))
    .executeTakeFirst();
  if (!left) return 0;
  return archiveSegments(deps, { throughSegment, actor: 'system', reason: 'period-over' });
}

/** The first segment that names one of the persons; Infinity for none. */
async function firstNaming(db: RecordsDb, subjects: readonly SubjectKey[]): Promise<number> {
  if (subjects.length === 0) return Infinity;
  const row = await db
    .selectFrom('auditSubject')
    .select(({ fn }) => fn.min('position').as('position'))
    .where('subject', 'in', subjects)
    .executeTakeFirst();
  return row?.position === null || row?.position === undefined
    ? Infinity
    : Math.floor(Number(row.position) / SEGMENT_SIZE);
}
