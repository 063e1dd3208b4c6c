import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import type { OutboxTable } from '../../warehouse/records-schema.ts';
import { raised, XUANHAN } from '../findings.fixture.ts';
import { openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { createSender, SENDER_DEFAULTS } from '../sender.ts';
import { lintNotice } from '../text-lint.ts';
import { composeNotice } from '../texts.ts';
import { limit, withOthers, type PersonLimit, type PersonLimits } from './person-limits.ts';

const onStage = async (
  limits: PersonLimits,
  run: (program: Program, stage: Stage) => Promise<void>,
) => {
  const stage = await openStage();
  try {
    await run(await startProgram(stage, { sender: { limits } }), stage);
  } finally {
    await stage.remove();
  }
};

const alerts = (count: number, from = 0) =>
  [...Array(count).keys()].map((index) => raised(`cc-2${from + index}`));

const statesOf = async ({ records }: Stage) => {
  const rows = await records.db
    .selectFrom('outbox')
    .select(['id', 'state', 'coveredBy', 'heldUntilMs', 'textZh'])
    .where('channel', '=', 'sms')
    .orderBy('id')
    .execute();
  return {
    rows,
    count: (state: string) => rows.filter((row) => row.state === state).length,
  };
};

const stepsOf = async ({ records }: Stage, what: 'held' | 'covered') =>
  records.db
    .selectFrom('noticeAttempt')
    .selectAll()
    .where('what', '=', what)
    .orderBy('seq')
    .execute();

const DIGEST: PersonLimits = { sms: { 2: { max: 3, withinMs: 600_000, beyond: 'digest' } } };

test('what goes beyond is told in sum by one notice, and stands on the timeline of each alert', () =>
  onStage(DIGEST, async (program, stage) => {
    await program.find(...alerts(10));
    expect(stage.sms.sent.length).toBe(3);
    expect((await stepsOf(stage, 'held')).length).toBe(7);
    await program.pass(9.8);
    expect(stage.sms.sent.length).toBe(3);
    await program.pass(0.4);
    expect(stage.sms.sent.length).toBe(4);
    const sum = stage.sms.sent[3];
    expect(sum?.text.zh).toContain('另有6条');
    const { rows, count } = await statesOf(stage);
    expect([count('sent'), count('cancelled')]).toEqual([4, 6]);
    const covered = rows.filter(({ state }) => state === 'cancelled');
    expect(covered.every(({ coveredBy }) => coveredBy === sum?.id)).toBe(true);
    expect((await stepsOf(stage, 'covered')).map(({ code }) => code)).toEqual(
      Array.from({ length: 6 }, () => sum?.id),
    );
    // The same words when it has to be sent again.
    expect(rows.find(({ id }) => id === sum?.id)?.textZh).toBe(sum?.text.zh);
  }));

test('or one by one as there is room again', () =>
  onStage(
    { sms: { 2: { max: 2, withinMs: 300_000, beyond: 'later' } } },
    async (program, stage) => {
      await program.find(...alerts(7));
      await program.pass(22, 13);
      const rows = await stage.records.db
        .selectFrom('outbox')
        .select('handedOverAtMs')
        .where('channel', '=', 'sms')
        .orderBy('handedOverAtMs')
        .execute();
      const times = rows.map(({ handedOverAtMs }) => Number(handedOverAtMs));
      for (const [index, atMs] of times.entries()) {
        const earlier = times[index - 2];
        if (earlier !== undefined) expect(atMs - earlier).toBeGreaterThanOrEqual(300_000);
      }
      expect(new Set(stage.sms.sent.map(({ id }) => id)).size).toBe(7);
      expect((await statesOf(stage)).count('sent')).toBe(7);
    },
  ));

test('level 1 is held back by nothing, whatever else the person is sent', () =>
  onStage(
    {
      ...DIGEST,
      push: {
        2: { max: 1, withinMs: 600_000, beyond: 'digest' },
        3: { max: 1, withinMs: 600_000, beyond: 'digest' },
      },
    },
    async (program, stage) => {
      await program.find(...alerts(6));
      program.sent();
      await program.find(
        raised('cc-1', { ruleId: 'offence' }),
        raised('cc-2', { ruleId: 'offence' }),
      );
      expect(program.sent().filter((one) => one.endsWith('xuanhan'))).toEqual([
        'phone xuanhan',
        'phone xuanhan',
        'push xuanhan',
        'push xuanhan',
      ]);
      expect(stage.phone.sent.length).toBe(4);
    },
  ));

test('what was held back is taken back when somebody has the alert, and is in no sum', () =>
  onStage(DIGEST, async (program, stage) => {
    const all = alerts(5);
    await program.find(...all);
    const by = { accountId: 'ac', role: 'county-officer', region: XUANHAN, note: '' } as const;
    for (const { alertId } of all) await program.desk.acknowledge(alertId, by);
    await program.pass(11);
    expect(stage.sms.sent.length).toBe(3);
    expect((await stepsOf(stage, 'covered')).length).toBe(0);
  }));

test('a restart forgets nothing of what a person was sent', () =>
  onStage(DIGEST, async (program, stage) => {
    await program.find(...alerts(3));
    const again = await startProgram(stage, { senderId: 'after', sender: { limits: DIGEST } });
    await again.find(...alerts(2, 3));
    expect(stage.sms.sent.length).toBe(3);
  }));

describe('a storm', () => {
  const STORM = 10_000;

  /** So many notices of level 3 and 2 wait, and one of level 1 comes last. */
  const flood = async ({ records, clock }: Stage, program: Program) => {
    await program.find(raised('cc-1'), raised('cc-2', { ruleId: 'offence' }));
    const rows = await records.db.selectFrom('outbox').selectAll().execute();
    const row = rows.find(({ channel }) => channel === 'sms') as OutboxTable;
    const gravest = rows.find(({ channel }) => channel === 'phone') as OutboxTable;
    const copy = (index: number): OutboxTable => ({
      ...row,
      id: `nt_storm${index}`,
      level: index % 2 === 0 ? 2 : 3,
      state: 'waiting',
      recipient: index % 3 === 0 ? 'xuanhan' : 'city',
      attempts: 0,
      handOvers: 0,
      handedOverAtMs: null,
      sentAtMs: null,
      provider: null,
      providerMessageId: null,
      nextAttemptAtMs: clock.now(),
    });
    for (let at = 0; at < STORM; at += 500) {
      const some = [...Array(500).keys()].map((index) => copy(at + index));
      await records.db.insertInto('outbox').values(some).execute();
    }
    const late = { ...copy(0), id: 'nt_gravest', alertId: gravest.alertId, level: 1 as const };
    await records.db.insertInto('outbox').values(late).execute();
  };

  test('of ten thousand lets level 1 go first, holds few at once, and loses nothing', () =>
    onStage(
      {
        sms: {
          2: { max: 20, withinMs: 600_000, beyond: 'digest' },
          3: { max: 20, withinMs: 600_000, beyond: 'digest' },
        },
      },
      async (program, stage) => {
        await flood(stage, program);
        stage.sms.sent.length = 0;
        let [now, most] = [0, 0];
        const { send } = stage.sms;
        stage.sms.send = async (notice) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now--;
          return send(notice);
        };
        await program.settle();
        expect(stage.sms.sent[0]?.id).toBe('nt_gravest');
        // Two persons, two levels; the one SMS before the storm counts.
        expect(stage.sms.sent.length).toBe(1 + 4 * 20 - 1);
        expect(most).toBeLessThanOrEqual(48);
        await program.pass(10.5, 630);
        const sums = stage.sms.sent.slice(80).map(({ text }) => /另有(\d+)条/.exec(text.zh)?.[1]);
        const { count } = await statesOf(stage);
        expect(count('waiting')).toBe(0);
        const told = sums.reduce((sum, others) => sum + Number(others ?? 0), 0);
        expect(told + count('sent')).toBe(STORM + 2);
      },
    ));
});

