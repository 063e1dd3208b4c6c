import type { Socket } from 'node:net';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import type { LogFields, Logger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { createManualClock, elapsedMs, ioClock, sleep } from '../../../core/time.ts';
import { START_MS } from '../../findings.fixture.ts';
import { openMemoryRecords } from '../../scenario.fixture.ts';
import type { OutgoingNotice, Receipt, ReceiptOutcome, Reply } from '../channel.ts';
import { textOf } from './body.ts';
import { referenceNumberOf } from './parts.ts';
import { openSmppChannel, type SmppChannel } from './smpp-channel.ts';
import { openSmsc, SENDER, type Smsc } from './smsc.fixture.ts';

const NUMBER = '13980818001';
const E164 = '8613980818001';

const notice = (id: string, change: Partial<OutgoingNotice> = {}): OutgoingNotice => ({
  id,
  alertId: 'al_1',
  recipient: 'xuanhan',
  address: NUMBER,
  text: { zh: '【准绳】二级预警7K2M9Q', en: 'Level 2 alert 7K2M9Q' },
  ...change,
});

type Scene = {
  readonly smsc: Smsc;
  readonly channel: SmppChannel;
  readonly receipts: Receipt[];
  readonly replies: Reply[];
  readonly logged: string[];
  /** Ends the channel and begins another on the same records. */
  restart(change?: Record<string, unknown>): Promise<SmppChannel>;
};

async function withScene(
  run: (scene: Scene) => Promise<void>,
  change: Record<string, unknown> = {},
): Promise<void> {
  const smsc = await openSmsc();
  const records = await openMemoryRecords();
  const receipts: Receipt[] = [];
  const replies: Reply[] = [];
  const logged: string[] = [];
  const log = (event: string, fields?: LogFields) =>
    void logged.push(`${event} ${Object.values(fields ?? {}).join(' ')}`.trim());
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const deps = {
    records,
    logger,
    clock: createManualClock(START_MS),
    random: createRandom('smpp'),
  };
  const open = (changed: Record<string, unknown>) => {
    const channel = openSmppChannel(deps, 'sms', smsc.settings(changed));
    channel.onReceipt((receipt): Promise<ReceiptOutcome> => {
      receipts.push(receipt);
      return Promise.resolve('taken');
    });
    channel.onReply?.((reply) => {
      replies.push(reply);
      return Promise.resolve('acknowledged');
    });
    return channel;
  };
  let channel = open(change);
  try {
    await run({
      smsc,
      channel,
      receipts,
      replies,
      logged,
      async restart(changed = change) {
        await channel.close();
        channel = open(changed);
        return channel;
      },
    });
  } finally {
    await channel.close();
    await smsc.close();
    await records.close();
  }
}

/** Looks again and again, with a bound. */
async function until(isSo: () => boolean): Promise<void> {
  const startMs = elapsedMs();
  while (!isSo()) {
    if (elapsedMs() - startMs > 10_000) throw new Error('it never came so far');
    await sleep(ioClock, 5);
  }
}

describe('a message', () => {
  test('goes out in UCS-2 to the number in the form the centre wants, and asks for a receipt', () =>
    withScene(async ({ smsc, channel }) => {
      expect(await channel.send(notice('nt_1'))).toEqual({ kind: 'accepted', messageId: 'm0001' });
      const [{ text, pdu } = { text: '', pdu: undefined }] = smsc.submitted;
      expect(text).toBe('【准绳】二级预警7K2M9Q');
      expect(pdu).toMatchObject({
        destination_addr: E164,
        dest_addr_ton: 1,
        source_addr: SENDER,
        data_coding: 8,
        esm_class: 0,
        registered_delivery: 1,
        user_message_reference: referenceNumberOf('nt_1'),
      });
    }));

  test('in English goes out in the GSM alphabet, nationally where the centre wants that', () =>
    withScene(
      async ({ smsc, channel }) => {
        await channel.send(notice('nt_1'));
        expect(smsc.submitted[0]?.text).toBe('Level 2 alert 7K2M9Q');
        expect(smsc.submitted[0]?.pdu).toMatchObject({
          destination_addr: NUMBER,
          data_coding: 0,
        });
      },
      { language: 'en', numbers: 'national' },
    ));

  const long = `${'预警'.repeat(33)}𠮷${'处置'.repeat(40)}`;

  test('that is long goes out in parts a handset puts together, no character torn', () =>
    withScene(async ({ smsc, channel }) => {
      const text = { zh: long, en: '' };
      expect(await channel.send(notice('nt_1', { text }))).toMatchObject({ kind: 'accepted' });
      expect(smsc.submitted.map(({ text: part }) => part).join('')).toBe(long);
      expect(smsc.submitted.map(({ text: part }) => part.length)).toEqual([66, 67, 15]);
      const headers = smsc.submitted.map(({ pdu }) => [...(pdu.short_message?.udh?.[0] ?? [])]);
      const reference = referenceNumberOf('nt_1') & 0xff;
      expect(headers).toEqual([1, 2, 3].map((part) => [0, 3, reference, 3, part]));
      expect(smsc.submitted.every(({ pdu }) => pdu.esm_class === 0x40)).toBe(true);
    }));

  test('that is long goes out whole where the centre takes it so', () =>
    withScene(
      async ({ smsc, channel }) => {
        await channel.send(notice('nt_1', { text: { zh: long, en: '' } }));
        expect(smsc.submitted).toHaveLength(1);
        expect(smsc.submitted[0]?.pdu.message_payload?.message).toBe(long);
      },
      { longMessages: 'payload' },
    ));

  test('in parts is delivered when every part is, and goes on after the part that was refused', () =>
    withScene(async ({ smsc, channel, receipts }) => {
      const text = { zh: long, en: '' };
      const taken: { messageId: string; number: string; text: string }[] = [];
      const refuseFrom = (count: number) =>
        smsc.answerSubmits((pdu, session) => {
          if (taken.length >= count) {
            session.send(pdu.response({ command_status: smpp.errors['ESME_RMSGQFUL'] }));
            return;
          }
          const messageId = `p${taken.length}`;
          taken.push({ messageId, number: E164, text: textOf(pdu) ?? '' });
          session.send(pdu.response({ message_id: messageId }));
        });
      refuseFrom(1);
      const refused = { kind: 'rejected', retry: 'backoff' };
      expect(await channel.send(notice('nt_1', { text }))).toMatchObject(refused);
      expect(await channel.status('nt_1')).toEqual({ kind: 'unknown' });
      refuseFrom(3);
      const accepted = { kind: 'accepted', messageId: 'p0' };
      expect(await channel.send(notice('nt_1', { text }))).toEqual(accepted);
      expect(taken.map((part) => part.text).join('')).toBe(long);
      for (const message of taken) await smsc.receipt(message);
      expect(receipts.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'delivered']);
    }));

  test.each(['0818-2345678', '8613800', '139818001', 'twelve'])(
    'to "%s" is refused and names the officer',
    (address) =>
      withScene(async ({ smsc, channel, logged }) => {
        const outcome = await channel.send(notice('nt_1', { address }));
        expect(outcome).toMatchObject({ kind: 'rejected', retry: 'never' });
        expect(smsc.submitted).toEqual([]);
        expect(logged.some((line) => line.startsWith('sms.wrong-number xuanhan'))).toBe(true);
        expect(logged.join()).not.toContain(address);
      }),
  );
});

