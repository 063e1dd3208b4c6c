// What persons hear and when, told as scripts: findings in, time passes, telephones ring.

import { expect, test } from 'vitest';
import type { Logger } from '../core/logger.ts';
import { silentLogger } from '../core/logger.ts';
import { anOfficer, cleared, DAZHOU_CITY, OFFICERS, raised, XUANHAN } from './findings.fixture.ts';
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

const onStage = async (
  play: (program: Program, stage: Stage) => Promise<void>,
  given: Parameters<typeof openStage>[0] & { logger?: Logger } = {},
) => {
  const stage = await openStage(given);
  try {
    await play(await startProgram(stage, given.logger ? { logger: given.logger } : {}), stage);
  } finally {
    await stage.remove();
  }
};

const offence = raised('cc-000001', { ruleId: 'offence' });
const exit = raised('cc-000001');

test('level 1 calls city and county at once, and rests only when both have answered', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
    const before = await program.desk.get(offence.alertId, ALL);
    expect(before.awaiting).toEqual(['city', 'county']);

    await program.pass(1);
    expect(await answer(stage, 'phone', 'xuanhan')).toBe('taken');
    const half = await program.desk.get(offence.alertId, ALL);
    expect([half.status, half.awaiting]).toEqual(['new', ['city']]);

    await program.pass(1);
    expect(await answer(stage, 'phone', 'city')).toBe('taken');
    const whole = await program.desk.get(offence.alertId, ALL);
    expect([whole.status, whole.awaiting]).toEqual(['acknowledged', []]);
    expect(whole.acknowledgedBy).toEqual({ zh: 'city', en: 'city' });
    expect(whole.timeline.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      'opened alerts',
      'notified alerts',
      'notified alerts',
      'notified alerts',
      'notified alerts',
      'answered xuanhan',
      'acknowledged city',
    ]);
    expect(program.sent()).toEqual([]);
  }));

test.each([
  [2, 'area-exit', ['sms xuanhan', 'push xuanhan']],
  [3, 'terminal-silent', ['push xuanhan']],
] as const)('level %d goes to the county alone', (_level, ruleId, expected) =>
  onStage(async (program) => {
    await program.find(raised('cc-000001', { ruleId }));
    expect(program.sent()).toEqual(expected);
  }),
);

test('an SMS reply of 1 acknowledges, another reply does not', () =>
  onStage(async (program, stage) => {
    await program.find(exit);
    await answer(stage, 'sms', 'xuanhan', '好的');
    expect((await program.desk.get(exit.alertId, ALL)).status).toBe('new');
    await answer(stage, 'sms', 'xuanhan', '1');
    expect((await program.desk.get(exit.alertId, ALL)).status).toBe('acknowledged');
  }));

test('a late alert keeps its level and calls nobody', () =>
  onStage(async (program) => {
    const late = raised('cc-000001', { ruleId: 'offence', late: true });
    await program.find(late);
    expect(program.sent()).toEqual(['push city', 'push xuanhan']);
    const alert = await program.desk.get(late.alertId, ALL);
    expect([alert.level, alert.late, alert.awaiting]).toEqual([1, true, ['city', 'county']]);
  }));

test('an alert on time is not swallowed by a late one that called nobody', () =>
  onStage(async (program) => {
    await program.find(raised('cc-000001', { ruleId: 'offence', late: true }));
    program.sent();
    await program.find(raised('cc-000001', { ruleId: 'offence', atMin: 5 }));
    expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
  }));

