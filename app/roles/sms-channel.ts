// The SMS channel the configuration names: an HTTP provider, or an operator's centre over SMPP. Says at the
// start which officers no SMS can reach.

import type { Channel } from '../../alerts/channels/channel.ts';
import { readSmsNumber, type WrongNumber } from '../../alerts/channels/sms-number.ts';
import { openSmppChannel, type SmppChannel } from '../../alerts/channels/smpp/smpp-channel.ts';
import { text } from '../../core/text.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import type { PartReport } from '../health.ts';

type SmsConfig = NonNullable<Config['channels']['sms']>;
export type SmppConfig = Extract<SmsConfig, { kind: 'smpp' }>;
export type HttpSmsConfig = Exclude<SmsConfig, SmppConfig>;

export const isSmpp = (sms: SmsConfig | undefined): sms is SmppConfig => sms?.kind === 'smpp';
export const isHttpSms = (sms: SmsConfig | undefined): sms is HttpSmsConfig =>
  sms !== undefined && !isSmpp(sms);

export type OwnSms = { readonly channels: readonly Channel[]; close(): Promise<void> };

/** Opens the centre's channel when there is one. Close it. */
export async function openOwnSms(
  foundation: Foundation,
): Promise<OwnSms & { state(): LinkHealth }> {
  const { config, records, logger } = foundation;
  const { sms } = config.channels;
  if (!isSmpp(sms)) {
    return { channels: [], close: () => Promise.resolve(), state: () => undefined };
  }
  for (const { officer, because } of await wrongNumbers(records.db)) {
    logger.error('sms.wrong-number', { officer, because });
  }
  const channel: SmppChannel = openSmppChannel(foundation, 'sms', sms);
  return { channels: [channel], close: channel.close, state: () => linkHealth(channel) };
}

type LinkHealth = PartReport | undefined;

/** Undefined while the centre is connected. */
function linkHealth(channel: SmppChannel): LinkHealth {
  const { isBound, code } = channel.state();
  if (isBound) return undefined;
  const says = text(`短信中心未连接(${code})`, `the SMS centre is not connected (${code})`);
  return { state: 'down', behindMs: null, says };
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
