// Whatever a centre does and however often the program starts again: a notice it took is never handed over a
// second time, and one it did not take never counts as taken.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import smpp, { type Pdu, type Session } from 'smpp';
import { silentLogger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { createManualClock } from '../../../core/time.ts';
import { START_MS } from '../../findings.fixture.ts';
import { openMemoryRecords } from '../../scenario.fixture.ts';
import type { Receipt, SendOutcome } from '../channel.ts';
import { openSmppChannel } from './smpp-channel.ts';
import { openSmsc, type Smsc } from './smsc.fixture.ts';

/** What the centre makes of one submission. */
const whim = fc.constantFrom(
  'take',
  'take-silently',
  'take-late',
  'take-and-cut',
  'cut',
  'lose',
  'throttle',
  'refuse',
  'wrong-sequence',
  'nameless',
);

type Whim = typeof whim extends fc.Arbitrary<infer Value> ? Value : never;

const TAKES: readonly Whim[] = ['take', 'take-silently', 'take-late', 'take-and-cut', 'nameless'];
const NOTICES = ['nt_a', 'nt_b', 'nt_c'];

test('a notice is taken at most once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(whim, { minLength: 3, maxLength: 8 }),
      fc.array(fc.constantFrom('send', 'restart', 'receipt'), { minLength: 4, maxLength: 10 }),
      async (whims, acts) => {
        const smsc = await openSmsc();
        const records = await openMemoryRecords();
        const taken = new Map<string, string[]>();
        const outcomes = new Map<string, SendOutcome>();
        const receipts: Receipt[] = [];
        const deps = {
          records,
          logger: silentLogger,
          clock: createManualClock(START_MS),
          random: createRandom('whims'),
        };
        const open = () => {
          const opened = openSmppChannel(deps, 'sms', smsc.settings({ answerWithin: '40ms' }));
          opened.onReceipt((receipt) => {
            receipts.push(receipt);
            return Promise.resolve('taken');
          });
          return opened;
        };
        playWhims(smsc, whims, taken);
        let channel = open();
        try {
          for (const act of acts) {
            if (act === 'restart') {
              await channel.close();
              channel = open();
            } else if (act === 'receipt') {
              for (const [text, [messageId]] of taken) {
                await smsc.receipt({ messageId: messageId ?? '', number: numberOf(text) });
              }
            } else {
              for (const id of NOTICES) {
                const outcome = await channel.send({
                  id,
                  alertId: 'al',
                  recipient: id,
                  address: `+${numberOf(id)}`,
                  text: { zh: id, en: id },
                });
                outcomes.set(id, outcome);
              }
            }
          }
          for (const id of NOTICES) {
            const count = taken.get(id)?.length ?? 0;
            expect(count, id).toBeLessThanOrEqual(1);
            const outcome = outcomes.get(id);
            if (outcome?.kind === 'accepted') expect(count, id).toBe(1);
            if (outcome?.kind === 'rejected') expect(count, id).toBe(0);
            if ((await channel.status(id)).kind === 'known') expect(count, id).toBe(1);
          }
          for (const { noticeId, messageId } of receipts) {
            expect(taken.get(noticeId)).toEqual([messageId]);
          }
        } finally {
          await channel.close();
          await smsc.close();
          await records.close();
        }
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

const numberOf = (id: string): string => `861398081800${NOTICES.indexOf(id)}`;

/** Makes the centre follow its whims, one for each submission, then be good. */
function playWhims(smsc: Smsc, whims: readonly Whim[], taken: Map<string, string[]>): void {
  let turn = 0;
  smsc.answerSubmits((pdu: Pdu, session: Session) => {
    const what = whims[turn++] ?? 'take';
    const id = NOTICES.find((one) => numberOf(one) === pdu.destination_addr) ?? '';
    const messageId = `m${turn}`;
    if (TAKES.includes(what)) taken.set(id, [...(taken.get(id) ?? []), messageId]);
    const answer = () => void session.send(pdu.response({ message_id: messageId }));
    switch (what) {
      case 'take':
        return answer();
      case 'take-late':
        return void setTimeout(answer, 60);
      case 'take-and-cut':
      case 'cut':
        return smsc.cut();
      case 'throttle':
        return void session.send(pdu.response({ command_status: smpp.errors['ESME_RTHROTTLED'] }));
      case 'refuse':
        return void session.send(pdu.response({ command_status: smpp.errors['ESME_RINVDSTADR'] }));
      case 'nameless':
        return void session.send(pdu.response({ message_id: '' }));
      case 'wrong-sequence': {
        const stray = { sequence_number: pdu.sequence_number + 50, message_id: 'stray' };
        return void session.send(new smpp.PDU('submit_sm_resp', stray));
      }
      default:
        return undefined;
    }
  });
}
