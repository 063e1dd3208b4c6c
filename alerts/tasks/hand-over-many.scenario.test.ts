// Several tasks handed over at once: all of them with their trail and their notices, or nothing of any.

import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import { Crash, createFaults, faultyRecords } from '../faults.fixture.ts';
import { anOfficer, DAZHOU_CITY, DAZHU, raised, XUANHAN } from '../findings.fixture.ts';
import { officerTable } from '../duty-officers.ts';
import { openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { myTasks, taskCandidates } from './my-tasks.ts';
import { createTaskDesk } from './task-desk.ts';

const OFFICERS = [
  anOfficer('city', DAZHOU_CITY),
  anOfficer('xuanhan', XUANHAN),
  anOfficer('xuanhan-b', XUANHAN),
  anOfficer('dazhu', DAZHU),
];
const COUNTY = {
  accountId: 'xuanhan',
  role: 'county-officer',
  region: XUANHAN,
  note: '交班：均已电话联系，等待到所说明',
} as const;
const COLLEAGUE = { ...COUNTY, accountId: 'xuanhan-b', note: '' } as const;
const TO_COLLEAGUE = { ...COUNTY, bureau: XUANHAN, officer: 'xuanhan-b' } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const found = ['cc-000001', 'cc-000002', 'cc-000003'].map((key) => raised(key));
const ids = found.map(({ alertId }) => alertId);
const chosen = ids.map((id) => ({ id }));

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const stage = await openStage({ officers: OFFICERS });
  try {
    const program = await startProgram(stage);
    await program.find(...found);
    for (const id of ids) await program.desk.acknowledge(id, COUNTY);
    program.sent();
    await play(program, stage);
  } finally {
    await stage.remove();
  }
};

/** What handing over leaves behind: offers, events, counted acts, notices. */
async function tracesOf({ records: { db } }: Stage) {
  const offers = await db
    .selectFrom('alertTask')
    .select('alertId')
    .where('offeredOfficer', '=', 'xuanhan-b')
    .execute();
  const events = await db
    .selectFrom('alertEvent')
    .select('alertId')
    .where('kind', '=', 'handed-over')
    .execute();
  const acts = await db.selectFrom('alert').select('id').where('acts', '=', 2).execute();
  const notices = await db
    .selectFrom('outbox')
    .select('alertId')
    .where('recipient', '=', 'xuanhan-b')
    .where('textZh', 'like', '%移交任务%')
    .execute();
  return [offers, events, acts, notices].map((rows) => rows.length);
}

test('all go to the receiver with note and trail, and stay with the giver until each is accepted', () =>
  onStage(async (program, stage) => {
    await program.tasks.handOverMany(chosen, TO_COLLEAGUE);
    expect(await tracesOf(stage)).toEqual([3, 3, 3, 3]);
    await program.settle();
    expect(program.sent()).toEqual(['push xuanhan-b', 'push xuanhan-b', 'push xuanhan-b']);
    for (const id of ids) {
      const { task, timeline } = await program.desk.get(id, ALL);
      expect(task).toMatchObject({
        officer: { id: 'xuanhan' },
        offer: { officer: { id: 'xuanhan-b' }, note: COUNTY.note },
      });
      expect(timeline.filter(({ kind }) => kind === 'handed-over')).toMatchObject([
        { actor: 'xuanhan', details: { to: 'xuanhan-b', note: COUNTY.note } },
      ]);
    }
    const [first = ''] = ids;
    expect((await program.tasks.accept(first, COLLEAGUE)).task?.officer?.id).toBe('xuanhan-b');
    const nowAtMs = stage.clock.now();
    const mine = await myTasks(
      { records: stage.records, nowAtMs, findShiftEnd: undefined, shiftEndMs: 0 },
      COUNTY,
      ALL,
    );
    expect(mine.tasks.map(({ isOffered, acts }) => [isOffered, acts])).toEqual([
      [true, 2],
      [true, 2],
    ]);
  }));

test('one that cannot be handed over keeps all of them where they are, and all that refuse are named', () =>
  onStage(async (program, stage) => {
    const [first = '', , last = ''] = ids;
    await program.tasks.handOver(first, { ...COUNTY, bureau: DAZHOU_CITY, officer: null });
    await program.desk.feedback(last, { ...COUNTY, result: 'true' });
    const before = await tracesOf(stage);
    // The officer has not seen the feedback; the first is on its way to somebody else.
    const acting = program.tasks.handOverMany(
      ids.map((id) => (id === last ? { id, acts: 1 } : { id })),
      TO_COLLEAGUE,
    );
    await expect(acting).rejects.toMatchObject({
      code: 'conflict',
      says: { zh: '所选 3 项中有 2 项不能办理，全部未作变动' },
      hint: {
        zh: expect.stringMatching(
          new RegExp(
            `${first.slice(-6).toUpperCase()}：任务正在移交.*${last.slice(-6).toUpperCase()}：这起预警刚有新的处置`,
          ),
        ) as string,
      },
    });
    expect(await tracesOf(stage)).toEqual(before);
    const stranger = { ...TO_COLLEAGUE, accountId: 'dazhu', region: DAZHU };
    await expect(program.tasks.handOverMany(chosen, stranger)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await tracesOf(stage)).toEqual(before);
  }));

test('killed at any statement, nothing of it is there; done again, all of it once', () =>
  onStage(async (_program, stage) => {
    const { clock } = stage;
    let killed = 0;
    for (let crashAt = 1; ; crashAt++) {
      const faults = createFaults(crashAt);
      const records = faultyRecords(stage.records, faults);
      const ruleTexts = () => ({ title: text('规则', 'rule'), duty: text('核实', 'verify') });
      const deps = { records, clock, onChanged: () => {}, dutyOfficers: officerTable, ruleTexts };
      const desk = createTaskDesk(deps);
      const crash = await desk.handOverMany(chosen, TO_COLLEAGUE).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (crash === undefined) break;
      expect(crash).toBeInstanceOf(Crash);
      killed++;
      const traces = await tracesOf(stage);
      // Killed after the commit it has happened; asked again it is refused.
      if (traces[0] === 3) break;
      expect(traces, `killed at ${crashAt}`).toEqual([0, 0, 0, 0]);
    }
    expect(killed).toBeGreaterThan(10);
    expect(await tracesOf(stage)).toEqual([3, 3, 3, 3]);
  }));

test('they go to whoever may see all of their alerts', () =>
  onStage(async (_program, { records: { db } }) => {
    const to = async (...regions: Parameters<typeof taskCandidates>[1]) =>
      (await taskCandidates(db, regions)).map(({ id }) => id);
    expect(await to(XUANHAN)).toEqual(['xuanhan', 'xuanhan-b', 'city']);
    expect(await to(XUANHAN, DAZHU)).toEqual(['city']);
  }));
