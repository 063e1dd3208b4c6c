// Long replies from the parts a centre delivers to the one reply that is judged: any order, any repetition, a part
// that never comes, and a program killed anywhere.

import fc from 'fast-check';
import type { Pdu } from 'smpp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/local-time.ts';
import { silentLogger } from '../../../core/logger.ts';
import { createManualClock, type ManualClock } from '../../../core/time.ts';
import type { Records } from '../../../warehouse/records.ts';
import { Crash, createFaults, faultyRecords } from '../../faults.fixture.ts';
import { START_MS } from '../../findings.fixture.ts';
import { openMemoryRecords } from '../../scenario.fixture.ts';
import type { Reply } from '../channel.ts';
import { judgeOverdue, takeDelivery, type IncomingDeps } from './incoming.ts';
import { createLongReplies, REPLY_PARTS_MAX } from './long-replies.ts';
import { TAKEN, TRY_AGAIN } from './session.ts';

const FROM = '8613980818001';
const JOIN_WITHIN_MS = 2 * MINUTE_MS;

let records: Records;
let clock: ManualClock;
let replies: Reply[];

beforeEach(async () => {
  records = await openMemoryRecords();
  clock = createManualClock(START_MS);
  replies = [];
});

afterEach(() => records.close());

/** A program that has just been started: it remembers nothing. Replies of one id have one effect. */
function start(given: Records = records): IncomingDeps {
  const options = { provider: 'sms', joinWithinMs: JOIN_WITHIN_MS };
  return {
    memory: undefined as never,
    longReplies: createLongReplies({ records: given, clock }, options),
    logger: silentLogger,
    untilAnswered: () => Promise.resolve(),
    onReceipt: () => undefined,
    onReply: () => (reply) => {
      if (!replies.some(({ id }) => id === reply.id)) replies.push(reply);
      return Promise.resolve('acknowledged');
    },
  };
}

const partPdu = (
  part: number,
  message: string | Buffer,
  { parts = 2, reference = 7, from = FROM, coding = 8 } = {},
): Pdu =>
  ({
    command: 'deliver_sm',
    source_addr: from,
    data_coding: coding,
    short_message: { udh: [Buffer.from([0, 3, reference, parts, part])], message },
  }) as unknown as Pdu;

const texts = () => replies.map(({ text, isCutOff }) => (isCutOff ? 'cut off' : text));

const rows = () => records.db.selectFrom('smsReplyPart').selectAll().execute();

