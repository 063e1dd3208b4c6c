// The end of level 1's ladder, which has none, and how soon the first step is taken.

import { expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { extendLadders } from './extend-ladders.ts';
import { anOfficer, DAZHOU_CITY, OFFICERS, raised, XUANHAN } from './findings.fixture.ts';
import {
  answer,
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from './scenario.fixture.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;

const LEADERS = [
  ...OFFICERS,
  anOfficer('county-leader', XUANHAN, { role: 'leader' }),
  anOfficer('city-leader', DAZHOU_CITY, { role: 'leader' }),
];

const EVERYONE = ['phone city', 'phone city-leader', 'phone county-leader', 'phone xuanhan'];

const offence = raised('cc-000001', { ruleId: 'offence' });

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const stage = await openStage({ officers: LEADERS });
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

/** Who was called in each stretch of minutes. */
async function calls(program: Program, ...minutes: number[]): Promise<string[][]> {
  const heard: string[][] = [];
  for (const minute of minutes) {
    await program.pass(minute, 60);
    heard.push(program.sent().filter((one) => one.startsWith('phone')));
  }
  return heard;
}

const waiting = ({ records }: Stage) =>
  records.db
    .selectFrom('escalation')
    .select(['side', 'round'])
    .where('state', '=', 'waiting')
    .orderBy('side')
    .execute();

test('level 1 goes on every half hour through the night, one rung at a time', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(61, 60);
    program.sent();
    for (let round = 1; round <= 12; round++) {
      expect(await waiting(stage)).toEqual([
        { side: 'city', round },
        { side: 'county', round },
      ]);
      expect(await calls(program, 28, 2)).toEqual([[], EVERYONE]);
    }
  }));

test('one side that answers at night is left alone, and both end it', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(95, 60);
    program.sent();
    expect(await answer(stage, 'phone', 'county-leader')).toBe('taken');
    expect(await calls(program, 30)).toEqual([['phone city', 'phone city-leader']]);
    await program.desk.acknowledge(offence.alertId, { ...CITY, note: '' });
    expect(await calls(program, 180)).toEqual([[]]);
    expect(await waiting(stage)).toEqual([]);
  }));

test('who does not pick up in a later round is called again, as in the first', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(91, 60);
    program.sent();
    const { id, step, round } = await noticeTo(stage, 'phone', 'city');
    expect(round).toBe(1);
    await stage.phone.report(id, { state: 'failed', reason: 'no-answer' });
    expect(await calls(program, 2)).toEqual([['phone city']]);
    expect(await noticeTo(stage, 'phone', 'city')).toMatchObject({ step: step + 1, round });
  }));

test('after a night of standstill one round is called, not all that were missed', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(61, 60);
    program.sent();
    stage.clock.advance(7 * 3_600_000 + 5 * 60_000);
    await program.settle();
    expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual(EVERYONE);
    expect(await calls(program, 10, 20)).toEqual([[], EVERYONE]);
  }));

test('started again between two rounds, the program goes on with the next', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(100, 60);
    const again = await startProgram(stage, { senderId: 'sender-2' });
    again.sent();
    expect(await calls(again, 19, 2)).toEqual([[], EVERYONE]);
  }));

/** Seconds until the provider has a notice on the channel, counted from the append of the finding. */
async function secondsUntilSent(
  program: Program,
  stage: Stage,
  channel: 'phone' | 'sms',
): Promise<number> {
  const fromMs = stage.clock.now();
  while (stage[channel].sent.length === 0) {
    stage.clock.advance(1_000);
    await program.settle();
    if (stage.clock.now() - fromMs > 300_000) break;
  }
  return (stage.clock.now() - fromMs) / 1_000;
}

test.for([
  ['phone', 'offence', 30],
  ['sms', 'area-exit', 60],
] as const)(
  'a provider that is busy for ten seconds has the first %s of %s within %d s',
  ([channel, ruleId, secondsMax]) =>
    onStage(async (program, stage) => {
      stage[channel].behaviour = 'busy';
      await program.find(raised('cc-000001', { ruleId }));
      for (let second = 0; second < 10; second++) {
        stage.clock.advance(1_000);
        await program.settle();
      }
      stage[channel].behaviour = 'accept';
      const seconds = 10 + (await secondsUntilSent(program, stage, channel));
      expect(seconds).toBeLessThanOrEqual(secondsMax);
    }),
);

test('undisturbed, the first step of level 1 and of level 2 is taken at once', () =>
  onStage(async (program, stage) => {
    await program.find(offence, raised('cc-000002'));
    const rows = await stage.records.db
      .selectFrom('outbox')
      .innerJoin('alert', 'alert.id', 'outbox.alertId')
      .select(['outbox.channel', 'outbox.sentAtMs', 'alert.recordedAtMs'])
      .where('outbox.channel', '!=', 'push')
      .execute();
    expect(rows.map(({ channel }) => channel).toSorted()).toEqual(['phone', 'phone', 'sms']);
    for (const { sentAtMs, recordedAtMs } of rows) expect(sentAtMs).toBe(recordedAtMs);
  }));

/** As it was before ladders had no end, with the rungs that were climbed by then. */
const asOfBefore = async ({ records: { db } }: Stage) => {
  await db.deleteFrom('escalation').where('round', '>', 0).execute();
  await db.updateTable('escalation').set({ everyMs: null }).execute();
};

test.each([
  ['before its last rung', 20, 9],
  ['hours after its last rung', 300, 29],
])('an old alert that is open %s at an upgrade goes on without an end', (_, minutes, before) =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(Math.min(minutes, 61), 60);
    await asOfBefore(stage);
    await program.pass(Math.max(0, minutes - 61), 60);
    program.sent();
    const { records, clock } = stage;
    const deps = { records, clock, logger: silentLogger };
    expect(await extendLadders(deps)).toBe(1);
    // Killed after it and started again, it finds nothing more to do.
    expect(await extendLadders(deps)).toBe(0);
    const heard = await calls(program, before, 2, 28, 2, 28, 2);
    expect(heard).toEqual([[], EVERYONE, [], EVERYONE, [], EVERYONE]);
    expect(await waiting(stage)).toHaveLength(2);
  }),
);

test('an upgrade leaves alone whose side has answered, what is quiet, closed, or of level 2', () =>
  onStage(async (program, stage) => {
    const quiet = raised('cc-000003', { ruleId: 'offence', late: true });
    const second = raised('cc-000004');
    await program.find(offence, quiet, second);
    await program.pass(61, 60);
    await program.desk.acknowledge(offence.alertId, { ...CITY, note: '' });
    await asOfBefore(stage);
    const { records, clock } = stage;
    const deps = { records, clock, logger: silentLogger };
    expect(await extendLadders(deps)).toBe(1);
    const rungs = await records.db
      .selectFrom('escalation')
      .select(['alertId', 'side'])
      .where('everyMs', 'is not', null)
      .distinct()
      .execute();
    expect(rungs).toEqual([{ alertId: offence.alertId, side: 'county' }]);
  }));
