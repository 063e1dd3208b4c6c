// Sends the due notices of one channel: lease, then send or ask, then write down what came of it. Every notice
// is recorded before it is sent; a crash between leaves it leased, and whoever leases it next asks about it.

import type { Random } from '../core/random.ts';
import type { OutboxTable } from '../warehouse/records-schema.ts';
import { isTaken } from './acknowledge.ts';
import {
  afterSend,
  afterStatus,
  ATTEMPT_DEFAULTS,
  type AttemptOptions,
  type Moment,
  type NoticeChange,
} from './attempt.ts';
import type { Channel } from './channels/channel.ts';
import { EVENT_TURN } from './events.ts';
import { createGroups } from './groups.ts';
import {
  changeNotices,
  findNotices,
  leaseDue,
  type ChangedNotice,
  type LeasedNotice,
} from './outbox.ts';
import { takeReceipt, type ReceiptDeps } from './receipts.ts';

export type SenderOptions = AttemptOptions & {
  /** Notices under way at once on one channel. */
  readonly noticesMax: number;
  readonly leaseMs: number;
};

export const SENDER_DEFAULTS: SenderOptions = {
  ...ATTEMPT_DEFAULTS,
  noticesMax: 32,
  leaseMs: 60_000,
};

export type SenderDeps = ReceiptDeps & {
  readonly random: Random;
  /** Tells this sender's leases from those of others. */
  readonly senderId: string;
};

export type Sender = {
  /**
   * Takes what is due, as much as there is room for, and starts on it; gives how many notices that were.
   * While there is no room, waits for some. A slow notice holds up no other. Rejects with what went wrong
   * with an earlier one.
   */
  start(): Promise<number>;
  /** Waits for everything under way. Rejects likewise. */
  finish(): Promise<void>;
};

/** `onFree` is called whenever a notice is done with, well or not. */
export function createSender(
  deps: SenderDeps,
  channel: Channel,
  options: SenderOptions,
  onFree: () => void = () => {},
): Sender {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const write = createGroups<Finished>((group) => record(deps, channel, group, options));

  const handle = async (notice: LeasedNotice) => {
    const finished =
      notice.state === 'sending'
        ? await attempt(channel, notice)
        : await settle(deps, channel, notice);
    if (finished) await write(finished);
  };
  const begin = (notice: LeasedNotice) => {
    const handling = handle(notice)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        underWay.delete(handling);
        onFree();
      });
    underWay.add(handling);
  };
  const throwFailure = () => {
    if (failures.length > 0) throw failures.shift();
  };

  return {
    async start() {
      if (underWay.size >= options.noticesMax) await Promise.race(underWay);
      throwFailure();
      const leased = await leaseDue(deps.records, {
        channel: channel.kind,
        senderId: deps.senderId,
        nowAtMs: deps.clock.now(),
        leaseMs: options.leaseMs,
        noticesMax: options.noticesMax - underWay.size,
      });
      leased.forEach(begin);
      return leased.length;
    },
    async finish() {
      await Promise.all(underWay);
      throwFailure();
    },
  };
}

/** What came of a notice, to be applied to it as it is by then. */
type Finished = {
  readonly notice: LeasedNotice;
  readonly isAccepted: boolean;
  readonly change: (current: OutboxTable, moment: Moment) => NoticeChange;
};

async function attempt(channel: Channel, notice: LeasedNotice): Promise<Finished> {
  const { id, alertId, recipient, address, textZh: zh, textEn: en } = notice;
  const outcome = await channel.send({ id, alertId, recipient, address, text: { zh, en } });
  return {
    notice,
    isAccepted: outcome.kind === 'accepted',
    change: (current, moment) => afterSend(current, outcome, moment),
  };
}

/** Asks the provider; gives nothing when its answer settled the notice as a receipt does. */
async function settle(
  deps: SenderDeps,
  channel: Channel,
  notice: LeasedNotice,
): Promise<Finished | undefined> {
  const status = await channel.status(notice.id);
  const taken = status.kind === 'known' && (await takeReceipt(deps, channel, status.receipt));
  if (taken === 'taken' || taken === 'stale') return undefined;
  // A receipt that was refused settles nothing: it counts like no answer, and is asked for again.
  const unsettled =
    status.kind === 'known' ? { kind: 'unavailable' as const, code: String(taken) } : status;
  return {
    notice,
    isAccepted: false,
    change: (current, moment) => afterStatus(current, unsettled, moment),
  };
}

/** Writes down what came of some notices: a receipt may have been faster, so each is read again first. */
async function record(
  deps: SenderDeps,
  channel: Channel,
  group: readonly Finished[],
  options: SenderOptions,
): Promise<void> {
  const { records, senderId } = deps;
  const jitters = group.map(() => deps.random.next());
  const failed = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const givenUp: { notice: LeasedNotice; code: string | null }[] = [];
    const changed: ChangedNotice[] = [];
    const known = await findNotices(
      trx,
      group.map(({ notice }) => notice.id),
    );
    for (const [index, { notice, isAccepted, change }] of group.entries()) {
      const current = known.get(notice.id);
      if (!current) continue;
      const taken = !isAccepted && (await isTaken(trx, current));
      const jitter = jitters[index] ?? 0;
      const next = change(current, { nowAtMs: deps.clock.now(), jitter, taken, senderId, options });
      changed.push({ notice: current, change: withProvider(next, channel) });
      if (next.state === 'failed') givenUp.push({ notice, code: next.lastErrorCode ?? null });
    }
    await changeNotices(trx, changed);
    return givenUp;
  });
  deps.onChanged([...new Set(group.map(({ notice }) => notice.alertId))]);
  for (const { notice, code } of failed) {
    const { id: noticeId, alertId } = notice;
    deps.logger.error('alerts.notice-failed', { noticeId, alertId, channel: channel.kind, code });
  }
}

const withProvider = (change: NoticeChange, { provider }: Channel) =>
  change.providerMessageId ? { ...change, provider } : change;
