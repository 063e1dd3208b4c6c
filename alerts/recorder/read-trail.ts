// Reads the trail of an alert from the records.

import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { loadNames } from '../names.ts';
import { loadAttemptsOf, type NoticeAttempt as Step } from '../providers/attempt-store.ts';
import { eventColumn } from '../events.ts';
import { recipientsColumn } from '../escalation-store.ts';
import { trailOf, type Decision, type NoticeAttempt } from './trail.ts';

/** Every decision about the alert, oldest first; empty when there is no such alert. */
export async function readTrail(
  db: RecordsDb | RecordsTransaction,
  alertId: string,
): Promise<Decision[]> {
  const alert = await db
    .selectFrom('alert')
    .select(['status', 'corrections', 'silencedBy', 'withdrawnAtMs'])
    .where('id', '=', alertId)
    .executeTakeFirst();
  if (!alert) return [];
  const rows = await db
    .selectFrom('alertEvent')
    .select('body')
    .where('alertId', '=', alertId)
    .orderBy('seq')
    .execute();
  const timeline = rows.map(({ body }) => eventColumn.decode(body));
  const notices = await db
    .selectFrom('outbox')
    .selectAll()
    .where('alertId', '=', alertId)
    .orderBy('createdAtMs')
    .orderBy('id')
    .execute();
  const rungs = (
    await db.selectFrom('escalation').selectAll().where('alertId', '=', alertId).execute()
  ).map((rung) => ({ ...rung, recipients: recipientsColumn.decode(rung.recipients) }));
  const people = [
    ...notices.map(({ recipient }) => recipient),
    ...rungs.flatMap(({ recipients }) => recipients),
    ...timeline.flatMap(({ actor, details }) => [
      actor,
      ...['recipients', 'to', 'quieted', 'pushedOnly', 'author'].flatMap((name) =>
        String(details[name] ?? '').split(' '),
      ),
    ]),
  ];
  const names = await loadNames(db, [...new Set(people.filter((id) => id !== ''))]);
  return trailOf({
    alert,
    timeline,
    notices,
    rungs,
    attempts: (await loadAttemptsOf(db, alertId)).flatMap(stepOf),
    nameOf: (id) => names.get(id) ?? { zh: id, en: id },
  });
}

/** That it was begun goes without saying, and receipts stand with the notice. */
function stepOf({
  noticeId,
  attempt,
  atMs,
  provider,
  messageId,
  what,
  code,
}: Step): NoticeAttempt[] {
  if (what === 'begun' || what === 'receipt') return [];
  return [
    {
      noticeId,
      number: attempt,
      atMs,
      provider,
      providerMessageId: messageId,
      outcome: what,
      code: what === 'late-receipt' ? null : code,
    },
  ];
}
