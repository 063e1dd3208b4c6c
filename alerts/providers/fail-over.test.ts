import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createFakeProvider } from '../channels/channel.fixture.ts';
import { DAZHOU_CITY, raised, XUANHAN } from '../findings.fixture.ts';
import { exit, owing, TERMS, trailOf, withTwoProviders } from './fail-over.fixture.ts';
import { noticeTo, startProgram } from '../scenario.fixture.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac', role: 'county-officer', region: XUANHAN, note: '' } as const;

test('a receipt in time: the second provider never hears of it', () =>
  withTwoProviders(async ({ program, first, second, trail, id }) => {
    await program.find(exit);
    await first.report(await id(), { state: 'delivered' });
    await program.pass(20);
    expect(second.sent).toEqual([]);
    expect(await trail()).toEqual([
      '1 fake-sms begun',
      '1 fake-sms accepted',
      '1 fake-sms receipt delivered',
    ]);
  }));

test('taken and never delivered: after the declared time the provider is asked, then the next gets it', () =>
  withTwoProviders(async ({ program, first, second, trail, state, id }) => {
    await program.find(exit);
    await program.pass(0.9);
    expect(second.sent).toEqual([]);
    await program.pass(0.2);
    expect(second.sent).toMatchObject([{ id: await id(), attempt: 2, level: 2 }]);
    expect(first.effectsOf(await id())).toBe(1);
    await second.report(await id(), { state: 'delivered' });
    expect(await state()).toBe('delivered');
    expect(await trail()).toEqual([
      '1 fake-sms begun',
      '1 fake-sms accepted',
      '1 fake-sms no-receipt',
      '2 second begun',
      '2 second accepted',
      '2 second receipt delivered',
    ]);
    const { timeline } = await program.desk.get(exit.alertId, ALL);
    expect(timeline.filter(({ details }) => details['channel'] === 'sms').length).toBe(2);
  }));

test('a receipt that got lost is found by asking, and nobody is told twice', () =>
  withTwoProviders(async ({ program, first, second, stage, trail, state, id }) => {
    await program.find(exit);
    const given = { state: 'delivered', sequence: 1 } as const;
    // The provider knows; its call-back never came.
    first.onReceipt(() => Promise.resolve('stale'));
    await first.report(await id(), given);
    await program.pass(2);
    expect(second.sent).toEqual([]);
    expect(await state()).toBe('delivered');
    expect((await trail()).at(-1)).toBe('1 fake-sms receipt delivered');
    expect((await noticeTo(stage, 'sms', 'xuanhan')).attempts).toBe(2);
  }));

describe('a provider that does not take the notice', () => {
  test.each([
    ['refuse', '1 fake-sms refused http-400'],
    ['busy', '1 fake-sms rejected http-503'],
  ] as const)('says so (%s), and the next gets it at once', (behaviour, said) =>
    withTwoProviders(async ({ program, first, second, trail }) => {
      first.behaviour = behaviour;
      await program.find(exit);
      expect(second.sent.length).toBe(1);
      expect(await trail()).toEqual([
        '1 fake-sms begun',
        said,
        '2 second begun',
        '2 second accepted',
      ]);
    }),
  );

  test('is asked after a time-out before anybody else gets it: it has it', () =>
    withTwoProviders(async ({ program, first, second, id, trail }) => {
      first.behaviour = 'take-and-time-out';
      await program.find(exit);
      await program.pass(0.5);
      expect([first.effectsOf(await id()), second.sent.length]).toEqual([1, 0]);
      expect((await trail()).slice(1)).toEqual([
        '1 fake-sms uncertain time-out',
        '1 fake-sms receipt accepted',
      ]);
    }));

  test('is asked after a time-out before anybody else gets it: it never had it', () =>
    withTwoProviders(async ({ program, first, second, id, trail }) => {
      first.behaviour = 'lose-and-time-out';
      await program.find(exit);
      expect(second.sent).toEqual([]);
      await program.pass(0.2);
      expect([first.effectsOf(await id()), second.effectsOf(await id())]).toEqual([0, 1]);
      expect((await trail()).slice(1)).toEqual([
        '1 fake-sms uncertain time-out',
        '1 fake-sms unknown',
        '2 second begun',
        '2 second accepted',
      ]);
    }));

  test('and does not answer either is waited for until its time is over, not longer', () =>
    withTwoProviders(async ({ program, first, second, id, trail }) => {
      first.behaviour = 'take-and-time-out';
      await program.find(exit);
      first.behaviour = 'down';
      await program.pass(0.9);
      expect(second.sent).toEqual([]);
      await program.pass(0.2);
      expect(second.effectsOf(await id())).toBe(1);
      expect((await trail()).filter((step) => !step.includes('unanswered'))).toEqual([
        '1 fake-sms begun',
        '1 fake-sms uncertain time-out',
        '1 fake-sms unreconciled time-out',
        '2 second begun',
        '2 second accepted',
      ]);
    }));

  test('and neither does the other: both are tried again in turn', () =>
    withTwoProviders(async ({ program, first, second, state, trail }) => {
      first.behaviour = 'busy';
      second.behaviour = 'busy';
      await program.find(exit);
      expect(await state()).toBe('waiting');
      expect((await trail()).filter((step) => step.includes('begun'))).toEqual([
        '1 fake-sms begun',
        '2 second begun',
      ]);
      second.behaviour = 'accept';
      await program.pass(1);
      expect(await state()).toBe('sent');
      expect(second.sent.length).toBe(1);
    }));

  test('for good, and neither does the other: the operators are told', () => {
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (event: string) => void errors.push(event) };
    return withTwoProviders(
      async ({ program, first, second, stage }) => {
        first.behaviour = 'refuse';
        second.behaviour = 'refuse';
        await program.find(exit);
        const { state, lastErrorCode } = await noticeTo(stage, 'sms', 'xuanhan');
        expect([state, lastErrorCode, errors]).toEqual([
          'failed',
          'http-400',
          ['alerts.notice-failed'],
        ]);
      },
      { logger },
    );
  });
});

