// Objections of supervised persons (异议): an officer takes one down, a clock starts, and somebody who did not
// handle the alert decides. Upheld, the alert counts as withdrawn, in the way a correction makes it so.

import type { Calendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { ObjectionTable, ReceivedHow } from '../../warehouse/records-tasks.ts';
import { writeCorrections } from '../correction-store.ts';
import {
  conflict,
  countAct,
  personOf,
  runAct,
  type ActDeps,
  type DeskOfficer,
  type Seen,
} from '../desk-act.ts';
import { loadDetail, type AlertDetail, type DetailDeps } from '../desk-detail.ts';
import type { DutyOfficers } from '../duty-officers.ts';
import { alertEvent, writeEvents } from '../events.ts';
import { STEPS_OF_CORRECTION } from '../notify.ts';
import { tellOfTask } from '../tasks/task-notices.ts';
import { ANSWER_DEFAULTS } from '../tasks/task-options.ts';
import { stopTask } from '../tasks/task-store.ts';
import { composeCorrection } from '../texts.ts';
import { objectionDueAtMs } from './objection-clock.ts';
import { changeObjection, loadHandlers, loadObjections } from './objection-store.ts';

export type NewObjection = {
  readonly what: string;
  readonly receivedHow: ReceivedHow;
  /** When the person raised it. */
  readonly raisedAtMs: number;
};

export type ObjectionDesk = {
  /**
   * Throws UserError `bad-input` when it was raised before the alert or in the future, `conflict` while
   * another one is undecided or the alert is withdrawn anyway.
   */
  record(id: string, by: DeskOfficer & Seen & NewObjection): Promise<AlertDetail>;
  /**
   * Throws UserError `forbidden` for everyone who handled the alert, `not-found` for an objection that is not
   * of this alert, `conflict` when it is decided.
   */
  decide(
    id: string,
    by: DeskOfficer &
      Seen & {
        readonly objectionId: string;
        readonly decision: 'upheld' | 'rejected';
        readonly reason: string;
      },
  ): Promise<AlertDetail>;
};

export type ObjectionDeps = ActDeps &
  DetailDeps & { readonly dutyOfficers: DutyOfficers; readonly calendar: Calendar };

export function createObjectionDesk(deps: ObjectionDeps): ObjectionDesk {
  const detail = (trx: RecordsTransaction, row: AlertTable) => loadDetail(trx, row, deps);
  return {
    record: (id, by) =>
      runAct(deps, { id, by, seen: by }, (trx, alert) => record(deps, trx, alert, by), detail),
    decide: (id, by) =>
      runAct(deps, { id, by, seen: by }, (trx, alert) => decide(deps, trx, alert, by), detail),
  };
}

async function record(
  deps: ObjectionDeps,
  trx: RecordsTransaction,
  alert: AlertTable,
  by: DeskOfficer & NewObjection,
): Promise<void> {
  const { calendar, clock, dutyOfficers } = deps;
  const { objectionWorkdays: workdays } = deps.answers ?? ANSWER_DEFAULTS;
  const nowAtMs = clock.now();
  const raisedAtMs = epochMs(by.raisedAtMs);
  if (raisedAtMs > nowAtMs) throw wrongTime(IN_FUTURE);
  if (raisedAtMs < alert.openedAtMs) throw wrongTime(BEFORE_ALERT);
  if (alert.withdrawnAtMs !== null) throw conflict(WITHDRAWN);
  const known = await loadObjections(trx, alert.id);
  if (known.some(({ state }) => state === 'open')) throw conflict(UNDECIDED, UNDECIDED_HINT);
  const dueAtMs = objectionDueAtMs(calendar, { raisedAtMs, workdays });
  const id = contentId('oj', [alert.id, alert.acts]);
  const objection: ObjectionTable = {
    id,
    alertId: alert.id,
    what: by.what,
    receivedHow: by.receivedHow,
    raisedAtMs,
    recordedBy: by.accountId,
    recordedAtMs: nowAtMs,
    workdays,
    calendarVersion: calendar.version,
    dueAtMs,
    state: 'open',
    decidedBy: null,
    decidedAtMs: null,
    reason: null,
    nextAtMs: dueAtMs,
    alarmedAtMs: null,
  };
  await trx.insertInto('objection').values(objection).execute();
  await countAct(trx, alert.id);
  const { receivedHow } = by;
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'objected',
      key: [id],
      atMs: nowAtMs,
      actor: by.accountId,
      details: { objectionId: id, receivedHow, raisedAtMs, dueAtMs, workdays, note: by.what },
    }),
  ]);
  const roster = await dutyOfficers.read(trx, nowAtMs);
  const to = roster.leadersOf(alert.region).map((leader) => leader.id);
  const told = { ...alert, acts: alert.acts + 1 };
  await tellOfTask(trx, told, { kind: 'objected', to, dueAtMs, atMs: nowAtMs });
}

