// What scenarios (scenarios/groups.scenario) cannot show: several providers, limits, replies by reference, what is
// on a screen, and the trail. On the real program with manual time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { createFakeProvider } from '../channels/channel.fixture.ts';
import type { Channel, Reply, ReplyListener, ReplyOutcome } from '../channels/channel.ts';
import { DAZHOU_CITY, raised } from '../findings.fixture.ts';
import { owing, TERMS } from '../providers/fail-over.fixture.ts';
import { readTrail } from '../recorder/read-trail.ts';
import { parseRouting } from '../routing/load-routing.ts';
import {
  openStage,
  startProgram,
  type Program,
  type ProgramParts,
  type Stage,
} from '../scenario.fixture.ts';
import { takeSeen } from '../seen.ts';
import { silentLogger } from '../../core/logger.ts';
import { referenceOf } from '../texts.ts';
import { formGroups, type Joinable } from './form-groups.ts';
import { termsOf } from './group-terms.ts';

const PLAN = `id: groups
routes:
  - name: 合并
    match: { levels: [2, 3] }
    group: { by: [county], wait: 20s, interval: 30s, max: 5 }
`;
const ROUTING = { plan: parseRouting('groups.yaml', PLAN), calendar: undefined };

async function onStage(
  run: (program: Program, stage: Stage) => Promise<void>,
  parts: ProgramParts = {},
): Promise<void> {
  const stage = await openStage();
  try {
    await run(await startProgram(stage, { routing: ROUTING, ...parts }), stage);
  } finally {
    await stage.remove();
  }
}

const [A, B, C] = ['cc-000001', 'cc-000002', 'cc-000003'].map((subject) => raised(subject)) as [
  ReturnType<typeof raised>,
  ReturnType<typeof raised>,
  ReturnType<typeof raised>,
];

const smsRows = ({ records }: Stage) =>
  records.db.selectFrom('outbox').selectAll().where('channel', '=', 'sms').execute();

const statusOf = async ({ records }: Stage) => {
  const rows = await records.db.selectFrom('alert').select(['id', 'status']).execute();
  return [A, B, C].map(({ alertId }) => rows.find(({ id }) => id === alertId)?.status);
};

test('the text says how many, what they share and how to take all, and names nobody', () =>
  onStage(async (program, stage) => {
    await program.find(A, B, C);
    await program.pass(0.5);
    expect(stage.sms.sent.length).toBe(1);
    const [sent] = stage.sms.sent;
    const reference = referenceOf(sent?.alertId ?? '');
    expect(sent?.text.zh).toContain(`二级预警${reference}等3起：宣汉县，`);
    expect(sent?.text.zh).toContain('回复1全部确认');
    expect(stage.push.sent[0]?.text.zh).toContain('等3起');
  }));

test('a provider that keeps silent is passed over: the next gets the same notice about all of them', () => {
  const second = createFakeProvider('sms', 'second', TERMS);
  return onStage(
    async (program, stage) => {
      stage.sms.behaviour = 'down';
      await program.find(A, B);
      await program.pass(4);
      expect(second.sent.map(({ id }) => id)).toEqual([second.sent[0]?.id]);
      expect(second.sent[0]?.text.zh).toContain('等2起');
      const [first] = second.sent;
      expect(await second.report(first?.id ?? '', { state: 'delivered' })).toBe('taken');
      expect((await smsRows(stage)).map(({ state, provider }) => `${state} ${provider}`)).toEqual([
        'delivered second',
        'delivered second',
      ]);
      const events = await stage.records.db
        .selectFrom('alertEvent')
        .select('body')
        .where('kind', '=', 'notified')
        .execute();
      expect(events.filter(({ body }) => body.includes('"channel":"sms"')).length).toBe(2);
    },
    { further: [second], wrapChannel: owing },
  );
});

test('no receipt comes, and by then one has the first alert: the other is told by the next provider', () => {
  const second = createFakeProvider('sms', 'second', TERMS);
  return onStage(
    async (program, stage) => {
      await program.find(A, B);
      await program.pass(0.5);
      const [sent] = stage.sms.sent;
      const left = [A, B].find(({ alertId }) => alertId !== sent?.alertId);
      const by = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
      await program.desk.acknowledge(sent?.alertId ?? '', { ...by, note: '' });
      await program.pass(5);
      expect(second.sent.map(({ alertId }) => alertId)).toEqual([left?.alertId]);
    },
    { further: [second], wrapChannel: owing },
  );
});