describe('a notice goes out once', () => {
  test('sent twice, sent twice at once, and sent again after a restart', () =>
    withScene(async ({ smsc, channel, restart }) => {
      const first = await channel.send(notice('nt_1'));
      expect(await channel.send(notice('nt_1'))).toEqual(first);
      const again = await restart();
      expect(await again.send(notice('nt_1'))).toEqual(first);
      expect(await again.status('nt_1')).toMatchObject({
        kind: 'known',
        receipt: { state: 'accepted', messageId: 'm0001' },
      });
      const both = await Promise.all([again.send(notice('nt_2')), again.send(notice('nt_2'))]);
      expect(both[0]).toEqual(both[1]);
      expect(smsc.submitted).toHaveLength(2);
    }));

  test('when nobody knows whether it was taken it is not sent again, and said so', () =>
    withScene(async ({ smsc, channel, restart }) => {
      smsc.behave('take-and-time-out');
      expect(await channel.send(notice('nt_1'))).toEqual({ kind: 'uncertain', code: 'time-out' });
      smsc.behave('accept');
      const again = await restart();
      expect(await again.send(notice('nt_1'))).toEqual({ kind: 'uncertain', code: 'handed-over' });
      expect(await again.status('nt_1')).toEqual({ kind: 'unavailable', code: 'handed-over' });
      expect(smsc.submitted).toHaveLength(1);
    }));

  test('what was refused may be sent again', () =>
    withScene(async ({ smsc, channel }) => {
      smsc.behave('busy');
      expect(await channel.send(notice('nt_1'))).toEqual({
        kind: 'rejected',
        code: 'ESME_RTHROTTLED',
        retry: 'backoff',
      });
      expect(await channel.status('nt_1')).toEqual({ kind: 'unknown' });
      smsc.behave('accept');
      expect((await channel.send(notice('nt_1'))).kind).toBe('accepted');
    }));

  test('a line cut in the middle of a batch leaves uncertain what was handed over, and nothing else', () =>
    withScene(
      async ({ smsc, channel }) => {
        const seen: number[] = [];
        smsc.answerSubmits((pdu, session) => {
          seen.push(pdu.sequence_number);
          if (seen.length <= 2) session.send(pdu.response({ message_id: `x${seen.length}` }));
          else smsc.cut();
        });
        const ids = Array.from({ length: 8 }, (_, index) => `nt_${index}`);
        const outcomes = await Promise.all(ids.map((id) => channel.send(notice(id))));
        const kinds = outcomes.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(2);
        for (const [index, outcome] of outcomes.entries()) {
          const { kind } = await channel.status(ids[index] as string);
          const told = {
            accepted: 'known',
            uncertain: 'unavailable',
            rejected: 'unknown',
          } as const;
          expect(kind, outcome.kind).toBe(told[outcome.kind]);
        }
        smsc.answerSubmits(undefined);
        await until(() => channel.state().isBound);
        const again = await Promise.all(ids.map((id) => channel.send(notice(id))));
        expect(again.map(({ kind }) => kind)).toEqual(
          kinds.map((kind) => (kind === 'uncertain' ? 'uncertain' : 'accepted')),
        );
      },
      { window: 3 },
    ));
});