test('in any order, each part any number of times, is one reply with the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), {
        minLength: 2,
        maxLength: 6,
      }),
      fc.infiniteStream(fc.nat(5)),
      fc.nat(255),
      async (pieces, order, reference) => {
        await records.db.deleteFrom('smsReplyPart').execute();
        replies = [];
        // Torn anywhere, also within a character of two units.
        const units = pieces.join('');
        const cut = pieces.map((_, index) =>
          index === 0
            ? units.slice(0, 1)
            : units.slice(index, index === pieces.length - 1 ? undefined : index + 1),
        );
        const missing = new Set(cut.keys());
        const program = start();
        for (const drawn of order) {
          const index = drawn % cut.length;
          const pdu = partPdu(index + 1, cut[index] as string, { parts: cut.length, reference });
          expect(await takeDelivery(program, pdu)).toBe(TAKEN);
          missing.delete(index);
          expect(replies).toHaveLength(missing.size === 0 ? 1 : 0);
          if (missing.size === 0) break;
        }
        for (const [index, piece] of cut.entries())
          await takeDelivery(program, partPdu(index + 1, piece, { parts: cut.length, reference }));
        expect(texts()).toEqual([units]);
        // Nothing of what was written stays.
        expect((await rows()).every(({ octets }) => octets.length === 0)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('a GBK character torn between parts is whole again', async () => {
  const program = start();
  await takeDelivery(program, partPdu(2, Buffer.from([0xd5, 0xb5, 0xbd]), { coding: 15 }));
  await takeDelivery(program, partPdu(1, Buffer.from([0xca]), { coding: 15 }));
  expect(texts()).toEqual(['收到']);
});

test('parts of others do not mix: by number, by reference, by how many there are', async () => {
  const program = start();
  await takeDelivery(program, partPdu(1, '甲一'));
  await takeDelivery(program, partPdu(2, '乙二', { from: '8613980818002' }));
  await takeDelivery(program, partPdu(2, '丙二', { reference: 8 }));
  await takeDelivery(program, partPdu(2, '丁二', { parts: 3 }));
  expect(replies).toEqual([]);
  await takeDelivery(program, partPdu(2, '甲二'));
  expect(texts()).toEqual(['甲一甲二']);
});

describe('a part that never comes', () => {
  test('is waited for so long, then what is there acknowledges nothing; late it changes nothing', async () => {
    const program = start();
    await takeDelivery(program, partPdu(1, '1'));
    clock.advance(JOIN_WITHIN_MS - 1);
    expect(await judgeOverdue(program)).toBe(0);
    clock.advance(1);
    expect(await judgeOverdue(start())).toBe(1);
    expect(texts()).toEqual(['cut off']);
    expect(await judgeOverdue(program)).toBe(0);
    expect(await takeDelivery(program, partPdu(2, '收到'))).toBe(TAKEN);
    expect(await takeDelivery(program, partPdu(1, '1'))).toBe(TAKEN);
    expect(texts()).toEqual(['cut off']);
    clock.advance(30 * MINUTE_MS);
    await judgeOverdue(program);
    expect(await rows()).toEqual([]);
  });

  test('does not spoil the next reply under the same reference', async () => {
    const program = start();
    await takeDelivery(program, partPdu(1, '没来得及'));
    await takeDelivery(program, partPdu(1, '1 7K2'));
    await takeDelivery(program, partPdu(2, 'M9Q'));
    expect(texts()).toEqual(['cut off', '1 7K2M9Q']);
    // Soon after, the same reference again.
    await takeDelivery(program, partPdu(2, '到'));
    await takeDelivery(program, partPdu(1, '收'));
    expect(texts()).toEqual(['cut off', '1 7K2M9Q', '收到']);
  });
});

test('a whole in a coding nobody knows, or of too many parts, is taken and acknowledges nothing', async () => {
  const program = start();
  await takeDelivery(program, partPdu(1, '收到'));
  expect(await takeDelivery(program, partPdu(2, Buffer.from([1, 2]), { coding: 4 }))).toBe(TAKEN);
  const parts = REPLY_PARTS_MAX + 1;
  expect(await takeDelivery(program, partPdu(1, '1', { parts, reference: 9 }))).toBe(TAKEN);
  expect(replies).toEqual([]);
});

test.each([
  ['part 0', 0, 2],
  ['a part beyond the last', 3, 2],
  ['one of one', 1, 1],
])('a header that makes no sense is ignored: %s', async (_, part, parts) => {
  await takeDelivery(start(), partPdu(part, '收到', { parts }));
  expect(texts()).toEqual(['收到']);
});

test('while nobody listens the centre keeps the parts', async () => {
  const deaf = { ...start(), onReply: () => undefined };
  expect(await takeDelivery(deaf, partPdu(1, '收到'))).toBe(TRY_AGAIN);
  expect(await rows()).toEqual([]);
});

test('killed anywhere, the centre tries again and the reply counts once', async () => {
  let killed = 0;
  for (let crashAt = 1; ; crashAt++) {
    await records.db.deleteFrom('smsReplyPart').execute();
    replies = [];
    const faults = createFaults(crashAt);
    let program = start(faultyRecords(records, faults));
    for (const pdu of [partPdu(2, '到'), partPdu(1, '收')]) {
      await takeDelivery(program, pdu).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Crash);
        program = start();
        return takeDelivery(program, pdu);
      });
    }
    expect(texts(), `killed at ${crashAt}`).toEqual(['收到']);
    expect((await rows()).every(({ doneAtMs }) => doneAtMs !== null)).toBe(true);
    if (!faults.crashed) break;
    killed++;
  }
  expect(killed).toBeGreaterThan(6);
});
