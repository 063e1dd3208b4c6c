// Drills told as scripts: the whole way of a real alert, marked, and never mixed with one.

import { createProviderList } from '../providers/provider-list.ts';
import { expect, test } from 'vitest';
import type { UserError } from '../../core/errors.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { decodeLines } from '../../ingest/log.ts';
import type { AlertEvent } from '../../core/alert-event.ts';
import { anOfficer, DAZHOU_CITY, OFFICERS, raised, XUANHAN, DAZHU } from '../findings.fixture.ts';
import { leaseDue } from '../outbox.ts';
import {
  answer,
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';
import { createDrillDesk, type DrillDesk, type NewDrill } from './drill-desk.ts';
import { tendDrills } from './run-drills.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const LEADERS = [
  ...OFFICERS,
  anOfficer('county-leader', XUANHAN, { role: 'leader' }),
  anOfficer('city-leader', DAZHOU_CITY, { role: 'leader' }),
];

const GRAVE: NewDrill = { level: 1, ruleId: 'offence', region: XUANHAN, purpose: '季度应急演练' };
const LIGHT: NewDrill = { level: 2, ruleId: 'area-exit', region: XUANHAN, purpose: '新人练习' };

type Hall = {
  readonly program: Program;
  readonly stage: Stage;
  readonly drills: DrillDesk;
  /** Lets the drill loop look, then settles. */
  readonly tend: () => Promise<void>;
};

async function inHall(play: (hall: Hall) => Promise<void>): Promise<void> {
  const stage = await openStage({ officers: LEADERS });
  try {
    const program = await startProgram(stage);
    const { records, clock, log } = stage;
    const drills = createDrillDesk({
      records,
      clock,
      ids: createCountingIds(),
      ruleIds: () => ['offence', 'area-exit'],
      onChanged: () => {},
    });
    const tend = async () => {
      const deps = { records, log, clock, logger: silentLogger, onChanged: () => {} };
      await tendDrills(deps, { longestMs: 2 * 3_600_000 });
      await program.settle();
    };
    await play({ program, stage, drills, tend });
  } finally {
    await stage.remove();
  }
}

const loud = (program: Program) => program.sent().filter((one) => !one.startsWith('push'));

test('a level-1 drill calls city and county, is climbed, answered by key, and says who was reached when', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    const { id, state } = await drills.start(GRAVE, CITY);
    expect(state).toBe('starting');
    await tend();
    expect(loud(program)).toEqual(['phone city', 'phone xuanhan']);
    await program.pass(0.5, 10);
    expect(await answer(stage, 'phone', 'xuanhan')).toBe('taken');
    await program.pass(2, 10);
    expect(loud(program)).toEqual(['phone city-leader']);
    await answer(stage, 'phone', 'city-leader');
    const { drill, result } = await drills.get(id, CITY);
    expect(drill.state).toBe('acknowledged');
    expect(result.acknowledgedAfterMs).toBe(150_000);
    expect(result.sides).toEqual([
      { side: 'city', acknowledgedAfterMs: 150_000, by: 'city-leader', via: 'phone' },
      { side: 'county', acknowledgedAfterMs: 30_000, by: 'xuanhan', via: 'phone' },
    ]);
    expect(
      result.persons.map(({ officer, rung, reachedAfterMs }) => ({
        officer,
        rung,
        reachedAfterMs,
      })),
    ).toEqual([
      { officer: 'city', rung: 0, reachedAfterMs: null },
      { officer: 'xuanhan', rung: 0, reachedAfterMs: 30_000 },
      { officer: 'city-leader', rung: 1, reachedAfterMs: 150_000 },
    ]);
    expect(result.missed).toEqual([{ kind: 'not-reached', officer: 'city' }]);
  }));

