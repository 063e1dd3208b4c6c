// An operator's SMS centre over SMPP as the product uses it. Says at the start which officers no SMS can reach.

import { readSmsNumber, type WrongNumber } from '../../alerts/channels/sms-number.ts';
import { openSmppChannel, type SmppChannel } from '../../alerts/channels/smpp/smpp-channel.ts';
import type { SmppSettings } from '../../alerts/channels/smpp/settings.ts';
import { text } from '../../core/text.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { smppOf } from '../channels-config.ts';
import type { Foundation } from '../foundation.ts';
import type { PartReport } from '../health.ts';

/** Opens a channel to an operator's centre. Close it. */
export const openSmpp = (
  foundation: Pick<Foundation, 'records' | 'clock' | 'random' | 'logger' | 'speed'>,
  settings: SmppSettings,
  provider: string,
): SmppChannel =>
  openSmppChannel(foundation, provider, {
    ...settings,
    // Handsets and centres take real time, whatever the clock of the alerts does.
    joinWithin: settings.joinWithin * foundation.speed,
  });

/** Undefined while the centre is connected. */
export function linkHealth(channel: SmppChannel): PartReport | undefined {
  const { isBound, code } = channel.state();
  if (isBound) return undefined;
  const says = text(`短信中心未连接(${code})`, `the SMS centre is not connected (${code})`);
  return { state: 'down', behindMs: null, says };
}

/** Says which officers no SMS of a centre of our own can reach. */
export async function sayWrongNumbers({ config, records, logger }: Foundation): Promise<void> {
  if (smppOf(config.channels) === undefined) return;
  for (const { officer, because } of await wrongNumbers(records.db)) {
    logger.error('sms.wrong-number', { officer, because });
  }
}

/** Active officers whose number no SMS reaches; those without one are the roster's concern. */
export async function wrongNumbers(
  db: RecordsDb,
): Promise<readonly { readonly officer: string; readonly because: WrongNumber }[]> {
  const rows = await db
    .selectFrom('officer')
    .select(['id', 'phone'])
    .where('active', '=', 1)
    .where('phone', 'is not', null)
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id, phone }) => {
    const read = readSmsNumber(phone ?? '');
    return read.kind === 'wrong' ? [{ officer: id, because: read.because }] : [];
  });
}
