// Codes and reminders by a list of providers, as alert notices go: the next takes over on a refusal and on a
// missing receipt, late receipts count, and a program killed anywhere does nothing twice.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs, type ManualClock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { createFakeProvider, type FakeChannel } from '../channels/channel.fixture.ts';
import type { Channel, ProviderTerms } from '../channels/channel.ts';
import { Crash, createFaults, faultyChannel, faultyRecords } from '../faults.fixture.ts';
import { anOfficer, saveOfficers, START_MS, XUANHAN } from '../findings.fixture.ts';
import { createProviderList } from '../providers/provider-list.ts';
import { openMemoryRecords } from '../scenario.fixture.ts';
import { SENDER_DEFAULTS } from '../sender.ts';
import { writeMessages, type NewMessage } from './message-store.ts';
import { loadSteps } from './message-steps.ts';
import { sendMessages, takeMessageReceipt } from './send-messages.ts';

const TERMS: ProviderTerms = { receiptWithinMs: { 1: 30_000, 2: 60_000, 3: 60_000 } };

const code: NewMessage = {
  id: 'om_code',
  kind: 'phone-code',
  recipient: 'xuanhan',
  channel: 'sms',
  address: '13900000009',
  textZh: '验证码 482913',
  textEn: 'Code 482913',
  createdAtMs: epochMs(START_MS),
  expiresAtMs: epochMs(START_MS + 10 * MINUTE_MS),
};

let records: Records;
let clock: ManualClock;
let first: FakeChannel;
let second: FakeChannel;

const open = async () => {
  records = await openMemoryRecords();
  clock = createManualClock(START_MS);
  first = createFakeProvider('sms', 'first', TERMS);
  second = createFakeProvider('sms', 'second', TERMS);
  await saveOfficers(records.db, [anOfficer('xuanhan', XUANHAN)]);
};

beforeEach(open);
afterEach(() => records.close());

/** A program that has just been started: it remembers nothing. */
function start(
  senderId = 'sender-1',
  parts: { records?: Records; wrap?: (channel: Channel) => Channel } = {},
) {
  const { wrap = (channel: Channel) => channel } = parts;
  const deps = {
    records: parts.records ?? records,
    clock,
    logger: silentLogger,
    random: createRandom('m'),
    senderId,
  };
  const list = createProviderList([wrap(first), wrap(second)]);
  const providers = new Map([['sms' as const, list]]);
  for (const channel of [first, second]) {
    channel.onReceipt((receipt) => takeMessageReceipt({ ...deps, providers }, channel, receipt));
  }
  return {
    list,
    async settle() {
      while ((await sendMessages(deps, list, SENDER_DEFAULTS)) > 0);
    },
  };
}

const trail = async () =>
  (await loadSteps(records.db, code.id)).map(({ attempt, provider, what, code: said }) =>
    [attempt, provider, what, said].filter((part) => part !== null).join(' '),
  );

const message = () =>
  records.db
    .selectFrom('officerMessage')
    .select(['state', 'textZh', 'lastErrorCode', 'provider'])
    .where('id', '=', code.id)
    .executeTakeFirstOrThrow();

const effects = () => [first.effectsOf(code.id), second.effectsOf(code.id)];

