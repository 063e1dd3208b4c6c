// Web Push as the configuration wants it: the channel for the alerts part, the offer for the console.

import type { Channel } from '../../alerts/channels/channel.ts';
import { devicesOf, forgetDevice } from '../../alerts/channels/push-devices.ts';
import { createWebPush, mayUseService } from '../../alerts/channels/web-push.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import type { WebPushOffer } from '../http/push-routes.ts';
import { pushKeysPath, readPushKeys } from '../push-keys.ts';

const TIMEOUT_MS = 8_000;

/** Undefined while it is off. Throws UserError `bad-configuration` when its keys are missing. */
export function openWebPush(config: Config, db: RecordsDb): Channel | undefined {
  const { web } = config.channels.push;
  return (
    web &&
    createWebPush({
      keys: readPushKeys(pushKeysPath(config)),
      contact: web.contact,
      devicesOf: (officerId) => devicesOf(db, officerId),
      forget: (deviceId) => forgetDevice(db, deviceId),
      mayUse: mayUseService(web.services),
      timeoutMs: TIMEOUT_MS,
    })
  );
}

/** What a console needs to subscribe; undefined while Web Push is off. */
export function webPushOffer(config: Config): WebPushOffer | undefined {
  const { web } = config.channels.push;
  if (!web) return undefined;
  const { publicKey } = readPushKeys(pushKeysPath(config));
  return { publicKey, mayUse: mayUseService(web.services) };
}