describe('a receipt that says', () => {
  test('the provider could not deliver: the next gets it', () =>
    withTwoProviders(async ({ program, first, second, trail, id }) => {
      await program.find(exit);
      await first.report(await id(), { state: 'failed', reason: 'carrier-refused' });
      await program.settle();
      expect(second.sent.length).toBe(1);
      expect((await trail()).slice(2)).toEqual([
        '1 fake-sms undelivered carrier-refused',
        '2 second begun',
        '2 second accepted',
      ]);
    }));

  test('the person was not there: another try with the same provider, as ever', () =>
    withTwoProviders(async ({ program, first, second, stage, id }) => {
      await program.find(exit);
      await first.report(await id(), { state: 'failed', reason: 'unreachable' });
      await program.pass(1.1);
      expect(second.sent).toEqual([]);
      expect((await noticeTo(stage, 'sms', 'xuanhan')).step).toBe(1);
    }));
});

describe('after the second provider got it, the first', () => {
  const passedOn: typeof withTwoProviders = (run) =>
    withTwoProviders(async (given) => {
      await given.program.find(exit);
      await given.program.pass(1.1);
      expect(given.second.sent.length).toBe(1);
      await run(given);
    });

  test('delivers late: recorded, and a failure of the second takes nothing back', () =>
    passedOn(async ({ program, first, second, trail, state, id, stage }) => {
      expect(await first.report(await id(), { state: 'delivered' })).toBe('taken');
      expect(await first.report(await id(), { state: 'delivered', sequence: 1 })).toBe('stale');
      expect(await state()).toBe('delivered');
      await second.report(await id(), { state: 'failed', reason: 'carrier-refused' });
      await program.pass(5);
      expect(await state()).toBe('delivered');
      expect((await noticeTo(stage, 'sms', 'xuanhan')).deliveredAtMs).not.toBeNull();
      expect((await trail()).slice(5)).toEqual([
        '1 fake-sms late-receipt delivered',
        '2 second receipt carrier-refused',
      ]);
    }));

  test('fails late: recorded, and nothing else', () =>
    passedOn(async ({ program, first, second, trail, state, id }) => {
      expect(await first.report(await id(), { state: 'failed', reason: 'no-answer' })).toBe(
        'taken',
      );
      expect(await state()).toBe('sent');
      await second.report(await id(), { state: 'delivered' });
      await program.pass(3);
      expect(await state()).toBe('delivered');
      expect((await trail())[5]).toBe('1 fake-sms late-receipt no-answer');
      expect(first.sent.length + second.sent.length).toBe(2);
    }));

  test('brings the answer: the alert is acknowledged', () =>
    passedOn(async ({ program, first, second, state, id }) => {
      const outcome = await first.report(await id(), { state: 'answered', answer: '1' });
      expect(outcome).toBe('taken');
      expect((await program.desk.get(exit.alertId, ALL)).status).toBe('acknowledged');
      await second.report(await id(), { state: 'delivered' });
      expect(await state()).toBe('answered');
    }));

  test('is not believed about a message it never named', () =>
    passedOn(async ({ first, id }) => {
      const liar = { state: 'delivered', messageId: 'another' } as const;
      expect(await first.report(await id(), liar)).toBe('other-message');
    }));
});

