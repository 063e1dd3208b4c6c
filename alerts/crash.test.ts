// The program is killed at every single thing it does, one after the other, and started again: no alert is
// lost, nobody is called twice, and the log holds each event once.

import { expect, test } from 'vitest';
import { UserError } from '../core/errors.ts';
import type { AlertEvent } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import { decodeLines } from '../ingest/log.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import type { Routing } from './routing/choose-row.ts';
import { parseRouting } from './routing/load-routing.ts';
import { Crash, createFaults, faultyChannel, faultyLog, faultyRecords } from './faults.fixture.ts';
import {
  cleared,
  corrected,
  DAZHOU_CITY,
  raised,
  suppressed,
  XUANHAN,
} from './findings.fixture.ts';
import {
  answer,
  appendFindings,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from './scenario.fixture.ts';

const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const offence = raised('cc-000001', { ruleId: 'offence' });
const exit = raised('cc-000002');
const again = raised('cc-000002', { atMin: 8 });

type Story = {
  readonly findings: readonly Finding[];
  readonly routing?: Routing;
  /** What happens on the stage, in steps that are taken again when a crash cuts them short. */
  readonly steps: readonly ((program: Program, stage: Stage) => Promise<unknown>)[];
};

const alone: Story = {
  findings: [offence, exit, suppressed('cc-000003'), cleared(exit, 5), again, offence],
  steps: [
    // Longer than a lease: what a dead sender held is settled.
    (program) => program.pass(2, 61),
    (_, stage) => answer(stage, 'phone', 'xuanhan'),
    (_, stage) => answer(stage, 'phone', 'city'),
    (program) => once(program.desk.acknowledge(exit.alertId, { ...COUNTY, note: '已联系' })),
    (program) => once(program.desk.feedback(exit.alertId, { ...COUNTY, result: 'true', note: '' })),
    (program, stage) => find(program, stage, corrected(again, { atMin: 12 })),
    (program, stage) => find(program, stage, corrected(exit, { atMin: 13 })),
    (program) => once(program.desk.close(exit.alertId, { ...COUNTY, note: '' })),
    (program) => program.pass(2, 61),
  ],
};

const other = raised('cc-000004');
const third = raised('cc-000005');

/** Three in one SMS and one push; the first is taken while the provider refuses, and a reply takes the others. */
const together: Story = {
  findings: [exit, other, third],
  routing: {
    plan: parseRouting(
      'crash',
      'id: crash\nroutes:\n  - name: groups\n    match: { levels: [2] }\n    group: { by: [county], wait: 20s, interval: 20s }\n',
    ),
    calendar: undefined,
  },
  steps: [
    async (program, stage) => {
      stage.sms.behaviour = 'busy';
      await program.pass(1.1, 33);
    },
    async (program, { records, sms }) => {
      const carrier = await carrierOf(records);
      await once(program.desk.acknowledge(carrier.alertId, { ...COUNTY, note: '' }));
      sms.behaviour = 'accept';
    },
    // Longer than a lease: whatever a dead sender held is settled.
    (program) => program.pass(2.1, 63),
    async (program, { records, sms }) => {
      await sms.report((await carrierOf(records)).id, { state: 'answered', answer: '1' });
      await program.settle();
    },
  ],
};

/** The SMS that speaks for others and is not taken back. */
async function carrierOf({ db }: Stage['records']) {
  return db
    .selectFrom('outbox')
    .selectAll()
    .where('channel', '=', 'sms')
    .where('carries', 'is not', null)
    .orderBy('createdAtMs', 'desc')
    .orderBy('handedOverAtMs', 'desc')
    .executeTakeFirstOrThrow();
}

/** What a step finds is found again when a crash cut the step short. */
async function find(program: Program, stage: Stage, finding: Finding): Promise<void> {
  await appendFindings(stage.log, [finding]);
  await program.pass(2, 61);
}

/** An officer who is told "already done" is content. */
const once = (act: Promise<unknown>) =>
  act.catch((error: unknown) => {
    if (!(error instanceof UserError && error.code === 'conflict')) throw error;
  });

/** Plays the story with a crash at the n-th point; gives the rows at the end and whether it came to that. */
async function playWithCrash({ findings, steps, routing }: Story, crashAt: number) {
  const stage = await openStage();
  const faults = createFaults(crashAt);
  const faulty = {
    records: faultyRecords(stage.records, faults),
    log: faultyLog(stage.log, faults),
    wrapChannel: (channel: Parameters<typeof faultyChannel>[0]) => faultyChannel(channel, faults),
  };
  try {
    await appendFindings(stage.log, findings);
    let starts = 0;
    const start = () =>
      startProgram(stage, {
        ...(routing ? { routing } : {}),
        ...(faults.crashed ? { senderId: `after-${++starts}` } : faulty),
      });
    let program = await start().catch(restartOn(start));
    for (const run of steps) {
      try {
        await run(program, stage);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        program = await start();
        await run(program, stage);
      }
    }
    return { crashed: faults.crashed, points: faults.reached, end: await endOf(program, stage) };
  } finally {
    await stage.remove();
  }
}

const restartOn = (start: () => Promise<Program>) => (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
  return start();
};

async function endOf(program: Program, stage: Stage) {
  const { db } = stage.records;
  const events = await db.selectFrom('alertEvent').select(['id', 'kind']).orderBy('seq').execute();
  const published = (await stage.log.read('alert-events', 0, { offset: 0, recordsMax: 1_000 }))
    .flatMap(({ payload }) => decodeLines<AlertEvent>(payload))
    .map(({ id }) => id);
  expect(published.length, 'events are in the log').toBeGreaterThan(0);
  expect(published).toEqual(events.map(({ id }) => id));
  const notices = await db
    .selectFrom('outbox')
    .select(['id', 'channel', 'recipient', 'state', 'carriedBy', 'carries'])
    .orderBy('id')
    .execute();
  const effects = notices.map(
    ({ id, channel }) => `${channel} ${stage[channel as ChannelKind].effectsOf(id)}`,
  );
  const { alerts } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
  const closed = await program.desk.list({ status: 'closed', limit: 10 }, ALL);
  const corrections = await db.selectFrom('alertCorrection').select('id').orderBy('id').execute();
  const kept = await db.selectFrom('suppressedFinding').select('id').execute();
  return {
    alerts: [...alerts, ...closed.alerts].map(({ id, status, repeats, withdrawnAtMs }) => ({
      id,
      status,
      repeats,
      stands: withdrawnAtMs === null,
    })),
    events: events.map(({ id, kind }) => `${kind} ${id}`).sort(),
    notices,
    corrections,
    kept: kept.length,
    // A push may be shown twice under one id; a call or an SMS is made once.
    effects: effects.map((effect) => (effect.startsWith('push') ? 'push' : effect)),
  };
}

test('killed anywhere, the program ends where it would have ended', async () => {
  const undisturbed = await playWithCrash(alone, Infinity);
  expect(undisturbed.end.alerts).toEqual([
    { id: offence.alertId, status: 'acknowledged', repeats: 0, stands: true },
    { id: exit.alertId, status: 'closed', repeats: 1, stands: false },
  ]);
  expect(undisturbed.end.effects.toSorted()).toEqual([
    'phone 1',
    'phone 1',
    'push',
    'push',
    'push',
    'push',
    'sms 1',
    'sms 1',
  ]);
  let crashes = 0;
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt++) {
    const { crashed, end } = await playWithCrash(alone, crashAt);
    crashes += crashed ? 1 : 0;
    expect(end, `killed at ${crashAt} of ${undisturbed.points}`).toEqual(undisturbed.end);
  }
  expect(crashes).toBe(undisturbed.points);
}, 240_000);

test('killed anywhere, alerts that share a notice are told by it once, and taken by one answer', async () => {
  const undisturbed = await playWithCrash(together, Infinity);
  const { alerts, notices, effects } = undisturbed.end;
  expect(alerts.map(({ status }) => status)).toEqual([
    'acknowledged',
    'acknowledged',
    'acknowledged',
  ]);
  const sms = notices.filter(({ channel }) => channel === 'sms');
  expect(sms.map(({ state, carries }) => `${state} ${carries ?? '-'}`).toSorted()).toEqual([
    'answered -',
    'answered 2',
    'cancelled 3',
  ]);
  expect(effects.filter((effect) => effect === 'sms 1').length).toBe(1);
  // Within a transaction it is all the same where: every fourth point meets each of them.
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt += 4) {
    const { end } = await playWithCrash(together, crashAt);
    expect(end, `killed at ${crashAt} of ${undisturbed.points}`).toEqual(undisturbed.end);
  }
}, 240_000);