async function decide(
  { clock }: ObjectionDeps,
  trx: RecordsTransaction,
  alert: AlertTable,
  by: Parameters<ObjectionDesk['decide']>[1],
): Promise<void> {
  const objections = await loadObjections(trx, alert.id);
  const objection = objections.find(({ id }) => id === by.objectionId);
  if (!objection) {
    throw new UserError('not-found', text('没有这件异议', 'there is no such objection'), {
      detail: `"${by.objectionId}"`,
    });
  }
  if (objection.state !== 'open') throw conflict(DECIDED);
  const handlers = await loadHandlers(trx, alert.id);
  const person = await personOf(trx, by);
  if (person.ids.some((id) => handlers.includes(id))) {
    throw new UserError('forbidden', OWN_CASE, { hint: OWN_CASE_HINT });
  }
  const atMs = clock.now();
  const { decision, reason, accountId } = by;
  await changeObjection(trx, objection.id, {
    state: decision,
    decidedBy: accountId,
    decidedAtMs: atMs,
    reason,
    nextAtMs: null,
  });
  await countAct(trx, alert.id);
  const isLate = atMs >= objection.dueAtMs;
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'objection-decided',
      key: [objection.id],
      atMs,
      actor: accountId,
      details: { objectionId: objection.id, decision, late: isLate, note: reason },
    }),
  ]);
  if (decision === 'upheld' && alert.withdrawnAtMs === null) {
    await withdraw(trx, alert, { objectionId: objection.id, accountId, atMs });
  }
}

/** The alert was none, by the decision of a person: marked, counted and told of as by a correction. */
async function withdraw(
  trx: RecordsTransaction,
  alert: AlertTable,
  { objectionId, accountId, atMs }: { objectionId: string; accountId: string; atMs: EpochMs },
): Promise<void> {
  const corrections = alert.corrections + 1;
  await trx
    .updateTable('alert')
    .set({ withdrawnAtMs: atMs, correctedBecause: 'objection', corrections })
    .where('id', '=', alert.id)
    .execute();
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'corrected',
      key: [objectionId],
      atMs,
      actor: accountId,
      details: {
        outcome: 'withdrawn',
        was: 'standing',
        fromLevel: alert.level,
        toLevel: alert.level,
        because: 'objection',
        objectionId,
      },
    }),
  ]);
  await stopTask(trx, alert.id);
  const step = corrections * STEPS_OF_CORRECTION;
  const facts = {
    alertId: alert.id,
    region: alert.region,
    title: { zh: alert.titleZh, en: alert.titleEn },
    level: alert.level,
    because: 'objection' as const,
    wasLevel: undefined,
  };
  await writeCorrections(trx, [
    { kind: 'take-back', alertId: alert.id, step },
    {
      kind: 'tell',
      telling: {
        alertId: alert.id,
        step,
        sms: composeCorrection('sms', facts),
        push: composeCorrection('push', facts),
        createdAtMs: atMs,
        ifUntold: [],
      },
    },
  ]);
}

const wrongTime = (says: Text): UserError => new UserError('bad-input', says);

const IN_FUTURE = text('提出异议的时间不能晚于现在', 'the objection cannot be of the future');
const BEFORE_ALERT = text(
  '提出异议的时间不能早于预警发生的时间',
  'the objection cannot be older than the alert',
);
const WITHDRAWN = text('预警已撤回，无需再提异议', 'the alert is withdrawn already');
const UNDECIDED = text(
  '这起预警已有一件异议尚未作出决定',
  'an objection to this alert is undecided yet',
);
const UNDECIDED_HINT = text(
  '请先就前一件异议作出决定；补充的内容可写入决定理由。',
  'Decide the first one; what is added can be part of the reason.',
);
const DECIDED = text('这件异议已经作出决定', 'the objection is decided already');
const OWN_CASE = text(
  '您经办过这起预警，不能对其异议作出决定',
  'you handled this alert and cannot decide an objection to it',
);
const OWN_CASE_HINT = text(
  '请由未经办过这起预警的人员或上级司法局作出决定。',
  'Somebody who did not handle it, or the bureau above, decides.',
);