test('given up: it counts as failed for each alert, and the ladder goes on for each', () =>
  onStage(async (program, stage) => {
    stage.sms.behaviour = 'refuse';
    await program.find(A, B);
    await program.pass(0.5);
    expect((await smsRows(stage)).map(({ state }) => state)).toEqual(['failed', 'failed']);
  }));

test('a limit of the person counts one notice, however many alerts it speaks of', () => {
  const limits = { sms: { 2: { max: 1, withinMs: 600_000, beyond: 'digest' as const } } };
  return onStage(
    async (program, stage) => {
      await program.find(A, B);
      await program.pass(0.5);
      await program.find(C);
      await program.pass(2);
      expect(stage.sms.sent.length).toBe(1);
      await program.pass(9);
      expect(stage.sms.sent.map(({ text: { zh } }) => zh.includes('等2起'))).toEqual([true, false]);
    },
    { sender: { limits } },
  );
});

test('the trail of each says by what it was told, and with how many', () =>
  onStage(async (program, stage) => {
    await program.find(A, B, C);
    await program.pass(0.5);
    const [sent] = stage.sms.sent;
    const carrier = referenceOf(sent?.alertId ?? '');
    for (const { alertId } of [A, B, C]) {
      const says = (await readTrail(stage.records.db, alertId)).map((one) => one.says.zh);
      const own = alertId === sent?.alertId;
      expect(says).toContain(
        own ? '该短信一并告知同类预警，共 3 起' : `由预警 ${carrier} 的短信一并告知，共 3 起`,
      );
      expect(says.some((line) => line.includes('可与同类预警合并通知'))).toBe(true);
    }
  }));

