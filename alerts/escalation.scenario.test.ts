// What follows when nobody acknowledges, told as scripts: time passes, and others are told.

import { expect, test } from 'vitest';
import {
  anOfficer,
  corrected,
  DAZHOU_CITY,
  DAZHU,
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

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const LEADERS = [
  ...OFFICERS,
  anOfficer('county-leader', XUANHAN, { role: 'leader' }),
  anOfficer('city-leader', DAZHOU_CITY, { role: 'leader' }),
];

const onStage = async (
  play: (program: Program, stage: Stage) => Promise<void>,
  officers: typeof OFFICERS = LEADERS,
) => {
  const stage = await openStage({ officers });
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

const offence = raised('cc-000001', { ruleId: 'offence' });
const exit = raised('cc-000002');

/** What went out in each stretch of minutes, beside pushes. */
async function loudly(program: Program, ...minutes: number[]): Promise<string[][]> {
  const heard: string[][] = [];
  for (const minute of minutes) {
    await program.pass(minute, 15);
    heard.push(program.sent().filter((one) => !one.startsWith('push')));
  }
  return heard;
}

const escalations = async (program: Program, id: string) =>
  (await program.desk.get(id, ALL)).timeline
    .filter(({ kind }) => kind === 'escalated')
    .map(({ details }) => `${details['rung']} ${details['side']} → ${details['to']}`);

test('level 1 unanswered: leaders after two minutes where there are no deputies, the city after ten', () =>
  onStage(async (program) => {
    await program.find(offence);
    program.sent();
    expect(await loudly(program, 1.75, 0.5, 2.5, 0.5, 4.5, 0.5, 4.5, 0.5)).toEqual([
      [],
      ['phone city-leader', 'phone county-leader'],
      [],
      ['phone city-leader', 'phone county-leader'],
      [],
      ['phone city', 'phone city-leader'],
      [],
      ['phone city', 'phone city-leader', 'phone county-leader', 'phone xuanhan'],
    ]);
    expect((await escalations(program, offence.alertId)).slice(0, 2)).toEqual([
      '1 city → city-leader',
      '1 county → county-leader',
    ]);
  }));

test('who has answered is left alone, and the ladder of the other side is climbed', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await answer(stage, 'phone', 'xuanhan');
    program.sent();
    expect(await loudly(program, 2, 3)).toEqual([['phone city-leader'], ['phone city-leader']]);
    await program.desk.acknowledge(offence.alertId, { ...CITY, note: '' });
    expect(await loudly(program, 60)).toEqual([[]]);
  }));

test('a leader who is called by the ladder acknowledges for the side', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(2);
    expect(await answer(stage, 'phone', 'county-leader')).toBe('taken');
    expect((await program.desk.get(offence.alertId, ALL)).awaiting).toEqual(['city']);
    await answer(stage, 'phone', 'city-leader');
    expect((await program.desk.get(offence.alertId, ALL)).status).toBe('acknowledged');
    program.sent();
    expect(await loudly(program, 90)).toEqual([[]]);
  }));

test('an officer called again for not picking up and the ladder do not get in each other’s way', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await answer(stage, 'phone', 'xuanhan');
    const { id } = await noticeTo(stage, 'phone', 'city');
    await stage.phone.report(id, { state: 'failed', reason: 'no-answer' });
    program.sent();
    expect(await loudly(program, 1, 1)).toEqual([['phone city'], ['phone city-leader']]);
    const leader = await noticeTo(stage, 'phone', 'city-leader');
    await stage.phone.report(leader.id, { state: 'failed', reason: 'busy' });
    expect(await loudly(program, 1)).toEqual([['phone city-leader']]);
    expect((await noticeTo(stage, 'phone', 'city-leader')).step).toBe(leader.step + 1);
  }));

test('level 2 unanswered: the city by SMS after half an hour, the leader of the county after an hour', () =>
  onStage(async (program) => {
    await program.find(exit);
    program.sent();
    expect(await loudly(program, 29, 2, 28, 2, 300)).toEqual([
      [],
      ['sms city'],
      [],
      ['sms county-leader'],
      [],
    ]);
  }));

test('level 2 that somebody has taken goes to nobody else', () =>
  onStage(async (program) => {
    await program.find(exit);
    await program.desk.acknowledge(exit.alertId, { ...COUNTY, note: '' });
    program.sent();
    await program.pass(120, 60);
    expect(program.sent()).toEqual([]);
  }));

test('level 3 that nobody looked at within the shift is pushed to the leader, and rings nowhere', () =>
  onStage(async (program) => {
    await program.find(raised('ra-000003', { level: 3, subjectClass: 'raOrdinary' }));
    program.sent();
    await program.pass(479, 600);
    expect(program.sent()).toEqual([]);
    await program.pass(2, 60);
    expect(program.sent()).toEqual(['push county-leader']);
  }));

test('late facts of level 1 are followed within the shift and ring nowhere', () =>
  onStage(async (program) => {
    await program.find(raised('cc-000001', { ruleId: 'offence', late: true }));
    program.sent();
    await program.pass(482, 600);
    expect(program.sent()).toEqual(['push city-leader', 'push county-leader']);
  }));

test('the ladder is that of the opening: who came on duty later is not called, who left is', () =>
  onStage(async (program, { records }) => {
    await program.find(offence);
    program.sent();
    await records.db
      .updateTable('officer')
      .set({ role: 'county-officer' })
      .where('id', '=', 'county-leader')
      .execute();
    await records.db
      .insertInto('officer')
      .values(anOfficer('new-leader', XUANHAN, { role: 'leader' }))
      .execute();
    expect(await loudly(program, 2)).toEqual([['phone city-leader', 'phone county-leader']]);
  }));

test('after hours of standstill all rungs are climbed at once, and nobody is called twice for it', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    program.sent();
    stage.clock.advance(3 * 3_600_000);
    await program.settle();
    expect(await escalations(program, offence.alertId)).toHaveLength(12);
    expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual([
      'phone city',
      'phone city-leader',
      'phone county-leader',
      'phone xuanhan',
    ]);
    expect(await loudly(program, 29)).toEqual([[]]);
  }));

test('a withdrawn alert is followed no further, and one that stands again from its first rung', () =>
  onStage(async (program) => {
    await program.find(offence);
    program.sent();
    await program.find(corrected(offence, { atMin: 1 }));
    program.sent();
    expect(await loudly(program, 60)).toEqual([[]]);
    await program.find(corrected(offence, { atMin: 61, outcome: 'regraded', was: 'withdrawn' }));
    expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual([
      'phone city',
      'phone xuanhan',
    ]);
    expect(await loudly(program, 1.75, 0.5)).toEqual([
      [],
      ['phone city-leader', 'phone county-leader'],
    ]);
  }));

test('a program that is started again goes on with the ladder where it was', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await program.pass(3);
    program.sent();
    const again = await startProgram(stage, { senderId: 'sender-2' });
    again.sent();
    expect(await loudly(again, 2)).toEqual([['phone city-leader', 'phone county-leader']]);
    expect(await escalations(again, offence.alertId)).toHaveLength(4);
  }));

test('with one officer in the city and none elsewhere, that one is called again and again', () =>
  onStage(
    async (program) => {
      await program.find(raised('cc-000009', { ruleId: 'offence', region: DAZHU }));
      program.sent();
      expect(await loudly(program, 9, 2, 5, 15)).toEqual([
        [],
        ['phone city'],
        ['phone city'],
        ['phone city'],
      ]);
    },
    [OFFICERS[0] as (typeof OFFICERS)[number]],
  ));
