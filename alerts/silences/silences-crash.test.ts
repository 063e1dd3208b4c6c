// The program is killed at every third thing it does while silences begin, hide and end: in the end each
// alert was told as often as without a crash, and each silence has its acts once.

import { expect, test } from 'vitest';
import { Crash, createFaults, faultyChannel, faultyLog, faultyRecords } from '../faults.fixture.ts';
import { DAZHOU_CITY, MINUTE, raised, XUANHAN } from '../findings.fixture.ts';
import {
  appendFindings,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const SECOND = { ...CITY, accountId: 'ac_second' };

/** Most points are looks that find nothing; a third of all meets every kind of statement. */
const STRIDE = 3;

const underWay = raised('cc-000001');
const hidden = raised('cc-000002');

const steps: readonly ((program: Program, stage: Stage) => Promise<unknown>)[] = [
  // Longer than a lease: what a dead sender held is settled.
  (program) => program.pass(1.1, 66),
  async (program, stage) => {
    const [there] = await program.silences.list(CITY);
    if (there) return;
    await program.silences.propose(
      {
        matcher: { levels: [2], counties: [XUANHAN] },
        coversOpen: true,
        reason: '市局统一部署',
        untilMs: stage.clock.now() + 10 * MINUTE,
      },
      CITY,
    );
  },
  async (program) => {
    const [silence] = await program.silences.list(CITY);
    if (silence?.state === 'pending')
      await program.silences.approve(silence.id, { ...SECOND, reason: '' });
  },
  (program) => program.settle(),
  async (program, stage) => {
    await appendFindings(stage.log, [hidden]);
    await program.settle();
  },
  async (program) => {
    const [silence] = await program.silences.list(CITY);
    if (silence?.state === 'active')
      await program.silences.end(silence.id, { ...SECOND, reason: '' });
  },
  (program) => program.pass(2.2, 66),
];

async function playWithCrash(crashAt: number) {
  const stage = await openStage();
  const faults = createFaults(crashAt);
  const faulty = {
    records: faultyRecords(stage.records, faults),
    log: faultyLog(stage.log, faults),
    wrapChannel: (channel: Parameters<typeof faultyChannel>[0]) => faultyChannel(channel, faults),
  };
  try {
    await appendFindings(stage.log, [underWay]);
    let starts = 0;
    const start = () =>
      startProgram(stage, faults.crashed ? { senderId: `after-${++starts}` } : faulty);
    const orStart = (error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return start();
    };
    let program = await start().catch(orStart);
    for (const run of steps) {
      try {
        await run(program, stage);
      } catch (error) {
        program = await orStart(error);
        await run(program, stage);
      }
    }
    return { crashed: faults.crashed, points: faults.reached, end: await endOf(stage) };
  } finally {
    await stage.remove();
  }
}

async function endOf(stage: Stage) {
  const { db } = stage.records;
  const events = await db.selectFrom('alertEvent').select(['kind', 'alertId']).execute();
  const notices = await db.selectFrom('outbox').select(['id', 'channel', 'state']).execute();
  const acts = await db.selectFrom('silenceAct').select('kind').execute();
  const alerts = await db.selectFrom('alert').select(['id', 'silencedBy', 'status']).execute();
  return {
    alerts: alerts.map(({ id, silencedBy, status }) => `${id} ${silencedBy} ${status}`).sort(),
    events: events.map(({ kind, alertId }) => `${alertId} ${kind}`).sort(),
    acts: acts.map(({ kind }) => kind).sort(),
    // A push may be shown twice under one id; an SMS is made once.
    effects: notices
      .map(({ id, channel }) =>
        channel === 'push' || channel === 'canary'
          ? channel
          : `${channel} ${stage[channel].effectsOf(id)}`,
      )
      .sort(),
  };
}

test('killed anywhere, silences hide and end as they would have', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed.end.acts).toEqual(['approved', 'began', 'ended', 'over']);
  expect(undisturbed.end.effects).toEqual(['push', 'push', 'push', 'sms 1', 'sms 1', 'sms 1']);
  expect(undisturbed.end.events.filter((event) => event.endsWith('unsilenced'))).toHaveLength(2);
  let crashes = 0;
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt += STRIDE) {
    const { crashed, end } = await playWithCrash(crashAt);
    crashes += crashed ? 1 : 0;
    expect(end, `killed at ${crashAt} of ${undisturbed.points}`).toEqual(undisturbed.end);
  }
  expect(crashes).toBe(Math.ceil(undisturbed.points / STRIDE));
}, 240_000);
