// Climbs the ladders: each rung that is due tells its people, unless somebody on that side has the alert. A
// rung, its notices and its event are one transaction, so a crash between tells nobody twice and skips none.

import { assert } from '../core/errors.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, EscalationTable } from '../warehouse/records-schema.ts';
import { acknowledgedSides } from './acknowledge.ts';
import type { ConsumeDeps } from './consume.ts';
import { nextRound } from './escalation.ts';
import {
  dueRungs,
  isAnyRungDue,
  recipientsColumn,
  settleRung,
  writeRungs,
} from './escalation-store.ts';
import { alertEvent, EVENT_TURN, PIPELINE_ACTOR, writeEvents } from './events.ts';
import { noticeTo, STEPS_OF_CORRECTION, STEPS_OF_RUNG } from './notify.ts';
import { writeNotices } from './outbox.ts';
import { CALL_AGAIN_AFTER_MS } from './receipts.ts';
import type { Templates } from './texts/templates.ts';

export type EscalateDeps = Pick<ConsumeDeps, 'records' | 'clock' | 'logger' | 'onChanged'> & {
  /** The words of notices; the product's own when left out. */
  readonly templates?: Templates | undefined;
};

/** Rungs of one transaction: the longest other work waits for it. */
const RUNGS_MAX = 100;

/** Takes the rungs that are due; gives how many there were. */
export async function escalate(deps: EscalateDeps): Promise<number> {
  const { records, clock } = deps;
  // Most of the time there is none, and nobody has to take turns to learn that.
  if (!(await isAnyRungDue(records.db, clock.now()))) return 0;
  const { rungs, climbed, ended } = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const taken = await dueRungs(trx, { nowAtMs: clock.now(), rungsMax: RUNGS_MAX });
    const told: EscalationTable[] = [];
    for (const rung of taken) if (await climb(deps, trx, rung)) told.push(rung);
    return { rungs: taken, climbed: told, ended: await endedLadders(trx, told) };
  });
  if (climbed.length > 0) deps.onChanged([...new Set(climbed.map(({ alertId }) => alertId))]);
  for (const { alertId, step, side } of climbed) {
    deps.logger.warn('alerts.escalated', { alertId, step, side });
  }
  for (const alertId of ended) deps.logger.error('alerts.unanswered', { alertId });
  return rungs.length;
}

/** Alerts of level 1 whose whole ladder was climbed: from here on nobody new is told, so the operators are. */
async function endedLadders(
  trx: RecordsTransaction,
  climbed: readonly EscalationTable[],
): Promise<readonly string[]> {
  const loud = climbed.filter(({ channel }) => channel !== 'push');
  const ended: string[] = [];
  for (const alertId of new Set(loud.map((rung) => rung.alertId))) {
    const rungs = await trx
      .selectFrom('escalation')
      .innerJoin('alert', 'alert.id', 'escalation.alertId')
      .select(['escalation.state', 'escalation.step', 'escalation.round'])
      .select(['alert.level', 'alert.corrections', 'alert.exercise'])
      .where('escalation.alertId', '=', alertId)
      .execute();
    // Those from before a correction are nobody's ladder any more.
    const own = rungs.filter(
      ({ step, corrections }) => Math.floor(step / STEPS_OF_CORRECTION) === corrections,
    );
    const isGrave = own.every(({ level, exercise }) => level === 1 && exercise === null);
    // What is still to come is climbed for the second time; said once, when the first round was.
    const isNews = loud.some((rung) => rung.alertId === alertId && rung.round === 0);
    const left = own.filter(({ state, round }) => state === 'waiting' && round === 0);
    if (isGrave && isNews && left.length === 0) ended.push(alertId);
  }
  return ended;
}

async function climb(
  { clock, templates }: EscalateDeps,
  trx: RecordsTransaction,
  rung: EscalationTable,
): Promise<boolean> {
  const nowAtMs = clock.now();
  const alert = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', rung.alertId)
    .executeTakeFirst();
  assert(alert, 'a rung belongs to an alert');
  if (await isMoot(trx, alert, rung)) {
    await settleRung(trx, rung.id, { state: 'moot', doneAtMs: nowAtMs });
    return false;
  }
  const recipients = recipientsColumn.decode(rung.recipients);
  const toldJustNow = await recentRecipients(trx, rung, nowAtMs);
  const channels =
    rung.channel === 'push' ? (['push'] as const) : ([rung.channel, 'push'] as const);
  await writeNotices(
    trx,
    recipients
      .filter((recipient) => !toldJustNow.has(recipient))
      .flatMap((recipient) =>
        channels.map((channel) =>
          noticeTo(
            recipient,
            alert,
            { channel, step: rung.step, round: rung.round, atMs: nowAtMs },
            templates,
          ),
        ),
      ),
  );
  const details = {
    because: 'unanswered',
    side: rung.side,
    rung: rungOf(rung),
    channel: rung.channel,
    to: recipients.join(' '),
    ...(rung.round === 0 ? {} : { round: rung.round }),
  };
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'escalated',
      key: [rung.step, rung.side, ...(rung.round === 0 ? [] : [rung.round])],
      atMs: nowAtMs,
      actor: PIPELINE_ACTOR,
      details,
    }),
  ]);
  await settleRung(trx, rung.id, { state: 'done', doneAtMs: nowAtMs });
  const { state: _state, doneAtMs: _doneAtMs, everyMs, ...climbed } = rung;
  // Only the next round is written: a ladder without an end is not frozen without an end.
  if (everyMs !== null) {
    await writeRungs(trx, [nextRound({ ...climbed, recipients, everyMs }, nowAtMs)]);
  }
  return true;
}

/** After a standstill many rungs are due at once; a person is told of them by one call. */
async function recentRecipients(
  trx: RecordsTransaction,
  { alertId, channel }: EscalationTable,
  nowAtMs: EpochMs,
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('outbox')
    .select('recipient')
    .where('alertId', '=', alertId)
    .where('channel', '=', channel)
    .where('createdAtMs', '>', epochMs(nowAtMs - CALL_AGAIN_AFTER_MS))
    .execute();
  return new Set(rows.map(({ recipient }) => recipient));
}

/** Which rung of its ladder, from 1. */
const rungOf = ({ step }: EscalationTable): number => (step % STEPS_OF_CORRECTION) / STEPS_OF_RUNG;

/** Somebody has the alert, or this side of it, a silence hides it, or a correction made it another. */
async function isMoot(
  trx: RecordsTransaction,
  alert: AlertTable,
  { side, step }: EscalationTable,
): Promise<boolean> {
  if (alert.status !== 'new' || alert.withdrawnAtMs !== null || alert.silencedBy !== null)
    return true;
  if (Math.floor(step / STEPS_OF_CORRECTION) !== alert.corrections) return true;
  return (await acknowledgedSides(trx, alert.id)).includes(side);
}
