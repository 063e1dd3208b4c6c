// Tasks, hand-overs, feedback and objections as officers live them: who is told what and when, over restarts.

import { describe, expect, test } from 'vitest';
import type { AlertEvent } from '../../core/alert-event.ts';
import { text } from '../../core/text.ts';
import { decodeLines } from '../../ingest/log.ts';
import { createDesk } from '../desk.ts';
import {
  anOfficer,
  cleared,
  corrected,
  DAZHOU_CITY,
  DAZHU,
  MINUTE,
  raised,
  START_MS,
  XUANHAN,
} from '../findings.fixture.ts';
import { openByAge } from '../open-by-age.ts';
import { readAlertsCounted, readObjectionsCounted } from '../report-rows.ts';
import { answer, openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { myTasks } from './my-tasks.ts';

const OFFICERS = [
  anOfficer('city', DAZHOU_CITY),
  anOfficer('city-chief', DAZHOU_CITY, { role: 'leader' }),
  anOfficer('xuanhan', XUANHAN),
  anOfficer('xuanhan-b', XUANHAN),
  anOfficer('xuanhan-chief', XUANHAN, { role: 'leader' }),
  anOfficer('dazhu', DAZHU),
];

const COUNTY = { accountId: 'xuanhan', role: 'county-officer', region: XUANHAN, note: '' } as const;
const COLLEAGUE = { ...COUNTY, accountId: 'xuanhan-b' } as const;
const CHIEF = { ...COUNTY, accountId: 'xuanhan-chief' } as const;
const CITY = { accountId: 'city', role: 'city-officer', region: DAZHOU_CITY, note: '' } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const HOUR = 60;

const exit = raised('cc-000002');
const offence = raised('cc-000001', { ruleId: 'offence' });
const id = exit.alertId;

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const stage = await openStage({ officers: OFFICERS });
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

/** Hours pass in steps long enough to be quick. */
const hours = (program: Program, count: number) => program.pass(count * HOUR, 1_800);

const pushes = (program: Program) => program.sent().filter((line) => line.startsWith('push'));

const close = async ({ desk }: Program, by = COUNTY as typeof COUNTY | typeof COLLEAGUE) => {
  await desk.feedback(id, { ...by, result: 'true', note: '已核实' });
  return desk.close(id, by);
};

describe('the clock of a task', () => {
  test('reminds the officer once when it runs out, tells the leaders four hours later, and nobody again', () =>
    onStage(async (program) => {
      await program.find(exit);
      const { task } = await program.desk.acknowledge(id, COUNTY);
      expect(task).toMatchObject({ officer: { id: 'xuanhan' }, bureau: XUANHAN, offer: null });
      expect(task?.dueAtMs).toBe(START_MS + 24 * HOUR * MINUTE);
      await hours(program, 23.5);
      program.sent();
      await hours(program, 1);
      expect(program.sent()).toEqual(['push xuanhan']);
      await hours(program, 3);
      expect(program.sent()).toEqual([]);
      await hours(program, 1);
      expect(program.sent()).toEqual(['push xuanhan-chief']);
      await hours(program, 100);
      expect(program.sent()).toEqual([]);
      const { timeline, task: after } = await program.desk.get(id, ALL);
      expect(
        timeline.filter(({ kind }) => kind === 'overdue').map(({ details }) => details),
      ).toEqual([
        { told: 'officer', dueAtMs: task?.dueAtMs, to: 'xuanhan' },
        { told: 'leader', dueAtMs: task?.dueAtMs, to: 'xuanhan-chief' },
      ]);
      expect(after?.remindedAtMs).not.toBeNull();
    }));

  test('runs on while the program is away, and says so once afterwards', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      program.sent();
      stage.clock.advance(200 * HOUR * MINUTE);
      const again = await startProgram(stage, { senderId: 'after' });
      await again.settle();
      expect(again.sent()).toContain('push xuanhan');
      await startProgram(stage, { senderId: 'later' }).then((later) => later.settle());
      const rows = await stage.records.db
        .selectFrom('outbox')
        .select(['recipient', 'textZh'])
        .execute();
      expect(
        rows
          .filter(({ textZh }) => textZh.includes('任务超期'))
          .map(({ recipient }) => recipient)
          .sort(),
      ).toEqual(['xuanhan', 'xuanhan-chief']);
    }));

  test('stops with the alert: closed in time, nobody is reminded', () =>
    onStage(async (program) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await close(program);
      await hours(program, 60);
      expect((await program.desk.get(id, ALL)).timeline.map(({ kind }) => kind)).not.toContain(
        'overdue',
      );
    }));

  test('stops for what was withdrawn and starts anew for what stands again', () =>
    onStage(async (program, { clock }) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await program.find(corrected(exit, { atMin: 10 }));
      await hours(program, 30);
      program.sent();
      await program.find(
        corrected(exit, { atMin: 20, outcome: 'regraded', was: 'withdrawn', reason: 'met-again' }),
      );
      program.sent();
      const { task } = await program.desk.get(id, ALL);
      expect(task?.dueAtMs).toBe(clock.now() + 24 * HOUR * MINUTE);
      await hours(program, 25);
      expect(pushes(program)).toEqual(['push xuanhan']);
    }));

  test('is shorter for what turns out graver, and no longer for what does not', () =>
    onStage(async (program, { clock }) => {
      await program.find(exit);
      const { task } = await program.desk.acknowledge(id, COUNTY);
      await program.find(corrected(exit, { atMin: 10, outcome: 'regraded', level: 3 }));
      expect((await program.desk.get(id, ALL)).task?.dueAtMs).toBe(task?.dueAtMs);
      await program.find(corrected(exit, { atMin: 20, outcome: 'regraded', level: 1 }));
      expect((await program.desk.get(id, ALL)).task?.dueAtMs).toBe(clock.now() + 2 * HOUR * MINUTE);
    }));

  test('an alert acknowledged before there were tasks gets one, with its clock from now', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await stage.records.db.deleteFrom('alertTask').execute();
      stage.clock.advance(500 * HOUR * MINUTE);
      const again = await startProgram(stage, { senderId: 'after' });
      await again.settle();
      const { task } = await again.desk.get(id, ALL);
      expect(task?.officer?.id).toBe('xuanhan');
      expect(task?.dueAtMs).toBe(stage.clock.now() + 24 * HOUR * MINUTE);
    }));
});

