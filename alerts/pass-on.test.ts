// An officer who is called presses 3: the next of the ladder are called at once, once, whatever happens.

import { expect, test } from 'vitest';
import type { Logger } from '../core/logger.ts';
import { silentLogger } from '../core/logger.ts';
import { Crash, createFaults, faultyChannel, faultyLog, faultyRecords } from './faults.fixture.ts';
import {
  anOfficer,
  corrected,
  DAZHOU_CITY,
  OFFICERS,
  raised,
  XUANHAN,
} from './findings.fixture.ts';
import {
  answer,
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from './scenario.fixture.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const offence = raised('cc-000001', { ruleId: 'offence' });

const STAFF = [
  ...OFFICERS,
  anOfficer('xuanhan-2', XUANHAN),
  anOfficer('county-leader', XUANHAN, { role: 'leader' }),
  anOfficer('city-leader', DAZHOU_CITY, { role: 'leader' }),
];

const called = async (
  play: (program: Program, stage: Stage, logged: string[]) => Promise<void>,
  officers: typeof OFFICERS = STAFF,
) => {
  const stage = await openStage({ officers });
  const logged: string[] = [];
  const logger: Logger = { ...silentLogger, error: (event) => void logged.push(event) };
  try {
    const program = await startProgram(stage, { logger });
    await program.find(offence);
    program.sent();
    await play(program, stage, logged);
  } finally {
    await stage.remove();
  }
};

const calls = (program: Program) => program.sent().filter((one) => one.startsWith('phone'));

const escalations = async (program: Program) =>
  (await program.desk.get(offence.alertId, ALL)).timeline
    .filter(({ kind }) => kind === 'escalated')
    .map(({ actor, details }) =>
      [actor, details['because'], details['rung'], details['side'], details['to']].join(' '),
    );

test('the next of the ladder on that side are called at once, and not again when their time comes', () =>
  called(async (program, stage) => {
    await program.pass(0.5);
    expect(await answer(stage, 'phone', 'xuanhan', '3')).toBe('taken');
    await program.settle();
    expect(calls(program)).toEqual(['phone county-leader']);
    expect(await escalations(program)).toEqual(['xuanhan passed-on 1 county county-leader']);
    // Two minutes: only the other side's deputies; five: the leaders of both.
    await program.pass(2);
    expect(calls(program)).toEqual(['phone city-leader']);
    await program.pass(3);
    expect(calls(program)).toEqual(['phone city-leader', 'phone county-leader']);
  }));

test('who passed on has not acknowledged, and may still do so', () =>
  called(async (program, stage) => {
    await answer(stage, 'phone', 'xuanhan', '3');
    expect((await program.desk.get(offence.alertId, ALL)).status).toBe('new');
    const { id } = await noticeTo(stage, 'phone', 'xuanhan');
    expect(await stage.phone.report(id, { state: 'answered', answer: '1' })).toBe('taken');
    const { timeline } = await program.desk.get(offence.alertId, ALL);
    expect(timeline.at(-1)).toMatchObject({ kind: 'answered', details: { side: 'county' } });
  }));

test('told twice it happens once, and a second officer of the line calls nobody more', () =>
  called(async (program, stage) => {
    const { id } = await noticeTo(stage, 'phone', 'xuanhan');
    const receipt = { state: 'answered', answer: '3', sequence: 5 } as const;
    await stage.phone.report(id, receipt);
    await stage.phone.report(id, receipt);
    await answer(stage, 'phone', 'xuanhan-2', '3');
    await program.settle();
    expect(calls(program)).toEqual(['phone county-leader']);
    expect(await escalations(program)).toEqual([
      'xuanhan passed-on 1 county county-leader',
      'xuanhan-2 passed-on 1 county county-leader',
    ]);
  }));

test('from rung to rung: leaders pass it to the bureau above, skipping who passed it on', () =>
  called(async (program, stage) => {
    await program.pass(1.5);
    await answer(stage, 'phone', 'xuanhan', '3');
    await program.settle();
    await answer(stage, 'phone', 'county-leader', '3');
    await program.settle();
    expect(calls(program)).toEqual(['phone city', 'phone county-leader']);
    expect(await escalations(program)).toEqual([
      'xuanhan passed-on 1 county county-leader',
      'county-leader passed-on 3 county city',
    ]);
  }));

test.each([['acknowledged by its side'], ['withdrawn']])(
  'an alert that is %s is passed to nobody',
  (how) =>
    called(async (program, stage) => {
      if (how === 'withdrawn') await program.find(corrected(offence, { atMin: 1 }));
      else await answer(stage, 'phone', 'xuanhan-2');
      program.sent();
      await answer(stage, 'phone', 'xuanhan', '3');
      await program.settle();
      expect(calls(program)).toEqual([]);
      expect(await escalations(program)).toEqual([]);
    }),
);

test('with nobody next the operators are told, the timeline says so, and the ladder goes on', () =>
  called(async (program, stage, logged) => {
    await answer(stage, 'phone', 'xuanhan', '3');
    await program.settle();
    expect(calls(program)).toEqual([]);
    expect(logged).toEqual(['alerts.nobody-to-pass-on-to']);
    expect(await escalations(program)).toEqual(['xuanhan passed-on  county ']);
    await program.pass(11, 15);
    expect(calls(program)).toEqual(['phone city']);
  }, OFFICERS));

test('an SMS answered with 3 passes nothing on', () =>
  called(async (program, stage) => {
    const exit = raised('cc-000002');
    await program.find(exit);
    await answer(stage, 'sms', 'xuanhan', '3');
    const { timeline } = await program.desk.get(exit.alertId, ALL);
    expect(timeline.filter(({ kind }) => kind === 'escalated')).toEqual([]);
  }));

/** Plays it with a crash at the n-th point; the provider reports again until it is heard. */
async function playWithCrash(crashAt: number) {
  const stage = await openStage({ officers: STAFF });
  const faults = createFaults(crashAt);
  try {
    let program = await startProgram(stage);
    await program.find(offence);
    const { id } = await noticeTo(stage, 'phone', 'xuanhan');
    program = await startProgram(stage, {
      records: faultyRecords(stage.records, faults),
      log: faultyLog(stage.log, faults),
      wrapChannel: (channel) => faultyChannel(channel, faults),
      senderId: 'faulty',
    }).catch(restarted(stage));
    const pressed = { state: 'answered', answer: '3', sequence: 5 } as const;
    const story = () => stage.phone.report(id, pressed).then(program.settle);
    await story().catch(async (error: unknown) => {
      program = await restarted(stage)(error);
      await stage.phone.report(id, pressed);
      // Longer than a lease: what the dead sender held is settled.
      await program.pass(1.2, 61);
    });
    const { crashed, reached: points } = faults;
    const leader = await noticeTo(stage, 'phone', 'county-leader');
    // After a crash time has gone on for the other side.
    const passed = (await escalations(program)).filter((one) => one.includes('passed-on'));
    return {
      crashed,
      points,
      end: [...passed, leader.state, stage.phone.effectsOf(leader.id)],
    };
  } finally {
    await stage.remove();
  }
}

const restarted = (stage: Stage) => (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
  return startProgram(stage, { senderId: 'after' });
};

test('killed anywhere, the next person is called once', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed.end).toEqual(['xuanhan passed-on 1 county county-leader', 'sent', 1]);
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt++) {
    const { crashed, end } = await playWithCrash(crashAt);
    expect({ crashed, end }, `killed at ${crashAt}`).toEqual({
      crashed: true,
      end: undisturbed.end,
    });
  }
}, 60_000);
