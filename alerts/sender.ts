// Sends the due notices of one channel: lease, then send or ask, then write down what came of it. Every notice
// is recorded, with the provider that is to get it, before it is sent; a crash between leaves it leased, and
// whoever leases it next asks about it. Which provider that is, providers/ decides.

import type { Random } from '../core/random.ts';
import type { Level } from '../core/finding.ts';
import type { AttemptStage, OutboxTable } from '../warehouse/records-schema.ts';
import {
  afterSend,
  afterSilence,
  afterStatus,
  ATTEMPT_DEFAULTS,
  type AttemptOptions,
  type Moment,
  type NoticeChange,
} from './attempt.ts';
import type { Channel, SendOutcome } from './channels/channel.ts';
import { EVENT_TURN } from './events.ts';
import { isTakenByAll } from './grouping/carried-notices.ts';
import { createGroups } from './groups.ts';
import {
  changeNotices,
  findNotices,
  leaseDue,
  type ChangedNotice,
  type LeasedNotice,
} from './outbox.ts';
import { attemptOf, writeAttempts } from './providers/attempt-store.ts';
import { turnAfter, type Tried, type Turn } from './providers/choose-provider.ts';
import type { PersonLimits } from './providers/person-limits.ts';
import { triedOf } from './providers/plan-sends.ts';
import { createProviderList, levelOf, type ProviderList } from './providers/provider-list.ts';
import { noteFailure, noteSuccess, takeReceipt, type ReceiptDeps } from './receipts.ts';

export type SenderOptions = AttemptOptions & {
  /** Notices under way at once on one channel. */
  readonly noticesMax: number;
  /** As many more, of level 1 alone: what is less grave never takes the last line. */
  readonly gravestMax: number;
  readonly leaseMs: number;
  /** Of level 1: longer than a provider takes, with its pace, and short enough to call in time after a crash. */
  readonly gravestLeaseMs: number;
  /** How much one person is sent; without limit when left out. */
  readonly limits?: PersonLimits;
};

export const SENDER_DEFAULTS: SenderOptions = {
  ...ATTEMPT_DEFAULTS,
  noticesMax: 32,
  gravestMax: 16,
  leaseMs: 60_000,
  gravestLeaseMs: 20_000,
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

/**
 * A sender for the providers of one channel. `onFree` is called whenever a notice is done with, well or
 * not.
 */
export function createSender(
  deps: SenderDeps,
  providers: Channel | ProviderList,
  options: SenderOptions,
  onFree: () => void = () => {},
): Sender {
  const list = 'channels' in providers ? providers : createProviderList([providers]);
  const underWay = new Map<Promise<void>, Level>();
  const failures: unknown[] = [];
  const write = createGroups<Finished>((group) => record(deps, list, group, options));

  const handle = async (notice: LeasedNotice) => {
    const finished =
      notice.state === 'sending' ? await attempt(list, notice) : await settle(deps, list, notice);
    if (finished) await write(finished);
  };
  const begin = (notice: LeasedNotice) => {
    const handling = handle(notice)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        underWay.delete(handling);
        onFree();
      });
    underWay.set(handling, levelOf(notice));
  };
  const throwFailure = () => {
    if (failures.length > 0) throw failures.shift();
  };
  /** Everybody shares the room; when it is taken there is some left for level 1. */
  const room = (): { noticesMax: number; levelMax?: Level } => {
    const gravest = [...underWay.values()].filter((level) => level === 1).length;
    const left =
      roomOf(list, options.noticesMax) - (underWay.size - Math.min(gravest, options.gravestMax));
    return left > 0
      ? { noticesMax: left }
      : { noticesMax: options.gravestMax - gravest, levelMax: 1 };
  };

  return {
    async start() {
      if (room().noticesMax <= 0) await Promise.race(underWay.keys());
      throwFailure();
      const { leased, held } = await leaseDue(deps.records, {
        ...room(),
        list,
        senderId: deps.senderId,
        nowAtMs: deps.clock.now(),
        leaseMs: options.leaseMs,
        gravestLeaseMs: options.gravestLeaseMs,
        limits: options.limits,
        templates: deps.templates,
        exercisesMax: Math.max(0, Math.ceil(options.noticesMax / 2) - underWay.size),
      });
      leased.forEach(begin);
      return leased.length + held;
    },
    async finish() {
      await Promise.all(underWay.keys());
      throwFailure();
    },
  };
}