test('a notice that speaks for others is one SMS, and still says what a reply does', () => {
  const facts = {
    alertId: 'al_0123456789abcdefghjk',
    level: 2 as const,
    region: XUANHAN,
    title: {
      zh: '未经批准离开居住区域',
      en: 'left the area of residence',
    },
    late: false,
  };
  for (const channel of ['sms', 'push'] as const) {
    const says = composeNotice(channel, facts);
    const row = { channel, alertId: facts.alertId, textZh: says.zh, textEn: says.en, level: 2 };
    for (const others of [1, 12, 9_999]) {
      const sum = withOthers(row as OutboxTable, others);
      expect(sum.zh).toContain(`另有${others}条`);
      if (channel === 'push') continue;
      expect(sum.zh).toContain('回复1确认');
      expect(lintNotice('sms', 'zh', sum.zh)).toEqual([]);
      expect(lintNotice('sms', 'en', sum.en).filter(({ kind }) => kind !== 'cut')).toEqual([]);
    }
  }
});

describe('the division', () => {
  const rule = fc.record({
    max: fc.integer({ min: 1, max: 4 }),
    withinMs: fc.integer({ min: 1, max: 1_000 }),
    beyond: fc.constantFrom('later', 'digest'),
  }) as fc.Arbitrary<PersonLimit>;
  const row = fc.record({
    id: fc.uuid(),
    recipient: fc.constantFrom('a', 'b'),
    level: fc.constantFrom(1, 2, 3),
    handOvers: fc.constantFrom(0, 0, 0, 1),
    heldUntilMs: fc.constantFrom(null, null, epochMs(1)),
    nextAttemptAtMs: fc.constant(epochMs(0)),
  }) as fc.Arbitrary<Parameters<typeof limit>[0][number]>;

  test('drops nothing, holds no level 1, and gives nobody more than the limit', () =>
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), rule, (due, given) => {
        const nowAtMs = epochMs(10);
        const { send, hold, covered, sums } = limit(
          due,
          { 2: given, 3: given },
          new Map(),
          nowAtMs,
        );
        expect(send.length + hold.length + covered.length).toBe(due.length);
        expect(hold.every(({ row: one, untilMs }) => one.level !== 1 && untilMs > nowAtMs)).toBe(
          true,
        );
        for (const recipient of ['a', 'b']) {
          for (const level of [2, 3]) {
            const fresh = send.filter(
              (one) => one.recipient === recipient && one.level === level && one.handOvers === 0,
            );
            expect(fresh.length).toBeLessThanOrEqual(given.max);
          }
        }
        expect(sums.every((sum) => send.includes(sum))).toBe(true);
        if (given.beyond === 'later') expect(covered).toEqual([]);
      }),
    ));
});

