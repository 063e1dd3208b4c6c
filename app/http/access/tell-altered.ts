// Tells of rights somebody changed by hand: an entry in the trail and a notice to the audit administrator, once for
// each state an account is found in.

import { contentId } from '../../../core/ids.ts';
import type { Clock } from '../../../core/time.ts';
import type { Altered } from '../../../security/access/rights-seal.ts';
import type { Audit } from '../../../security/audit/audit-entry.ts';
import { RIGHTS_NOTICE, writeNotice } from '../../../security/audit/notices.ts';
import type { Records } from '../../../warehouse/records.ts';
import { entryOf } from './trail.ts';

export type TellAltered = (altered: Altered) => Promise<void>;

const DAY_MS = 86_400_000;

export function createTellAltered(given: {
  readonly records: Pick<Records, 'transaction'>;
  readonly audit: Audit;
  readonly clock: Clock;
}): TellAltered {
  const { records, audit, clock } = given;
  return ({ accountId, fields }) =>
    records.transaction(async (trx) => {
      const atMs = clock.now();
      const names = fields.join(' ');
      const isNew = await writeNotice(trx, {
        kind: RIGHTS_NOTICE,
        actor: accountId,
        atMs,
        // Told again the next day while nobody has done anything about it.
        key: [contentId('rs', [accountId, names]), Math.floor(atMs / DAY_MS)],
        detail: { fields: names },
      });
      if (!isNew) return;
      const detail = { account: accountId, fields: names };
      await audit.record(
        trx,
        entryOf({ actor: 'system', action: 'account.altered', outcome: 'refused', detail }, clock),
      );
    });
}
