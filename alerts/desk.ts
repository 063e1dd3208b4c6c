// What officers do with an alert: look, acknowledge, write down what was found, close. Every act is one
// transaction that writes the alert, its event, and takes back the notices nobody needs any more.

import type { FeedbackResult } from '../core/alert-event.ts';
import { UserError } from '../core/errors.ts';
import type { RegionCode } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type { AccountRole, AlertTable } from '../warehouse/records-schema.ts';
import { acknowledge, acknowledgedSides, cancelWaiting } from './acknowledge.ts';
import { loadDetail, type AlertDetail } from './desk-detail.ts';
import {
  findAlert,
  listAlerts,
  summariesOf,
  type AlertPage,
  type AlertSummary,
  type DeskQuery,
  type DeskScope,
} from './desk-rows.ts';
import { alertEvent, EVENT_TURN, writeEvents } from './events.ts';
import type { RuleTexts } from './texts.ts';

/** Who acts, as the session knows them. */
export type DeskOfficer = {
  readonly accountId: string;
  readonly role: AccountRole;
  readonly region: RegionCode;
};

export type Desk = {
  /** A page of alerts; the cursor goes back in as `before`. Throws UserError `bad-input` for a wrong one. */
  list(query: DeskQuery, scope: DeskScope): Promise<AlertPage>;
  /** Throws UserError `not-found`, also for an alert the scope does not see. */
  get(id: string, scope: DeskScope): Promise<AlertDetail>;
  /** Those of the given alerts that the scope sees. */
  summaries(ids: readonly string[], scope: DeskScope): Promise<AlertSummary[]>;
  /**
   * "I have it." Level 1 counts as acknowledged once city and county have said so. Throws UserError
   * `conflict` when the alert, or the officer's side, is acknowledged already.
   */
  acknowledge(id: string, by: DeskOfficer & { readonly note: string }): Promise<AlertDetail>;
  /** What was found; may be changed until the alert is closed. Throws `conflict` before acknowledgement. */
  feedback(
    id: string,
    by: DeskOfficer & { readonly result: FeedbackResult; readonly note: string },
  ): Promise<AlertDetail>;
  /**
   * Throws UserError `conflict` when closed already, and before acknowledgement and feedback unless the alert
   * is withdrawn.
   */
  close(id: string, by: DeskOfficer & { readonly note: string }): Promise<AlertDetail>;
};

export type DeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly ruleTexts: RuleTexts;
  /** Told of the alerts that changed. */
  readonly onChanged: (alertIds: readonly string[]) => void;
};

export function createDesk(deps: DeskDeps): Desk {
  const { records, clock, ruleTexts } = deps;
  const detail = (trx: RecordsTransaction, row: AlertTable) => loadDetail(trx, row, ruleTexts);

  /** Runs an act on an alert the officer may handle and gives the alert as it is then. */
  const act = async (
    id: string,
    by: DeskOfficer,
    run: (trx: RecordsTransaction, alert: AlertTable) => Promise<void>,
  ) => {
    const scope = handlingScope(by);
    const after = await records.transaction(async (trx) => {
      await records.takeTurn(trx, EVENT_TURN);
      await run(trx, await existing(trx, id, scope));
      return detail(trx, await existing(trx, id, scope));
    });
    deps.onChanged([id]);
    return after;
  };

  return {
    list: (query, scope) => listAlerts(records.db, query, scope),
    summaries: (ids, scope) => summariesOf(records.db, ids, scope),
    get: (id, scope) =>
      records.transaction(async (trx) => detail(trx, await existing(trx, id, scope))),
    acknowledge: (id, by) =>
      act(id, by, async (trx, alert) => {
        const outcome = await acknowledge(trx, alert, {
          actor: by.accountId,
          side: sideOfRole(by.role),
          via: 'console',
          note: by.note,
          atMs: clock.now(),
        });
        if (outcome.kind === 'refused') throw conflict(REFUSED[outcome.because]);
      }),
    feedback: (id, by) =>
      act(id, by, async (trx, alert) => {
        if (alert.status === 'closed') throw conflict(REFUSED.closed);
        const given = await acknowledgedSides(trx, id);
        if (given.length === 0) throw conflict(ACKNOWLEDGE_FIRST);
        await writeFeedback(trx, alert, { ...by, atMs: clock.now() });
      }),
    close: (id, by) =>
      act(id, by, async (trx, alert) => {
        if (alert.status === 'closed') throw conflict(REFUSED.closed);
        // What was none needs nobody to look into it.
        const isWithdrawn = alert.withdrawnAtMs !== null;
        if (alert.status === 'new' && !isWithdrawn) throw conflict(ACKNOWLEDGE_FIRST);
        if (alert.feedbackResult === null && !isWithdrawn) throw conflict(FEEDBACK_FIRST);
        await writeClosing(trx, alert, { ...by, atMs: clock.now() });
      }),
  };
}

