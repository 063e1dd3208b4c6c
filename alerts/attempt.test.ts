import { describe, expect, test } from 'vitest';
import { epochMs } from '../core/time.ts';
import type { OutboxState } from '../warehouse/records-schema.ts';
import {
  afterReceipt,
  afterSend,
  afterStatus,
  ATTEMPT_DEFAULTS,
  type Moment,
  type NoticeState,
} from './attempt.ts';
import type { Receipt, SendOutcome, StatusOutcome } from './channels/channel.ts';

const NOW = epochMs(1_000_000);

const notice = (state: OutboxState, change: Partial<NoticeState> = {}): NoticeState => ({
  state,
  attempts: 1,
  leasedBy: 'me',
  providerMessageId: null,
  providerSequence: null,
  sentAtMs: null,
  deliveredAtMs: null,
  answeredAtMs: null,
  receiptDueAtMs: null,
  ...change,
});

const moment = (change: Partial<Moment> = {}): Moment => ({
  nowAtMs: NOW,
  jitter: 0,
  taken: false,
  senderId: 'me',
  options: ATTEMPT_DEFAULTS,
  ...change,
});

const accepted: SendOutcome = { kind: 'accepted', messageId: 'm1' };
const later: SendOutcome = { kind: 'rejected', code: 'http-503', retry: 'backoff' };
const soon: SendOutcome = { kind: 'rejected', code: 'http-429', retry: 'soon' };
const final: SendOutcome = { kind: 'rejected', code: 'http-400', retry: 'never' };
const timeOut: SendOutcome = { kind: 'uncertain', code: 'time-out' };

const shown = (change: ReturnType<typeof afterSend>) =>
  Object.keys(change).length === 0
    ? '-'
    : [
        change.state,
        change.nextAttemptAtMs === undefined ? '' : `in ${change.nextAttemptAtMs - NOW}`,
        change.lastErrorCode ?? '',
      ]
        .filter(Boolean)
        .join(' ');

describe('after a send', () => {
  const others = { leasedBy: 'another' };
  test.each<[string, NoticeState, SendOutcome, Partial<Moment>, string]>([
    ['accepted', notice('sending'), accepted, {}, 'sent'],
    ['accepted, after a receipt', notice('delivered'), accepted, {}, ''],
    ['accepted, given up meanwhile', notice('cancelled'), accepted, {}, 'sent'],
    ['accepted, in other hands', notice('uncertain', others), accepted, {}, 'sent'],
    ['put off', notice('sending'), later, {}, 'waiting in 1000 http-503'],
    ['put off, more jitter', notice('sending'), later, { jitter: 0.5 }, 'waiting in 1500 http-503'],
    ['third time', notice('sending', { attempts: 3 }), later, {}, 'waiting in 4000 http-503'],
    ['tenth time', notice('sending', { attempts: 10 }), later, {}, 'waiting in 30000 http-503'],
    ['last time', notice('sending', { attempts: 20 }), later, {}, 'failed http-503'],
    ['to be repeated soon', notice('sending'), soon, {}, 'waiting in 300 http-429'],
    ['refused', notice('sending'), final, {}, 'failed http-400'],
    [
      'put off, taken by an officer',
      notice('sending'),
      later,
      { taken: true },
      'cancelled http-503',
    ],
    ['put off, in other hands', notice('sending', others), later, {}, '-'],
    ['put off, after a receipt', notice('answered'), later, {}, '-'],
    ['unanswered', notice('sending'), timeOut, {}, 'uncertain in 3000 time-out'],
    ['unanswered, after a receipt', notice('sent'), timeOut, {}, '-'],
  ])('%s', (_, before, outcome, change, expected) => {
    expect(shown(afterSend(before, outcome, moment(change)))).toBe(expected);
  });
});

describe('after asking the provider', () => {
  type Asked = Exclude<StatusOutcome, { kind: 'known' }>;
  const unknown: Asked = { kind: 'unknown' };
  const away: Asked = { kind: 'unavailable', code: 'http-500' };
  test.each<[string, NoticeState, Asked, Partial<Moment>, string]>([
    ['it has it not', notice('uncertain'), unknown, {}, 'waiting in 0'],
    ['it has it not, taken', notice('uncertain'), unknown, { taken: true }, 'cancelled'],
    ['it does not say', notice('uncertain'), away, {}, 'uncertain in 1000 http-500'],
    ['it never says', notice('uncertain', { attempts: 20 }), away, {}, 'failed unsettled'],
    ['it never has it', notice('uncertain', { attempts: 20 }), unknown, {}, 'failed unsettled'],
    ['settled meanwhile', notice('sent'), unknown, {}, '-'],
    ['in other hands', notice('uncertain', { leasedBy: 'another' }), unknown, {}, '-'],
  ])('%s', (_, before, outcome, change, expected) => {
    expect(shown(afterStatus(before, outcome, moment(change)))).toBe(expected);
  });
});

describe('receipts', () => {
  const receipt = (state: Receipt['state'], sequence: number): Receipt => ({
    noticeId: 'nt_1',
    messageId: 'm1',
    sequence,
    state,
    ...(state === 'failed' ? { reason: 'busy' } : {}),
  });
  const takeAll = (receipts: readonly Receipt[]) =>
    receipts.reduce<NoticeState>(
      (before, given) => ({ ...before, ...afterReceipt(before, given, NOW) }),
      notice('sending'),
    );
  const life = [receipt('accepted', 0), receipt('delivered', 1), receipt('answered', 2)] as const;
  const failing = [receipt('accepted', 0), receipt('failed', 3)] as const;

  test('in every order end in the same state', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const;
    for (const all of [life, [...life, ...failing].slice(0, 4)]) {
      const ends = orders.map((order) =>
        takeAll([...order.map((index) => life[index]), ...all.slice(3)]),
      );
      for (const end of ends) expect(end).toEqual(ends[0]);
    }
    expect(takeAll(life)).toMatchObject({
      state: 'answered',
      providerSequence: 2,
      sentAtMs: NOW,
      deliveredAtMs: NOW,
      answeredAtMs: NOW,
    });
  });

  test('that come twice say nothing the second time', () => {
    for (const given of [...life, ...failing]) {
      const once = takeAll([given]);
      expect(afterReceipt(once, given, NOW)).toEqual({});
    }
  });

  test('with a higher sequence take back what was said before', () => {
    expect(takeAll([...life, receipt('failed', 3)])).toMatchObject({
      state: 'failed',
      lastErrorCode: 'busy',
      answeredAtMs: NOW,
    });
  });
});
