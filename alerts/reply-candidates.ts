// The alerts an officer's reply can mean: those the officer was told of, lately.

import { assert } from '../core/errors.ts';
import { DAY_MS } from '../core/local-time.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, OfficerTable, OutboxTable } from '../warehouse/records-schema.ts';
import { acknowledgedSides } from './acknowledge.ts';
import { sideOf } from './route.ts';

export type Told = {
  readonly alert: AlertTable;
  /** The newest notice of it, an SMS where there is one. */
  readonly notice: OutboxTable;
  readonly officer: OfficerTable;
  /** It waits for this officer's side. */
  readonly isOpen: boolean;
};

/** An alert older than this is not acknowledged by SMS. */
export const REPLY_WITHIN_MS = 7 * DAY_MS;
/** More alerts than this wait for nobody at once. */
const TOLD_MAX = 200;

/** Each alert that went out to one of the officers, the newest notice first. */
export async function loadTold(
  trx: RecordsTransaction,
  officers: readonly OfficerTable[],
  nowAtMs: EpochMs,
): Promise<readonly Told[]> {
  const notices = await trx
    .selectFrom('outbox')
    .selectAll()
    .where(
      'recipient',
      'in',
      officers.map(({ id }) => id),
    )
    .where('createdAtMs', '>', epochMs(nowAtMs - REPLY_WITHIN_MS))
    .where((eb) =>
      eb.or([eb('sentAtMs', 'is not', null), eb('state', 'in', ['sending', 'uncertain'])]),
    )
    .orderBy('createdAtMs', 'desc')
    .orderBy('step', 'desc')
    .limit(TOLD_MAX)
    .execute();
  const byAlert = new Map<string, OutboxTable>();
  for (const notice of notices) {
    const before = byAlert.get(notice.alertId);
    if (!before || (before.channel !== 'sms' && notice.channel === 'sms')) {
      byAlert.set(notice.alertId, notice);
    }
  }
  if (byAlert.size === 0) return [];
  const rows = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', 'in', [...byAlert.keys()])
    .execute();
  const alerts = new Map(rows.map((row) => [row.id, row]));
  const told: Told[] = [];
  for (const notice of byAlert.values()) {
    const alert = alerts.get(notice.alertId);
    const officer = officers.find(({ id }) => id === notice.recipient);
    assert(alert && officer, 'a notice is about an alert, to somebody who was asked for');
    told.push({ alert, notice, officer, isOpen: await isOpen(trx, alert, officer) });
  }
  return told;
}

async function isOpen(
  trx: RecordsTransaction,
  alert: AlertTable,
  { region }: OfficerTable,
): Promise<boolean> {
  if (alert.status !== 'new' || alert.withdrawnAtMs !== null) return false;
  return !(await acknowledgedSides(trx, alert.id)).includes(sideOf(region, alert.region));
}