describe('a centre that answers', () => {
  test.each([
    ['ESME_RTHROTTLED', 'backoff'],
    ['ESME_RMSGQFUL', 'backoff'],
    ['ESME_RSYSERR', 'backoff'],
    ['ESME_RX_T_APPN', 'backoff'],
    ['ESME_RINVDSTADR', 'never'],
    ['ESME_RINVMSGLEN', 'never'],
    ['ESME_RPROHIBITED', 'never'],
    ['ESME_RX_R_APPN', 'never'],
  ])('%s has not taken it; again: %s', (code, retry) =>
    withScene(async ({ smsc, channel }) => {
      smsc.refuseWith(code);
      expect(await channel.send(notice('nt_1'))).toEqual({ kind: 'rejected', code, retry });
    }),
  );

  test('with a code of its own is tried again', () =>
    withScene(async ({ smsc, channel }) => {
      smsc.answerSubmits((pdu, session) => session.send(pdu.response({ command_status: 0x045e })));
      expect(await channel.send(notice('nt_1'))).toEqual({
        kind: 'rejected',
        code: 'smpp-0x045e',
        retry: 'backoff',
      });
    }));

  test.each([
    [
      'without a name',
      (sequence: number) =>
        new smpp.PDU('submit_sm_resp', { sequence_number: sequence, message_id: '' }),
    ],
    [
      'to another question',
      (sequence: number) => new smpp.PDU('enquire_link_resp', { sequence_number: sequence }),
    ],
  ])('%s leaves it open', (_, answer) =>
    withScene(async ({ smsc, channel }) => {
      smsc.answerSubmits((pdu, session) => session.send(answer(pdu.sequence_number)));
      expect(await channel.send(notice('nt_1'))).toEqual({
        kind: 'uncertain',
        code: 'unreadable-answer',
      });
    }),
  );

  test('under a number nobody asked under is not believed', () =>
    withScene(async ({ smsc, channel, logged }) => {
      smsc.answerSubmits((pdu, session) =>
        session.send(
          new smpp.PDU('submit_sm_resp', {
            sequence_number: pdu.sequence_number + 100,
            message_id: 'other',
          }),
        ),
      );
      expect(await channel.send(notice('nt_1'))).toEqual({ kind: 'uncertain', code: 'time-out' });
      expect(logged).toContain('sms.nonsense unexpected-answer');
    }));

  test('with octets that are no protocol loses the line and gets another', () =>
    withScene(async ({ smsc, channel, logged }) => {
      smsc.answerSubmits((_, session) => {
        session.socket.write(Buffer.from('ffffffff80000004', 'hex'));
        smsc.answerSubmits(undefined);
      });
      expect((await channel.send(notice('nt_1'))).kind).toBe('uncertain');
      expect((await channel.send(notice('nt_2'))).kind).toBe('accepted');
      expect(smsc.binds).toHaveLength(2);
      expect(logged.some((line) => line.startsWith('sms.link-lost'))).toBe(true);
    }));

  test('too late settles what was open', () =>
    withScene(async ({ smsc, channel, receipts }) => {
      let answer = () => {};
      smsc.answerSubmits((pdu, session) => {
        answer = () => void session.send(pdu.response({ message_id: 'late' }));
      });
      expect((await channel.send(notice('nt_1'))).kind).toBe('uncertain');
      answer();
      await until(() => receipts.length > 0);
      expect(receipts).toEqual([
        { noticeId: 'nt_1', messageId: 'late', state: 'accepted', sequence: 0 },
      ]);
      expect((await channel.status('nt_1')).kind).toBe('known');
    }));

  test('queries says what became of it', () =>
    withScene(
      async ({ smsc, channel }) => {
        await channel.send(notice('nt_1'));
        expect(await channel.status('nt_1')).toMatchObject({ receipt: { state: 'accepted' } });
        smsc.states.set('m0001', 2);
        expect(await channel.status('nt_1')).toMatchObject({ receipt: { state: 'delivered' } });
      },
      { query: true },
    ));
});