test('everything that is read or heard of a drill is marked, in both languages, and an SMS is one message', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    const { alertId } = await drills.start(GRAVE, CITY);
    await tend();
    const light = await drills.start({ ...LIGHT, region: DAZHU }, CITY);
    await tend();
    await program.pass(125, 60);
    const notices = await stage.records.db.selectFrom('outbox').selectAll().execute();
    expect(new Set(notices.map(({ channel }) => channel))).toEqual(
      new Set(['phone', 'sms', 'push']),
    );
    for (const { channel, textZh, textEn, exercise } of notices) {
      expect(exercise).toBe('drill');
      expect(textZh.startsWith(channel === 'phone' ? '这是演练' : '【演练】'), textZh).toBe(true);
      expect(textEn.startsWith(channel === 'phone' ? 'This is a drill' : '[DRILL]')).toBe(true);
      if (channel === 'sms') expect(textZh.length).toBeLessThanOrEqual(70);
    }
    for (const id of [alertId, light.alertId]) {
      const shown = await program.desk.get(id, ALL);
      expect(shown.title.zh).toMatch(/^【演练】/);
      expect(shown.isDrill).toBe(true);
      expect(shown.timeline.every(({ exercise }) => exercise === 'drill')).toBe(true);
    }
  }));

test('a drill counts nowhere: not as open, not in a metric, and its events say what it is', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    await drills.start(GRAVE, CITY);
    await tend();
    const { open, alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(alerts.map(({ isDrill }) => isDrill)).toEqual([true]);
    expect(open).toEqual({ 1: 0, 2: 0, 3: 0 });
    expect(program.opened).toEqual([]);
    const records = await stage.log.read('alert-events', 0, { offset: 0, recordsMax: 100 });
    const events = records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ exercise }) => exercise === 'drill')).toBe(true);
  }));

test('while a real level-1 alert waits, no drill starts and a running one is silent', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    await drills.start(LIGHT, COUNTY);
    await tend();
    program.sent();
    const real = raised('cc-000001', { ruleId: 'offence' });
    await program.find(real);
    expect(loud(program)).toEqual(['phone city', 'phone xuanhan']);
    await expect(drills.start({ ...LIGHT, region: DAZHU }, CITY)).rejects.toMatchObject({
      code: 'conflict',
    });
    // The drill's ladder is due after half an hour and an hour; its SMS wait.
    await program.pass(31, 30);
    expect(loud(program).filter((one) => one.startsWith('sms'))).toEqual([]);
    await answer(stage, 'phone', 'xuanhan');
    await answer(stage, 'phone', 'city');
    await program.pass(1, 30);
    expect(loud(program)).toEqual(['sms city']);
  }));

test('a drill and real alerts of the same rule, county and hour neither merge, mute nor spare each other', () =>
  inHall(async ({ program, drills, tend }) => {
    await drills.start(LIGHT, COUNTY);
    await tend();
    expect(loud(program)).toEqual(['sms xuanhan']);
    await program.find(raised('cc-000002'));
    expect(loud(program)).toEqual(['sms xuanhan']);
    const { alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(new Set(alerts.map(({ episodeId }) => episodeId)).size).toBe(2);
    expect(alerts.map(({ repeats }) => repeats)).toEqual([0, 0]);
  }));

test('even about the same key a drill and a real alert keep apart', () =>
  inHall(async ({ program }) => {
    const drill = raised('cc-000002', { key: 'drill', exercise: 'drill' });
    const real = raised('cc-000002', { atMin: 1 });
    const again = raised('cc-000002', { atMin: 2 });
    await program.find(drill, real, again);
    const { alerts, open } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(alerts.map(({ isDrill, repeats }) => [isDrill, repeats])).toEqual([
      [true, 0],
      [false, 1],
    ]);
    expect(open[2]).toBe(1);
    // Told of the drill, the officer is told of the real one all the same.
    expect(loud(program)).toEqual(['sms xuanhan', 'sms xuanhan']);
  }));

test('ended by hand: nothing more goes out, whoever was told hears that it is over', () =>
  inHall(async ({ program, drills, tend }) => {
    const { id } = await drills.start(GRAVE, CITY);
    await tend();
    program.sent();
    const ended = await drills.end(id, CITY);
    expect(ended.state).toBe('ended');
    await program.pass(180, 60);
    expect(program.sent()).toEqual(['push city', 'push xuanhan']);
    await expect(drills.end(id, CITY)).rejects.toMatchObject({ code: 'conflict' });
  }));

test('nobody ends it: after two hours it ends by itself', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    const { id } = await drills.start(GRAVE, CITY);
    await tend();
    await program.pass(119, 60);
    await tend();
    expect((await drills.get(id, CITY)).drill.state).toBe('running');
    stage.clock.advance(61_000);
    await tend();
    const { drill } = await drills.get(id, CITY);
    expect([drill.state, drill.endedBy]).toEqual(['ended', null]);
    program.sent();
    await program.pass(120, 60);
    expect(program.sent()).toEqual([]);
  }));

