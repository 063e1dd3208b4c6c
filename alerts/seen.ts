// Pushes that were seen: on a console, where the page was visible and the alert stood in what was shown, or on
// an officer's device, where the browser said that it showed the notification. Any process may take these.

import type { RecordsDb } from '../warehouse/records.ts';
import { CONSOLE_PROVIDER, SEEN_SEQUENCE } from './channels/push.ts';
import { isFree, loadCarried } from './grouping/carried-notices.ts';
import { takeReceipt, type ReceiptDeps } from './receipts.ts';

/** Alerts of one call; a screen holds fewer. */
export const SEEN_MAX = 200;

/** Takes it that an officer has these alerts on screen; gives how many pushes that settled. */
export async function takeSeen(
  deps: ReceiptDeps,
  { officerId, alertIds }: { officerId: string; alertIds: readonly string[] },
): Promise<number> {
  let settled = 0;
  const shown = new Set(alertIds);
  for (const notice of await unseenPushes(deps.records.db, officerId, alertIds)) {
    const carried = await loadCarried(deps.records.db, notice);
    if (!carried.every(({ alertId }) => shown.has(alertId))) continue;
    const { id } = notice;
    const outcome = await takeReceipt(
      deps,
      { kind: 'push', provider: CONSOLE_PROVIDER },
      { noticeId: id, messageId: id, sequence: SEEN_SEQUENCE, state: 'delivered', from: officerId },
    );
    if (outcome === 'taken') settled++;
  }
  return settled;
}

/** Takes it that an officer's device showed a notification. */
export const takeShown = (
  deps: ReceiptDeps,
  { officerId, noticeId, provider }: { officerId: string; noticeId: string; provider: string },
) =>
  takeReceipt(
    deps,
    { kind: 'push', provider },
    { noticeId, messageId: noticeId, sequence: SEEN_SEQUENCE, state: 'delivered', from: officerId },
  );

async function unseenPushes(
  db: RecordsDb,
  officerId: string,
  alertIds: readonly string[],
): Promise<{ id: string; carries: number | null }[]> {
  if (alertIds.length === 0) return [];
  return (
    db
      .selectFrom('outbox')
      .select(['id', 'carries'])
      .where('alertId', 'in', alertIds.slice(0, SEEN_MAX))
      .where('recipient', '=', officerId)
      .where('channel', '=', 'push')
      .where('deliveredAtMs', 'is', null)
      .where('state', '!=', 'cancelled')
      // What speaks of several alerts is seen when all of them are.
      .where(isFree)
      .orderBy('id')
      .execute()
  );
}
