// The providers the configuration names, as channels: one case for each kind of provider.

import {
  HTTP_PROVIDER_DEFAULTS,
  type HttpChannel,
  type HttpProviderOptions,
} from '../../alerts/channels/http-provider.ts';
import type { Channel } from '../../alerts/channels/channel.ts';
import { createPhoneHttp } from '../../alerts/channels/phone-http.ts';
import { createSmsHttp } from '../../alerts/channels/sms-http.ts';
import { paced } from '../../alerts/providers/paced-channel.ts';
import type { ProviderList } from '../../alerts/providers/provider-list.ts';
import { never } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import {
  providerName,
  termsOf,
  type ChannelsConfig,
  type PhoneProviderConfig,
  type SmsProviderConfig,
} from '../channels-config.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type PartReport } from '../health.ts';
import { createSipPhone } from '../phone/sip-phone.ts';
import { linkHealth, openSmpp } from './sms-channel.ts';

/** Path under which a provider reports, followed by its name. */
export const RECEIPTS_PATH = '/api/receipts';

export type Providers = {
  /** In the order in which those of a kind are tried. */
  readonly channels: readonly Channel[];
  /** Those that report back over HTTP, by the last part of the call-back path. */
  readonly reporting: ReadonlyMap<string, HttpChannel>;
  /** Ends what is under way, calls for example. */
  stop(): Promise<void>;
  /** What is wrong with a connection that is kept; undefined when nothing is. */
  link(): PartReport | undefined;
};

/** `callbackBase` is this server as providers see it. */
export function createProviders(
  { phone, sms }: Pick<ChannelsConfig, 'phone' | 'sms'>,
  {
    foundation,
    callbackBase,
  }: {
    foundation: Pick<Foundation, 'random' | 'ids' | 'logger' | 'speed' | 'records' | 'clock'>;
    callbackBase: () => string;
  },
): Providers {
  const { speed } = foundation;
  const stops: (() => Promise<void>)[] = [];
  const links: (() => PartReport | undefined)[] = [];
  const channels: Channel[] = [];
  const reporting = new Map<string, HttpChannel>();
  const addAll = (
    kind: 'phone' | 'sms',
    list: readonly (PhoneProviderConfig | SmsProviderConfig)[],
    create: (options: HttpProviderOptions) => HttpChannel,
  ) => {
    for (const [index, given] of list.entries()) {
      const provider = providerName(kind, given, index);
      const terms = termsOf(kind, given, { isAlone: list.length === 1, speed });
      switch (given.kind) {
        case 'http': {
          const { url, secret } = given;
          const options: HttpProviderOptions = {
            ...HTTP_PROVIDER_DEFAULTS,
            provider,
            url: url.replace(/\/$/, ''),
            secret,
            get callbackUrl() {
              return `${callbackBase()}${RECEIPTS_PATH}/${provider}`;
            },
          };
          const channel = paced({ ...create(options), terms });
          channels.push(channel);
          reporting.set(provider, channel);
          break;
        }
        case 'sip': {
          const channel = createSipPhone(foundation, given, provider);
          channels.push(paced({ ...channel, terms }));
          stops.push(() => channel.stop());
          break;
        }
        case 'smpp': {
          const channel = openSmpp(foundation, given, provider);
          channels.push(paced({ ...channel, terms }));
          links.push(() => linkHealth(channel));
          stops.push(() => channel.close());
          break;
        }
        default:
          never(given);
      }
    }
  };
  addAll('phone', phone?.providers ?? [], createPhoneHttp);
  addAll('sms', sms?.providers ?? [], createSmsHttp);
  return {
    channels,
    reporting,
    link: () => links.map((report) => report()).find((report) => report !== undefined),
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

const KINDS = {
  phone: text('电话', 'phone'),
  sms: text('短信', 'SMS'),
  push: text('推送', 'push'),
  canary: text('通道自检', 'canary'),
} as const;

/** Which providers are tried last for now; undefined when all are well. */
export function providersReport(
  lists: Iterable<ProviderList>,
  behindMs: number,
): PartReport | undefined {
  const failing = [...lists].flatMap(({ kind, health }) => {
    const all = health.report();
    const bad = all.filter(({ state }) => state === 'failing');
    return bad.map(({ provider }) => ({ kind, provider, isEverything: bad.length === all.length }));
  });
  if (failing.length === 0) return undefined;
  const zh = failing.map(
    ({ kind, provider, isEverything }) =>
      `${KINDS[kind].zh}服务商 ${provider} 异常${isEverything ? '，无可用服务商' : '，已改用其他服务商'}`,
  );
  const en = failing.map(
    ({ kind, provider, isEverything }) =>
      `${KINDS[kind].en} provider ${provider} is failing, ${isEverything ? 'and no other is well' : 'others are used first'}`,
  );
  return { ...lagReport(behindMs), state: 'behind', says: text(zh.join('；'), en.join('; ')) };
}