describe('who is responsible', () => {
  test('of level 1 the county, also when the city was faster', () =>
    onStage(async (program, stage) => {
      await program.find(offence);
      await answer(stage, 'phone', 'city');
      const first = await program.desk.get(offence.alertId, ALL);
      expect(first.task?.officer?.id).toBe('city');
      await answer(stage, 'phone', 'xuanhan');
      const { task, status } = await program.desk.get(offence.alertId, ALL);
      expect([task?.officer?.id, task?.bureau, status]).toEqual([
        'xuanhan',
        XUANHAN,
        'acknowledged',
      ]);
      expect(task?.dueAtMs).toBe(first.task?.dueAtMs);
    }));

  test('a hand-over is offered, told, accepted; until then it stays where it is', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      program.sent();
      const offered = await program.tasks.handOver(id, {
        ...COUNTY,
        note: '本人已到市区，请市局继续核查',
        bureau: DAZHOU_CITY,
        officer: null,
      });
      await program.settle();
      expect(offered.task?.officer?.id).toBe('xuanhan');
      expect(pushes(program)).toEqual(['push city']);
      const scene = {
        records: stage.records,
        nowAtMs: stage.clock.now(),
        findShiftEnd: undefined,
        shiftEndMs: 0,
      };
      const [mine] = (await myTasks(scene, CITY, ALL)).tasks;
      expect(mine).toMatchObject({ kind: 'offered', offerNote: '本人已到市区，请市局继续核查' });
      const accepted = await program.tasks.accept(id, CITY);
      await program.settle();
      expect(accepted.task).toMatchObject({
        officer: { id: 'city' },
        bureau: DAZHOU_CITY,
        offer: null,
      });
      expect(accepted.task?.dueAtMs).toBe(offered.task?.dueAtMs);
      expect(pushes(program)).toEqual(['push xuanhan']);
      const own = await myTasks(scene, COUNTY, { kind: 'within', region: XUANHAN });
      expect(own.tasks).toEqual([]);
      expect((await myTasks(scene, CITY, ALL)).tasks.map(({ kind }) => kind)).toEqual(['mine']);
    }));

  test.each([
    ['a county that may not see the person', { bureau: DAZHU, officer: null }, '无权查看'],
    ['an officer of such a county', { bureau: XUANHAN, officer: 'dazhu' }, '无权查看'],
    ['somebody nobody knows', { bureau: XUANHAN, officer: 'nobody' }, '没有这名在岗人员'],
    ['the bureau that has it', { bureau: XUANHAN, officer: null }, '已在该单位'],
  ])('a hand-over to %s is refused in words', (_, to, says) =>
    onStage(async (program) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      const handing = program.tasks.handOver(id, { ...COUNTY, note: '移交', ...to });
      await expect(handing).rejects.toMatchObject({
        says: { zh: expect.stringContaining(says) as string },
      });
      expect((await program.desk.get(id, ALL)).acts).toBe(1);
    }),
  );

  test('who looked before a colleague acted is told who did, and nothing is written', () =>
    onStage(async (program) => {
      await program.find(exit);
      const { acts } = await program.desk.acknowledge(id, COUNTY);
      await program.desk.feedback(id, { ...COLLEAGUE, acts, result: 'drift', note: '人在家' });
      const late = program.desk.feedback(id, { ...COUNTY, acts, result: 'true', note: '属实' });
      await expect(late).rejects.toMatchObject({
        code: 'conflict',
        hint: { zh: expect.stringContaining('xuanhan-b') as string },
      });
      const { feedback, feedbacks } = await program.desk.get(id, ALL);
      expect([feedback?.result, feedbacks.length]).toEqual(['drift', 1]);
    }));

  test('what is handed over can be closed by nobody else meanwhile without the offer ending', () =>
    onStage(async (program) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await program.tasks.handOver(id, {
        ...COUNTY,
        note: '交班',
        bureau: XUANHAN,
        officer: 'xuanhan-b',
      });
      await close(program);
      const accepting = program.tasks.accept(id, COLLEAGUE);
      await expect(accepting).rejects.toMatchObject({ says: { zh: '预警已经办结' } });
      expect((await program.desk.get(id, ALL)).task?.offer).toBeNull();
    }));
});

