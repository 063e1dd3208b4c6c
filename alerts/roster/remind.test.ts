// 明日值班提醒 from the clock to the provider, with restarts, changes, and providers that lose and repeat.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCalendar } from '../../core/calendar.ts';
import { DAY_MS, MINUTE_MS, parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs, type ManualClock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { createFakeChannel, type FakeChannel } from '../channels/channel.fixture.ts';
import { anOfficer, saveOfficers, XUANHAN } from '../findings.fixture.ts';
import { composeCode, composeReminder } from '../messages/message-texts.ts';
import { sendMessages, takeMessageReceipt } from '../messages/send-messages.ts';
import { openMemoryRecords } from '../scenario.fixture.ts';
import { SENDER_DEFAULTS } from '../sender.ts';
import { lintNotice } from '../text-lint.ts';
import { writeAct, writeChange } from './change-store.ts';
import { parseRoster } from './load-roster.ts';
import { remindTomorrow } from './remind.ts';
import { LINES } from './roster-plan.ts';

const at = (written: string) => parseInstant(written) as number;

const plan = parseRoster(
  'roster.yaml',
  `id: test
bureaus:
  - bureau: '511722'
    lines:
      - name: duty
        rotations:
          - { id: day, teams: [li, wang], startsOn: '2026-11-01', hours: { from: '08:30', until: '17:30' } }
          - { id: night, teams: [zhao, sun], startsOn: '2026-11-01', hours: { from: '17:30', until: '08:30' } }
          - { id: gone, teams: [gone], startsOn: '2026-11-01', hours: { from: '08:30', until: '17:30' } }
`,
);

const calendar = createCalendar({
  version: 'test',
  holidays: [],
  makeUpWorkdays: [],
  until: '2026-12-31',
});

let records: Records;
let clock: ManualClock;
let sms: FakeChannel;
let push: FakeChannel;

beforeEach(async () => {
  records = await openMemoryRecords();
  clock = createManualClock(at('2026-11-23 16:59'));
  [sms, push] = [createFakeChannel('sms'), createFakeChannel('push')];
  await saveOfficers(records.db, [
    anOfficer('li', XUANHAN),
    anOfficer('wang', XUANHAN),
    anOfficer('zhao', XUANHAN),
    anOfficer('sun', XUANHAN, { phone: null }),
    anOfficer('gone', XUANHAN, { active: 0 }),
  ]);
});

afterEach(() => records.close());

/** A program that has just been started: it remembers nothing. */
function start(senderId = 'sender-1') {
  const deps = { records, clock, logger: silentLogger, random: createRandom('m'), senderId };
  for (const channel of [sms, push]) {
    channel.onReceipt((receipt) => takeMessageReceipt(deps, channel, receipt));
  }
  return {
    async settle() {
      const remind = { ...deps, plan, calendar, remindAtMinute: 17 * 60, hasSms: true };
      while ((await remindTomorrow(remind)) > 0);
      for (const channel of [sms, push]) {
        while ((await sendMessages(deps, channel, SENDER_DEFAULTS)) > 0);
      }
    },
  };
}

const sent = () =>
  [
    ...sms.sent.map((one) => `sms ${one.recipient}`),
    ...push.sent.map((one) => `push ${one.recipient}`),
  ].toSorted();

const states = async () =>
  (
    await records.db
      .selectFrom('officerMessage')
      .selectAll()
      .orderBy('recipient')
      .orderBy('channel')
      .execute()
  ).map(({ recipient, channel, state }) => `${recipient} ${channel} ${state}`);

describe('who has a turn tomorrow', () => {
  test('is told from the declared minute on, by push and by SMS where there is a number', async () => {
    const program = start();
    await program.settle();
    expect(sent()).toEqual([]);
    clock.advance(MINUTE_MS);
    await program.settle();
    // Wang has the day of the 24th, Sun its night.
    expect(sent()).toEqual(['push sun', 'push wang', 'sms wang']);
    expect(sms.sent[0]?.text.zh).toBe(
      '【准绳】您明日（11月24日）08:30至17:30在宣汉县司法局值班（值班员），请提前做好准备。',
    );
    expect(push.sent.find(({ recipient }) => recipient === 'sun')?.text.zh).toContain(
      '17:30至次日08:30',
    );
  });

  test('is told once, however often the program looks and is started anew', async () => {
    clock.advance(MINUTE_MS);
    for (let starts = 0; starts < 3; starts++) {
      await start(`sender-${starts}`).settle();
      clock.advance(60 * MINUTE_MS);
    }
    expect(sent()).toEqual(['push sun', 'push wang', 'sms wang']);
    clock.set(epochMs(at('2026-11-24 17:00')));
    await start().settle();
    expect(sent()).toEqual([
      'push li',
      'push sun',
      'push wang',
      'push zhao',
      'sms li',
      'sms wang',
      'sms zhao',
    ]);
  });

  test('is told by a program that was down at the declared time, and not after midnight', async () => {
    clock.set(epochMs(at('2026-11-23 23:59')));
    await start().settle();
    expect(sent()).toHaveLength(3);
    clock.set(epochMs(at('2026-11-25 00:01')));
    await start().settle();
    expect(sent()).toHaveLength(3);
  });

  test('is told by push alone where there is nobody who sends an SMS', async () => {
    clock.advance(MINUTE_MS);
    const deps = { records, clock, logger: silentLogger };
    await remindTomorrow({ ...deps, plan, calendar, remindAtMinute: 17 * 60, hasSms: false });
    expect(await states()).toEqual(['sun push waiting', 'wang push waiting']);
  });

  test('after a change made in the evening is whoever takes over', async () => {
    clock.advance(MINUTE_MS);
    await start().settle();
    const override = {
      kind: 'override' as const,
      bureau: XUANHAN,
      line: 'duty' as const,
      officer: 'zhao',
      insteadOf: 'wang',
      fromMs: at('2026-11-24 08:30'),
      untilMs: at('2026-11-24 17:30'),
    };
    await records.transaction((trx) =>
      writeChange(trx, override, { actedBy: 'ac', reason: '临时', atMs: clock.now() }),
    );
    await start().settle();
    expect(sent()).toEqual(['push sun', 'push wang', 'push zhao', 'sms wang', 'sms zhao']);
  });
});

describe('a reminder that still waits', () => {
  const override = (changed: { officer: string; fromMs?: number }) => ({
    kind: 'override' as const,
    bureau: XUANHAN,
    line: 'duty' as const,
    insteadOf: 'wang',
    fromMs: at('2026-11-24 08:30'),
    untilMs: at('2026-11-24 17:30'),
    ...changed,
  });
  const write = (body: ReturnType<typeof override>) =>
    records.transaction((trx) =>
      writeChange(trx, body, { actedBy: 'ac', reason: '换班', atMs: clock.now() }),
    );
  const waiting = async (remindAtMinute = 17 * 60) => {
    const deps = { records, clock, logger: silentLogger, plan, calendar, hasSms: true };
    return remindTomorrow({ ...deps, remindAtMinute });
  };

  beforeEach(async () => {
    clock.advance(MINUTE_MS);
    await waiting();
  });

  test('is taken back when the turn goes to somebody else, and who has it now is told', async () => {
    await write(override({ officer: 'zhao' }));
    await start().settle();
    expect(sent()).toEqual(['push sun', 'push zhao', 'sms zhao']);
    expect(await states()).toContain('wang sms cancelled');
    // Also after a restart.
    await start('sender-2').settle();
    expect(sent()).toEqual(['push sun', 'push zhao', 'sms zhao']);
  });

  test('is sent after all when the turn comes back', async () => {
    const body = override({ officer: 'zhao' });
    const taken = await write(body);
    await waiting();
    expect(await states()).toContain('wang sms cancelled');
    clock.advance(MINUTE_MS);
    await records.transaction((trx) =>
      writeAct(
        trx,
        { id: taken, body, acts: [] },
        { act: 'withdrawn', actedBy: 'ac', reason: '取消换班', atMs: clock.now() },
      ),
    );
    await start().settle();
    expect(sent()).toEqual(['push sun', 'push wang', 'sms wang']);
    expect(await states()).toContain('zhao sms cancelled');
  });

  test('says when the turn begins by now', async () => {
    await write(override({ officer: 'zhao', fromMs: at('2026-11-24 12:30') }));
    await start().settle();
    expect(sms.sent.find(({ recipient }) => recipient === 'wang')?.text.zh).toContain(
      '08:30至12:30',
    );
  });

  test('is taken back after midnight too, until the turn begins', async () => {
    clock.set(epochMs(at('2026-11-24 06:00')));
    await write(override({ officer: 'zhao' }));
    await start().settle();
    expect(sent()).toEqual(['push sun']);
  });

  test('stays with the provider that has it', async () => {
    sms.behaviour = 'take-and-time-out';
    await start().settle();
    await write(override({ officer: 'zhao' }));
    await start().settle();
    expect(await states()).toContain('wang sms uncertain');
  });
});

describe('what happens on the way', () => {
  test('a message the provider may have taken is asked about, and not sent again', async () => {
    clock.advance(MINUTE_MS);
    sms.behaviour = 'take-and-time-out';
    await start().settle();
    expect(await states()).toContain('wang sms uncertain');
    clock.advance(MINUTE_MS);
    await start('sender-2').settle();
    expect(sms.sent).toHaveLength(1);
    expect(await states()).toContain('wang sms sent');
  });

  test('a sender that died in the middle leaves it to the next, which asks first', async () => {
    clock.advance(MINUTE_MS);
    const deps = { records, clock, logger: silentLogger, random: createRandom('m'), senderId: 'a' };
    await remindTomorrow({ ...deps, plan, calendar, remindAtMinute: 17 * 60, hasSms: true });
    await records.db
      .updateTable('officerMessage')
      .set({
        state: 'sending',
        leasedBy: 'dead',
        attempts: 1,
        nextAttemptAtMs: epochMs(clock.now() + MINUTE_MS),
      })
      .execute();
    await start().settle();
    expect(sent()).toEqual([]);
    clock.advance(2 * MINUTE_MS);
    await start().settle();
    expect(sent()).toEqual(['push sun', 'push wang', 'sms wang']);
  });

  test('a receipt is noted once; one for another message is refused', async () => {
    clock.advance(MINUTE_MS);
    await start().settle();
    const [message] = sms.sent;
    expect(await sms.report(message?.id ?? '', { state: 'delivered' })).toBe('taken');
    expect(await states()).toContain('wang sms delivered');
    expect(
      await takeMessageReceipt({ records, clock, logger: silentLogger }, sms, {
        noticeId: message?.id ?? '',
        messageId: 'another',
        sequence: 9,
        state: 'failed',
      }),
    ).toBe('other-message');
  });

  test('what is of no use any more is given up, and a code is forgotten once it is sent', async () => {
    clock.advance(MINUTE_MS);
    const deps = { records, clock, logger: silentLogger, random: createRandom('m'), senderId: 'a' };
    await remindTomorrow({ ...deps, plan, calendar, remindAtMinute: 17 * 60, hasSms: true });
    await records.db
      .updateTable('officerMessage')
      .set({ kind: 'phone-code' })
      .where('recipient', '=', 'wang')
      .execute();
    await sendMessages(deps, sms, SENDER_DEFAULTS);
    const texts = await records.db
      .selectFrom('officerMessage')
      .select(['channel', 'textZh'])
      .where('recipient', '=', 'wang')
      .orderBy('channel')
      .execute();
    expect(texts[1]).toEqual({ channel: 'sms', textZh: '' });
    expect(texts[0]?.textZh).not.toBe('');
    clock.advance(DAY_MS + 60 * MINUTE_MS);
    await sendMessages(deps, push, SENDER_DEFAULTS);
    expect(await states()).toEqual(['sun push failed', 'wang push failed', 'wang sms sent']);
    expect(push.sent).toEqual([]);
  });
});

test('every message fits its channel with the longest names there are', () => {
  const turn = { bureau: XUANHAN, fromMs: at('2026-11-24 17:30'), untilMs: at('2026-11-25 08:30') };
  for (const line of LINES) {
    for (const channel of ['sms', 'push'] as const) {
      const said = composeReminder(channel, [{ ...turn, line }]);
      expect(lintNotice(channel, 'zh', said.zh), said.zh).toEqual([]);
      expect(lintNotice(channel, 'en', said.en), said.en).toEqual([]);
    }
  }
  for (const channel of ['sms', 'phone'] as const) {
    const said = composeCode(channel, '482913');
    expect(lintNotice(channel, 'zh', said.zh), said.zh).toEqual([]);
    expect(lintNotice(channel, 'en', said.en), said.en).toEqual([]);
  }
});
