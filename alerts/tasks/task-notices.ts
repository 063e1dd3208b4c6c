// Notices about tasks and objections, on their way through the same outbox as all others. Their steps lie far
// above those of alarms: an acknowledgement or a correction takes none of them back.

import { contentId } from '../../core/ids.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { DutyOfficers } from '../duty-officers.ts';
import { OBJECTION_STEPS, TASK_STEPS } from '../notify.ts';
import { writeNotices } from '../outbox.ts';
import { composeTaskNotice, type TaskNoticeKind } from './task-texts.ts';

/** Kinds of one step, so that two at the same count of acts are two notices. */
const KIND_STEPS: Readonly<Record<TaskNoticeKind, number>> = {
  assigned: TASK_STEPS,
  offered: TASK_STEPS + 1,
  accepted: TASK_STEPS + 2,
  declined: TASK_STEPS + 3,
  reopened: TASK_STEPS + 4,
  overdue: TASK_STEPS + 5,
  'overdue-leader': TASK_STEPS + 6,
  objected: OBJECTION_STEPS,
  'objection-overdue': OBJECTION_STEPS + 1,
};

const STEPS_OF_ACT = 10;

type Told = Pick<
  AlertTable,
  'id' | 'level' | 'region' | 'titleZh' | 'titleEn' | 'acts' | 'corrections'
>;

/** Tells officers by push; the same again, about an alert nobody acted on meanwhile, is told once. */
export async function tellOfTask(
  trx: RecordsTransaction,
  alert: Told,
  {
    kind,
    to,
    dueAtMs,
    atMs,
  }: { kind: TaskNoticeKind; to: readonly string[]; dueAtMs: number; atMs: EpochMs },
): Promise<void> {
  // Acts and corrections only ever grow in number, so every round has steps of its own.
  const step = KIND_STEPS[kind] + (alert.acts + alert.corrections) * STEPS_OF_ACT;
  const { zh, en } = composeTaskNotice(kind, {
    alertId: alert.id,
    level: alert.level,
    region: alert.region,
    title: { zh: alert.titleZh, en: alert.titleEn },
    dueAtMs,
  });
  await writeNotices(
    trx,
    [...new Set(to)].map((recipient) => ({
      id: contentId('nt', [alert.id, step, recipient, 'push']),
      alertId: alert.id,
      step,
      channel: 'push' as const,
      recipient,
      textZh: zh,
      textEn: en,
      createdAtMs: atMs,
    })),
  );
}

/** Who hears of what goes to a whole bureau: those on duty, else the leaders. */
export async function onDuty(
  { dutyOfficers }: { readonly dutyOfficers: DutyOfficers },
  trx: RecordsTransaction,
  { bureau, atMs }: { bureau: AlertTable['region']; atMs: EpochMs },
): Promise<string[]> {
  const roster = await dutyOfficers.read(trx, atMs);
  return (roster.linesOf(bureau)[0] ?? roster.leadersOf(bureau)).map(({ id }) => id);
}
