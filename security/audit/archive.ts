// Takes whole segments out of the store, the oldest first. What stays is their root and the chain of their
// rows, so that everything after them still verifies, and an act in the trail that says who did it. Only what
// a checkpoint covers may go: its root is what those outside hold; and only what the rules about readers have
// taken in: they would pass over what is gone without a word.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { READER_WATCH } from '../../warehouse/records-readers.ts';
import type { Audit } from './audit-entry.ts';
import { lastCheckpoint } from './read-checkpoints.ts';
import { SEGMENT_SIZE } from './record-format.ts';
import { inTurn, type SealDeps } from './seal.ts';

/** The newest segment all of whose records were sealed before the instant; undefined for none. */
export async function lastSegmentBefore(
  db: RecordsDb,
  untilMs: EpochMs,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('auditSegment')
    .select('number')
    .where('lastAtMs', '<', untilMs)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.number;
}

/** The newest segment that the rules about readers have wholly taken in, and saved that; -1 for none. */
export async function lastSegmentRead(db: RecordsDb): Promise<number> {
  const row = await db
    .selectFrom('readerWatch')
    .select('position')
    .where('name', '=', READER_WATCH)
    .executeTakeFirst();
  return Math.floor((Number(row?.position ?? -1) + 1) / SEGMENT_SIZE) - 1;
}

/**
 * Drops the records of all segments up to this one; gives how many segments went. Throws UserError `conflict`
 * for one that is not closed, that no checkpoint covers yet, or that the rules about readers have not read.
 */
export function archiveSegments(
  deps: Pick<SealDeps, 'records' | 'engine' | 'clock'> & { readonly audit: Audit },
  given: { readonly throughSegment: number; readonly actor: string; readonly reason: string },
): Promise<number> {
  return inTurn(deps, (trx) => archiveIn(trx, deps, given));
}

async function archiveIn(
  trx: RecordsTransaction,
  { clock, audit }: Pick<SealDeps, 'clock'> & { readonly audit: Audit },
  given: { readonly throughSegment: number; readonly actor: string; readonly reason: string },
): Promise<number> {
  const { throughSegment, actor, reason } = given;
  const until = (throughSegment + 1) * SEGMENT_SIZE;
  const checkpoint = await lastCheckpoint(trx);
  const segments = await trx
    .selectFrom('auditSegment')
    .select('number')
    .where('number', '<=', throughSegment)
    .where('number', 'not in', trx.selectFrom('auditArchive').select('segment'))
    .orderBy('number')
    .execute();
  if ((checkpoint?.size ?? 0) < until) {
    throw new UserError(
      'conflict',
      text('尚无检查点覆盖这些审计记录', 'no checkpoint covers these audit records yet'),
      { hint: text('生成下一个检查点后再归档', 'Archive them after the next checkpoint.') },
    );
  }
  const [first] = segments;
  if (!first) return 0;
  if ((await lastSegmentRead(trx)) < throughSegment) {
    throw new UserError(
      'conflict',
      text(
        '查阅监测尚未读完这些审计记录',
        'the rules about readers have not read these audit records yet',
      ),
      {
        hint: text(
          '系统运行时会读完；读完后再归档',
          'They are read while the product runs. Archive them afterwards.',
        ),
      },
    );
  }
  const atMs = clock.now();
  await audit.record(trx, {
    atMs,
    actor,
    action: 'audit.archive',
    outcome: 'done',
    subjects: [],
    purpose: null,
    reason,
    detail: { fromSegment: first.number, throughSegment, records: segments.length * SEGMENT_SIZE },
  });
  await trx
    .insertInto('auditArchive')
    .values(segments.map(({ number }) => ({ segment: number, atMs, actor })))
    .execute();
  for (const table of ['auditRecord', 'auditSubject'] as const) {
    await trx
      .deleteFrom(table)
      .where('position', '>=', first.number * SEGMENT_SIZE)
      .where('position', '<', until)
      .execute();
  }
  return segments.length;
}