test('the same condition met again while the alert is open is counted and told to nobody', () =>
  onStage(async (program) => {
    await program.find(exit);
    program.sent();
    await program.find(cleared(exit, 10), raised('cc-000001', { atMin: 25 }));
    expect(program.sent()).toEqual([]);
    const { alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(alerts.map(({ id, repeats, clearedAtMs }) => ({ id, repeats, clearedAtMs }))).toEqual([
      { id: exit.alertId, repeats: 1, clearedAtMs: null },
    ]);
  }));

test('the same condition half an hour after its end is a new alert of the same episode', () =>
  onStage(async (program) => {
    const again = raised('cc-000001', { atMin: 40 });
    await program.find(exit, cleared(exit, 10));
    await program.pass(40);
    program.sent();
    await program.find(again);
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    const { alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(new Set(alerts.map(({ episodeId }) => episodeId)).size).toBe(1);
    expect(alerts.map(({ id }) => id)).toEqual([exit.alertId, again.alertId]);
  }));

test('a graver alert of the same rule is never merged into a lesser one', () =>
  onStage(async (program) => {
    await program.find(raised('ra-000002', { level: 3, subjectClass: 'raOrdinary' }));
    program.sent();
    await program.find(raised('ra-000002', { level: 2, subjectClass: 'raKey', atMin: 1 }));
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
  }));

test('an officer who was texted about an episode is spared a second SMS for ten minutes', () =>
  onStage(async (program) => {
    const other = (ruleId: string, atMin: number) => raised('cc-000001', { ruleId, atMin });
    await program.find(exit);
    program.sent();
    await program.find(other('ticket-outside', 1));
    expect(program.sent()).toEqual(['push xuanhan']);
    await program.pass(11);
    await program.find(other('lodging-outside', 2));
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
  }));

test('nobody is spared a call of level 1', () =>
  onStage(async (program) => {
    await program.find(offence);
    program.sent();
    await program.find(raised('cc-000001', { ruleId: 'offence', atMin: 60, key: 'second' }));
    expect(program.sent()).toEqual([]);
    await program.find(cleared(offence, 61));
    const { alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(alerts[0]?.clearedAtMs, 'one of two conditions still lasts').toBeNull();
    await program.find(raised('cc-000001', { ruleId: 'serious-conflict', level: 1, atMin: 62 }));
    expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
  }));

test('whoever does not pick up is called again a minute later, twice, and then by the ladder', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    await answer(stage, 'phone', 'xuanhan');
    program.sent();
    for (const again of [1, 2]) {
      const { id, step } = await noticeTo(stage, 'phone', 'city');
      expect(step).toBe(again - 1);
      await stage.phone.report(id, { state: 'failed', reason: 'no-answer' });
      await program.pass(0.5);
      expect(program.sent()).toEqual([]);
      await program.pass(0.5);
      expect(program.sent()).toEqual(['phone city']);
    }
    const { id } = await noticeTo(stage, 'phone', 'city');
    await stage.phone.report(id, { state: 'failed', reason: 'busy' });
    await program.pass(12);
    expect(program.sent()).toEqual([]);
    await program.pass(1.5);
    expect(program.sent()).toEqual(['phone city', 'push city']);
    expect((await program.desk.get(offence.alertId, ALL)).awaiting).toEqual(['city']);
  }));

test('nobody is called again for an alert that somebody on the same side has taken', () =>
  onStage(async (program, stage) => {
    await program.find(offence);
    program.sent();
    await program.desk.acknowledge(offence.alertId, { ...COUNTY, note: '' });
    const { id } = await noticeTo(stage, 'phone', 'xuanhan');
    await stage.phone.report(id, { state: 'failed', reason: 'no-answer' });
    await program.pass(3);
    expect(program.sent()).toEqual([]);
  }));

test('acknowledging takes back what has not gone out, on the own side at first', () =>
  onStage(async (program, stage) => {
    stage.phone.behaviour = 'busy';
    await program.find(offence);
    await program.desk.acknowledge(offence.alertId, { ...COUNTY, note: '' });
    expect((await noticeTo(stage, 'phone', 'xuanhan')).state).toBe('cancelled');
    expect((await noticeTo(stage, 'phone', 'city')).state).toBe('waiting');
    await program.desk.acknowledge(offence.alertId, { ...CITY, note: '' });
    expect((await noticeTo(stage, 'phone', 'city')).state).toBe('cancelled');
    stage.phone.behaviour = 'accept';
    await program.pass(5);
    expect(stage.phone.sent).toEqual([]);
  }));

test.each([
  ['has the notice', 'take-and-time-out'],
  ['never got it', 'lose-and-time-out'],
] as const)(
  'after a time-out the provider is asked, and it %s: one call in effect',
  (_, behaviour) =>
    onStage(async (program, stage) => {
      stage.phone.behaviour = behaviour;
      await program.find(offence);
      expect((await noticeTo(stage, 'phone', 'city')).state).toBe('uncertain');
      stage.phone.behaviour = 'accept';
      await program.pass(1);
      const notice = await noticeTo(stage, 'phone', 'city');
      expect([notice.state, stage.phone.effectsOf(notice.id)]).toEqual(['sent', 1]);
    }),
);

test('while the provider says nothing at all, nothing is sent a second time; then it is settled', () =>
  onStage(async (program, stage) => {
    stage.phone.behaviour = 'take-and-time-out';
    await program.find(offence);
    stage.phone.behaviour = 'down';
    await program.pass(5);
    expect(stage.phone.sent.length).toBe(2);
    expect((await noticeTo(stage, 'phone', 'city')).lastErrorCode).toBe('time-out');
    stage.phone.behaviour = 'accept';
    await program.pass(2);
    const notice = await noticeTo(stage, 'phone', 'city');
    expect([notice.state, stage.phone.effectsOf(notice.id)]).toEqual(['sent', 1]);
  }));

test('a notice is tried for a quarter of an hour, then given up aloud', () => {
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (event: string) => void errors.push(event) };
  return onStage(
    async (program, stage) => {
      stage.sms.behaviour = 'busy';
      await program.find(exit);
      await program.pass(10);
      expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('waiting');
      await program.pass(15);
      const notice = await noticeTo(stage, 'sms', 'xuanhan');
      expect([notice.state, notice.attempts, notice.lastErrorCode]).toEqual([
        'failed',
        20,
        'http-503',
      ]);
      expect(errors).toEqual(['alerts.notice-failed']);
    },
    { logger },
  );
});

