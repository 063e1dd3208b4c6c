// Takes in what providers tell about notices: delivered, answered, failed. Key 1 acknowledges the alert for
// the officer the notice was sent to, key 3 in a call passes it on. Receipts come in any order, repeatedly,
// late, and from liars.

import type { Logger } from '../core/logger.ts';
import { epochMs, type Clock, type EpochMs } from '../core/time.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type {
  AlertTable,
  AttemptStage,
  OfficerTable,
  OutboxTable,
} from '../warehouse/records-schema.ts';
import { acknowledge, isTaken } from './acknowledge.ts';
import {
  afterLateReceipt,
  afterReceipt,
  HANDED_BACK,
  withoutStepBack,
  type NoticeChange,
  type NoticeState,
} from './attempt.ts';
import {
  FAILURE_REASONS,
  type Channel,
  type Receipt,
  type ReceiptOutcome,
} from './channels/channel.ts';
import { EVENT_TURN } from './events.ts';
import { loadCarried } from './grouping/carried-notices.ts';
import { noticeTo, STEPS_OF_RUNG } from './notify.ts';
import { changeNotice, findNotice, writeNotices } from './outbox.ts';
import { passOn } from './pass-on.ts';
import {
  attemptOf,
  loadAttempts,
  writeAttempts,
  type NoticeAttempt,
} from './providers/attempt-store.ts';
import { isSpent, turnAfter } from './providers/choose-provider.ts';
import type { ProviderList, ProviderLists } from './providers/provider-list.ts';
import { sideOf } from './route.ts';
import type { AnswerOptions } from './tasks/task-options.ts';
import type { Templates } from './texts/templates.ts';

export type ReceiptDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the tasks that begin with an answer; defaults when left out. */
  readonly answers?: AnswerOptions;
  /** Told of the alerts that changed. */
  readonly onChanged: (alertIds: readonly string[]) => void;
  /** Who takes over what a provider could not deliver; nobody when left out. */
  readonly providers?: ProviderLists;
  /** The words of notices; the product's own when left out. */
  readonly templates?: Templates | undefined;
};

/** The key pressed or the reply sent that says "I have it". */
const ACKNOWLEDGES = '1';

/** The key pressed in a call that says "somebody else, at once". */
const PASSES_ON = '3';

/** A person who did not pick up is tried again so often, so much later. */
export const CALL_AGAIN_MAX = 2;
export const CALL_AGAIN_AFTER_MS = 60_000;

/** Takes one receipt; the same one again changes nothing. */
export async function takeReceipt(
  deps: ReceiptDeps,
  channel: Pick<Channel, 'kind' | 'provider'>,
  receipt: Receipt,
): Promise<ReceiptOutcome> {
  const {
    outcome,
    alertIds = [],
    what,
  } = await deps.records.transaction(async (trx): Promise<Taken> => {
    await deps.records.takeTurn(trx, EVENT_TURN);
    const notice = await findNotice(trx, receipt.noticeId);
    if (!notice || notice.channel !== channel.kind) return { outcome: 'unknown-notice' };
    const carried = await loadCarried(trx, notice);
    const arrival = { notice, carried, receipt, provider: channel.provider };
    const about = [notice, ...carried].map(({ alertId }) => alertId);
    return { ...(await apply(deps, trx, arrival)), alertIds: about };
  });
  if (outcome === 'taken' && alertIds.length > 0) deps.onChanged([...new Set(alertIds)]);
  if (outcome !== 'taken' && outcome !== 'stale') {
    const { noticeId, messageId } = receipt;
    deps.logger.warn('alerts.receipt-refused', { outcome, noticeId, messageId });
  }
  const list = deps.providers?.get(channel.kind);
  if (list && what === 'undelivered') {
    noteFailure(deps, list, { provider: channel.provider, code: receipt.reason ?? 'undelivered' });
  } else if (list && outcome === 'taken' && receipt.state !== 'accepted') {
    noteSuccess(deps, list, channel.provider);
  }
  return outcome;
}

/** A receipt, and what it is about: a notice or a message without an alert. */
export type Arrival<Notice = Arrived> = {
  readonly notice: Notice;
  readonly receipt: Receipt;
  readonly provider: string;
};

/** A receipt of a notice of alerts. */
type NoticeArrival = Arrival<OutboxTable> & {
  /** Those it speaks for. */
  readonly carried: readonly OutboxTable[];
};

type Arrived = NoticeState & Pick<OutboxTable, 'channel' | 'provider' | 'handOvers'>;

type Step = Pick<NoticeAttempt, 'provider' | 'what' | 'code' | 'messageId'>;

type Taken = Applied & { readonly alertIds?: readonly string[] };

type Applied = { readonly outcome: ReceiptOutcome; readonly what?: AttemptStage };

