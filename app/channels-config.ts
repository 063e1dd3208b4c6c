// The part of the configuration that says by which providers persons are reached. A channel has one provider,
// or a list that is tried in order; each kind of provider is one more member of a union by `kind`.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';
import type { ProviderTerms } from '../alerts/channels/channel.ts';
import { smppSettingsSchema, type SmppSettings } from '../alerts/channels/smpp/settings.ts';
import type { PersonLimits } from '../alerts/providers/person-limits.ts';
import { sipPhoneSchema, type SipPhoneConfig } from './phone/phone-config.ts';
import { providerTerms, timesByLevel } from './provider-terms.ts';

/** Signed orders over HTTP and signed call-backs; see alerts/channels/provider-form.ts. */
const httpProvider = z.strictObject({
  kind: z.literal('http'),
  url: z.url(),
  secret: z.string().min(8),
  ...providerTerms,
});

/** A voice provider behind HTTP, or calls of our own over SIP. */
const phoneProvider = z.discriminatedUnion('kind', [httpProvider, sipPhoneSchema]);
/** An SMS provider behind HTTP, or an operator's centre over SMPP. */
const smsProvider = z.discriminatedUnion('kind', [
  httpProvider,
  z.strictObject({ ...smppSettingsSchema.shape, ...providerTerms }),
]);

export type PhoneProviderConfig = z.infer<typeof phoneProvider>;
export type SmsProviderConfig = z.infer<typeof smsProvider>;

const webPush = z.strictObject({
  /** Whom a push service may turn to: `mailto:` or `https:`, as RFC 8292 wants it. */
  contact: z
    .string()
    .regex(/^(mailto:.+@.+|https:\/\/.+)$/, 'an address as "mailto:…" or "https://…"'),
  /** File of the keys; made by `push keys`. In the data folder when left out. */
  keys: z.string().min(1).optional(),
  /** How long a notice is given to be seen on a console before it goes to the officer's devices. */
  seenWithin: timesByLevel.optional(),
  /** Hosts of push services besides those of the browsers' makers. */
  services: z.array(z.string().min(1)).default([]),
});

const personLimit = z.strictObject({
  max: z.number().int().min(1).max(10_000),
  within: durationSchema,
  beyond: z.enum(['later', 'digest']).default('digest'),
});

// Level 1 is not here: nothing holds it back.
const personLimits = z.strictObject({ 2: personLimit.optional(), 3: personLimit.optional() });

export const channelsSchema = z.strictObject({
  phone: z.strictObject({ providers: z.array(phoneProvider).min(1).max(8) }).optional(),
  sms: z.strictObject({ providers: z.array(smsProvider).min(1).max(8) }).optional(),
  push: z.strictObject({ web: webPush.optional() }).prefault({}),
  /** How much one person is sent by a channel, by level. */
  perPerson: z
    .strictObject({
      phone: personLimits.optional(),
      sms: personLimits.optional(),
      push: personLimits.optional(),
    })
    .prefault({ sms: { 2: { max: 20, within: '10m' }, 3: { max: 20, within: '10m' } } }),
});

export type ChannelsConfig = z.infer<typeof channelsSchema>;

type Spelled = z.input<typeof channelsSchema>;
type Short<Provider> = Provider extends { kind: 'http' }
  ? Omit<Provider, 'kind'> & { kind?: 'http' }
  : Provider;

/** As it may be written: one provider by itself, and without a kind. */
export type ChannelsInput = Omit<Spelled, 'phone' | 'sms'> & {
  phone?: ChannelInput<z.input<typeof phoneProvider>>;
  sms?: ChannelInput<z.input<typeof smsProvider>>;
};

type ChannelInput<Provider> = Short<Provider> | { providers: Short<Provider>[] };

/**
 * Before the check: one provider written by itself becomes a list of one, and one without a kind is an HTTP
 * provider. Anything else stays as it is, to be refused where it stands.
 */
export function spellOutChannels(channels: unknown): unknown {
  if (!isObject(channels)) return channels;
  const spelled: Record<string, unknown> = { ...channels };
  for (const kind of ['phone', 'sms']) {
    const given = spelled[kind];
    if (!isObject(given)) continue;
    const { providers } = given;
    const list = 'providers' in given ? { ...given, providers: withKinds(providers) } : undefined;
    spelled[kind] = list ?? { providers: withKinds([given]) };
  }
  return spelled;
}