test('closed like any other alert, a drill is over', () =>
  inHall(async ({ program, drills, tend }) => {
    const { id, alertId } = await drills.start(LIGHT, COUNTY);
    await tend();
    await program.desk.acknowledge(alertId, { ...COUNTY, note: '' });
    await program.desk.feedback(alertId, { ...COUNTY, result: 'other', note: '演练' });
    await program.desk.close(alertId, { ...COUNTY, note: '' });
    expect((await drills.get(id, COUNTY)).drill.state).toBe('ended');
    expect((await drills.start(LIGHT, COUNTY)).state).toBe('starting');
  }));

test('put into the log twice, as after a kill between append and note, it is one drill', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    const { id } = await drills.start(GRAVE, CITY);
    await tend();
    await stage.records.db.updateTable('drill').set({ appendedAtMs: null }).execute();
    await tend();
    expect(loud(program)).toEqual(['phone city', 'phone xuanhan']);
    expect((await drills.get(id, CITY)).drill.appendedAtMs).not.toBeNull();
  }));

test('ended before it opened, it is closed as soon as it opens', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    const { id, alertId } = await drills.start(GRAVE, CITY);
    const { records, log, clock } = stage;
    const deps = { records, log, clock, logger: silentLogger, onChanged: () => {} };
    await tendDrills(deps, { longestMs: 3_600_000 });
    await expect(drills.end(id, CITY)).rejects.toMatchObject({ code: 'conflict' });
    // As after a kill before the append was noted.
    await records.db.updateTable('drill').set({ appendedAtMs: null }).execute();
    await drills.end(id, CITY);
    await program.settle();
    await tend();
    expect((await program.desk.get(alertId, ALL)).status).toBe('closed');
  }));

test('who may start what', () =>
  inHall(async ({ drills }) => {
    expect(drills.may(COUNTY)).toEqual({ levels: [2, 3], regions: [XUANHAN] });
    const refused = async (asked: Partial<NewDrill>, by: Parameters<DrillDesk['start']>[1]) =>
      drills.start({ ...LIGHT, ...asked }, by).then(
        () => undefined,
        (error: UserError) => error.code,
      );
    expect(await refused({ level: 1 }, COUNTY)).toBe('forbidden');
    expect(await refused({ region: DAZHU }, COUNTY)).toBe('forbidden');
    expect(await refused({}, { ...CITY, role: 'analyst' })).toBe('forbidden');
    expect(await refused({ ruleId: 'no-such' }, COUNTY)).toBe('bad-input');
    expect(await refused({ purpose: ' ' }, COUNTY)).toBe('bad-input');
    expect(await refused({}, COUNTY)).toBeUndefined();
    // One drill of a county at a time.
    expect(await refused({}, COUNTY)).toBe('conflict');
    // Another county sees nothing of it.
    expect(await drills.list({ ...COUNTY, region: DAZHU })).toEqual([]);
    const [drill] = await drills.list(COUNTY);
    await expect(drills.get(drill?.id ?? '', { ...COUNTY, region: DAZHU })).rejects.toMatchObject({
      code: 'not-found',
    });
  }));

test('a provider that holds everything leaves half its room to what is real', () =>
  inHall(async ({ program, stage, drills, tend }) => {
    await drills.start(LIGHT, COUNTY);
    await tend();
    const { id } = await noticeTo(stage, 'sms', 'xuanhan');
    expect(stage.sms.effectsOf(id)).toBe(1);
    const nowAtMs = stage.clock.now();
    await stage.records.db
      .updateTable('outbox')
      .set({ state: 'waiting', nextAttemptAtMs: nowAtMs })
      .execute();
    const list = createProviderList([stage.sms]);
    const lease = { list, senderId: 's', nowAtMs, leaseMs: 1, noticesMax: 32 };
    const none = await leaseDue(stage.records, { ...lease, exercisesMax: 0 });
    expect(none.leased).toEqual([]);
    const one = await leaseDue(stage.records, { ...lease, exercisesMax: 1 });
    expect(one.leased).toHaveLength(1);
    await program.settle();
  }));
