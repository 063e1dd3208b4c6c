// What officers do with an alert: look, acknowledge, write down what was found, close. Every act is one
// transaction that writes the alert, its event, and takes back the notices nobody needs any more.

import { text } from '../core/text.ts';
import type { EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AccountRole, AlertTable } from '../warehouse/records-schema.ts';
import { acknowledge, acknowledgedSides, cancelWaiting } from './acknowledge.ts';
import {
  conflict,
  countAct,
  existing,
  runAct,
  type ActDeps,
  type DeskOfficer,
  type Seen,
} from './desk-act.ts';
import { loadDetail, type AlertDetail } from './desk-detail.ts';
import {
  listAlerts,
  summariesOf,
  type AlertPage,
  type AlertSummary,
  type DeskQuery,
  type DeskScope,
} from './desk-rows.ts';
import { alertEvent, writeEvents } from './events.ts';
import { writeFeedback, type Feedback } from './feedback/write-feedback.ts';
import type { AnswerOptions } from './tasks/task-options.ts';
import { stopTask } from './tasks/task-store.ts';
import type { RuleTexts } from './texts.ts';

/** An act, with what the officer had before them. */
type By = DeskOfficer & Seen & { readonly note: string };

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
  acknowledge(id: string, by: By): Promise<AlertDetail>;
  /**
   * What was found; may be changed until the alert is closed. Throws `conflict` before acknowledgement, and
   * `bad-input` for evidence or photos the alert does not have.
   */
  feedback(id: string, by: By & Feedback): Promise<AlertDetail>;
  /**
   * Throws UserError `conflict` when closed already, and before acknowledgement and feedback unless the alert
   * is withdrawn.
   */
  close(id: string, by: By): Promise<AlertDetail>;
};

export type DeskDeps = ActDeps & {
  readonly ruleTexts: RuleTexts;
  /** Periods of the tasks that begin here; defaults when left out. */
  readonly answers?: AnswerOptions;
};

export function createDesk(deps: DeskDeps): Desk {
  const { records, clock } = deps;
  const detail = (trx: RecordsTransaction, row: AlertTable) => loadDetail(trx, row, deps);

  /** Runs an act on an alert the officer may handle and gives the alert as it is then. */
  const act = (
    id: string,
    by: By,
    run: (trx: RecordsTransaction, alert: AlertTable) => Promise<void>,
  ) => runAct(deps, { id, by, seen: by }, run, detail);

  return {
    list: (query, scope) => listAlerts(records.db, query, scope),
    summaries: (ids, scope) => summariesOf(records.db, ids, scope),
    get: (id, scope) =>
      records.transaction(async (trx) => detail(trx, await existing(trx, id, scope))),
    acknowledge: (id, by) =>
      act(id, by, async (trx, alert) => {
        const outcome = await acknowledge(trx, alert, {
          actor: by.accountId,
          bureau: by.region,
          side: sideOfRole(by.role),
          via: 'console',
          note: by.note,
          atMs: clock.now(),
          periods: deps.answers,
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

async function writeClosing(
  trx: RecordsTransaction,
  alert: AlertTable,
  { accountId, note, atMs }: By & { readonly atMs: EpochMs },
): Promise<void> {
  await trx
    .updateTable('alert')
    .set({ status: 'closed', closedAtMs: atMs, closedBy: accountId })
    .where('id', '=', alert.id)
    .execute();
  const details = { result: alert.feedbackResult ?? '', ...(note === '' ? {} : { note }) };
  await writeEvents(trx, [
    // Opened again by whatever means, an alert is closed again by another event.
    alertEvent(alert, { kind: 'closed', key: closingKey(alert), atMs, actor: accountId, details }),
  ]);
  await countAct(trx, alert.id);
  await cancelWaiting(trx, alert.id);
  await stopTask(trx, alert.id);
}

/** Every closing has acts and corrections before it that no other has. */
const closingKey = ({ acts, corrections }: AlertTable) => [acts, corrections];

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
