// An officer who was called says "not me": the next ones of the frozen ladder on that side are told at once,
// not when their time comes. Who passes on still may acknowledge, and nothing else about the ladder changes.

import type { Logger } from '../core/logger.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, EscalationTable, OutboxTable } from '../warehouse/records-schema.ts';
import { acknowledgedSides } from './acknowledge.ts';
import { recipientsColumn, settleRung } from './escalation-store.ts';
import { alertEvent, eventColumn, eventId, writeEvents } from './events.ts';
import type { Side } from './level-table.ts';
import { noticeTo, STEPS_OF_CORRECTION, STEPS_OF_RUNG } from './notify.ts';
import { writeNotices } from './outbox.ts';

export type PassingOn = {
  readonly alert: AlertTable;
  /** The notice that was answered. */
  readonly notice: OutboxTable;
  /** The officer who passes on. */
  readonly officerId: string;
  readonly side: Side;
  readonly nowAtMs: EpochMs;
  /** Who was told by the same channel so short a time ago is being called, and not called twice. */
  readonly justNowMs: number;
};

/** Passes an alert on. The turn for events is taken. Does nothing when somebody has it, or a second time. */
export async function passOn(
  { logger }: { readonly logger: Logger },
  trx: RecordsTransaction,
  given: PassingOn,
): Promise<void> {
  const { alert, notice, officerId, side, nowAtMs } = given;
  const key = ['passed-on', notice.id];
  if (await isMoot(trx, given)) return;
  if (await hasEvent(trx, eventId(alert.id, 'escalated', key))) return;
  const rungs = await rungsAbove(trx, given);
  const climbed = rungs.findLast(({ state }) => state === 'done');
  const next = climbed
    ? { rung: climbed, recipients: recipientsColumn.decode(climbed.recipients), isNew: false }
    : await nextStanding(trx, given, rungs);
  if (next?.isNew) {
    const { rung, recipients } = next;
    const channels =
      rung.channel === 'push' ? (['push'] as const) : ([rung.channel, 'push'] as const);
    await writeNotices(
      trx,
      recipients.flatMap((recipient) =>
        // Whoever is next is told at once: what others of the group are passed on comes along by itself.
        channels.map((channel) => ({
          ...noticeTo(recipient, alert, { channel, step: rung.step, atMs: nowAtMs }),
          nextAttemptAtMs: nowAtMs,
        })),
      ),
    );
    await settleRung(trx, rung.id, { state: 'done', doneAtMs: nowAtMs });
  }
  if (!next) {
    logger.error('alerts.nobody-to-pass-on-to', { alertId: alert.id, side });
  }
  const details = {
    because: 'passed-on',
    side,
    via: notice.channel,
    ...(next ? { rung: rungOf(next.rung) } : {}),
    to: next?.recipients.join(' ') ?? '',
  };
  await writeEvents(trx, [
    alertEvent(alert, { kind: 'escalated', key, atMs: nowAtMs, actor: officerId, details }),
  ]);
}

/** Somebody has the alert or this side of it, or a correction has made it another since the call. */
async function isMoot(
  trx: RecordsTransaction,
  { alert, notice, side }: PassingOn,
): Promise<boolean> {
  if (alert.status !== 'new' || alert.withdrawnAtMs !== null) return true;
  if (Math.floor(notice.step / STEPS_OF_CORRECTION) !== alert.corrections) return true;
  return (await acknowledgedSides(trx, alert.id)).includes(side);
}

async function hasEvent(trx: RecordsTransaction, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('alertEvent')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** The rungs of the side above the one on which the officer was called, in the order of the ladder. */
async function rungsAbove(
  trx: RecordsTransaction,
  { alert, notice, side }: PassingOn,
): Promise<EscalationTable[]> {
  const own = notice.step - (notice.step % STEPS_OF_RUNG);
  const end = (alert.corrections + 1) * STEPS_OF_CORRECTION;
  return trx
    .selectFrom('escalation')
    .selectAll()
    .where('alertId', '=', alert.id)
    .where('side', '=', side)
    .where('step', '>', own)
    .where('step', '<', end)
    .where('state', 'in', ['waiting', 'done'])
    .orderBy('step')
    .execute();
}

/** The first rung on which somebody stands who has not passed it on and is not being called right now. */
async function nextStanding(
  trx: RecordsTransaction,
  { alert, notice, officerId, nowAtMs, justNowMs }: PassingOn,
  rungs: readonly EscalationTable[],
) {
  const told = await trx
    .selectFrom('outbox')
    .select('recipient')
    .where('alertId', '=', alert.id)
    .where('channel', '=', notice.channel)
    .where('createdAtMs', '>', epochMs(nowAtMs - justNowMs))
    .execute();
  const spared = new Set([
    officerId,
    ...told.map(({ recipient }) => recipient),
    ...(await whoPassedOn(trx, alert.id)),
  ]);
  for (const rung of rungs) {
    const recipients = recipientsColumn.decode(rung.recipients).filter((id) => !spared.has(id));
    if (recipients.length > 0) return { rung, recipients, isNew: true };
  }
  return undefined;
}

async function whoPassedOn(trx: RecordsTransaction, alertId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('alertEvent')
    .select('body')
    .where('alertId', '=', alertId)
    .where('kind', '=', 'escalated')
    .execute();
  return rows
    .map(({ body }) => eventColumn.decode(body))
    .filter(({ details }) => details['because'] === 'passed-on')
    .map(({ actor }) => actor);
}

/** Which rung of its ladder, from 1. */
const rungOf = ({ step }: EscalationTable): number => (step % STEPS_OF_CORRECTION) / STEPS_OF_RUNG;