describe('opened again', () => {
  test('it is found anew, closed anew, and both closings are on the timeline', () =>
    onStage(async (program, stage) => {
      await program.find(exit, cleared(exit, 5));
      await program.desk.acknowledge(id, COUNTY);
      await close(program);
      const colleague = program.tasks.reopen(id, { ...COLLEAGUE, note: '结论有误' });
      await expect(colleague).rejects.toMatchObject({ code: 'forbidden' });
      program.sent();
      const open = await program.tasks.reopen(id, { ...CHIEF, note: '结论有误' });
      await program.settle();
      expect(open).toMatchObject({ status: 'acknowledged', feedback: null, closedAtMs: null });
      expect(open.feedbacks.length).toBe(1);
      expect(pushes(program)).toEqual(['push xuanhan']);
      await expect(program.desk.close(id, COUNTY)).rejects.toMatchObject({ code: 'conflict' });
      const closed = await close(program);
      expect(closed.timeline.filter(({ kind }) => kind === 'closed').length).toBe(2);
      expect(closed.feedbacks.map(({ note }) => note)).toEqual(['已核实', '已核实']);
      await program.settle();
      const records = await stage.log.read('alert-events', 0, { offset: 0, recordsMax: 100 });
      const events = records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
      expect(events.map(({ kind }) => kind)).toEqual(closed.timeline.map(({ kind }) => kind));
      expect(JSON.stringify(events)).not.toMatch(/结论有误|已核实/);
    }));

  test('not after the period', () =>
    onStage(async (program, { clock }) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await close(program);
      clock.advance(31 * 24 * HOUR * MINUTE);
      const late = program.tasks.reopen(id, { ...CITY, note: '复查' });
      await expect(late).rejects.toMatchObject({ says: { zh: '已超过可以重新打开的期限' } });
    }));
});

describe('what was found', () => {
  test('“other” needs words, evidence must be of the alert, photos must be there', () =>
    onStage(async (program) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      const by = { ...COUNTY, result: 'other' } as const;
      const bad = { code: 'bad-input' };
      await expect(program.desk.feedback(id, by)).rejects.toMatchObject(bad);
      const said = { ...by, note: '设备送修途中' };
      await expect(
        program.desk.feedback(id, { ...said, evidence: ['ob_none'] }),
      ).rejects.toMatchObject(bad);
      await expect(
        program.desk.feedback(id, { ...said, photos: ['ph_none'] }),
      ).rejects.toMatchObject(bad);
      const evidence = exit.evidence.map((seen) => seen.id);
      const measures = '已通知更换装置';
      const { feedbacks, timeline } = await program.desk.feedback(id, {
        ...said,
        measures,
        evidence,
      });
      expect(feedbacks).toMatchObject([
        { result: 'other', note: '设备送修途中', measures, evidence, photos: [] },
      ]);
      expect(timeline.at(-1)?.details).toEqual({
        result: 'other',
        evidence: 1,
        note: '设备送修途中',
      });
    }));
});