test('a slow storm never takes the last line: level 1 goes while everything else is stuck', async () => {
  const stage = await openStage();
  const release: (() => void)[] = [];
  const { send } = stage.sms;
  stage.sms.send = async (notice) => {
    if (notice.level !== 1) await new Promise<void>((resolve) => release.push(resolve));
    return send(notice);
  };
  try {
    const idle = { ...SENDER_DEFAULTS, noticesMax: 0, gravestMax: 1 };
    // The program writes the notices; the sender of this test sends them.
    const program = await startProgram(stage, { sender: idle });
    await program.find(...alerts(40));
    const random = { next: () => 0.5 };
    const deps = {
      records: stage.records,
      clock: stage.clock,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      onChanged: () => {},
      random,
      senderId: 'stuck',
    };
    const sender = createSender(deps as never, stage.sms, SENDER_DEFAULTS);
    expect(await sender.start()).toBe(32);
    expect(await sender.start()).toBe(0);
    const { records, clock } = stage;
    const row = await records.db
      .selectFrom('outbox')
      .selectAll()
      .where('state', '=', 'waiting')
      .where('channel', '=', 'sms')
      .executeTakeFirstOrThrow();
    const gravest = { ...row, id: 'nt_gravest', level: 1 as const, nextAttemptAtMs: clock.now() };
    await records.db.insertInto('outbox').values(gravest).execute();
    expect(await sender.start()).toBe(1);
    while (stage.sms.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.sms.sent.map(({ id }) => id)).toEqual(['nt_gravest']);
    release.forEach((go) => go());
    await sender.finish();
    expect(stage.sms.sent.length).toBe(33);
  } finally {
    await stage.remove();
  }
});