/** The path of a mistake as the file has it: one provider written by itself stands in no list there. */
export function asWritten(path: readonly PropertyKey[], channels: unknown): readonly PropertyKey[] {
  const [part, kind, list] = path;
  if (part !== 'channels' || list !== 'providers' || !isObject(channels)) return path;
  const given = channels[String(kind)];
  return isObject(given) && !('providers' in given) ? [part, String(kind), ...path.slice(4)] : path;
}

const withKinds = (providers: unknown): unknown =>
  Array.isArray(providers)
    ? providers.map((one: unknown) => (isObject(one) ? { kind: 'http', ...one } : one))
    : providers;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Names that stand twice: a call-back path and a trail can mean only one of them. */
export function repeatedNames(channels: ChannelsConfig): string[] {
  const names = (['phone', 'sms'] as const).flatMap((kind) =>
    (channels[kind]?.providers ?? []).map((one, index) => providerName(kind, one, index)),
  );
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** `sms`, and from the second on `sms-2`, unless it has a name of its own. */
export const providerName = (
  kind: 'phone' | 'sms',
  { name }: { readonly name?: string | undefined },
  index: number,
): string => name ?? (index === 0 ? kind : `${kind}-${index + 1}`);

/** How long a provider has for a receipt when the configuration does not say, by channel and level. */
const RECEIPT_WITHIN_MS = {
  // A telephone rings for most of a minute before it is known that nobody picks up.
  phone: { 1: 90_000, 2: 90_000, 3: 90_000 },
  sms: { 1: 30_000, 2: 60_000, 3: 300_000 },
} as const;

/** How long a push waits to be seen before it goes to the officer's devices, when nothing is said. */
const SEEN_WITHIN_MS = { 1: 10_000, 2: 20_000, 3: 120_000 } as const;

/**
 * The terms of a provider. One that is alone and says nothing owes no receipt: there is nobody else to turn
 * to.
 */
export function termsOf(
  kind: 'phone' | 'sms',
  given: PhoneProviderConfig | SmsProviderConfig,
  { isAlone, speed }: { isAlone: boolean; speed: number },
): ProviderTerms {
  const { receiptWithin, perSecond, concurrent } = given;
  return {
    ...(isAlone && receiptWithin === undefined
      ? {}
      : { receiptWithinMs: byLevel(receiptWithin, RECEIPT_WITHIN_MS[kind], speed) }),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(concurrent === undefined ? {} : { concurrent }),
  };
}

/** How long a console has to show a push before Web Push takes over. */
export const consoleTerms = (
  web: NonNullable<ChannelsConfig['push']['web']>,
  speed: number,
): ProviderTerms => ({ receiptWithinMs: byLevel(web.seenWithin, SEEN_WITHIN_MS, speed) });

/** Providers and persons take real time, whatever the clock of the alerts does. */
const byLevel = (
  given: z.infer<typeof timesByLevel> | undefined,
  otherwise: Readonly<Record<1 | 2 | 3, number>>,
  speed: number,
) => ({
  1: (given?.[1] ?? otherwise[1]) * speed,
  2: (given?.[2] ?? otherwise[2]) * speed,
  3: (given?.[3] ?? otherwise[3]) * speed,
});

/** The limits as a sender takes them. */
export function limitsOf({ perPerson }: ChannelsConfig): PersonLimits {
  const rule = (limit: z.infer<typeof personLimit> | undefined) =>
    limit && { max: limit.max, withinMs: limit.within, beyond: limit.beyond };
  return Object.fromEntries(
    Object.entries(perPerson)
      .filter(([, limits]) => limits !== undefined)
      .map(([channel, limits]) => {
        const [second, third] = [rule(limits?.[2]), rule(limits?.[3])];
        return [channel, { ...(second ? { 2: second } : {}), ...(third ? { 3: third } : {}) }];
      }),
  );
}

/** The trunk calls of our own go through; undefined without one. */
export const sipTrunkOf = ({ phone }: Pick<ChannelsConfig, 'phone'>): SipPhoneConfig | undefined =>
  phone?.providers.find((one): one is SipPhoneConfig => one.kind === 'sip');

/** The SMS centre messages go through; undefined without one. */
export const smppOf = ({ sms }: Pick<ChannelsConfig, 'sms'>): SmppSettings | undefined =>
  sms?.providers.find(
    (one): one is Extract<SmsProviderConfig, { kind: 'smpp' }> => one.kind === 'smpp',
  );
