// The calls and messages of the demo gateway, in memory: what was ordered, what persons did with it, and what
// is reported of it. An order with a key that is known is the same order.

import { assert } from '../../core/errors.ts';
import type { EpochMs } from '../../core/time.ts';
import type { ProviderOrder, ProviderReport } from '../../alerts/channels/provider-form.ts';

export type ItemKind = 'call' | 'message';

export type ItemState =
  | 'ringing'
  /** The person picked up and pressed a key. */
  | 'answered'
  | 'declined'
  | 'no-answer'
  /** On its way to the handset. */
  | 'sent'
  | 'delivered'
  | 'replied'
  /** Taken, and never seen again. */
  | 'lost';

export type Item = {
  readonly messageId: string;
  readonly kind: ItemKind;
  readonly order: ProviderOrder;
  readonly takenAtMs: EpochMs;
  readonly state: ItemState;
  readonly answer: string | null;
  readonly report: ProviderReport;
};

/** What a person can do; `deliver` is what the network does with a message. */
export type Act =
  | { readonly kind: 'answer'; readonly key: string }
  | { readonly kind: 'decline' }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'deliver' };

export type Traffic = {
  /** Takes an order, or finds the one with the same key. `isLost` says that it is to go nowhere. */
  take(
    kind: ItemKind,
    order: ProviderOrder,
    at: { messageId: string; atMs: EpochMs; isLost: boolean },
  ): { item: Item; isNew: boolean };
  find(kind: ItemKind, key: string): Item | undefined;
  /** What is reported of an act; empty when it is not possible any more. */
  act(messageId: string, act: Act): readonly ProviderReport[];
  /** The newest first. */
  list(): readonly Item[];
};

/** Orders remembered; an older one is forgotten, its key with it. */
export const ITEMS_MAX = 1_000;

export function createTraffic(itemsMax = ITEMS_MAX): Traffic {
  const items = new Map<string, Item>();
  const idOfKey = new Map<string, string>();
  const keyOf = (kind: ItemKind, key: string) => `${kind} ${key}`;

  const put = (item: Item) => {
    items.set(item.messageId, item);
    idOfKey.set(keyOf(item.kind, item.order.key), item.messageId);
    if (items.size <= itemsMax) return;
    const [oldest] = items.values();
    assert(oldest, 'a full list has an oldest item');
    items.delete(oldest.messageId);
    idOfKey.delete(keyOf(oldest.kind, oldest.order.key));
  };

  return {
    take(kind, order, { messageId, atMs, isLost }) {
      const known = this.find(kind, order.key);
      if (known) return { item: known, isNew: false };
      const item: Item = {
        messageId,
        kind,
        order,
        takenAtMs: atMs,
        state: isLost ? 'lost' : kind === 'call' ? 'ringing' : 'sent',
        answer: null,
        report: { key: order.key, messageId, sequence: 1, state: 'accepted' },
      };
      put(item);
      return { item, isNew: true };
    },
    find: (kind, key) => items.get(idOfKey.get(keyOf(kind, key)) ?? ''),
    act(messageId, act) {
      const item = items.get(messageId);
      if (!item) return [];
      const next = item.kind === 'call' ? actOnCall(item, act) : actOnMessage(item, act);
      if (!next) return [];
      const { state, reports } = next;
      const answer = act.kind === 'answer' ? act.key : item.answer;
      items.set(messageId, { ...item, state, answer, report: reports.at(-1) ?? item.report });
      return reports;
    },
    list: () => [...items.values()].reverse(),
  };
}

type Next = { readonly state: ItemState; readonly reports: readonly ProviderReport[] };

function actOnCall(item: Item, act: Act): Next | undefined {
  if (item.state !== 'ringing' || act.kind === 'deliver') return undefined;
  const [first, second] = [reportAfter(item, 1), reportAfter(item, 2)];
  switch (act.kind) {
    case 'answer':
      return {
        state: 'answered',
        reports: [
          { ...first, state: 'delivered' },
          { ...second, state: 'answered', answer: act.key, from: item.order.to },
        ],
      };
    case 'decline':
      return { state: 'declined', reports: [{ ...first, state: 'failed', reason: 'declined' }] };
    case 'ignore':
      return { state: 'no-answer', reports: [{ ...first, state: 'failed', reason: 'no-answer' }] };
  }
}

function actOnMessage(item: Item, act: Act): Next | undefined {
  const report = reportAfter(item, 1);
  if (act.kind === 'deliver' && item.state === 'sent') {
    return { state: 'delivered', reports: [{ ...report, state: 'delivered' }] };
  }
  if (act.kind === 'answer' && (item.state === 'delivered' || item.state === 'replied')) {
    const { to: from } = item.order;
    return { state: 'replied', reports: [{ ...report, state: 'answered', answer: act.key, from }] };
  }
  return undefined;
}

const reportAfter = ({ order, messageId, report }: Item, steps: number) => ({
  key: order.key,
  messageId,
  sequence: report.sequence + steps,
});
