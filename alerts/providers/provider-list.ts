// The providers of one channel, in the order in which they are tried, with the terms each is used on. Channels
// of the same kind are one list; who wires them gives the order.

import { assert } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import type { EpochMs } from '../../core/time.ts';
import type { NoticeChannel } from '../../warehouse/records-schema.ts';
import type { Channel, ProviderTerms } from '../channels/channel.ts';
import {
  createProviderHealth,
  type HealthOptions,
  type ProviderHealth,
} from './provider-health.ts';

export type ProviderList = {
  readonly kind: NoticeChannel;
  /** In the order of the configuration. */
  readonly channels: readonly Channel[];
  readonly names: readonly string[];
  readonly health: ProviderHealth;
  /** Undefined for one that is not in the list any more. */
  find(provider: string | null): Channel | undefined;
  readonly first: Channel;
};

export type ProviderLists = ReadonlyMap<NoticeChannel, ProviderList>;

export function createProviderList(
  channels: readonly Channel[],
  options?: HealthOptions,
): ProviderList {
  const [first] = channels;
  assert(first, 'a list has a provider');
  const names = channels.map(({ provider }) => provider);
  assert(new Set(names).size === names.length, 'providers of a channel have names of their own');
  return {
    kind: first.kind,
    channels,
    names,
    health: createProviderHealth(names, options),
    find: (provider) => channels.find((channel) => channel.provider === provider),
    first,
  };
}

/** One list for each kind of channel there is. */
export function listProviders(
  channels: readonly Channel[],
  options?: HealthOptions,
): ProviderLists {
  const kinds = Map.groupBy(channels, ({ kind }) => kind);
  return new Map([...kinds].map(([kind, list]) => [kind, createProviderList(list, options)]));
}

/** When the provider is asked about a notice it was given now; null when it owes no receipt. */
export function receiptDueAt(
  terms: ProviderTerms | undefined,
  level: Level,
  nowAtMs: EpochMs,
): EpochMs | null {
  const withinMs = terms?.receiptWithinMs?.[level];
  return withinMs === undefined ? null : ((nowAtMs + withinMs) as EpochMs);
}

/** A notice whose level nobody knows counts as one of level 2. */
export const levelOf = ({ level }: { readonly level: Level | null }): Level => level ?? 2;
