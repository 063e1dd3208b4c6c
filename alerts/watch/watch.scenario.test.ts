// The watchdog told as scripts: what stands still is told once to operators, level 1 to leaders by every channel,
// and when it moves again that is told too.

import { expect, test } from 'vitest';
import type { Logger } from '../../core/logger.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createCanaryChannel } from '../canary/canary-channel.ts';
import { sendCanaries } from '../canary/run-canary.ts';
import { officerTable } from '../duty-officers.ts';
import { anOfficer, DAZHOU_CITY, OFFICERS, raised, XUANHAN } from '../findings.fixture.ts';
import {
  answer,
  appendFindings,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';
import { watchOnce, WATCH_DEFAULTS, type WatchDeps } from './run-watch.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const LEADERS = [
  ...OFFICERS,
  anOfficer('county-leader', XUANHAN, { role: 'leader' }),
  anOfficer('city-leader', DAZHOU_CITY, { role: 'leader' }),
];

const OPERATORS = [{ name: '运维值班', phone: '0818-0000099', officer: 'city' }];

type Post = {
  readonly program: Program;
  readonly stage: Stage;
  /** Looks once and settles; gives the keys of what stands still. */
  readonly look: () => Promise<string[]>;
  /** What operators were texted since the last call. */
  readonly texted: () => string[];
  readonly logged: string[];
};

async function atPost(
  play: (post: Post) => Promise<void>,
  { canaries = false, tasks }: { canaries?: boolean; tasks?: WatchDeps['overdueTasks'] } = {},
): Promise<void> {
  const stage = await openStage({ officers: LEADERS });
  try {
    const program = await startProgram(stage, {
      further: canaries ? [createCanaryChannel()] : [],
    });
    const logged: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (event) => void logged.push(event),
      warn: (event) => void logged.push(event),
    };
    const watchedSinceMs = stage.clock.now();
    const deps: WatchDeps = {
      ...stage,
      random: createRandom('watch'),
      logger,
      dutyOfficers: officerTable,
      channels: [stage.phone, stage.sms, stage.push],
      hasCanaries: canaries,
      onChanged: () => {},
      ...(tasks ? { overdueTasks: tasks } : {}),
    };
    let seen = 0;
    await play({
      program,
      stage,
      logged,
      async look() {
        const found = await watchOnce(
          deps,
          { ...WATCH_DEFAULTS, operators: OPERATORS },
          watchedSinceMs,
        );
        return found.map(({ key }) => key);
      },
      texted() {
        const texts = stage.sms.sent
          .slice(seen)
          .filter(({ address }) => address === '0818-0000099')
          .map(({ text }) => text.zh);
        seen = stage.sms.sent.length;
        return texts;
      },
    });
  } finally {
    await stage.remove();
  }
}

const offence = raised('cc-000001', { ruleId: 'offence' });

test('a level-1 alert whose provider is away: operators once, leaders by every other channel, and its end', () =>
  atPost(async ({ program, stage, look, texted, logged }) => {
    stage.phone.behaviour = 'busy';
    await program.find(offence);
    await program.pass(1, 30);
    expect(await look()).toEqual([]);
    await program.pass(2.5, 30);
    program.sent();
    expect(await look()).toContain(`unreached/${offence.alertId}`);
    await program.settle();
    expect(program.sent()).toEqual([
      'sms city-leader',
      'sms county-leader',
      'sms 运维值班',
      'push city',
      'push city-leader',
      'push county-leader',
    ]);
    expect(texted()).toEqual([
      `【准绳】运行告警：一级预警未通知到人 ${offence.alertId.slice(-6).toUpperCase()}停滞。详见平台运行监视。`,
    ]);
    expect(logged).toContain('watch.stalled');
    // Looked at again and again, it is told once.
    await program.pass(1, 30);
    await look();
    await program.settle();
    expect(program.sent().filter((one) => one.startsWith('sms'))).toEqual([]);
    // A leader answers the SMS: it moves.
    expect(await answer(stage, 'sms', 'county-leader')).toBe('taken');
    await answer(stage, 'sms', 'city-leader');
    await program.settle();
    const kinds = (await look()).filter((key) => key.startsWith('unreached'));
    expect(kinds).toEqual([]);
    expect(texted().join()).toContain('已恢复');
    expect(logged).toContain('watch.moving-again');
    const { timeline } = await program.desk.get(offence.alertId, ALL);
    expect(
      timeline.filter(({ details }) => details['because'] === 'watchdog').map(({ actor }) => actor),
    ).toEqual(['watchdog']);
  }));