describe('a code', () => {
  beforeEach(() => writeMessages(records.db, [code]));

  test('goes to the first provider, is kept while a receipt is owed, and forgotten with it', async () => {
    const program = start();
    await program.settle();
    expect(await message()).toMatchObject({ state: 'sent', textZh: code.textZh });
    expect(await first.report(code.id, { state: 'delivered' })).toBe('taken');
    expect(await first.report(code.id, { state: 'delivered', sequence: 1 })).toBe('stale');
    expect(await message()).toMatchObject({ state: 'delivered', textZh: '', provider: 'first' });
    expect([effects(), await trail()]).toEqual([
      [1, 0],
      ['1 first begun', '1 first accepted', '1 first receipt delivered'],
    ]);
  });

  test('goes to the second when no receipt comes in time, and not before', async () => {
    const program = start();
    await program.settle();
    clock.advance(59_000);
    await program.settle();
    expect(effects()).toEqual([1, 0]);
    clock.advance(1_000);
    await program.settle();
    expect(effects()).toEqual([1, 1]);
    expect(second.sent[0]).toMatchObject({ address: code.address, attempt: 2, level: 2 });
    await second.report(code.id, { state: 'delivered' });
    expect(await message()).toMatchObject({ state: 'delivered', provider: 'second', textZh: '' });
    expect(await trail()).toEqual([
      '1 first begun',
      '1 first accepted',
      '1 first no-receipt',
      '2 second begun',
      '2 second accepted',
      '2 second receipt delivered',
    ]);
  });

  test.each([
    ['busy', 'rejected'],
    ['refuse', 'refused'],
  ] as const)(
    'goes to the second at once when the first says it is %s',
    async (behaviour, what) => {
      first.behaviour = behaviour;
      await start().settle();
      expect(effects()).toEqual([0, 1]);
      expect(await trail()).toContain(
        `1 first ${what} ${behaviour === 'busy' ? 'http-503' : 'http-400'}`,
      );
    },
  );

  test('goes to the second at once when the first reports that it could not deliver', async () => {
    const program = start();
    await program.settle();
    await first.report(code.id, { state: 'failed', reason: 'undeliverable' });
    await program.settle();
    expect(effects()).toEqual([1, 1]);
    // What the first then says late counts, and nothing the second says takes it back.
    expect(await first.report(code.id, { state: 'delivered' })).toBe('taken');
    await second.report(code.id, { state: 'failed', reason: 'undeliverable' });
    expect(await message()).toMatchObject({ state: 'delivered' });
  });

  test('is asked about before anybody else gets it when the answer was lost', async () => {
    first.behaviour = 'take-and-time-out';
    const program = start();
    await program.settle();
    expect(effects()).toEqual([1, 0]);
    clock.advance(SENDER_DEFAULTS.settleAfterMs);
    await program.settle();
    expect(effects()).toEqual([1, 0]);
    expect((await message()).state).toBe('sent');
  });

  test('is given up when nobody is left, or when it holds no more', async () => {
    first.behaviour = 'refuse';
    second.behaviour = 'refuse';
    await start().settle();
    expect(await message()).toMatchObject({ state: 'failed', textZh: '' });
    await writeMessages(records.db, [{ ...code, id: 'om_late' }]);
    first.behaviour = 'down';
    await start().settle();
    clock.advance(11 * MINUTE_MS);
    await start('sender-2').settle();
    const { state, lastErrorCode } = await records.db
      .selectFrom('officerMessage')
      .selectAll()
      .where('id', '=', 'om_late')
      .executeTakeFirstOrThrow();
    expect([state, lastErrorCode]).toEqual(['failed', 'expired']);
    expect(second.effectsOf('om_late')).toBe(0);
  });

  test('of a provider that never had it no receipt is taken', async () => {
    await start().settle();
    expect(await second.report(code.id, { state: 'delivered' })).toBe('other-message');
    expect((await message()).state).toBe('sent');
  });

  test('a provider that keeps failing is tried last by messages too', async () => {
    first.behaviour = 'busy';
    const program = start();
    for (const id of ['om_1', 'om_2', 'om_3']) await writeMessages(records.db, [{ ...code, id }]);
    await program.settle();
    expect(program.list.health.report()[0]).toMatchObject({ provider: 'first', state: 'failing' });
    first.behaviour = 'accept';
    await writeMessages(records.db, [{ ...code, id: 'om_after' }]);
    await program.settle();
    expect([first.effectsOf('om_after'), second.effectsOf('om_after')]).toEqual([0, 1]);
  });
});

async function playWithCrash(crashAt: number) {
  await records.close();
  await open();
  await writeMessages(records.db, [code]);
  const faults = createFaults(crashAt);
  let program = start('sender-1', {
    records: faultyRecords(records, faults),
    wrap: (channel) => faultyChannel(channel, faults),
  });
  const steps = [
    () => program.settle(),
    // The first keeps silent: past its time, and past a dead sender's lease.
    async () => {
      clock.advance(61_000);
      await program.settle();
    },
    async () => {
      clock.advance(61_000);
      await program.settle();
    },
    () => second.report(code.id, { state: 'delivered', sequence: 1 }),
    () => first.report(code.id, { state: 'delivered', sequence: 1 }),
  ];
  let restarts = 0;
  for (const [index, step] of steps.entries()) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      program = start(`after-${++restarts}`);
      await (index < 3 ? program.settle() : step());
    }
  }
  const { state, textZh } = await message();
  const begun = (await trail()).filter((step) => step.endsWith('begun')).length;
  return { points: faults.reached, end: { state, textZh, effects: effects(), begun } };
}

test('killed anywhere, a code goes to each provider once and ends where it would have', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed.end).toEqual({ state: 'delivered', textZh: '', effects: [1, 1], begun: 2 });
  expect(undisturbed.points).toBeGreaterThan(30);
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt++) {
    const { end } = await playWithCrash(crashAt);
    expect(Math.max(...end.effects), `killed at ${crashAt}`).toBe(1);
    expect([end.state, end.textZh], `killed at ${crashAt}`).toEqual(['delivered', '']);
  }
});
