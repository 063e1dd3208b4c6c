// 明日值班提醒: whoever has a turn that begins tomorrow is told the day before, from a declared time on. The
// message's key is officer, day and channel, so that nobody is told twice, also by a program that was
// restarted or that looks again after the roster was changed. A reminder that still waits is taken back when
// the turn goes to somebody else, and says what is true when the turn moves.

import { dateOfDay, dayOf, startOfDay, type Calendar } from '../../core/calendar.ts';
import { contentId } from '../../core/ids.ts';
import { DAY_MS, minuteOfDay } from '../../core/local-time.ts';
import type { Logger } from '../../core/logger.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import { composeReminder, type ToldTurn } from '../messages/message-texts.ts';
import { MESSAGE_PREFIX, writeMessages, type NewMessage } from '../messages/message-store.ts';
import { loadPlanChanges } from './change-store.ts';
import { dutySpans, type DutyPlan } from './duty-spans.ts';
import { loadKnownOfficers } from './known-officers.ts';
import { LINES, type RosterPlan } from './roster-plan.ts';

export type RemindDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly plan: RosterPlan;
  readonly calendar: Calendar;
  /** Minute of the day from which officers are told, `17:00` as 1020. */
  readonly remindAtMinute: number;
  /** Whether there is a provider that takes SMS. */
  readonly hasSms: boolean;
};

/** Why a reminder was taken back. */
const NO_TURN = 'no-turn';

/** Writes the reminders that are due and not written yet; gives how many. */
export async function remindTomorrow(deps: RemindDeps): Promise<number> {
  const { records, clock, logger, plan: file, calendar } = deps;
  const nowMs = clock.now();
  await keepTrue(deps);
  if (minuteOfDay(nowMs) < deps.remindAtMinute) return 0;
  const written = await records.transaction(async (trx) => {
    const plan = { ...file, changes: await loadPlanChanges(trx, { sinceMs: nowMs }) };
    const officers = new Map((await loadKnownOfficers(trx)).map((one) => [one.id, one]));
    const messages = [...turnsOfTomorrow(plan, calendar, nowMs)].flatMap(([officer, turns]) => {
      const known = officers.get(officer);
      if (!known?.isActive) return [];
      const channels =
        known.hasPhone && deps.hasSms ? (['push', 'sms'] as const) : (['push'] as const);
      return channels.map((channel) => reminderOf(officer, channel, turns, nowMs));
    });
    return (await writeMessages(trx, messages)) + (await wake(trx, messages));
  });
  if (written > 0) logger.info('roster.reminded', { messages: written });
  return written;
}

/**
 * Reminders that no provider has: taken back when there is no such turn any more, put right when it is at
 * another time. What is with a provider cannot be called back.
 */
async function keepTrue({ records, clock, logger, plan: file, calendar }: RemindDeps) {
  const nowMs = clock.now();
  const { back, put } = await records.transaction(async (trx) => {
    const waiting = await trx
      .selectFrom('officerMessage')
      .selectAll()
      .where('kind', '=', 'duty-tomorrow')
      .where('state', '=', 'waiting')
      .where('expiresAtMs', '>', nowMs)
      .execute();
    const counts = { back: 0, put: 0 };
    if (waiting.length === 0) return counts;
    const plan = { ...file, changes: await loadPlanChanges(trx, { sinceMs: nowMs }) };
    for (const message of waiting) {
      const { id, recipient, channel, createdAtMs, textZh } = message;
      if (channel !== 'push' && channel !== 'sms') continue;
      const turns = turnsOfTomorrow(plan, calendar, createdAtMs).get(recipient);
      const change = turns
        ? changed(reminderOf(recipient, channel, turns, createdAtMs), textZh)
        : ({ state: 'cancelled', lastErrorCode: NO_TURN } as const);
      if (!change) continue;
      if (turns) counts.put++;
      else counts.back++;
      // A sender may have it by now.
      const still = trx.updateTable('officerMessage').set(change).where('id', '=', id);
      await still.where('state', '=', 'waiting').execute();
    }
    return counts;
  });
  if (back + put > 0) logger.info('roster.reminders-changed', { takenBack: back, putRight: put });
}

const changed = ({ textZh, textEn, expiresAtMs }: NewMessage, said: string) =>
  textZh === said ? undefined : { textZh, textEn, expiresAtMs };

/** A turn that came back after its reminder was taken back is told of all the same. */
async function wake(trx: RecordsTransaction, messages: readonly NewMessage[]): Promise<number> {
  let woken = 0;
  for (const { id, textZh, textEn, createdAtMs, expiresAtMs } of messages) {
    const { numUpdatedRows } = await trx
      .updateTable('officerMessage')
      .set({
        state: 'waiting',
        lastErrorCode: null,
        nextAttemptAtMs: createdAtMs,
        textZh,
        textEn,
        expiresAtMs,
      })
      .where('id', '=', id)
      .where('state', '=', 'cancelled')
      .where('lastErrorCode', '=', NO_TURN)
      .executeTakeFirst();
    woken += Number(numUpdatedRows);
  }
  return woken;
}

/** By officer, the turns that begin on the day after `nowMs`, the earliest first. */
export function turnsOfTomorrow(
  plan: DutyPlan,
  calendar: Calendar,
  nowMs: number,
): Map<string, ToldTurn[]> {
  const fromMs = startOfDay(dayOf(nowMs) + 1);
  const untilMs = fromMs + DAY_MS;
  // A day more on both sides, for turns are cut at the ends of the period that is asked for.
  const around = { fromMs: fromMs - DAY_MS, untilMs: untilMs + DAY_MS };
  const turns = plan.bureaus.flatMap(({ bureau }) =>
    LINES.flatMap((line) =>
      dutySpans(plan, calendar, { bureau, line, ...around })
        .filter((span) => span.fromMs >= fromMs && span.fromMs < untilMs)
        .map((span) => ({ ...span, bureau, line })),
    ),
  );
  return Map.groupBy(
    turns.toSorted((a, b) => a.fromMs - b.fromMs),
    ({ officer }) => officer,
  );
}

function reminderOf(
  officer: string,
  channel: 'push' | 'sms',
  turns: readonly ToldTurn[],
  nowMs: number,
): NewMessage {
  const day = dateOfDay(dayOf(nowMs) + 1);
  const { zh, en } = composeReminder(channel, turns);
  return {
    id: contentId(MESSAGE_PREFIX, ['duty-tomorrow', officer, day, channel]),
    kind: 'duty-tomorrow',
    recipient: officer,
    channel,
    address: null,
    textZh: zh,
    textEn: en,
    createdAtMs: epochMs(nowMs),
    expiresAtMs: epochMs(turns[0]?.fromMs ?? nowMs),
  };
}
