// A provider that exists only in a test: takes notices, remembers what it did for each key, answers as told.

import { assert } from '../../core/errors.ts';
import type { ChannelKind } from '../../warehouse/records-schema.ts';
import type {
  Channel,
  OutgoingNotice,
  ProviderTerms,
  Receipt,
  ReceiptListener,
  ReceiptOutcome,
  SendOutcome,
  StatusOutcome,
} from './channel.ts';

export type FakeBehaviour =
  | 'accept'
  /** Says no for now. */
  | 'busy'
  /** Says no for good. */
  | 'refuse'
  /** Takes the notice, but its answer is lost. */
  | 'take-and-time-out'
  /** The notice is lost on the way, and so is any answer. */
  | 'lose-and-time-out'
  /** Says nothing, not even about what it took. */
  | 'down';

export type FakeChannel = Channel & {
  behaviour: FakeBehaviour;
  /** Every call of `send` that reached the provider, in order. */
  readonly sent: OutgoingNotice[];
  /** How often the provider acted for a key. */
  effectsOf(noticeId: string): number;
  /** Reports what happens to the notice; sequence rises by itself unless given. */
  report(
    noticeId: string,
    receipt: Partial<Receipt> & Pick<Receipt, 'state'>,
  ): Promise<ReceiptOutcome>;
};

export const createFakeChannel = (kind: ChannelKind): FakeChannel =>
  createFakeProvider(kind, `fake-${kind}`);

/** One of several providers behind a channel. */
export function createFakeProvider(
  kind: ChannelKind,
  provider: string,
  terms?: ProviderTerms,
): FakeChannel {
  const taken = new Map<string, { effects: number; receipt: Receipt; address: string | null }>();
  let listener: ReceiptListener | undefined;
  const name = provider === `fake-${kind}` ? kind : provider;

  const take = (notice: OutgoingNotice): string => {
    const messageId = `${name}-${notice.id}`;
    const known = taken.get(notice.id);
    const receipt: Receipt = { noticeId: notice.id, messageId, sequence: 0, state: 'accepted' };
    taken.set(notice.id, {
      effects: (known?.effects ?? 0) + 1,
      receipt: known?.receipt ?? receipt,
      address: notice.address,
    });
    return messageId;
  };

  const channel: FakeChannel = {
    kind,
    provider,
    ...(terms ? { terms } : {}),
    behaviour: 'accept',
    sent: [],
    async send(notice): Promise<SendOutcome> {
      if (notice.address === null && kind !== 'push') {
        return { kind: 'rejected', code: 'no-number', retry: 'never' };
      }
      switch (channel.behaviour) {
        case 'busy':
          return { kind: 'rejected', code: 'http-503', retry: 'backoff' };
        case 'refuse':
          return { kind: 'rejected', code: 'http-400', retry: 'never' };
        case 'lose-and-time-out':
        case 'down':
          return { kind: 'uncertain', code: 'time-out' };
        case 'take-and-time-out':
        case 'accept': {
          channel.sent.push(notice);
          const messageId = take(notice);
          return channel.behaviour === 'accept'
            ? { kind: 'accepted', messageId }
            : { kind: 'uncertain', code: 'time-out' };
        }
      }
    },
    async status(noticeId): Promise<StatusOutcome> {
      if (channel.behaviour === 'down') return { kind: 'unavailable', code: 'time-out' };
      const known = taken.get(noticeId);
      return known ? { kind: 'known', receipt: known.receipt } : { kind: 'unknown' };
    },
    onReceipt(given) {
      listener = given;
    },
    effectsOf: (noticeId) => taken.get(noticeId)?.effects ?? 0,
    async report(noticeId, given) {
      const known = taken.get(noticeId);
      const last = known?.receipt;
      const receipt: Receipt = {
        noticeId,
        messageId: `${name}-${noticeId}`,
        sequence: (last?.sequence ?? 0) + 1,
        ...(given.state === 'answered' ? { from: known?.address ?? '' } : {}),
        ...given,
      };
      if (known && receipt.sequence > known.receipt.sequence) known.receipt = receipt;
      assert(listener, 'somebody listens for receipts');
      return listener(receipt);
    },
  };
  return channel;
}