/** No more is taken than providers with limits of their own can get through while it is leased. */
function roomOf({ channels }: ProviderList, noticesMax: number): number {
  const rooms = channels.flatMap(({ terms }) => [
    ...(terms?.perSecond === undefined ? [] : [Math.ceil(terms.perSecond * WAITS_S_MAX)]),
    ...(terms?.concurrent === undefined ? [] : [terms.concurrent * ROUNDS_MAX]),
  ]);
  return Math.min(noticesMax, ...rooms);
}

/** How long, and behind how many slow ones, a leased notice may wait for its turn at a provider. */
const WAITS_S_MAX = 10;
const ROUNDS_MAX = 3;

/** What came of a step with a provider. */
export type Outcome = {
  readonly what: AttemptStage;
  readonly code?: string;
  readonly messageId?: string;
};

/** What came of a notice, to be applied to it as it is by then. */
type Finished = Outcome & {
  readonly notice: LeasedNotice;
  readonly change: (current: OutboxTable, moment: Moment) => NoticeChange;
};

export const stageOf = (outcome: SendOutcome): AttemptStage =>
  outcome.kind === 'rejected' && outcome.retry === 'never' ? 'refused' : outcome.kind;

async function attempt(list: ProviderList, notice: LeasedNotice): Promise<Finished> {
  const { id, alertId, recipient, address, textZh: zh, textEn: en } = notice;
  const channel = list.find(notice.provider);
  const outcome: SendOutcome = channel
    ? await channel.send({
        id,
        alertId,
        recipient,
        address,
        text: { zh, en },
        attempt: notice.handOvers ?? 1,
        level: levelOf(notice),
      })
    : { kind: 'rejected', code: 'no-provider', retry: 'never' };
  return {
    notice,
    what: stageOf(outcome),
    ...(outcome.kind === 'accepted' ? { messageId: outcome.messageId } : { code: outcome.code }),
    change: (current, moment) => afterSend(current, outcome, moment),
  };
}

/** Asks the provider; gives nothing when its answer settled the notice as a receipt does. */
async function settle(
  deps: SenderDeps,
  list: ProviderList,
  notice: LeasedNotice,
): Promise<Finished | undefined> {
  const silence: Finished = {
    notice,
    what: 'no-receipt',
    change: (current, moment) => afterSilence(current, list.kind, moment),
  };
  // A push has no provider that could be asked whether somebody looked.
  if (list.kind === 'push' && notice.sentAtMs !== null && isOverdue(notice, deps)) return silence;
  // Notices of before providers had names were given to the first.
  const channel = notice.provider === null ? list.first : list.find(notice.provider);
  const status = channel
    ? await channel.status(notice.id)
    : { kind: 'unavailable' as const, code: 'provider-gone' };
  if (status.kind === 'known' && channel) {
    if (status.receipt.state === 'accepted' && isOverdue(notice, deps)) return silence;
    const taken = await takeReceipt(
      { ...deps, providers: new Map([[list.kind, list]]) },
      channel,
      status.receipt,
    );
    if (taken === 'taken' || taken === 'stale') return undefined;
    // A receipt that was refused settles nothing: it counts like no answer, and is asked for again.
    return asked(notice, { kind: 'unavailable', code: taken });
  }
  return status.kind === 'known' ? undefined : asked(notice, status);
}

const asked = (
  notice: LeasedNotice,
  status: { kind: 'unknown' } | { kind: 'unavailable'; code: string },
): Finished => ({
  notice,
  what: status.kind === 'unknown' ? 'unknown' : 'unanswered',
  ...(status.kind === 'unknown' ? {} : { code: status.code }),
  change: (current, moment) => afterStatus(current, status, moment),
});

export const isOverdue = (
  { receiptDueAtMs }: Pick<OutboxTable, 'receiptDueAtMs'>,
  { clock }: Pick<SenderDeps, 'clock'>,
): boolean => receiptDueAtMs !== null && clock.now() >= receiptDueAtMs;