type Act = DeskOfficer & { readonly note: string; readonly atMs: ReturnType<Clock['now']> };

async function writeFeedback(
  trx: RecordsTransaction,
  alert: AlertTable,
  { accountId, result, note, atMs }: Act & { readonly result: FeedbackResult },
): Promise<void> {
  const said = [alert.feedbackResult, alert.feedbackNote, alert.feedbackBy];
  if ([result, note, accountId].every((word, index) => word === said[index])) return;
  await trx
    .updateTable('alert')
    .set({
      feedbackResult: result,
      feedbackNote: note,
      feedbackAtMs: atMs,
      feedbackBy: accountId,
    })
    .where('id', '=', alert.id)
    .execute();
  const details = { result, ...(note === '' ? {} : { note }) };
  // Saying again what was said before something else is a new event: the key is what it replaces.
  const key = [accountId, result, note, ...said.map((word) => word ?? ''), alert.feedbackAtMs ?? 0];
  await writeEvents(trx, [
    alertEvent(alert, { kind: 'feedback', key, atMs, actor: accountId, details }),
  ]);
}

async function writeClosing(
  trx: RecordsTransaction,
  alert: AlertTable,
  { accountId, note, atMs }: Act,
): Promise<void> {
  await trx
    .updateTable('alert')
    .set({ status: 'closed', closedAtMs: atMs, closedBy: accountId })
    .where('id', '=', alert.id)
    .execute();
  const details = { result: alert.feedbackResult ?? '', ...(note === '' ? {} : { note }) };
  await writeEvents(trx, [
    alertEvent(alert, { kind: 'closed', key: [], atMs, actor: accountId, details }),
  ]);
  await cancelWaiting(trx, alert.id);
}

async function existing(
  trx: RecordsTransaction,
  id: string,
  scope: DeskScope,
): Promise<AlertTable> {
  const alert = await findAlert(trx, id, scope);
  if (alert) return alert;
  throw new UserError('not-found', text('没有这条预警', 'there is no such alert'), {
    detail: `"${id}"`,
  });
}

/** Officers handle the alerts of their city or county; nobody else handles any. */
export function handlingScope({ role, region }: DeskOfficer): DeskScope {
  if (role === 'city-officer' || role === 'county-officer') return { kind: 'within', region };
  throw new UserError(
    'forbidden',
    text('只有市、县值班人员可以处置预警', 'only city and county officers handle alerts'),
  );
}

const sideOfRole = (role: AccountRole) => (role === 'city-officer' ? 'city' : 'county');

const REFUSED = {
  closed: text('预警已经办结', 'the alert is closed'),
  acknowledged: text('预警已经确认', 'the alert is acknowledged already'),
  'side-acknowledged': text(
    '本级已经确认，正在等待另一级确认',
    'your side has acknowledged; the other side is still awaited',
  ),
} as const;

const ACKNOWLEDGE_FIRST = text('预警尚未确认，请先确认收到', 'the alert is not acknowledged yet');
const FEEDBACK_FIRST = text('尚未反馈核查结果，不能办结', 'there is no feedback yet');

const conflict = (says: Text): UserError => new UserError('conflict', says);