test('what is to be done and the article stay as they were when the alert opened', () =>
  onStage(async (program, stage) => {
    await program.find(exit);
    const before = await program.desk.get(id, ALL);
    // The rule was changed, and the program started anew.
    const { records, clock } = stage;
    const changed = () => ({ title: text('新名', 'new'), duty: text('另作处理', 'do otherwise') });
    const later = createDesk({ records, clock, ruleTexts: changed, onChanged: () => {} });
    const { duty, article, title } = await later.get(id, ALL);
    expect([duty, article, title]).toEqual([before.duty, exit.article, before.title]);
    // Of an alert of before duties were kept, what the rule says now is all there is.
    await records.db.updateTable('alert').set({ dutyZh: null, dutyEn: null }).execute();
    expect((await later.get(id, ALL)).duty).toEqual(changed().duty);
  }));

describe('an objection', () => {
  const said = { what: '当时在家，装置误报', receivedHow: 'phone' } as const;

  test('is decided by somebody who did not handle the alert; upheld, the alert counts as none', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await close(program);
      program.sent();
      const raisedAtMs = stage.clock.now();
      const taken = await program.objections.record(id, { ...COUNTY, ...said, raisedAtMs });
      await program.settle();
      expect(pushes(program)).toEqual(['push xuanhan-chief']);
      // A Sunday; five workdays from Monday, to the end of Friday in China.
      expect(new Date(taken.objections[0]?.dueAtMs ?? 0).toISOString()).toBe(
        '2026-11-27T16:00:00.000Z',
      );
      const objectionId = taken.objections[0]?.id ?? '';
      const deciding = { objectionId, decision: 'upheld', reason: '轨迹显示本人在家' } as const;
      const own = program.objections.decide(id, { ...COUNTY, ...deciding });
      await expect(own).rejects.toMatchObject({
        code: 'forbidden',
        says: { zh: expect.stringContaining('经办过') as string },
      });
      const after = await program.objections.decide(id, { ...CHIEF, ...deciding });
      expect(after).toMatchObject({
        status: 'closed',
        correctedBecause: 'objection',
        withdrawnAtMs: stage.clock.now(),
        objections: [{ state: 'upheld', reason: '轨迹显示本人在家' }],
      });
      // A report counts both: the objection, and that the alert was wrong.
      const { db } = stage.records;
      const day = {
        region: DAZHOU_CITY,
        sinceMs: START_MS,
        untilMs: START_MS + 24 * HOUR * MINUTE,
      };
      expect(await readAlertsCounted(db, day)).toMatchObject([{ result: 'true', isUpheld: true }]);
      expect(await readObjectionsCounted(db, day)).toMatchObject([
        { region: XUANHAN, state: 'upheld', recordedAtMs: raisedAtMs },
      ]);
      await program.settle();
      // Those who were told of it hear what became of it.
      expect(program.sent()).toEqual([
        'sms xuanhan',
        'sms xuanhan-b',
        'push xuanhan',
        'push xuanhan-b',
        'push xuanhan-chief',
      ]);
      // Facts that come later do not undo what people decided.
      await program.find(corrected(exit, { atMin: 30, outcome: 'regraded', level: 1 }));
      const still = await program.desk.get(id, ALL);
      expect([still.withdrawnAtMs !== null, still.level, still.status]).toEqual([
        true,
        2,
        'closed',
      ]);
      const again = program.objections.decide(id, { ...CITY, ...deciding });
      await expect(again).rejects.toMatchObject({ code: 'conflict' });
    }));

  test('rejected leaves the alert as it is', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      const raisedAtMs = stage.clock.now();
      const taken = await program.objections.record(id, { ...COUNTY, ...said, raisedAtMs });
      const objectionId = taken.objections[0]?.id ?? '';
      const after = await program.objections.decide(id, {
        ...CITY,
        objectionId,
        decision: 'rejected',
        reason: '定位连续，与轨迹一致',
      });
      expect(after).toMatchObject({
        status: 'new',
        withdrawnAtMs: null,
        objections: [{ state: 'rejected' }],
      });
      await hours(program, 24 * 10);
      expect((await program.desk.get(id, ALL)).timeline.map(({ kind }) => kind)).not.toContain(
        'objection-overdue',
      );
    }));

  test('nobody decided in time: the leaders of county and city are told once', () =>
    onStage(async (program, stage) => {
      await program.find(exit);
      await program.desk.acknowledge(id, COUNTY);
      await close(program);
      await program.objections.record(id, { ...COUNTY, ...said, raisedAtMs: stage.clock.now() });
      await hours(program, 24 * 5.5);
      program.sent();
      await hours(program, 24 * 2);
      expect(program.sent()).toEqual(['push city-chief', 'push xuanhan-chief']);
      await hours(program, 24 * 3);
      expect(program.sent()).toEqual([]);
      const view = await openByAge(
        stage.records.db,
        { limit: 10 },
        { scope: ALL, nowAtMs: stage.clock.now() },
      );
      expect(view.objections).toMatchObject([{ alert: { id }, isOverdue: true }]);
      expect(view.rows).toEqual([]);
    }));

  test.each([
    ['of the future', 60_000, '晚于现在'],
    ['from before the alert', -60_000, '早于预警'],
  ])('%s is refused', (_, afterMs, says) =>
    onStage(async (program, stage) => {
      await program.find(exit);
      const raisedAtMs = stage.clock.now() + afterMs;
      const recording = program.objections.record(id, { ...COUNTY, ...said, raisedAtMs });
      await expect(recording).rejects.toMatchObject({
        says: { zh: expect.stringContaining(says) as string },
      });
    }),
  );
});

