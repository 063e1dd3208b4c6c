// The program is killed while a notice goes from one provider to the next, at every third thing it does; it
// ends as it would have ended, and no provider acts twice.

import { expect, test } from 'vitest';
import { createFakeProvider } from '../channels/channel.fixture.ts';
import { Crash, createFaults, faultyChannel, faultyLog, faultyRecords } from '../faults.fixture.ts';
import {
  appendFindings,
  noticeTo,
  openStage,
  startProgram,
  type Stage,
} from '../scenario.fixture.ts';
import { loadAttempts } from './attempt-store.ts';
import { exit, owing } from './fail-over.fixture.ts';

type Given = { readonly stage: Stage; readonly second: ReturnType<typeof createFakeProvider> };
type Program = Awaited<ReturnType<typeof startProgram>>;

/** Longer than any restart takes. */
const PATIENT = { receiptWithinMs: { 1: 3_600_000, 2: 3_600_000, 3: 3_600_000 } };

/** The first takes it and keeps silent; the second delivers; then the first delivers after all. */
const steps: readonly ((program: Program, given: Given) => Promise<unknown>)[] = [
  (program) => program.pass(2, 61),
  (program) => program.pass(4, 61),
  async (_, { stage, second }) => {
    const { id } = await noticeTo(stage, 'sms', 'xuanhan');
    return second.report(id, { state: 'delivered', sequence: 1 });
  },
  async (_, { stage }) => {
    const { id } = await noticeTo(stage, 'sms', 'xuanhan');
    return stage.sms.report(id, { state: 'answered', answer: '1', sequence: 1 });
  },
  (program) => program.pass(2, 61),
];

async function playWithCrash(crashAt: number) {
  const stage = await openStage();
  const second = createFakeProvider('sms', 'second', PATIENT);
  const faults = createFaults(crashAt);
  const faulty = {
    records: faultyRecords(stage.records, faults),
    log: faultyLog(stage.log, faults),
    further: [second],
    wrapChannel: (channel: Parameters<typeof owing>[0]) => faultyChannel(owing(channel), faults),
  };
  try {
    await appendFindings(stage.log, [exit]);
    let starts = 0;
    const start = () =>
      startProgram(
        stage,
        faults.crashed
          ? { senderId: `after-${++starts}`, further: [second], wrapChannel: owing }
          : faulty,
      );
    let program = await start().catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return start();
    });
    for (const run of steps) {
      try {
        await run(program, { stage, second });
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        program = await start();
        await run(program, { stage, second });
      }
    }
    const notice = await noticeTo(stage, 'sms', 'xuanhan');
    const trail = await loadAttempts(stage.records.db, [notice.id]);
    return {
      points: faults.reached,
      end: {
        state: notice.state,
        effects: [stage.sms.effectsOf(notice.id), second.effectsOf(notice.id)],
        receipts: trail
          .filter(({ what, code }) => what.includes('receipt') && code !== 'accepted')
          .map(({ what, code }) => `${what} ${code}`)
          .sort(),
      },
    };
  } finally {
    await stage.remove();
  }
}

test('killed anywhere, a notice goes to each provider once', async () => {
  const undisturbed = await playWithCrash(Infinity);
  expect(undisturbed.end).toEqual({
    state: 'answered',
    effects: [1, 1],
    receipts: ['late-receipt answered', 'no-receipt null', 'receipt delivered'],
  });
  for (let crashAt = 1; crashAt <= undisturbed.points; crashAt += 3) {
    const { end } = await playWithCrash(crashAt);
    // Killed before it was handed over, it goes to the next provider: the first never had it.
    const neverHadIt = { state: 'delivered', effects: [0, 1], receipts: ['receipt delivered'] };
    const expected = end.effects[0] === 0 ? neverHadIt : undisturbed.end;
    expect(end, `killed at ${crashAt} of ${undisturbed.points}`).toEqual(expected);
  }
}, 120_000);
