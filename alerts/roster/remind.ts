// 明日值班提醒: whoever has a turn that begins tomorrow is told the day before, from a declared time on. The
// message's key is officer, day and channel, so that nobody is told twice, also by a program that was
// restarted or that looks again after the roster was changed.

import { dateOfDay, dayOf, startOfDay, type Calendar } from '../../core/calendar.ts';
import { contentId } from '../../core/ids.ts';
import { DAY_MS, minuteOfDay } from '../../core/local-time.ts';
import type { Logger } from '../../core/logger.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
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

/** Writes the reminders that are due and not written yet; gives how many. */
export async function remindTomorrow(deps: RemindDeps): Promise<number> {
  const { records, clock, logger, plan: file, calendar } = deps;
  const nowMs = clock.now();
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
    return writeMessages(trx, messages);
  });
  if (written > 0) logger.info('roster.reminded', { messages: written });
  return written;
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
