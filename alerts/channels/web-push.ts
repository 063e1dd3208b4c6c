// ⑦ Push to an officer's devices through the browsers' push services (RFC 8030), signed with our key (RFC 8292)
// and encrypted for the browser (RFC 8291): the service sees neither alert nor officer. A lock screen shows a
// reference and whom to turn to, nothing else.

import webPush from 'web-push';
import type { Level } from '../../core/finding.ts';
import { text, type Text } from '../../core/text.ts';
import { ioClock } from '../../core/time.ts';
import { referenceOf } from '../texts.ts';
import type { Channel, OutgoingNotice, SendOutcome } from './channel.ts';
import type { PushDevice } from './push-devices.ts';

export const WEB_PUSH_PROVIDER = 'web-push';

export type PushKeys = { readonly publicKey: string; readonly privateKey: string };

export type WebPushOptions = {
  readonly keys: PushKeys;
  /** `mailto:` or `https:`: whom a push service may turn to. */
  readonly contact: string;
  readonly devicesOf: (officerId: string) => Promise<readonly PushDevice[]>;
  /** The push service knows the device no more. */
  readonly forget: (deviceId: string) => Promise<void>;
  readonly mayUse: (endpoint: string) => boolean;
  readonly timeoutMs: number;
};

/** After so long a notice is of no use on a lock screen: by then others were told. */
const LASTS_S: Readonly<Record<Level, number>> = { 1: 600, 2: 1_800, 3: 28_800 };
const URGENCY: Readonly<Record<Level, 'high' | 'normal'>> = { 1: 'high', 2: 'high', 3: 'normal' };

/** What a service worker is given; see cockpit/public/push-worker.js. */
export type PushPayload = {
  readonly noticeId: string;
  readonly alertId: string;
  readonly level: Level;
  readonly title: string;
  readonly body: string;
};

/** Of a message that is about no alert, such as tomorrow's turn, `alertId` is empty. */
export const lockScreenText = (alertId: string): { title: Text; body: Text } =>
  alertId === ''
    ? {
        title: text('准绳通知', 'Plumbline message'),
        body: text(
          '您有新的值班通知，请登录值守台查看。',
          'About your duty. Please open the console.',
        ),
      }
    : {
        title: text('准绳预警', 'Plumbline alert'),
        body: text(
          `编号 ${referenceOf(alertId)}，请登录值守台查看。`,
          `Ref. ${referenceOf(alertId)}. Please open the console.`,
        ),
      };

export function createWebPush(options: WebPushOptions): Channel {
  return {
    kind: 'push',
    provider: WEB_PUSH_PROVIDER,
    async send(notice) {
      const devices = await options.devicesOf(notice.recipient);
      const outcomes = await Promise.all(
        devices
          .filter(({ endpoint }) => options.mayUse(endpoint))
          .map((device) => pushTo(device, notice, options)),
      );
      return overall(outcomes, notice.id);
    },
    // A push service keeps no account. Pushed again under the same topic and tag it replaces itself.
    status: () => Promise.resolve({ kind: 'unknown' }),
    // What a device showed comes in over HTTP, at any process; see ../seen.ts.
    onReceipt() {},
  };
}

type DeviceOutcome = 'taken' | 'gone' | { readonly code: string; readonly isFinal: boolean };

/** Taken when one device got it; nothing to send to when none is left. */
function overall(outcomes: readonly DeviceOutcome[], messageId: string): SendOutcome {
  if (outcomes.includes('taken')) return { kind: 'accepted', messageId };
  const failures = outcomes.filter((outcome) => typeof outcome === 'object');
  const passing = failures.find(({ isFinal }) => !isFinal);
  if (passing) return { kind: 'rejected', code: passing.code, retry: 'backoff' };
  return { kind: 'rejected', code: failures[0]?.code ?? 'no-device', retry: 'never' };
}

async function pushTo(
  device: PushDevice,
  notice: OutgoingNotice,
  { keys, contact, forget, timeoutMs }: WebPushOptions,
): Promise<DeviceOutcome> {
  const { id: noticeId, alertId, level = 2 } = notice;
  const { title, body } = lockScreenText(alertId);
  const { language } = device;
  const payload: PushPayload = {
    noticeId,
    alertId,
    level,
    title: title[language],
    body: body[language],
  };
  const request = requestOf(device, payload, { keys, contact });
  if (!request) {
    await forget(device.id);
    return 'gone';
  }
  const answer = await ask(request, timeoutMs);
  if (answer.status === undefined) return { code: answer.code, isFinal: false };
  if (answer.status >= 200 && answer.status < 300) return 'taken';
  if (answer.status === 404 || answer.status === 410) {
    await forget(device.id);
    return 'gone';
  }
  const isFinal = answer.status < 500 && answer.status !== 429 && answer.status !== 408;
  return { code: `http-${answer.status}`, isFinal };
}

type PushRequest = {
  readonly endpoint: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** Undefined when the browser's keys are no keys. */
function requestOf(
  { endpoint, p256dh, auth }: PushDevice,
  payload: PushPayload,
  { keys, contact }: Pick<WebPushOptions, 'keys' | 'contact'>,
): PushRequest | undefined {
  try {
    const details = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify(payload),
      {
        vapidDetails: { subject: contact, ...keys },
        TTL: LASTS_S[payload.level],
        urgency: URGENCY[payload.level],
        topic: payload.noticeId,
        contentEncoding: 'aes128gcm',
      },
    );
    const headers = Object.entries(details.headers as Record<string, unknown>)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name, String(value)]);
    const body = Uint8Array.from(details.body ?? []);
    return { endpoint, headers: Object.fromEntries(headers) as Record<string, string>, body };
  } catch {
    return undefined;
  }
}

async function ask(
  { endpoint, headers, body }: PushRequest,
  timeoutMs: number,
): Promise<{ status: number } | { status: undefined; code: string }> {
  const giveUp = new AbortController();
  const timer = ioClock.after(timeoutMs, () => giveUp.abort());
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: giveUp.signal,
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch {
    return { status: undefined, code: giveUp.signal.aborted ? 'time-out' : 'connection-lost' };
  } finally {
    timer.cancel();
  }
}

/** Push services of the browsers' makers. */
const SERVICES = [
  'fcm.googleapis.com',
  'push.services.mozilla.com',
  'notify.windows.com',
  'push.apple.com',
] as const;

/**
 * Whether something may be sent to an endpoint a browser named: a push service that is known, over TLS. A
 * service of one's own is named as host or host:port; on this machine it may go without TLS.
 */
export function mayUseService(services: readonly string[]): (endpoint: string) => boolean {
  return (endpoint) => {
    const url = URL.parse(endpoint);
    if (!url || url.username !== '' || url.password !== '') return false;
    const isNamed = services.some((host) => host === url.host || isUnder(url.hostname, host));
    if (url.protocol === 'http:') return isNamed && url.hostname === '127.0.0.1';
    if (url.protocol !== 'https:') return false;
    return isNamed || SERVICES.some((host) => url.port === '' && isUnder(url.hostname, host));
  };
}

const isUnder = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`);
