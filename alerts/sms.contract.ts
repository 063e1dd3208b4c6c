// What is remembered of SMS and replies, run against both engines of the records: handed over once, taken
// once, answered once, with another program beside.

import { describe, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import type { AlertsHarness } from './alerts.contract.ts';
import { createSmsMemory } from './channels/smpp/memory.ts';
import { anOfficer, raised, XUANHAN } from './findings.fixture.ts';
import { takeReply } from './replies.ts';
import { sendAnswers } from './reply-answers.ts';
import { noticeTo, openStage, startProgram } from './scenario.fixture.ts';

const NUMBER = '+8613980818001';
const PART = { noticeId: 'nt_1', part: 0, parts: 1, number: NUMBER, reference: 7 };
const OPTIONS = { provider: 'sms', receiptIds: 'same' } as const;

export function describeSms(name: string, harness: AlertsHarness): void {
  const onStage = async (
    play: (given: {
      stage: Awaited<ReturnType<typeof openStage>>;
      another: () => ReturnType<Awaited<ReturnType<AlertsHarness['createStore']>>['another']>;
    }) => Promise<void>,
  ) => {
    const store = await harness.createStore();
    const officers = [anOfficer('xuanhan', XUANHAN, { phone: NUMBER })];
    const stage = await openStage({ records: store.records, officers });
    try {
      await play({ stage, another: store.another });
    } finally {
      await stage.remove();
      await store.remove();
    }
  };

  describe(`SMS on ${name}`, () => {
    test('a part is handed over by one program, whoever comes first', () =>
      onStage(async ({ stage, another }) => {
        const one = createSmsMemory(stage, OPTIONS);
        const two = createSmsMemory({ ...stage, records: await another() }, OPTIONS);
        const both = await Promise.all([one.handOver(PART), two.handOver(PART)]);
        expect(both.toSorted()).toEqual([false, true]);
        expect(await two.unsettledTo(NUMBER)).toHaveLength(1);
        await two.forget(PART);
        expect(await one.handOver(PART)).toBe(true);
      }));

    test('what is known of a part only grows, and another provider knows nothing of it', () =>
      onStage(async ({ stage }) => {
        const memory = createSmsMemory(stage, OPTIONS);
        await memory.handOver(PART);
        await memory.change(PART, { state: 'accepted', messageId: 'm1', by: 'answer' });
        await memory.forget(PART);
        await memory.change(PART, { state: 'failed', reason: 'unreachable' });
        await memory.change(PART, { state: 'delivered' });
        await memory.change(PART, { state: 'failed', reason: 'refused' });
        await memory.change(PART, { state: 'accepted', messageId: 'm2', by: 'answer' });
        const known = { state: 'delivered', messageId: 'm1', reason: null };
        expect(await memory.partsOf('nt_1')).toMatchObject([known]);
        expect(await memory.findByReceipt('m1')).toMatchObject(known);
        const other = createSmsMemory(stage, { ...OPTIONS, provider: 'other' });
        expect(await other.partsOf('nt_1')).toEqual([]);
        expect(await other.findByReceipt('m1')).toBeUndefined();
      }));

    test('a reply handed to two programs at once acts once and is answered once', () =>
      onStage(async ({ stage, another }) => {
        const program = await startProgram(stage);
        await program.find(raised('cc-000001'));
        const depsOf = (records: typeof stage.records) => ({
          records,
          clock: stage.clock,
          logger: silentLogger,
          onChanged: () => {},
        });
        const reply = { id: 'mo-1', from: NUMBER, text: '1' };
        const [one, two] = [depsOf(stage.records), depsOf(await another())];
        const outcomes = await Promise.all(
          [one, two].map((deps) => takeReply(deps, stage.sms, reply)),
        );
        expect(outcomes.toSorted()).toEqual(['acknowledged', 'repeated']);
        expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('answered');
        const before = stage.sms.sent.length;
        expect(await sendAnswers(one, stage.sms)).toBe(1);
        expect(await sendAnswers(two, stage.sms)).toBe(0);
        expect(stage.sms.sent.slice(before).map(({ id }) => id.slice(0, 3))).toEqual(['re_']);
      }));
  });
}