test('a person reached in time raises no alarm', () =>
  atPost(async ({ program, stage, look }) => {
    await program.find(offence);
    await answer(stage, 'phone', 'xuanhan');
    await program.pass(60, 300);
    expect(await look()).toEqual([]);
  }));

test('findings nobody takes, and notices nobody sends', () =>
  atPost(async ({ program, stage, look, texted }) => {
    await appendFindings(stage.log, [raised('cc-000002')]);
    stage.clock.advance(121_000);
    expect(await look()).toEqual([expect.stringMatching(/^findings\/[01]$/)]);
    expect(texted()).toEqual(['【准绳】运行告警：研判结果未处理停滞。详见平台运行监视。']);
    await program.settle();
    expect(await look()).toEqual([]);
    expect(texted()).toEqual(['【准绳】运行告警：研判结果未处理已恢复。详见平台运行监视。']);
    await stage.records.db
      .updateTable('outbox')
      .set({ state: 'waiting' })
      .where('channel', '=', 'sms')
      .execute();
    stage.clock.advance(400_000);
    const { alertId } = raised('cc-000002');
    expect(await look()).toEqual([`notice/${alertId}/sms`, 'outbox/sms']);
  }));

test('a rung that is due and not climbed', () =>
  atPost(async ({ program, stage, look }) => {
    await program.find(raised('cc-000002'));
    stage.clock.advance(31 * 60_000 + 1_000);
    expect(await look()).toEqual([`rung/${raised('cc-000002').alertId}/county`]);
    await program.settle();
    expect(await look()).toEqual([]);
  }));

test('a task over its time is named; of level 1 it goes to the leaders', () =>
  atPost(
    async ({ program, look }) => {
      await program.find(offence);
      program.sent();
      expect(await look()).toEqual(['task/t1']);
      await program.settle();
      expect(program.sent().filter((one) => one.endsWith('leader'))).toEqual([
        'phone city-leader',
        'phone county-leader',
        'sms city-leader',
        'sms county-leader',
        'push city-leader',
        'push county-leader',
      ]);
    },
    {
      tasks: (_db, nowAtMs) =>
        Promise.resolve([
          { taskId: 't1', alertId: offence.alertId, level: 1, dueAtMs: nowAtMs - 1 },
        ]),
    },
  ));

test('canaries that stay away are told of after four periods, and so is their return', () =>
  atPost(
    async ({ program, stage, look, texted }) => {
      const every = { everyMs: WATCH_DEFAULTS.limits.canaryEveryMs };
      for (let period = 0; period < 3; period++) {
        await sendCanaries(stage, every);
        await program.settle();
        expect(await look()).toEqual([]);
        stage.clock.advance(every.everyMs);
      }
      // The program stands still; canaries are sent into nothing.
      for (let period = 0; period < 3; period++) {
        await sendCanaries(stage, every);
        stage.clock.advance(every.everyMs);
      }
      expect((await look()).filter((key) => key.startsWith('canary'))).toEqual([]);
      stage.clock.advance(1_000);
      expect((await look()).filter((key) => key.startsWith('canary'))).toEqual([
        'canary/0',
        'canary/1',
      ]);
      expect(texted().at(-1)).toContain('停滞');
      await program.settle();
      await sendCanaries(stage, every);
      await program.settle();
      expect(await look()).toEqual([]);
      expect(texted().at(-1)).toContain('已恢复');
    },
    { canaries: true },
  ));

test('told is noted after telling: killed between, operators are told again under the same key', () =>
  atPost(async ({ stage, look }) => {
    await appendFindings(stage.log, [raised('cc-000002')]);
    stage.clock.advance(121_000);
    await look();
    await stage.records.db.updateTable('stall').set({ toldAtMs: null }).execute();
    await look();
    const toOperators = stage.sms.sent.filter(({ address }) => address === '0818-0000099');
    expect(toOperators).toHaveLength(2);
    expect(new Set(toOperators.map(({ id }) => id)).size).toBe(1);
  }));

test('drills that wait are no alarm', () =>
  atPost(async ({ program, stage, look }) => {
    await program.find(raised('cc-000003', { exercise: 'drill' }));
    await stage.records.db
      .updateTable('outbox')
      .set({ state: 'waiting' })
      .where('exercise', '=', 'drill')
      .execute();
    stage.clock.advance(3 * 3_600_000);
    expect(await look()).toEqual([]);
  }));