describe('open by age', () => {
  test('counts what the console counts, the oldest band first, in it the gravest', () =>
    onStage(async (program, stage) => {
      const old = raised('cc-000010', { ruleId: 'terminal-silent', region: DAZHU });
      await program.find(old, raised('cc-000011'));
      await program.desk.acknowledge(raised('cc-000011').alertId, COUNTY);
      stage.clock.advance(2 * 24 * HOUR * MINUTE);
      const day = 2 * 24 * HOUR;
      const late = [
        raised('cc-000012', { atMin: day }),
        raised('cc-000013', { atMin: day, ruleId: 'offence' }),
        raised('cc-000014', { atMin: day, region: DAZHU }),
      ];
      await program.find(...late, corrected(late[2] as typeof exit, { atMin: day + 1 }));
      const nowAtMs = stage.clock.now();
      const seeing = { scope: ALL, nowAtMs };
      const whole = await openByAge(stage.records.db, { limit: 50 }, seeing);
      expect(
        whole.rows.map(({ alert, band, isOverdue }) => [alert.subject, band, isOverdue]),
      ).toEqual([
        ['cc-000011', 1, true],
        ['cc-000010', 1, false],
        ['cc-000013', 0, false],
        ['cc-000012', 0, false],
      ]);
      expect(whole.rows[0]?.holder?.id).toBe('xuanhan');
      expect(whole.rows[1]?.holder).toBeNull();
      expect(whole.withdrawn).toBe(1);
      const { open } = await program.desk.list({ status: 'open', limit: 1 }, ALL);
      for (const level of [1, 2, 3] as const) {
        const counted = whole.counts.filter((count) => count.level === level);
        expect(counted.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(open[level]);
      }
      const paged: string[] = [];
      for (let before: string | null | undefined; before !== null;) {
        const page = await openByAge(
          stage.records.db,
          { limit: 1, before },
          { scope: ALL, nowAtMs: nowAtMs + 9 },
        );
        paged.push(...page.rows.map(({ alert }) => alert.subject));
        before = page.before;
      }
      expect(paged).toEqual(whole.rows.map(({ alert }) => alert.subject));
      const own = { scope: { kind: 'within', region: DAZHU }, nowAtMs } as const;
      expect((await openByAge(stage.records.db, { limit: 50 }, own)).rows.length).toBe(1);
      const overdue = await openByAge(stage.records.db, { limit: 50, overdue: true }, seeing);
      expect(overdue.rows.map(({ alert }) => alert.subject)).toEqual(['cc-000011']);
      const young = await openByAge(stage.records.db, { limit: 50, band: 0, level: 2 }, seeing);
      expect(young.rows.map(({ alert }) => alert.subject)).toEqual(['cc-000012']);
      const taken = await openByAge(stage.records.db, { limit: 50, withdrawn: true }, seeing);
      expect(taken.rows.map(({ alert }) => alert.subject)).toEqual(['cc-000014']);
      const wrong = openByAge(stage.records.db, { limit: 5, before: 'nonsense' }, seeing);
      await expect(wrong).rejects.toMatchObject({ code: 'bad-input' });
    }));
});
