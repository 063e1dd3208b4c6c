// The program is killed at every statement of a story over a real line to a centre, and started again: no
// message goes out twice, and none counts as sent that did not go out.

import { expect, test } from 'vitest';
import { silentLogger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { Crash, createFaults, faultyRecords, type Faults } from '../../faults.fixture.ts';
import { anOfficer, raised, XUANHAN } from '../../findings.fixture.ts';
import { appendFindings, openStage, startProgram, type Program } from '../../scenario.fixture.ts';
import { openSmppChannel, type SmppChannel } from './smpp-channel.ts';
import { openSmsc } from './smsc.fixture.ts';

const NUMBER = '8613980818001';
const alert = raised('cc-000001');

async function playWithCrash(crashAt: number) {
  const smsc = await openSmsc();
  const stage = await openStage({
    officers: [anOfficer('xuanhan', XUANHAN, { phone: NUMBER })],
    partitions: 1,
  });
  const faults = createLateFaults(crashAt);
  let starts = 0;
  let channel: SmppChannel | undefined;
  const start = async () => {
    await channel?.close();
    const records = faults.crashed ? stage.records : faultyRecords(stage.records, faults);
    const deps = { ...stage, records, logger: silentLogger, random: createRandom('smpp') };
    const opened = openSmppChannel(deps, 'sms', smsc.settings());
    channel = opened;
    return startProgram(stage, {
      records,
      senderId: `sender-${++starts}`,
      wrapChannel: (other) =>
        other.kind === 'sms'
          ? {
              ...opened,
              send(notice) {
                faults.arm();
                return opened.send(notice);
              },
            }
          : other,
    });
  };
  let program = await start().catch(onCrash(start));
  /** Takes a step, and again by the next program when it was cut short. */
  const play = async (step: (current: Program) => Promise<unknown>) => {
    try {
      await step(program);
    } catch (error) {
      program = await onCrash(start)(error);
      await step(program);
    }
  };
  /** The centre hands over again what was not answered with "taken". */
  const deliver = (hand: () => Promise<number>) =>
    play(async () => {
      if ((await hand()) !== 0) throw new Crash('not taken');
    });
  try {
    await appendFindings(stage.log, [alert]);
    await play((current) => current.pass(2, 61));
    const [message] = smsc.submitted;
    if (message) {
      await deliver(() => smsc.receipt(message));
      await deliver(() => smsc.reply(NUMBER, '1'));
    }
    await play((current) => current.pass(2, 61));
    const { db } = stage.records;
    const notices = await db
      .selectFrom('outbox')
      .selectAll()
      .where('channel', '=', 'sms')
      .execute();
    const row = await db.selectFrom('alert').select('status').executeTakeFirstOrThrow();
    return {
      points: faults.reached,
      notices: notices.map(({ state }) => state),
      went: smsc.submitted.filter(({ text }) => text.includes('二级预警')).length,
      answers: smsc.submitted.filter(({ text }) => text.includes('已确认')).length,
      status: row.status,
    };
  } finally {
    await channel?.close();
    await stage.remove();
    await smsc.close();
  }
}

/** Counts from the first SMS on; what comes before it is killed elsewhere (alerts/crash.test.ts). */
function createLateFaults(crashAt: number): Faults & { arm(): void } {
  const faults = createFaults(crashAt);
  let isArmed = false;
  return {
    arm() {
      isArmed = true;
    },
    point() {
      if (isArmed) faults.point();
    },
    get reached() {
      return faults.reached;
    },
    get crashed() {
      return faults.crashed;
    },
  };
}

const onCrash = (start: () => Promise<Program>) => (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
  return start();
};

test('killed anywhere, an SMS goes out once, or is said to be unsettled', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed).toMatchObject({
    notices: ['answered'],
    went: 1,
    answers: 1,
    status: 'acknowledged',
  });
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt++) {
    const { notices, went, answers, status } = await playWithCrash(crashAt);
    const where = `killed at ${crashAt} of ${undisturbed.points}`;
    expect(answers, where).toBeLessThanOrEqual(1);
    if (went === 1) {
      expect([notices, status], where).toEqual([['answered'], 'acknowledged']);
    } else {
      expect([went, notices, status], where).toEqual([0, ['uncertain'], 'new']);
    }
  }
}, 120_000);