test.each([
  ['the leader of the county', [anOfficer('leader', XUANHAN, { role: 'leader' })], 'leader', 0],
  ['the city', [anOfficer('absent', XUANHAN, { active: 0 })], 'city', 1],
  [
    'the city when the county has no telephone',
    [anOfficer('x', XUANHAN, { phone: null })],
    'city',
    1,
  ],
] as const)(
  'a county without a duty officer is stood in for by %s',
  (_, officers, told, standIns) =>
    onStage(
      async (program) => {
        await program.find(exit);
        expect(program.sent()).toContain(`sms ${told}`);
        const alert = await program.desk.get(exit.alertId, ALL);
        expect(alert.timeline.filter(({ kind }) => kind === 'escalated').length).toBe(standIns);
        await program.desk.acknowledge(exit.alertId, { ...CITY, note: '' });
      },
      { officers: [OFFICERS[0] as (typeof OFFICERS)[number], ...officers] },
    ),
);

test('with nobody to reach anywhere the alert opens all the same, and the operators are told', () => {
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (event: string) => void errors.push(event) };
  return onStage(
    async (program) => {
      await program.find(offence);
      expect(program.sent()).toEqual([]);
      expect(errors).toEqual(['alerts.nobody-to-reach']);
      const alert = await program.desk.get(offence.alertId, ALL);
      expect(alert.timeline.map(({ kind, details }) => `${kind} ${details['to'] ?? ''}`)).toEqual([
        'opened ',
        'escalated operators',
        'escalated operators',
      ]);
      expect(alert.awaiting).toEqual(['city', 'county']);
    },
    { officers: [], logger },
  );
});

test('later changes of the roster do not change who must acknowledge an open alert', () =>
  onStage(async (program, { records }) => {
    await program.find(offence);
    await records.db.updateTable('officer').set({ active: 0 }).where('id', '=', 'city').execute();
    const half = await program.desk.acknowledge(offence.alertId, { ...COUNTY, note: '' });
    expect(half.awaiting).toEqual(['city']);
  }));

test('tells of each alert how long it took from the moment it could be known', () =>
  onStage(async (program, { clock }) => {
    clock.advance(700);
    await program.find(exit);
    expect(program.opened).toEqual([
      {
        id: exit.alertId,
        level: 2,
        ruleId: 'area-exit',
        region: XUANHAN,
        late: 0,
        latencyMs: 700,
      },
    ]);
    expect([...program.changed]).toEqual([exit.alertId]);
  }));