describe('receipts', () => {
  test.each([
    ['DELIVRD', { state: 'delivered' }],
    ['ACCEPTD', { state: 'accepted' }],
    ['ENROUTE', { state: 'accepted' }],
    ['UNKNOWN', { state: 'accepted' }],
    ['UNDELIV', { state: 'failed', reason: 'unreachable' }],
    ['EXPIRED', { state: 'failed', reason: 'unreachable' }],
    ['REJECTD', { state: 'failed', reason: 'refused' }],
    ['DELETED', { state: 'failed', reason: 'deleted' }],
  ])('in text: %s', (stat, expected) =>
    withScene(async ({ smsc, channel, receipts }) => {
      await channel.send(notice('nt_1'));
      expect(await smsc.receipt({ messageId: 'm0001', number: E164 }, stat)).toBe(0);
      expect(receipts).toMatchObject([{ noticeId: 'nt_1', messageId: 'm0001', ...expected }]);
    }),
  );

  test('in TLVs alone', () =>
    withScene(async ({ smsc, channel, receipts }) => {
      await channel.send(notice('nt_1'));
      await smsc.deliver({
        source_addr: E164,
        esm_class: 0x04,
        receipted_message_id: 'm0001',
        message_state: 5,
        network_error_code: Buffer.from([3, 0, 27]),
        short_message: '',
      });
      expect(receipts).toMatchObject([{ state: 'failed', reason: 'unreachable' }]);
    }));

  test('named in decimal where the answer was hexadecimal', () =>
    withScene(
      async ({ smsc, channel, receipts }) => {
        smsc.answerSubmits((pdu, session) => session.send(pdu.response({ message_id: '1F4A' })));
        await channel.send(notice('nt_1'));
        await smsc.receipt({ messageId: '0000008010', number: E164 });
        expect(receipts).toMatchObject([{ noticeId: 'nt_1', state: 'delivered' }]);
      },
      { receiptIds: 'decimal' },
    ));

  test('that overtake the answer to the submission wait for it', () =>
    withScene(async ({ smsc, channel, receipts }) => {
      smsc.answerSubmits((pdu, session) => {
        void smsc.receipt({ messageId: 'fast', number: E164 });
        session.send(pdu.response({ message_id: 'fast' }));
      });
      expect(await channel.send(notice('nt_1'))).toMatchObject({ messageId: 'fast' });
      await until(() => receipts.length > 0);
      expect(receipts).toMatchObject([{ noticeId: 'nt_1', state: 'delivered' }]);
    }));

  test('that come late, twice and in the wrong order end alike', () =>
    withScene(async ({ smsc, channel, receipts, restart }) => {
      await channel.send(notice('nt_1'));
      const message = { messageId: 'm0001', number: E164 };
      await smsc.receipt(message, 'DELIVRD');
      await restart();
      await smsc.receipt(message, 'DELIVRD');
      await smsc.receipt(message, 'ENROUTE');
      await smsc.receipt(message, 'UNDELIV');
      expect(new Set(receipts.map(({ state }) => state))).toEqual(new Set(['delivered']));
    }));

  test('of an unknown name are answered, logged and change nothing', () =>
    withScene(async ({ smsc, channel, receipts, logged }) => {
      await channel.send(notice('nt_1'));
      expect(await smsc.receipt({ messageId: 'stranger', number: E164 })).toBe(0);
      expect(receipts).toEqual([]);
      expect(logged.some((line) => line.startsWith('sms.receipt-unknown stranger'))).toBe(true);
    }));

  test.each(['id: stat:', 'id:m0001 stat:BANANA', ''])('that say "%s" are nonsense', (content) =>
    withScene(async ({ smsc, channel, receipts }) => {
      await channel.send(notice('nt_1'));
      const nonsense = { short_message: content };
      expect(await smsc.receipt({ messageId: 'm0001', number: E164 }, '', nonsense)).toBe(0);
      expect(receipts).toEqual([]);
    }),
  );

  test('settle what was uncertain: by the reference they repeat, or as the only one to the number', () =>
    withScene(async ({ smsc, channel, receipts }) => {
      smsc.behave('take-and-time-out');
      await channel.send(notice('nt_1'));
      await channel.send(notice('nt_2'));
      smsc.behave('accept');
      const ambiguous = { messageId: 'm0001', number: E164 };
      await smsc.receipt(ambiguous);
      expect(receipts).toEqual([]);
      await smsc.receipt(ambiguous, 'DELIVRD', {
        user_message_reference: referenceNumberOf('nt_1'),
      });
      expect(receipts).toMatchObject([{ noticeId: 'nt_1', state: 'delivered' }]);
      await smsc.receipt({ messageId: 'm0002', number: E164 });
      expect(receipts[1]).toMatchObject({ noticeId: 'nt_2', messageId: 'm0002' });
      expect((await channel.status('nt_2')).kind).toBe('known');
    }));

  test('written by a handset are a reply and nothing more', () =>
    withScene(async ({ smsc, channel, receipts, replies }) => {
      await channel.send(notice('nt_1'));
      await smsc.reply(E164, 'id:m0001 stat:DELIVRD err:000');
      expect(receipts).toEqual([]);
      expect(replies).toEqual([{ from: E164, text: 'id:m0001 stat:DELIVRD err:000' }]);
    }));
});

