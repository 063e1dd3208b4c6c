// The program is killed while it does things with tasks and objections, at one of them after the other, and
// started again: nothing an officer did is lost or done twice, and everyone is reminded once.

import { expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { Crash, createFaults, faultyChannel, faultyLog, faultyRecords } from '../faults.fixture.ts';
import { anOfficer, DAZHOU_CITY, raised, XUANHAN } from '../findings.fixture.ts';
import {
  appendFindings,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';

const OFFICERS = [
  anOfficer('city', DAZHOU_CITY),
  anOfficer('xuanhan', XUANHAN),
  anOfficer('xuanhan-chief', XUANHAN, { role: 'leader' }),
];

const COUNTY = {
  accountId: 'xuanhan',
  role: 'county-officer',
  region: XUANHAN,
  note: '说明',
} as const;
const CITY = {
  accountId: 'city',
  role: 'city-officer',
  region: DAZHOU_CITY,
  note: '说明',
} as const;
const HOUR_MS = 3_600_000;

const exit = raised('cc-000002', { ruleId: 'terminal-silent' });
const id = exit.alertId;

type Step = (program: Program, stage: Stage) => Promise<unknown>;

const waits =
  (hours: number): Step =>
  async (program, { clock }) => {
    clock.advance(hours * HOUR_MS);
    await program.settle();
  };

/** Time does not pass again when a step is taken again; longer than a lease, what was held is settled. */
const steps: readonly Step[] = [
  (program) => once(program.desk.acknowledge(id, COUNTY)),
  (program) => once(program.tasks.handOver(id, { ...COUNTY, bureau: DAZHOU_CITY, officer: null })),
  (program) => once(program.tasks.accept(id, CITY)),
  (program, { clock }) =>
    once(
      program.objections.record(id, {
        ...CITY,
        what: '不在现场',
        receivedHow: 'phone',
        raisedAtMs: clock.now(),
      }),
    ),
  waits(73),
  waits(5),
  waits(24 * 7),
  // What a dead sender held is settled once its lease is over.
  waits(2),
];

/** An officer who is told "already done" is content. */
const once = (act: Promise<unknown>) =>
  act.catch((error: unknown) => {
    if (!(error instanceof UserError && error.code === 'conflict')) throw error;
  });

async function playWithCrash(crashAt: number) {
  const stage = await openStage({ officers: OFFICERS, partitions: 1 });
  const faults = createFaults(crashAt);
  const faulty = {
    records: faultyRecords(stage.records, faults),
    log: faultyLog(stage.log, faults),
    wrapChannel: (channel: Parameters<typeof faultyChannel>[0]) => faultyChannel(channel, faults),
  };
  try {
    await appendFindings(stage.log, [exit]);
    await startProgram(stage).then((program) => program.settle());
    let starts = 0;
    const start = () =>
      startProgram(stage, faults.crashed ? { senderId: `after-${++starts}` } : faulty);
    let program = await start().catch(restartOn(start));
    for (const run of steps) {
      try {
        await run(program, stage);
        await program.settle();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        program = await start();
        await (steps.indexOf(run) < 4 ? run(program, stage) : program.settle());
      }
    }
    return { crashed: faults.crashed, points: faults.reached, end: await endOf(stage) };
  } finally {
    await stage.remove();
  }
}

const restartOn = (start: () => Promise<Program>) => (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
  return start();
};

async function endOf({ records: { db } }: Stage) {
  const events = await db
    .selectFrom('alertEvent')
    .select(['id', 'kind', 'atMs'])
    .orderBy('seq')
    .execute();
  const notices = await db
    .selectFrom('outbox')
    .select(['id', 'recipient', 'state', 'textZh'])
    .orderBy('id')
    .execute();
  const tasks = await db
    .selectFrom('alertTask')
    .select(['officer', 'bureau', 'dueAtMs', 'nextAtMs'])
    .execute();
  const objections = await db.selectFrom('objection').select(['id', 'state', 'nextAtMs']).execute();
  return {
    events: events.map(({ kind, id: event }) => `${kind} ${event}`).sort(),
    notices,
    tasks,
    objections,
  };
}

const STRIDE = 11;

test('killed anywhere, tasks and objections end where they would have ended', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed.end.tasks).toMatchObject([
    { officer: 'city', bureau: DAZHOU_CITY, nextAtMs: null },
  ]);
  const said = undisturbed.end.notices.map(
    ({ recipient, textZh }) => `${recipient} ${textZh.slice(0, 4)}`,
  );
  expect(said.sort()).toEqual([
    'city 任务超期',
    'city 移交任务',
    'xuanhan 三级预警',
    'xuanhan 移交已接',
    'xuanhan-chief 异议超期',
    'xuanhan-chief 收到异议',
  ]);
  let crashes = 0;
  // Every statement in turn takes minutes; a stride that divides nothing meets each kind of them.
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt += STRIDE) {
    const { crashed, end } = await playWithCrash(crashAt);
    crashes += crashed ? 1 : 0;
    expect(end, `killed at ${crashAt} of ${undisturbed.points}`).toEqual(undisturbed.end);
  }
  expect(crashes).toBe(Math.ceil(undisturbed.points / STRIDE));
}, 240_000);
