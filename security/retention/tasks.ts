// Deletions as they are kept: begun with what was found, carried out stage by stage, ended by a certificate.
// The row says where to go on, so that a deletion that was cut short anywhere is finished and counted once.

import type { Forgotten } from '../../core/forgotten.ts';
import { placeholderFor } from '../../core/forgotten.ts';
import { canonicalJson, contentHash, contentId, type ChanceIds } from '../../core/ids.ts';
import { z } from 'zod';
import type { SubjectKey } from '../../core/subject.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type {
  RetentionCertificateTable,
  RetentionStage,
  RetentionTaskTable,
} from '../../warehouse/records-forget.ts';
import type { Audit } from '../audit/audit-entry.ts';
import { PERSON_RULE } from './declaration.ts';

/** Why data is deleted. */
export const BECAUSE = [
  /** The period of the declaration is over. */
  'period-over',
  /** The order was void. */
  'order-void',
  /** The legal basis was void. */
  'basis-void',
] as const;

export type Because = (typeof BECAUSE)[number];

export const countsColumn = jsonColumn(z.record(z.string(), z.number()));

export type TaskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly audit: Audit;
};

/** What ACTOR does by itself. */
const ACTOR = 'system';

/**
 * Orders everything about a person to be deleted; `because` other than the period makes it due at once. Twice
 * is once. Holds are asked before anything is touched.
 */
export async function beginPerson(
  { clock, ids }: Pick<TaskDeps, 'clock' | 'ids'>,
  trx: RecordsTransaction,
  { subject, because }: { subject: SubjectKey; because: Because },
): Promise<void> {
  const known = await trx
    .selectFrom('retentionTask')
    .select('id')
    .where('subject', '=', subject)
    .where('endedAtMs', 'is', null)
    .executeTakeFirst();
  if (known) return;
  await trx
    .insertInto('retentionTask')
    .values({
      // By chance: an id made of the key would give it away to whoever tries keys.
      id: ids.next('rt'),
      kind: 'person',
      rule: PERSON_RULE,
      because,
      subject,
      placeholder: placeholderFor(subject, ids),
      cutoffMs: null,
      stage: 'count',
      place: '',
      counts: countsColumn.encode({}),
      createdAtMs: clock.now(),
      endedAtMs: null,
    })
    .execute();
}

/** Begins the deletion of what in one place is older than the cut-off. */
export async function beginAge(
  { clock }: Pick<TaskDeps, 'clock'>,
  trx: RecordsTransaction,
  { rule, cutoffMs, rows }: { rule: string; cutoffMs: number; rows: number },
): Promise<void> {
  await trx
    .insertInto('retentionTask')
    .values({
      id: contentId('rt', [rule, cutoffMs]),
      kind: 'age',
      rule,
      because: 'period-over',
      subject: null,
      placeholder: null,
      cutoffMs: epochMs(cutoffMs),
      stage: 'records',
      place: '',
      counts: countsColumn.encode({ [rule]: rows }),
      createdAtMs: clock.now(),
      endedAtMs: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export const openTasks = ({ records }: Pick<TaskDeps, 'records'>): Promise<RetentionTaskTable[]> =>
  records.db
    .selectFrom('retentionTask')
    .selectAll()
    .where('endedAtMs', 'is', null)
    .orderBy('createdAtMs')
    .orderBy('id')
    .execute();

/** Notes how far some deletions have come. */
export async function moveTasks(
  trx: RecordsTransaction,
  ids: readonly string[],
  to: { stage: RetentionStage; place: string },
): Promise<void> {
  await trx.updateTable('retentionTask').set(to).where('id', 'in', ids).execute();
}

/** What was deleted may still lie on the disk until it was settled. */
const UNSETTLED = 'retention.unsettled';

async function noteUnsettled(trx: RecordsTransaction, clock: Clock): Promise<void> {
  await trx
    .insertInto('cursor')
    .values({ name: UNSETTLED, value: '1', updatedAtMs: clock.now() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

export async function isUnsettled({ db }: Records): Promise<boolean> {
  const row = await db.selectFrom('cursor').select('value').where('name', '=', UNSETTLED).execute();
  return row.length > 0;
}

export async function noteSettled({ db }: Records): Promise<void> {
  await db.deleteFrom('cursor').where('name', '=', UNSETTLED).execute();
}

export const personOf = ({ subject, placeholder }: RetentionTaskTable): Forgotten | undefined =>
  subject === null || placeholder === null ? undefined : { subject, placeholder };

export type Certificate = {
  readonly id: string;
  readonly rule: string;
  readonly because: string;
  /** Rows, lines and files by store and table. */
  readonly counts: Readonly<Record<string, number>>;
  readonly cutoffMs: number | null;
  readonly begunAtMs: number;
  readonly endedAtMs: number;
};

/** Ends a deletion: the certificate, the trace in the audit, and no key left in its row. */
export async function endTask(
  { clock, audit }: Pick<TaskDeps, 'clock' | 'audit'>,
  trx: RecordsTransaction,
  task: RetentionTaskTable,
): Promise<void> {
  const atMs = clock.now();
  const counts = countsColumn.decode(task.counts);
  const id = contentId('rc', [task.id]);
  const certificate: Certificate = {
    id,
    rule: task.rule,
    because: task.because,
    counts,
    cutoffMs: task.cutoffMs,
    begunAtMs: task.createdAtMs,
    endedAtMs: atMs,
  };
  const body = canonicalJson(certificate);
  const row: RetentionCertificateTable = {
    id,
    taskId: task.id,
    rule: task.rule,
    because: task.because,
    rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
    body,
    contentHash: contentHash(body),
    atMs,
  };
  await trx.insertInto('retentionCertificate').values(row).execute();
  await trx
    .updateTable('retentionTask')
    .set({ stage: 'done', place: '', subject: null, placeholder: null, endedAtMs: atMs })
    .where('id', '=', task.id)
    .execute();
  await noteUnsettled(trx, clock);
  await audit.record(trx, {
    atMs,
    actor: ACTOR,
    action: 'retention.delete',
    outcome: 'done',
    // Whom it was is what is not known any more.
    subjects: [],
    purpose: null,
    reason: task.because,
    detail: {
      certificate: id,
      rule: task.rule,
      rows: row.rows,
      contentHash: row.contentHash,
      cutoffMs: task.cutoffMs,
    },
  });
}