describe('replies', () => {
  test('come as written, in UCS-2, GSM and GBK', () =>
    withScene(async ({ smsc, replies }) => {
      await smsc.reply(E164, '１ 收到');
      await smsc.reply(E164, '1 7k2m9q', { data_coding: 0 });
      const gbk = Buffer.from([0xca, 0xd5, 0xb5, 0xbd]);
      await smsc.reply(E164, '', { data_coding: 15, short_message: gbk });
      expect(replies.map(({ text }) => text)).toEqual(['１ 收到', '1 7k2m9q', '收到']);
    }));

  test.each([
    ['a header of 8 bits', (part: number) => ({ udh: Buffer.from([5, 0, 3, 7, 2, part]) }), {}],
    ['a header of 16 bits', (part: number) => ({ udh: Buffer.from([6, 8, 4, 1, 7, 2, part]) }), {}],
    [
      'TLVs',
      () => ({}),
      (part: number) => ({
        sar_msg_ref_num: 7,
        sar_total_segments: 2,
        sar_segment_seqnum: part,
      }),
    ],
  ])('that are long are joined by %s before they are read', (_, header, tlvs) =>
    withScene(async ({ smsc, replies }) => {
      for (const [part, message] of [
        [2, '，请放心'],
        [2, '，请放心'],
        [1, '收到'],
        [1, '收到'],
      ] as const) {
        const more = typeof tlvs === 'function' ? tlvs(part) : tlvs;
        await smsc.reply(E164, '', { short_message: { ...header(part), message }, ...more });
      }
      expect(replies).toEqual([
        { id: expect.any(String) as string, from: E164, text: '收到，请放心' },
      ]);
    }),
  );
});