async function apply(
  deps: ReceiptDeps,
  trx: RecordsTransaction,
  arrival: NoticeArrival,
): Promise<Applied> {
  const { notice, receipt, provider } = arrival;
  // Of what other providers had to do with the notice only those know that got it after them.
  const tried =
    notice.provider === provider && (notice.handOvers ?? 0) <= 1
      ? []
      : await loadAttempts(trx, [notice.id]);
  const isLate = isOfEarlier(arrival, tried);
  if (isLate === undefined || isOtherMessage(arrival, { tried, isLate })) {
    return { outcome: 'other-message' };
  }
  const officer = await trx
    .selectFrom('officer')
    .selectAll()
    .where('id', '=', notice.recipient)
    .executeTakeFirst();
  const isOfPerson =
    receipt.state === 'answered' || (notice.channel === 'push' && receipt.state === 'delivered');
  if (isOfPerson && !isFrom(officer, notice, receipt)) return { outcome: 'wrong-person' };
  const nowAtMs = deps.clock.now();
  const { what, change } = changeOf(deps, arrival, { tried, isLate, nowAtMs });
  const added = await writeReceipt(trx, arrival, { tried, what, change, atMs: nowAtMs });
  const isNew = isLate ? added : Object.keys(change).length > 0;
  await changeNotice(trx, notice, isNew ? change : {});
  // Nobody is at the other end of a canary.
  if (notice.channel === 'canary') return isNew ? { outcome: 'taken', what } : { outcome: 'stale' };
  let isAcknowledged = false;
  for (const one of [notice, ...arrival.carried]) {
    const about = { notice: one, officer, isLate, isFailed: change.state === 'failed', nowAtMs };
    if (await applyTo(deps, trx, receipt, about)) isAcknowledged = true;
  }
  return isNew || isAcknowledged ? { outcome: 'taken', what } : { outcome: 'stale' };
}

/** What a receipt means for one of the alerts its notice speaks of; true when it acknowledged it. */
async function applyTo(
  deps: ReceiptDeps,
  trx: RecordsTransaction,
  receipt: Receipt,
  given: {
    readonly notice: OutboxTable;
    readonly officer: OfficerTable | undefined;
    readonly isLate: boolean;
    readonly isFailed: boolean;
    readonly nowAtMs: EpochMs;
  },
): Promise<boolean> {
  const { notice, officer, isLate, isFailed, nowAtMs } = given;
  if (notice.channel === 'canary') return false;
  const alert = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', notice.alertId)
    .executeTakeFirstOrThrow();
  if (isFailed) await callAgain(trx, { alert, notice, receipt }, nowAtMs, deps.templates);
  if (!officer) return false;
  const side = sideOf(officer.region, alert.region);
  const answer = receipt.answer?.trim();
  if (receipt.state === 'answered' && answer === ACKNOWLEDGES) {
    const outcome = await acknowledge(trx, alert, {
      actor: officer.id,
      bureau: officer.region,
      side,
      via: notice.channel,
      note: '',
      atMs: nowAtMs,
      periods: deps.answers,
    });
    return outcome.kind !== 'refused';
  }
  if (notice.channel === 'phone' && !isLate && answer === PASSES_ON) {
    const passing = { alert, notice, officerId: officer.id, side, nowAtMs };
    await passOn(deps, trx, { ...passing, justNowMs: CALL_AGAIN_AFTER_MS });
  }
  return false;
}

/**
 * Whether the receipt is of a provider that the notice was taken away from; undefined when the provider
 * never had it. One that put it off and took it all the same has it, as long as nobody else does.
 */
export function isOfEarlier(
  { notice, provider }: Arrival,
  tried: readonly Step[],
): boolean | undefined {
  if (notice.provider === provider) return false;
  const hadIt = tried.some((step) => step.what === 'begun' && step.provider === provider);
  // Notices of before attempts were kept name nobody until they are sent.
  if (!hadIt && (notice.provider === null || tried.length === 0)) return false;
  if (!hadIt) return undefined;
  return notice.provider !== null || isSpent(provider, tried);
}

/** It speaks of another message than the one this provider took. */
export function isOtherMessage(
  { notice, receipt, provider }: Arrival,
  { tried, isLate }: { tried: readonly Step[]; isLate: boolean },
): boolean {
  if (!isLate) {
    return notice.providerMessageId !== null && notice.providerMessageId !== receipt.messageId;
  }
  const named = tried.filter((step) => step.provider === provider && step.messageId !== null);
  return named.length > 0 && !named.some(({ messageId }) => messageId === receipt.messageId);
}