describe('a reply', () => {
  const withReplies = async (
    run: (given: {
      program: Program;
      stage: Stage;
      reply: (text: string) => Promise<ReplyOutcome | undefined>;
    }) => Promise<void>,
  ) => {
    let listener: ReplyListener | undefined;
    const wrapChannel = (channel: Channel): Channel =>
      channel.kind === 'sms'
        ? { ...channel, onReply: (given: ReplyListener) => void (listener = given) }
        : channel;
    await onStage(
      async (program, stage) => {
        const officer = await stage.records.db
          .selectFrom('officer')
          .selectAll()
          .where('id', '=', 'xuanhan')
          .executeTakeFirstOrThrow();
        let count = 0;
        const reply = async (written: string) => {
          const given: Reply = { from: officer.phone ?? '', text: written, id: `r${++count}` };
          const outcome = await listener?.(given);
          await program.settle();
          return outcome;
        };
        await program.find(A, B, C);
        await program.pass(0.5);
        stage.sms.sent.length = 0;
        await run({ program, stage, reply });
      },
      { wrapChannel },
    );
  };

  test('"1" takes all of them, and the answer says so', () =>
    withReplies(async ({ stage, reply }) => {
      expect(await reply('1')).toBe('acknowledged');
      expect(await statusOf(stage)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
      expect(stage.sms.sent[0]?.text.zh).toContain('等3起已确认');
    }));

  test('with the reference of one that is carried takes that one, and the rest stay open', () =>
    withReplies(async ({ stage, reply }) => {
      const carried = (await smsRows(stage)).find(({ carriedBy }) => carriedBy !== null);
      expect(await reply(`1 ${referenceOf(carried?.alertId ?? '')}`)).toBe('acknowledged');
      const statuses = await statusOf(stage);
      expect(statuses.filter((status) => status === 'acknowledged').length).toBe(1);
      // What is left is one message, so a plain word is clear.
      expect(await reply('收到')).toBe('acknowledged');
      expect(await statusOf(stage)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    }));

  test('with two messages open is asked back', () =>
    withReplies(async ({ program, stage, reply }) => {
      await program.find(raised('cc-000009'));
      await program.pass(1);
      expect(await reply('1')).toBe('ambiguous');
      expect(stage.sms.sent.at(-1)?.text.zh).toContain('2条预警待确认');
      const named = (await smsRows(stage)).find(({ carries }) => carries !== null);
      expect(await reply(`1 ${referenceOf(named?.alertId ?? '')}`)).toBe('acknowledged');
      expect(await statusOf(stage)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    }));
});

test('a push about several is seen when all of them are on the screen', () =>
  onStage(async (program, stage) => {
    const three = ['cc-000011', 'cc-000012'].map((subject) =>
      raised(subject, { ruleId: 'terminal-silent' }),
    );
    await program.find(...three);
    await program.pass(0.5);
    const deps = {
      records: stage.records,
      clock: stage.clock,
      logger: silentLogger,
      onChanged: () => {},
    };
    const ids = three.map(({ alertId }) => alertId);
    await stage.records.db.updateTable('outbox').set({ provider: 'console' }).execute();
    await stage.records.db.updateTable('outbox').set({ providerMessageId: null }).execute();
    expect(await takeSeen(deps, { officerId: 'xuanhan', alertIds: ids.slice(0, 1) })).toBe(0);
    expect(await takeSeen(deps, { officerId: 'xuanhan', alertIds: ids })).toBe(1);
    const rows = await stage.records.db.selectFrom('outbox').select('state').execute();
    expect(rows.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  }));

describe('a routing file', () => {
  const detailOf = (match: string, group: string): string => {
    try {
      parseRouting(
        'r.yaml',
        `id: r\nroutes:\n  - name: n\n    match: ${match}\n    group: ${group}\n`,
      );
    } catch (error) {
      return (error as { detail: string }).detail;
    }
    return '';
  };

  test.each([
    ['{ levels: [1] }', '{ by: [], wait: 6s, interval: 5s }', 'level 1 has a wait of 5s at most'],
    ['{ levels: [1] }', '{ by: [], wait: 5s, interval: 11s }', 'an interval of 10s at most'],
    ['{ levels: [2] }', '{ by: [], wait: 31s, interval: 1s }', 'level 2 has a wait of 30s at most'],
    ['{}', '{ by: [rule], wait: 10s, interval: 10s }', 'or match levels: [2, 3]'],
    ['{ levels: [3] }', '{ by: [place], wait: 1s, interval: 1s }', 'group'],
    ['{ levels: [3] }', '{ by: [], wait: 1s, interval: 1s, max: 1 }', 'group'],
  ])('%s with %s is refused in its place', (match, group, says) => {
    const detail = detailOf(match, group);
    expect(detail).toMatch(/r\.yaml:5:\d+: /);
    expect(detail).toContain(says);
  });

  test('what is in time is taken, and a child may go by itself', () => {
    expect(detailOf('{ levels: [1] }', '{ by: [rule], wait: 5s, interval: 10s }')).toBe('');
    expect(detailOf('{ levels: [3] }', 'none')).toBe('');
  });
});

test('terms written down once hold up a graver alert no longer than its level may wait', () => {
  const written = JSON.stringify({ key: 'gr_1', waitMs: 900_000, intervalMs: 900_000, max: 20 });
  expect(termsOf(written, 3)).toMatchObject({ waitMs: 900_000 });
  expect(termsOf(written, 1)).toMatchObject({ waitMs: 5_000, intervalMs: 10_000 });
});

test('forming groups drops nothing, joins nothing twice, and sends nothing before the interval', () => {
  const at = fc.integer({ min: 0, max: 100 });
  const row = fc.record({ due: at, waits: fc.boolean() }).map(({ due, waits }): Joinable => ({
    nextAttemptAtMs: epochMs(due),
    groupUntilMs: waits ? epochMs(due) : null,
  }));
  const max = fc.integer({ min: 2, max: 5 });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1 }),
      at,
      fc.option(at),
      max,
      (rows, now, last, size) => {
        const terms = { key: '', waitMs: 0, intervalMs: 30, max: size };
        const formed = formGroups(rows, { terms, lastAtMs: last, nowAtMs: epochMs(now) });
        const mayGo = rows.filter((one) => one.nextAttemptAtMs <= now || one.groupUntilMs !== null);
        if (formed.kind === 'wait') {
          expect(formed.untilMs).toBe((last as number) + 30);
          expect(formed.untilMs).toBeGreaterThan(now);
          expect(formed.rows).toEqual(mayGo);
        } else {
          expect(formed.groups.flat()).toEqual(mayGo);
          expect(formed.groups.every((group) => group.length <= size)).toBe(true);
          expect(last === null || last + 30 <= now).toBe(true);
        }
      },
    ),
  );
});

test('a title that is another for each is none: the words say several kinds', () =>
  onStage(async (program, stage) => {
    await program.find(A, raised('cc-000002', { ruleId: 'key-venue', level: 2 }));
    await program.pass(0.5);
    expect(stage.sms.sent[0]?.text).toMatchObject(
      text(
        expect.stringContaining('多类情形') as unknown as string,
        expect.stringContaining('several kinds') as unknown as string,
      ),
    );
  }));
