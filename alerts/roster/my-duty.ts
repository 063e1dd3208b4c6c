// What waits for a duty officer at the console: the turn that lasts, the one that begins tomorrow, notes of the
// turn before, and swaps that want an answer.

import { dayOf, startOfDay } from '../../core/calendar.ts';
import { DAY_MS, MINUTE_MS, minuteOfDay } from '../../core/local-time.ts';
import { loadChanges } from './change-store.ts';
import { loadNotes, turnsOf, unreadBy, type Turn } from './handover.ts';
import { pageChanges, pageNotes, type PageChange, type PageNote } from './page-parts.ts';
import { planChangesOf } from './plan-changes.ts';
import { CHANGES_BACK_MS, NOTES_BACK_MS, type RosterPageDeps } from './roster-page.ts';
import type { RosterOfficer } from './roster-scope.ts';

/** What waits for the officer at the console. */
export type MyDuty = {
  readonly nowMs: number;
  /** Turns that last now. */
  readonly turns: readonly Turn[];
  /** The first turn that begins tomorrow, once the time to say so has come. */
  readonly tomorrow: Turn | null;
  /** The turn that ends soon and has not been handed over yet. */
  readonly toHandOver: Turn | null;
  readonly unread: readonly PageNote[];
  /** Swaps that wait for this officer's word. */
  readonly requests: readonly PageChange[];
};

/** How long before its end a turn is to be handed over. */
const ENDS_SOON_MS = 30 * MINUTE_MS;

/** What waits for the officer who is signed in. */
export async function readMyDuty(deps: RosterPageDeps, by: RosterOfficer): Promise<MyDuty> {
  const { file, calendar, clock, remindAt } = deps;
  const nowMs = clock.now();
  const { officerId: officer } = by;
  if (!file || officer === null) {
    return { nowMs, turns: [], tomorrow: null, toHandOver: null, unread: [], requests: [] };
  }
  return deps.records.transaction(async (trx) => {
    const all = await loadChanges(trx, { sinceMs: nowMs - CHANGES_BACK_MS });
    const plan = { ...file, changes: planChangesOf(all) };
    const dayStart = startOfDay(dayOf(nowMs) + 1);
    const coming = turnsOf(plan, calendar, { officer, fromMs: nowMs, untilMs: dayStart + DAY_MS });
    const turns = coming.filter(({ fromMs }) => fromMs <= nowMs);
    const tomorrow = coming.find(({ fromMs }) => fromMs >= dayStart) ?? null;
    const [hour = 0, minute = 0] = remindAt.split(':').map(Number);
    const isTime = minuteOfDay(nowMs) >= hour * 60 + minute;
    const bureaus = [...new Set(turns.map(({ bureau }) => bureau))];
    const notes = await loadNotes(trx, { bureaus, sinceMs: nowMs - NOTES_BACK_MS });
    const toHandOver = turns.find(
      ({ bureau, untilMs }) =>
        untilMs - nowMs <= ENDS_SOON_MS &&
        !notes.some(
          (note) =>
            note.bureau === bureau && note.officer === officer && note.turnUntilMs === untilMs,
        ),
    );
    const unread = unreadBy(notes, { accountId: by.accountId, turns, nowMs }).map(({ id }) => id);
    const shown = await pageNotes(trx, bureaus, nowMs - NOTES_BACK_MS);
    const changes = await pageChanges(trx, all, { bureau: by.region, by, nowMs });
    return {
      nowMs,
      turns,
      tomorrow: isTime ? tomorrow : null,
      toHandOver: toHandOver ?? null,
      unread: shown.filter(({ id }) => unread.includes(id)),
      requests: changes.filter(({ may }) => may.includes('agreed') || may.includes('confirmed')),
    };
  });
}