/** What the receipt is called in the trail, and what it changes. */
export function changeOf(
  { providers }: Pick<ReceiptDeps, 'providers'>,
  { notice, receipt, provider }: Arrival,
  { tried, isLate, nowAtMs }: { tried: readonly Step[]; isLate: boolean; nowAtMs: EpochMs },
): { what: AttemptStage; change: NoticeChange } {
  if (isLate) return { what: 'late-receipt', change: afterLateReceipt(notice, receipt, nowAtMs) };
  const plain = afterReceipt(notice, receipt, nowAtMs);
  if (Object.keys(plain).length === 0) return { what: 'receipt', change: plain };
  const change = { ...plain, provider };
  const reached = tried.some(
    ({ what, code }) => what === 'late-receipt' && (code === 'delivered' || code === 'answered'),
  );
  if (reached) return { what: 'receipt', change: withoutStepBack(notice, change) };
  const order = providers?.get(notice.channel)?.names ?? [];
  if (change.state !== 'failed' || isOfThePerson(receipt)) return { what: 'receipt', change };
  const turn = turnAfter(order, tried, { provider, what: 'undelivered' });
  if (turn === 'none') return { what: 'undelivered', change };
  const code = { lastErrorCode: change.lastErrorCode ?? null };
  return {
    what: 'undelivered',
    change: { ...plain, ...HANDED_BACK, ...code, state: 'waiting', nextAttemptAtMs: nowAtMs },
  };
}

/** The provider did its part; the person did not pick up, or was not there. */
const isOfThePerson = ({ reason }: Receipt): boolean =>
  (FAILURE_REASONS as readonly string[]).includes(reason ?? '');

/** True when nobody had told so before. */
async function writeReceipt(
  trx: RecordsTransaction,
  { notice, receipt, provider }: Arrival<OutboxTable>,
  {
    tried,
    what,
    change,
    atMs,
  }: {
    tried: readonly NoticeAttempt[];
    what: AttemptStage;
    change: NoticeChange;
    atMs: EpochMs;
  },
): Promise<boolean> {
  if (what !== 'late-receipt' && Object.keys(change).length === 0) return false;
  const code = receipt.state === 'failed' ? (receipt.reason ?? 'failed') : receipt.state;
  const { messageId, sequence } = receipt;
  const handOvers =
    tried.findLast((one) => one.what === 'begun' && one.provider === provider)?.attempt ??
    notice.handOvers;
  const step = attemptOf(
    { ...notice, handOvers },
    { provider, what, code, messageId, sequence, atMs },
  );
  return (await writeAttempts(trx, [step])) > 0;
}

/** Counts a failure of a provider; says so when it is tried last from now on. */
export function noteFailure(
  { clock, logger }: Pick<ReceiptDeps, 'clock' | 'logger'>,
  list: ProviderList,
  { provider, code }: { provider: string; code: string },
): void {
  if (!list.health.failed(provider, code, clock.now())) return;
  logger.warn('alerts.provider-failing', { channel: list.kind, provider, code });
}

/** Counts what a provider did well; says so when it is back. */
export function noteSuccess(
  { logger }: Pick<ReceiptDeps, 'logger'>,
  list: ProviderList,
  provider: string,
): void {
  if (!list.health.worked(provider)) return;
  logger.info('alerts.provider-back', { channel: list.kind, provider });
}

/** A new notice for the same person, unless somebody has the alert by now. */
async function callAgain(
  trx: RecordsTransaction,
  { alert, notice, receipt }: { alert: AlertTable; notice: OutboxTable; receipt: Receipt },
  nowAtMs: OutboxTable['createdAtMs'],
  templates?: Templates,
): Promise<void> {
  if (!isOfThePerson(receipt) || notice.step % STEPS_OF_RUNG >= CALL_AGAIN_MAX) return;
  if (await isTaken(trx, notice)) return;
  const { recipient, channel } = notice;
  if (channel === 'canary') return;
  const step = notice.step + 1;
  const { round } = notice;
  const next = noticeTo(recipient, alert, { channel, step, round, atMs: nowAtMs }, templates);
  await writeNotices(trx, [{ ...next, nextAttemptAtMs: epochMs(nowAtMs + CALL_AGAIN_AFTER_MS) }]);
}

/** True when the answer came from the officer's own number, or for a push from the officer. */
function isFrom(officer: OfficerTable | undefined, notice: OutboxTable, receipt: Receipt): boolean {
  if (!officer || officer.active === 0 || receipt.from === undefined) return false;
  if (notice.channel === 'push') return receipt.from === officer.id;
  return officer.phone !== null && bareNumber(receipt.from) === bareNumber(officer.phone);
}

/** Digits of a number without the country code of China. */
const bareNumber = (number: string): string =>
  number.replaceAll(/[\s()-]/g, '').replace(/^(\+|00)86/, '');