describe('the link', () => {
  test('is bound one way each where the centre wants it so', () =>
    withScene(
      async ({ smsc, channel, receipts }) => {
        expect((await channel.send(notice('nt_1'))).kind).toBe('accepted');
        await smsc.receipt({ messageId: 'm0001', number: E164 });
        expect(receipts).toHaveLength(1);
        expect(smsc.binds.toSorted()).toEqual(['bind_receiver', 'bind_transmitter']);
      },
      { bind: 'transmitter-receiver' },
    ));

  test('that is refused says why and hands nothing over', () =>
    withScene(
      async ({ smsc, channel, logged }) => {
        expect(await channel.send(notice('nt_1'))).toMatchObject({
          kind: 'rejected',
          code: 'not-bound',
          retry: 'backoff',
        });
        expect(channel.state()).toEqual({ isBound: false, code: 'ESME_RINVPASWD' });
        expect(logged[0]).toContain('sms.bind-refused');
        expect(smsc.submitted).toEqual([]);
      },
      { password: 'wrong' },
    ));

  test('that is dead without a word is noticed and made anew', () =>
    withScene(
      async ({ smsc, channel, logged }) => {
        await until(() => smsc.binds.length === 1);
        smsc.behave('down');
        await until(() => logged.some((line) => line.includes('link-dead')));
        smsc.behave('accept');
        await until(() => smsc.binds.length >= 2 && channel.state().isBound);
        expect((await channel.send(notice('nt_1'))).kind).toBe('accepted');
      },
      { enquireEvery: '20ms' },
    ));

  test('comes back after it was cut, and what came meanwhile goes out', () =>
    withScene(async ({ smsc, channel }) => {
      await until(() => channel.state().isBound);
      smsc.cut();
      await until(() => !channel.state().isBound);
      expect((await channel.send(notice('nt_1'))).kind).toBe('accepted');
      expect(smsc.binds).toHaveLength(2);
    }));

  test('lets only so many submits be under way', () =>
    withScene(
      async ({ smsc, channel }) => {
        let most = 0;
        const held: (() => void)[] = [];
        smsc.answerSubmits((pdu, session) => {
          held.push(
            () => void session.send(pdu.response({ message_id: `${pdu.sequence_number}` })),
          );
        });
        const ids = Array.from({ length: 12 }, (_, index) => `nt_${index}`);
        const sending = Promise.all(ids.map((id) => channel.send(notice(id))));
        for (let round = 0; round < 3; round++) {
          await until(() => held.length >= 4);
          // Time for a fifth, if one were let through.
          await sleep(ioClock, 20);
          most = Math.max(most, held.length);
          held.splice(0).forEach((answer) => answer());
        }
        expect((await sending).every(({ kind }) => kind === 'accepted')).toBe(true);
        expect(most).toBe(4);
      },
      { window: 4, answerWithin: '5s' },
    ));

  test('to somebody who is no centre is given up', async () => {
    const { createServer } = await import('node:net');
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await withScene(
      async ({ channel }) => {
        expect((await channel.send(notice('nt_1'))).kind).toBe('rejected');
        expect(await channel.status('nt_1')).toEqual({ kind: 'unknown' });
      },
      { port },
    );
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
