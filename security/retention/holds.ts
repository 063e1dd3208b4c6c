// Legal holds: for a person or a case nothing is deleted while one stands. A hold works from the moment it is
// placed and lapses after a few days unless a second person confirms it; lifting one takes another person too.

import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { isSubjectKey, subjectKey, type SubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { RetentionHoldTable } from '../../warehouse/records-forget.ts';
import type { Audit } from '../audit/audit-entry.ts';

export type HoldDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly audit: Audit;
  /** How long a hold stands that nobody has confirmed. */
  readonly unconfirmedMs: number;
};

export type HoldState = 'provisional' | 'confirmed' | 'lapsed' | 'over' | 'lifted';

export type Hold = RetentionHoldTable & { readonly state: HoldState };

export type NewHold = {
  /** A person, or the case of an alert; one of both. */
  readonly subject?: string | undefined;
  readonly alertId?: string | undefined;
  readonly reason: string;
  readonly documentNumber: string;
  readonly untilMs: number;
};

const DAY_MS = 86_400_000;
/** A hold is renewed rather than forgotten. [proposal] */
export const HOLD_MS_MAX = 3 * 366 * DAY_MS;

export const stateOf = (
  hold: RetentionHoldTable,
  nowAtMs: number,
  unconfirmedMs: number,
): HoldState => {
  if (hold.liftedAtMs !== null) return 'lifted';
  if (nowAtMs >= hold.untilMs) return 'over';
  if (hold.approvedAtMs !== null) return 'confirmed';
  return nowAtMs < hold.placedAtMs + unconfirmedMs ? 'provisional' : 'lapsed';
};

/** Persons whose data stays now. */
export async function heldSubjects(
  db: RecordsDb,
  { nowAtMs, unconfirmedMs }: { nowAtMs: number; unconfirmedMs: number },
): Promise<SubjectKey[]> {
  const rows = await db
    .selectFrom('retentionHold')
    .selectAll()
    .where('liftedAtMs', 'is', null)
    .where('untilMs', '>', epochMs(nowAtMs))
    .execute();
  const standing = rows.filter((row) => {
    const state = stateOf(row, nowAtMs, unconfirmedMs);
    return state === 'provisional' || state === 'confirmed';
  });
  return [...new Set(standing.map(({ subject }) => subject))].sort();
}

/** The newest first. */
export async function listHolds(deps: Omit<HoldDeps, 'audit'>): Promise<Hold[]> {
  const rows = await deps.records.db
    .selectFrom('retentionHold')
    .selectAll()
    .orderBy('placedAtMs', 'desc')
    .orderBy('id')
    .limit(500)
    .execute();
  const nowAtMs = deps.clock.now();
  return rows.map((row) => ({ ...row, state: stateOf(row, nowAtMs, deps.unconfirmedMs) }));
}

/** Places a hold. Throws UserError when there is nothing to hold, or when its deletion has begun. */
export async function placeHold(deps: HoldDeps, asked: NewHold, by: string): Promise<Hold> {
  const nowAtMs = deps.clock.now();
  checkWords(asked, nowAtMs);
  return deps.records.transaction(async (trx) => {
    const subject = await subjectOf(trx, asked);
    await checkNotBegun(trx, subject);
    const hold: RetentionHoldTable = {
      id: contentId('hold', [subject, asked.documentNumber, by, nowAtMs]),
      subject,
      alertId: asked.alertId ?? null,
      reason: asked.reason.trim(),
      documentNumber: asked.documentNumber.trim(),
      placedBy: by,
      placedAtMs: nowAtMs,
      untilMs: epochMs(asked.untilMs),
      approvedBy: null,
      approvedAtMs: null,
      liftedBy: null,
      liftedAtMs: null,
      liftReason: null,
    };
    await trx.insertInto('retentionHold').values(hold).execute();
    await tell(deps, trx, { hold, by, action: 'retention.hold-place', reason: hold.reason });
    return { ...hold, state: 'provisional' };
  });
}

/** A second person confirms a hold. */
export async function approveHold(deps: HoldDeps, id: string, by: string): Promise<Hold> {
  return deps.records.transaction(async (trx) => {
    const hold = await standingHold(deps, trx, id);
    if (hold.approvedAtMs !== null) {
      throw conflict(text('该保全已经确认', 'this hold is confirmed already'));
    }
    if (hold.placedBy === by) throw needsSecond();
    const changes = { approvedBy: by, approvedAtMs: deps.clock.now() };
    await trx.updateTable('retentionHold').set(changes).where('id', '=', id).execute();
    await tell(deps, trx, { hold, by, action: 'retention.hold-approve', reason: null });
    return { ...hold, ...changes, state: 'confirmed' };
  });
}

