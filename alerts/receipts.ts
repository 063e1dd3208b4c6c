// Takes in what providers tell about notices: delivered, answered, failed. Key 1 acknowledges the alert for
// the officer the notice was sent to. Receipts come in any order, repeatedly, late, and from liars.

import type { Logger } from '../core/logger.ts';
import { epochMs, type Clock } from '../core/time.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, OfficerTable, OutboxTable } from '../warehouse/records-schema.ts';
import { acknowledge, isTaken } from './acknowledge.ts';
import { afterReceipt } from './attempt.ts';
import {
  FAILURE_REASONS,
  type Channel,
  type Receipt,
  type ReceiptOutcome,
} from './channels/channel.ts';
import { EVENT_TURN } from './events.ts';
import { noticeTo, STEPS_OF_RUNG } from './notify.ts';
import { changeNotice, findNotice, writeNotices } from './outbox.ts';
import { sideOf } from './route.ts';

export type ReceiptDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of the alerts that changed. */
  readonly onChanged: (alertIds: readonly string[]) => void;
};

/** The key pressed or the reply sent that says "I have it". */
const ACKNOWLEDGES = '1';

/** A person who did not pick up is tried again so often, so much later. */
export const CALL_AGAIN_MAX = 2;
export const CALL_AGAIN_AFTER_MS = 60_000;

/** Takes one receipt; the same one again changes nothing. */
export async function takeReceipt(
  deps: ReceiptDeps,
  channel: Pick<Channel, 'kind' | 'provider'>,
  receipt: Receipt,
): Promise<ReceiptOutcome> {
  const { outcome, alertId } = await deps.records.transaction(async (trx) => {
    await deps.records.takeTurn(trx, EVENT_TURN);
    const notice = await findNotice(trx, receipt.noticeId);
    if (!notice || notice.channel !== channel.kind) {
      return { outcome: 'unknown-notice' as const, alertId: undefined };
    }
    const taken = await apply(deps, trx, { notice, receipt, provider: channel.provider });
    return { outcome: taken, alertId: notice.alertId };
  });
  if (outcome === 'taken' && alertId) deps.onChanged([alertId]);
  if (outcome !== 'taken' && outcome !== 'stale') {
    const { noticeId, messageId } = receipt;
    deps.logger.warn('alerts.receipt-refused', { outcome, noticeId, messageId });
  }
  return outcome;
}

type Arrival = {
  readonly notice: OutboxTable;
  readonly receipt: Receipt;
  readonly provider: string;
};

async function apply(
  deps: ReceiptDeps,
  trx: RecordsTransaction,
  { notice, receipt, provider }: Arrival,
): Promise<ReceiptOutcome> {
  const known = notice.providerMessageId;
  if (known !== null && known !== receipt.messageId) return 'other-message';
  const officer = await trx
    .selectFrom('officer')
    .selectAll()
    .where('id', '=', notice.recipient)
    .executeTakeFirst();
  const isOfPerson =
    receipt.state === 'answered' || (notice.channel === 'push' && receipt.state === 'delivered');
  if (isOfPerson && !isFrom(officer, notice, receipt)) return 'wrong-person';
  const nowAtMs = deps.clock.now();
  const change = afterReceipt(notice, receipt, nowAtMs);
  const isNew = Object.keys(change).length > 0;
  await changeNotice(trx, notice, isNew ? { ...change, provider } : {});
  const { channel } = notice;
  // Nobody is at the other end.
  if (channel === 'canary') return isNew ? 'taken' : 'stale';
  const alert = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', notice.alertId)
    .executeTakeFirstOrThrow();
  if (change.state === 'failed') await callAgain(trx, { alert, notice, receipt }, nowAtMs);
  if (officer && receipt.state === 'answered' && receipt.answer?.trim() === ACKNOWLEDGES) {
    const outcome = await acknowledge(trx, alert, {
      actor: officer.id,
      side: sideOf(officer.region, alert.region),
      via: channel,
      note: '',
      atMs: nowAtMs,
    });
    if (outcome.kind !== 'refused') return 'taken';
  }
  return isNew ? 'taken' : 'stale';
}

/** A new notice for the same person, unless somebody has the alert by now. */
async function callAgain(
  trx: RecordsTransaction,
  { alert, notice, receipt }: { alert: AlertTable; notice: OutboxTable; receipt: Receipt },
  nowAtMs: OutboxTable['createdAtMs'],
): Promise<void> {
  const mayHelp = (FAILURE_REASONS as readonly string[]).includes(receipt.reason ?? '');
  if (!mayHelp || notice.step % STEPS_OF_RUNG >= CALL_AGAIN_MAX) return;
  if (await isTaken(trx, notice)) return;
  const { recipient, channel } = notice;
  if (channel === 'canary') return;
  const step = notice.step + 1;
  const { round } = notice;
  const next = noticeTo(recipient, alert, { channel, step, round, atMs: nowAtMs });
  await writeNotices(trx, [{ ...next, nextAttemptAtMs: epochMs(nowAtMs + CALL_AGAIN_AFTER_MS) }]);
}

/** True when the answer came from the officer's own number, or for a push from the officer. */
function isFrom(officer: OfficerTable | undefined, notice: OutboxTable, receipt: Receipt): boolean {
  if (!officer || officer.active === 0 || receipt.from === undefined) return false;
  if (notice.channel === 'push') return receipt.from === officer.id;
  return officer.phone !== null && bareNumber(receipt.from) === bareNumber(officer.phone);
}

/** Digits of a number without the country code of China. */
const bareNumber = (number: string): string =>
  number.replaceAll(/[\s()-]/g, '').replace(/^(\+|00)86/, '');
