// Canaries: through findings log, pipeline, outbox, channel and receipt, seen by nobody.

import { expect, test } from 'vitest';
import { DAZHOU_CITY, raised } from '../findings.fixture.ts';
import { openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { createCanaryChannel } from './canary-channel.ts';
import { purgeCanaries, readCanaries, sendCanaries } from './run-canary.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const EVERY = { everyMs: 600_000 };

async function onStage(play: (program: Program, stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage({ partitions: 3 });
  try {
    await play(await startProgram(stage, { further: [createCanaryChannel()] }), stage);
  } finally {
    await stage.remove();
  }
}

test('one goes through every partition, and how long it took is known', () =>
  onStage(async (program, stage) => {
    const sentAtMs = stage.clock.now();
    await sendCanaries(stage, EVERY);
    stage.clock.advance(250);
    await program.settle();
    expect(await readCanaries(stage.records.db)).toEqual(
      [0, 1, 2].map((partition) => ({ partition, sentAtMs, latencyMs: 250 })),
    );
  }));

test('sent again within the period, as after a restart, it is the same one', () =>
  onStage(async (program, stage) => {
    await sendCanaries(stage, EVERY);
    await program.settle();
    stage.clock.advance(1_000);
    await sendCanaries(stage, EVERY);
    await program.settle();
    const rows = await stage.records.db.selectFrom('alert').select('id').execute();
    expect(rows).toHaveLength(3);
    stage.clock.advance(600_000);
    await sendCanaries(stage, EVERY);
    await program.settle();
    expect(await stage.records.db.selectFrom('alert').select('id').execute()).toHaveLength(6);
  }));

test('no officer sees or hears of it, whatever time passes', () =>
  onStage(async (program, stage) => {
    await sendCanaries(stage, EVERY);
    await program.pass(600, 600);
    expect(program.sent()).toEqual([]);
    expect(program.opened).toEqual([]);
    for (const status of ['open', 'closed'] as const) {
      const { alerts, open } = await program.desk.list({ status, limit: 10 }, ALL);
      expect([alerts, open]).toEqual([[], { 1: 0, 2: 0, 3: 0 }]);
    }
    const ids = (await stage.records.db.selectFrom('alert').select('id').execute()).map(
      ({ id }) => id,
    );
    expect(ids).toHaveLength(3);
    expect(await program.desk.summaries(ids, ALL)).toEqual([]);
    await expect(program.desk.get(ids[0] ?? '', ALL)).rejects.toMatchObject({ code: 'not-found' });
    expect(await stage.records.db.selectFrom('escalation').select('id').execute()).toEqual([]);
  }));

test('old ones are taken out, what is real stays, and events go on being published', () =>
  onStage(async (program, stage) => {
    await sendCanaries(stage, EVERY);
    await program.find(raised('cc-000001'));
    const beforeMs = stage.clock.now() + 1;
    stage.clock.advance(600_000);
    await sendCanaries(stage, EVERY);
    await program.settle();
    expect(await purgeCanaries(stage.records, beforeMs)).toBe(3);
    const left = await stage.records.db.selectFrom('alert').select('exercise').execute();
    expect(left.map(({ exercise }) => exercise).toSorted()).toEqual([
      'canary',
      'canary',
      'canary',
      null,
    ]);
    expect(await purgeCanaries(stage.records, beforeMs)).toBe(0);
    await program.find(raised('cc-000002'));
    expect(program.opened).toHaveLength(2);
  }));

test('a consumer that stands still brings no canary home', () =>
  onStage(async (_program, stage) => {
    await sendCanaries(stage, EVERY);
    expect(await readCanaries(stage.records.db)).toEqual([]);
  }));
