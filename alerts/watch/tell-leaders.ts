// A level-1 alert that stands still goes to the leaders of city and county by every channel there is. Their
// notices are the alert's own, so that a key or a reply acknowledges it.

import { assert } from '../../core/errors.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable, ChannelKind, StallTable } from '../../warehouse/records-schema.ts';
import type { Roster } from '../duty-officers.ts';
import { alertEvent, writeEvents } from '../events.ts';
import { SIDES } from '../level-table.ts';
import { noticeTo, STEPS_OF_CORRECTION } from '../notify.ts';
import { writeNotices } from '../outbox.ts';
import { bureauOf } from '../route.ts';

/** Who acts when nobody else does. */
export const WATCHDOG_ACTOR = 'watchdog';

/** Behind every rung of the ladder, and too far for another try of the same person. */
export const STEP_OF_WATCHDOG = 96;

const CHANNELS: readonly ChannelKind[] = ['phone', 'sms', 'push'];

/** Writes notices and event. The turn for events is taken. False when somebody has the alert by now. */
export async function tellLeaders(
  trx: RecordsTransaction,
  stall: StallTable,
  { roster, atMs }: { roster: Roster; atMs: EpochMs },
): Promise<boolean> {
  assert(stall.alertId, 'a level-1 stall is about an alert');
  const alert = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', stall.alertId)
    .executeTakeFirst();
  if (!alert || alert.status !== 'new' || alert.withdrawnAtMs !== null) return false;
  const leaders = leadersOf(alert, roster);
  const step = alert.corrections * STEPS_OF_CORRECTION + STEP_OF_WATCHDOG;
  await writeNotices(
    trx,
    leaders.flatMap(({ id, hasPhone }) =>
      CHANNELS.filter((channel) => hasPhone || channel === 'push').map((channel) =>
        noticeTo(id, alert, { channel, step, atMs }),
      ),
    ),
  );
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'escalated',
      key: [WATCHDOG_ACTOR, stall.id],
      atMs,
      actor: WATCHDOG_ACTOR,
      details: {
        because: 'watchdog',
        stall: stall.kind,
        to: leaders.map(({ id }) => id).join(' '),
      },
    }),
  ]);
  return true;
}

/** Where a bureau has no leader its duty line is told. */
function leadersOf({ region }: AlertTable, roster: Roster) {
  const all = SIDES.flatMap((side) => {
    const bureau = bureauOf(side, region);
    const leaders = roster.leadersOf(bureau);
    return leaders.length > 0 ? leaders : (roster.linesOf(bureau)[0] ?? []);
  });
  return [...new Map(all.map((officer) => [officer.id, officer])).values()];
}
