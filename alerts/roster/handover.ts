// 交接班记录: what an officer writes down at the end of a turn for whoever comes on next. It stands unread for
// everyone of the next turn until they have seen it, and for later ones while nobody has; an account several people use (值班室) sees its own
// notes again when its next turn has begun.

import type { Calendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import type { Logger } from '../../core/logger.ts';
import type { RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { RosterNoteTable } from '../../warehouse/records-schema.ts';
import { loadPlanChanges } from './change-store.ts';
import { dutySpans, type DutyPlan } from './duty-spans.ts';
import { LINES, type LineName, type RosterPlan } from './roster-plan.ts';
import { mustHandle, type RosterOfficer } from './roster-scope.ts';

export type Turn = {
  readonly bureau: RegionCode;
  readonly line: LineName;
  readonly fromMs: number;
  readonly untilMs: number;
};

/** A turn is handed over while it lasts and so long after it. */
export const HANDOVER_AFTER_MS = 2 * HOUR_MS;
/** Older notes are no news any more. */
const NEWS_MS = 3 * DAY_MS;
const NOTE_CHARS_MAX = 1_000;
/** Turns longer than this are cut at their begin, which nobody sees. */
const TURN_MS_MAX = 8 * DAY_MS;

/** The turns of an officer that touch a period, the earliest first. */
export function turnsOf(
  plan: DutyPlan,
  calendar: Calendar,
  { officer, fromMs, untilMs }: { officer: string; fromMs: number; untilMs: number },
): Turn[] {
  const around = { fromMs: fromMs - TURN_MS_MAX, untilMs: untilMs + TURN_MS_MAX };
  return plan.bureaus
    .flatMap(({ bureau }) =>
      LINES.flatMap((line) =>
        dutySpans(plan, calendar, { bureau, line, ...around })
          .filter((span) => span.officer === officer)
          .filter((span) => span.fromMs < untilMs && fromMs < span.untilMs)
          .map((span): Turn => ({ bureau, line, fromMs: span.fromMs, untilMs: span.untilMs })),
      ),
    )
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

export type HandoverDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly file: RosterPlan | undefined;
  readonly calendar: Calendar;
};

/** Leaves a note for the next turn; gives its id. Throws UserError. */
export async function writeNote(
  { records, clock, logger, file, calendar }: HandoverDeps,
  given: string,
  by: RosterOfficer,
): Promise<string> {
  const body = given.trim();
  if (body.length < 2 || body.length > NOTE_CHARS_MAX) throw NOTE_LENGTH;
  const nowMs = clock.now();
  const { officerId } = by;
  if (!file || officerId === null) throw NO_TURN;
  const id = await records.transaction(async (trx) => {
    const sinceMs = nowMs - HANDOVER_AFTER_MS;
    const plan = { ...file, changes: await loadPlanChanges(trx, { sinceMs: sinceMs - DAY_MS }) };
    const turns = turnsOf(plan, calendar, {
      officer: officerId,
      fromMs: sinceMs,
      untilMs: nowMs + 1,
    });
    // The turn that lasts now, else the one that ended just before.
    const turn = turns.findLast(({ untilMs }) => untilMs > nowMs) ?? turns.at(-1);
    if (!turn) throw NO_TURN;
    mustHandle(by, turn.bureau);
    const noteId = contentId('rn', [by.accountId, nowMs, body]);
    await trx
      .insertInto('rosterNote')
      .values({
        id: noteId,
        bureau: turn.bureau,
        officer: officerId,
        turnFromMs: epochMs(turn.fromMs),
        turnUntilMs: epochMs(turn.untilMs),
        body,
        writtenBy: by.accountId,
        atMs: nowMs,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    return noteId;
  });
  logger.info('roster.note-written', { note: id, by: by.accountId });
  return id;
}

/** Says that an account has seen a note. Throws UserError `not-found`, also outside of its bureaus. */
export async function seeNote(
  { records, clock }: Pick<HandoverDeps, 'records' | 'clock'>,
  noteId: string,
  by: RosterOfficer,
): Promise<void> {
  await records.transaction(async (trx) => {
    const note = await trx
      .selectFrom('rosterNote')
      .select('bureau')
      .where('id', '=', noteId)
      .executeTakeFirst();
    if (!note) throw new UserError('not-found', text('没有这条交接记录', 'there is no such note'));
    mustHandle(by, note.bureau);
    await trx
      .insertInto('rosterNoteSeen')
      .values({ noteId, accountId: by.accountId, atMs: clock.now() })
      .onConflict((conflict) => conflict.columns(['noteId', 'accountId']).doNothing())
      .execute();
  });
}

export type Note = RosterNoteTable & {
  readonly seenBy: readonly { readonly accountId: string; readonly atMs: number }[];
};

/** The notes of a bureau since an instant, the newest first. */
export async function loadNotes(
  db: RecordsDb | RecordsTransaction,
  { bureaus, sinceMs }: { bureaus: readonly RegionCode[]; sinceMs: number },
): Promise<Note[]> {
  if (bureaus.length === 0) return [];
  const notes = await db
    .selectFrom('rosterNote')
    .selectAll()
    .where('bureau', 'in', bureaus)
    .where('atMs', '>', epochMs(sinceMs))
    .orderBy('atMs', 'desc')
    .orderBy('id')
    .limit(NOTES_MAX)
    .execute();
  if (notes.length === 0) return [];
  const seen = await db
    .selectFrom('rosterNoteSeen')
    .selectAll()
    .where(
      'noteId',
      'in',
      notes.map(({ id }) => id),
    )
    .orderBy('atMs')
    .execute();
  return notes.map((note) => ({
    ...note,
    seenBy: seen.filter(({ noteId }) => noteId === note.id),
  }));
}

const NOTES_MAX = 50;

/**
 * Of some notes those an account on duty in `turns` has still to see: of the turn just before, and whatever
 * nobody has seen at all.
 */
export const unreadBy = (
  notes: readonly Note[],
  { accountId, turns, nowMs }: { accountId: string; turns: readonly Turn[]; nowMs: number },
): Note[] =>
  notes.filter(
    ({ bureau, atMs, turnUntilMs, writtenBy, seenBy }) =>
      atMs > nowMs - NEWS_MS &&
      !seenBy.some((one) => one.accountId === accountId) &&
      turns.some(
        (turn) =>
          turn.bureau === bureau &&
          (writtenBy !== accountId || turn.fromMs > atMs) &&
          (seenBy.length === 0 || turn.fromMs <= turnUntilMs + HANDOVER_AFTER_MS),
      ),
  );

const NOTE_LENGTH = new UserError(
  'bad-input',
  text('交接内容为空或过长', 'the note is empty or too long'),
  {
    hint: text(
      `请写 2 至 ${NOTE_CHARS_MAX} 个字：未办结的预警、待跟进事项、设备情况。`,
      `2 to ${NOTE_CHARS_MAX} characters: open alerts, what to follow up, equipment.`,
    ),
  },
);

const NO_TURN = new UserError(
  'conflict',
  text('您当前没有可交接的班次', 'you have no turn to hand over'),
  {
    hint: text(
      '值班期间及交班后两小时内可填写交接记录。',
      'A note is written during a turn, or within two hours after it.',
    ),
  },
);