/** Somebody other than who placed it lifts a hold before its time. */
export async function liftHold(
  deps: HoldDeps,
  { id, reason }: { id: string; reason: string },
  by: string,
): Promise<Hold> {
  if (reason.trim() === '') throw missing(text('解除原因', 'why it is lifted'));
  return deps.records.transaction(async (trx) => {
    const hold = await standingHold(deps, trx, id);
    if (hold.placedBy === by) throw needsSecond();
    const changes = { liftedBy: by, liftedAtMs: deps.clock.now(), liftReason: reason.trim() };
    await trx.updateTable('retentionHold').set(changes).where('id', '=', id).execute();
    await tell(deps, trx, { hold, by, action: 'retention.hold-lift', reason: reason.trim() });
    return { ...hold, ...changes, state: 'lifted' };
  });
}

async function subjectOf(
  trx: RecordsTransaction,
  { subject, alertId }: NewHold,
): Promise<SubjectKey> {
  if (alertId !== undefined) {
    const alert = await trx
      .selectFrom('alert')
      .select('subject')
      .where('id', '=', alertId)
      .executeTakeFirst();
    if (alert) return alert.subject;
    throw new UserError('not-found', text('没有这个预警', 'there is no such alert'));
  }
  const order = await trx
    .selectFrom('supervisionOrder')
    .select('subject')
    .where('subject', '=', subjectKey(subject ?? ''))
    .limit(1)
    .executeTakeFirst();
  if (order) return order.subject;
  throw new UserError('not-found', text('没有登记此人', 'no such person is registered'));
}

async function checkNotBegun(trx: RecordsTransaction, subject: SubjectKey): Promise<void> {
  const task = await trx
    .selectFrom('retentionTask')
    .select('id')
    .where('subject', '=', subject)
    .where('stage', '<>', 'count')
    .where('endedAtMs', 'is', null)
    .executeTakeFirst();
  if (!task) return;
  throw conflict(
    text(
      '此人数据的删除已经开始，不能再保全',
      'the deletion of this person has begun and cannot be held',
    ),
  );
}

async function standingHold(
  deps: HoldDeps,
  trx: RecordsTransaction,
  id: string,
): Promise<RetentionHoldTable> {
  const hold = await trx
    .selectFrom('retentionHold')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!hold) throw new UserError('not-found', text('没有这项保全', 'there is no such hold'));
  const state = stateOf(hold, deps.clock.now(), deps.unconfirmedMs);
  if (state === 'provisional' || state === 'confirmed') return hold;
  throw conflict(text('该保全已经失效', 'this hold does not stand any more'));
}

function checkWords(
  { subject, alertId, reason, documentNumber, untilMs }: NewHold,
  nowAtMs: EpochMs,
) {
  if ((subject === undefined) === (alertId === undefined)) {
    throw missing(text('人员编号或预警编号，二者选一', 'a person or an alert, one of both'));
  }
  if (subject !== undefined && !isSubjectKey(subject)) {
    throw new UserError('bad-input', text('人员编号格式不正确', 'this is no key of a person'));
  }
  if (reason.trim() === '') throw missing(text('保全原因', 'why it is held'));
  if (documentNumber.trim() === '') throw missing(text('文书编号', 'the number of the document'));
  if (!(untilMs > nowAtMs && untilMs <= nowAtMs + HOLD_MS_MAX)) {
    throw new UserError(
      'bad-input',
      text('保全期限须在今后三年之内', 'a hold ends within the next three years'),
      { hint: text('到期前可以重新办理', 'Place another before it ends.') },
    );
  }
}

const missing = (what: { zh: string; en: string }) =>
  new UserError('bad-input', text(`缺少${what.zh}`, `missing: ${what.en}`));

const conflict = (says: { zh: string; en: string }) => new UserError('conflict', says);

const needsSecond = () =>
  new UserError('forbidden', text('须由另一人办理', 'this takes a second person'), {
    hint: text('请由提出人以外的人员确认或解除', 'Somebody else confirms or lifts a hold.'),
  });

const tell = (
  { audit, clock }: HoldDeps,
  trx: RecordsTransaction,
  said: {
    hold: RetentionHoldTable;
    by: string;
    action: 'retention.hold-place' | 'retention.hold-approve' | 'retention.hold-lift';
    reason: string | null;
  },
): Promise<void> =>
  audit.record(trx, {
    atMs: clock.now(),
    actor: said.by,
    action: said.action,
    outcome: 'done',
    subjects: [said.hold.subject],
    purpose: null,
    reason: said.reason,
    detail: {
      hold: said.hold.id,
      documentNumber: said.hold.documentNumber,
      untilMs: said.hold.untilMs,
    },
  });