/** Writes down what came of some notices: a receipt may have been faster, so each is read again first. */
async function record(
  deps: SenderDeps,
  list: ProviderList,
  group: readonly Finished[],
  options: SenderOptions,
): Promise<void> {
  const { records, senderId, clock } = deps;
  const jitters = group.map(() => deps.random.next());
  const { failed, stages, carried } = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const tried = await triedOf(
      trx,
      group.map(({ notice }) => notice),
      list,
    );
    const givenUp: { notice: LeasedNotice; code: string | null }[] = [];
    const changed: ChangedNotice[] = [];
    const known = await findNotices(
      trx,
      group.map(({ notice }) => notice.id),
    );
    const steps: { finished: Finished; what: AttemptStage }[] = [];
    for (const [index, finished] of group.entries()) {
      const { notice, change } = finished;
      const current = known.get(notice.id);
      if (!current) continue;
      const nowAtMs = clock.now();
      const overdue = isOverdue(notice, deps);
      const { what, turn } = stepOf(finished, {
        order: list.health.inOrder({ level: levelOf(notice), nowAtMs }),
        tried: tried.get(notice.id) ?? [],
        isLate: overdue || notice.attempts >= options.attemptsMax,
      });
      steps.push({ finished, what });
      // Who has the notice by now is not who this is about.
      if (current.provider !== null && current.provider !== notice.provider) continue;
      const taken = what !== 'accepted' && (await isTakenByAll(trx, current));
      const jitter = jitters[index] ?? 0;
      const moment = { nowAtMs, jitter, taken, senderId, options, turn, isOverdue: overdue };
      const next = withProvider(
        stillOnConsole(list, current, change(current, moment)),
        notice.provider,
      );
      changed.push({ notice: current, change: next });
      // A slow send and the question about it may be of one group.
      known.set(notice.id, { ...current, ...next });
      if (next.state === 'failed') givenUp.push({ notice, code: next.lastErrorCode ?? null });
    }
    const others = await changeNotices(trx, changed);
    await writeAttempts(
      trx,
      steps.map(({ finished: { notice, code, messageId }, what }) =>
        attemptOf(notice, {
          provider: notice.provider ?? list.first.provider,
          what,
          ...(code === undefined ? {} : { code }),
          ...(messageId === undefined ? {} : { messageId }),
          atMs: clock.now(),
          turn: notice.attempts,
        }),
      ),
    );
    return { failed: givenUp, stages: steps, carried: others };
  });
  const told = [...group.map(({ notice }) => notice), ...carried];
  deps.onChanged([...new Set(told.map(({ alertId }) => alertId))]);
  for (const { finished, what } of stages) noteStep(deps, list, finished, what);
  for (const { notice, code } of failed) {
    const lost = [notice, ...carried.filter((one) => one.carriedBy === notice.id)];
    for (const { id: noticeId, alertId } of lost) {
      deps.logger.error('alerts.notice-failed', { noticeId, alertId, channel: list.kind, code });
    }
  }
}

/** A push nobody's device took is still on every console that is opened. */
export function stillOnConsole(
  { kind, first }: ProviderList,
  current: Pick<OutboxTable, 'sentAtMs'>,
  change: NoticeChange,
): NoticeChange {
  if (kind !== 'push' || change.state !== 'failed' || current.sentAtMs === null) return change;
  return { ...change, state: 'sent', receiptDueAtMs: null, provider: first.provider };
}

/** What the step is called, and who may take over after it. */
export function stepOf(
  {
    notice,
    what,
    code,
  }: Pick<Outcome, 'what' | 'code'> & { readonly notice: Pick<OutboxTable, 'provider'> },
  given: { order: readonly string[]; tried: readonly Tried[]; isLate: boolean },
): { what: AttemptStage; turn: Turn } {
  const provider = notice.provider ?? '';
  const turnFor = (stage: AttemptStage) =>
    turnAfter(given.order, given.tried, { provider, what: stage });
  // No other provider knows a number that is missing here.
  if (code === 'no-number') return { what, turn: 'none' };
  if (what !== 'unanswered' || !given.isLate) return { what, turn: turnFor(what) };
  const turn = turnFor('unreconciled');
  return turn === 'none' ? { what, turn } : { what: 'unreconciled', turn };
}

/** That it never had a notice was counted when it did not answer, or was a crash of ours. */
const FAILURES: readonly AttemptStage[] = [
  'rejected',
  'refused',
  'uncertain',
  'no-receipt',
  'unreconciled',
];

/** What a step says about the provider. That it took a notice says little where it owes a receipt. */
export function noteStep(
  deps: Pick<SenderDeps, 'clock' | 'logger'>,
  list: ProviderList,
  {
    notice,
    code,
  }: Pick<Outcome, 'code'> & { readonly notice: Pick<OutboxTable, 'provider' | 'receiptDueAtMs'> },
  what: AttemptStage,
): void {
  const provider = notice.provider ?? '';
  if (code === 'no-number' || code === 'no-provider' || code === 'no-device') return;
  // That nobody looked at a screen is not the screen's fault.
  if (list.kind === 'push' && what === 'no-receipt') return;
  if (FAILURES.includes(what)) noteFailure(deps, list, { provider, code: code ?? what });
  if (what === 'accepted' && notice.receiptDueAtMs === null) noteSuccess(deps, list, provider);
}

export const withProvider = (change: NoticeChange, provider: string | null): NoticeChange =>
  change.providerMessageId && provider !== null ? { ...change, provider } : change;