test('a provider that never had a notice is not believed about it', () =>
  withTwoProviders(async ({ program, second, id, state }) => {
    await program.find(exit);
    expect(await second.report(await id(), { state: 'delivered' })).toBe('other-message');
    expect(await state()).toBe('sent');
  }));

test('when all have kept silent the notice counts as not delivered, aloud', () => {
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (event: string) => void errors.push(event) };
  return withTwoProviders(
    async ({ program, stage }) => {
      await program.find(exit);
      await program.pass(2.5);
      const { state, lastErrorCode } = await noticeTo(stage, 'sms', 'xuanhan');
      expect([state, lastErrorCode, errors]).toEqual([
        'failed',
        'no-receipt',
        ['alerts.notice-failed'],
      ]);
    },
    { logger },
  );
});

test('what somebody has taken meanwhile is not handed on', () =>
  withTwoProviders(async ({ program, second, state }) => {
    await program.find(exit);
    await program.desk.acknowledge(exit.alertId, COUNTY);
    await program.pass(3);
    expect(second.sent).toEqual([]);
    expect(await state()).toBe('sent');
  }));

test('a provider that is taken off the list is given up on when its time is over', () =>
  withTwoProviders(async ({ program, stage, first }) => {
    first.behaviour = 'take-and-time-out';
    await program.find(exit);
    const other = createFakeProvider('sms', 'other', TERMS);
    const later = await startProgram(stage, {
      senderId: 'after',
      further: [createFakeProvider('sms', 'spare', TERMS)],
      wrapChannel: (channel) => (channel.provider === 'fake-sms' ? other : channel),
    });
    await later.pass(1.2);
    expect(other.sent.length).toBe(1);
    expect((await trailOf(stage)).at(-1)).toBe('2 other accepted');
  }));

describe('a provider that fails again and again', () => {
  const alerts = (count: number, from = 0) =>
    [...Array(count).keys()].map((index) => raised(`cc-1${from + index}`));

  test('is tried last, and first again once a probe went well', () =>
    withTwoProviders(async ({ program, first, second }) => {
      first.behaviour = 'busy';
      await program.find(...alerts(3));
      expect(program.providers.get('sms')?.health.report()[0]).toMatchObject({
        provider: 'fake-sms',
        state: 'failing',
        code: 'http-503',
      });
      first.behaviour = 'accept';
      await program.find(...alerts(2, 3));
      expect([first.sent.length, second.sent.length]).toEqual([0, 5]);
      await program.pass(0.9);
      for (const { id } of second.sent) await second.report(id, { state: 'delivered' });
      await program.pass(0.2);
      await program.find(...alerts(2, 5));
      // One of them is the probe; until it reached somebody the others go elsewhere.
      expect([first.sent.length, second.sent.length]).toEqual([1, 6]);
      await first.report(first.sent[0]?.id ?? '', { state: 'delivered' });
      expect(program.providers.get('sms')?.health.report()[0]).toMatchObject({ state: 'ok' });
      await program.find(...alerts(2, 7));
      expect([first.sent.length, second.sent.length]).toEqual([3, 6]);
    }));

  test('is tried all the same when the others do not take it', () =>
    withTwoProviders(async ({ program, first, second }) => {
      first.behaviour = 'busy';
      await program.find(...alerts(3));
      first.behaviour = 'accept';
      second.behaviour = 'refuse';
      await program.find(...alerts(1, 3));
      expect(first.sent.length).toBe(1);
    }));
});

test('one provider that owes receipts is asked for them, and what stays silent has failed', () =>
  withTwoProviders(
    async ({ stage }) => {
      const program = await startProgram(stage, { wrapChannel: owing });
      await program.find(raised('cc-9'));
      await program.pass(1.1);
      const { state, lastErrorCode } = await noticeTo(stage, 'sms', 'xuanhan');
      expect([state, lastErrorCode]).toEqual(['failed', 'no-receipt']);
    },
    { senderId: 'unused' },
  ));
