import { describe, expect, test } from 'vitest';
import { describeChannel, type ChannelHarness } from './channel.contract.ts';
import { createFakeChannel } from './channel.fixture.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock } from '../../core/time.ts';
import { START_MS } from '../findings.fixture.ts';
import { openMemoryRecords } from '../scenario.fixture.ts';
import type { Channel, Receipt, ReceiptOutcome, Reply, ReplyOutcome } from './channel.ts';
import type { HttpChannel, HttpProviderOptions } from './http-provider.ts';
import { openHttpPeer, signed } from './http-peer.fixture.ts';
import { createPhoneHttp } from './phone-http.ts';
import { createPushChannel } from './push.ts';
import { referenceNumberOf } from './smpp/parts.ts';
import { openSmppChannel } from './smpp/smpp-channel.ts';
import { openSmsc, type Submitted } from './smpp/smsc.fixture.ts';
import { createSmsHttp } from './sms-http.ts';

const fakeHarness = (kind: 'phone' | 'sms'): ChannelHarness => ({
  kind,
  async open() {
    const channel = createFakeChannel(kind);
    const peer = {
      behave(behaviour: typeof channel.behaviour) {
        channel.behaviour = behaviour;
      },
      effectsOf: channel.effectsOf,
      report: channel.report,
    };
    return { channel, peer, close: () => Promise.resolve() };
  },
});

const httpHarness = (
  kind: 'phone' | 'sms',
  create: (options: HttpProviderOptions) => HttpChannel,
): ChannelHarness => ({
  kind,
  async open() {
    const peer = await openHttpPeer(() => channel);
    const channel = create(peer.options);
    return { channel, peer: peer.peer, close: peer.close };
  },
});

/** A reply is no receipt; what the contract says of answers holds for what becomes of it. */
const AS_RECEIPT: Readonly<Partial<Record<ReplyOutcome, ReceiptOutcome>>> = {
  'unknown-number': 'wrong-person',
  repeated: 'stale',
};

const smppHarness: ChannelHarness = {
  kind: 'sms',
  cannotAsk: 'an SMS centre knows a message only by the name it gave in the answer that was lost',
  async open() {
    const smsc = await openSmsc();
    const records = await openMemoryRecords();
    const deps = {
      records,
      logger: silentLogger,
      clock: createManualClock(START_MS),
      random: createRandom('smpp'),
    };
    const inner = openSmppChannel(deps, 'sms', smsc.settings());
    const outcomes: ReceiptOutcome[] = [];
    const keep = (outcome: ReceiptOutcome) => void outcomes.push(outcome);
    const channel: Channel = {
      ...inner,
      onReceipt: (listener) =>
        inner.onReceipt(async (receipt) => {
          const outcome = await listener(receipt);
          keep(outcome);
          return outcome;
        }),
      onReply: (listener) =>
        inner.onReply?.(async (reply) => {
          const outcome = await listener(reply);
          keep(AS_RECEIPT[outcome] ?? 'taken');
          return outcome;
        }),
    };
    const messageOf = (noticeId: string) =>
      smsc.submitted.find(
        ({ pdu }) => pdu.user_message_reference === referenceNumberOf(noticeId),
      ) as Submitted;
    return {
      channel,
      peer: {
        behave: smsc.behave,
        effectsOf: (noticeId) =>
          smsc.submitted.filter(
            ({ pdu }) => pdu.user_message_reference === referenceNumberOf(noticeId),
          ).length,
        async report(noticeId, { state, answer = '', from }) {
          const message = messageOf(noticeId);
          if (state === 'answered') await smsc.reply(from ?? message.number, answer);
          else await smsc.receipt(message, state === 'failed' ? 'UNDELIV' : 'DELIVRD');
          return outcomes.at(-1) as ReceiptOutcome;
        },
      },
      async close() {
        await inner.close();
        await smsc.close();
        await records.close();
      },
    };
  },
};

describeChannel('fake phone', fakeHarness('phone'));
describeChannel('fake SMS', fakeHarness('sms'));
describeChannel('HTTP phone', httpHarness('phone', createPhoneHttp));
describeChannel('HTTP SMS', httpHarness('sms', createSmsHttp));
describeChannel('SMPP SMS', smppHarness);
describeChannel('push', {
  kind: 'push',
  cannotFail: 'a push is handed over inside the program',
  cannotAnswer: 'a push is acknowledged at the desk',
  async open() {
    const channel = createPushChannel();
    return {
      channel,
      peer: {
        behave: () => {},
        effectsOf: () => 0,
        report: (noticeId, { from }) => channel.seen(noticeId, from ?? ''),
      },
      close: () => Promise.resolve(),
    };
  },
});

test('a push reaches every console that is open, and none that was closed', async () => {
  const channel = createPushChannel();
  const heard: string[] = [];
  const stop = channel.subscribe(({ id }) => heard.push(`first ${id}`));
  channel.subscribe(({ id }) => heard.push(`second ${id}`));
  const notice = { alertId: 'al', recipient: 'xuanhan', address: null, text: { zh: '', en: '' } };
  await channel.send({ id: 'a', ...notice });
  stop();
  await channel.send({ id: 'b', ...notice });
  expect(heard).toEqual(['first a', 'second a', 'second b']);
});

describe('an HTTP provider', () => {
  const withSms = async (
    run: (channel: HttpChannel, peer: Awaited<ReturnType<typeof openHttpPeer>>) => Promise<void>,
    change: Partial<HttpProviderOptions> = {},
  ) => {
    const peer = await openHttpPeer(() => channel);
    const channel = createSmsHttp({ ...peer.options, ...change });
    await run(channel, peer).finally(peer.close);
  };
  const notice = {
    id: 'nt_1',
    alertId: 'al_1',
    recipient: 'xuanhan',
    address: '13980818001',
    text: { zh: '二级预警', en: 'level 2 alert' },
  };

  test('is given key, number, text in one language and where to report', () =>
    withSms(async (channel, { orders, options }) => {
      await channel.send(notice);
      expect(orders).toEqual([
        {
          key: 'nt_1',
          to: '13980818001',
          text: '二级预警',
          language: 'zh',
          callbackUrl: options.callbackUrl,
          attempt: 1,
        },
      ]);
    }));

  test.each([
    [200, '{"messageId":"m"}', { kind: 'accepted', messageId: 'm' }],
    [200, 'nonsense', { kind: 'uncertain', code: 'unreadable-answer' }],
    [202, '{}', { kind: 'uncertain', code: 'unreadable-answer' }],
    [400, '', { kind: 'rejected', code: 'http-400', retry: 'never' }],
    [401, '', { kind: 'rejected', code: 'http-401', retry: 'never' }],
    [408, '', { kind: 'rejected', code: 'http-408', retry: 'backoff' }],
    [429, '', { kind: 'rejected', code: 'http-429', retry: 'backoff' }],
    [500, '', { kind: 'uncertain', code: 'http-500' }],
    [502, '', { kind: 'uncertain', code: 'http-502' }],
    [503, '', { kind: 'rejected', code: 'http-503', retry: 'backoff' }],
  ])('that answers %d "%s" means %j', (status, body, expected) =>
    withSms(async (channel, peer) => {
      peer.answerWith({ status, body });
      expect(await channel.send(notice)).toEqual(expected);
    }),
  );

  test('that is not there has taken nothing', () =>
    withSms(async (channel, peer) => {
      await peer.close();
      const refused = { kind: 'rejected', code: 'ECONNREFUSED', retry: 'backoff' };
      expect(await channel.send(notice)).toEqual(refused);
      expect((await channel.status('nt_1')).kind).toBe('unavailable');
    }));

  const report = { key: 'nt_1', messageId: 'm', sequence: 1, state: 'delivered' };

  test.each([
    ['under another secret', { secret: 'another' }, 'wrong'],
    ['too long ago', { atMs: Date.now() - 6 * 60_000 }, 'expired'],
    ['in the future', { atMs: Date.now() + 6 * 60_000 }, 'expired'],
  ])('that signs %s is not believed', (_, change, detail) =>
    withSms(async (channel) => {
      channel.onReceipt(() => Promise.resolve('taken'));
      const request = signed(JSON.stringify(report), change);
      await expect(channel.receive(request)).rejects.toMatchObject({
        code: 'unauthenticated',
        detail,
      });
    }),
  );

  test('whose report was changed, sent elsewhere or not signed is not believed', () =>
    withSms(async (channel) => {
      channel.onReceipt(() => Promise.resolve('taken'));
      const request = signed(JSON.stringify(report));
      const refused = { code: 'unauthenticated' };
      for (const forged of [
        { ...request, body: request.body.replace('delivered', 'answered') },
        { ...request, path: '/provider/other' },
        { ...request, headers: {} },
      ]) {
        await expect(channel.receive(forged)).rejects.toMatchObject(refused);
      }
    }));

  test.each([
    ['nonsense', 'no JSON'],
    [JSON.stringify({ ...report, state: 'maybe' }), 'an unknown state'],
    [JSON.stringify({ ...report, key: undefined }), 'no key'],
  ])('that reports %s is told so', (body) =>
    withSms(async (channel) => {
      channel.onReceipt(() => Promise.resolve('taken'));
      await expect(channel.receive(signed(body))).rejects.toMatchObject({ code: 'bad-input' });
    }),
  );

  test.each([
    ['1', '1'],
    [' 1 ', '1'],
    ['１。', '1'],
    ['1.', '1'],
    ['1号收到', '1号收到'],
    ['11', '11'],
  ])('whose subscriber replies "%s" reports "%s"', (reply, expected) =>
    withSms(async (channel) => {
      const read: unknown[] = [];
      channel.onReceipt(({ answer }): Promise<ReceiptOutcome> => {
        read.push(answer);
        return Promise.resolve('taken');
      });
      await channel.receive(
        signed(JSON.stringify({ ...report, state: 'answered', answer: reply })),
      );
      expect(read).toEqual([expected]);
    }),
  );

  const withReplies = (
    run: (given: { channel: HttpChannel; receipts: Receipt[]; replies: Reply[] }) => Promise<void>,
  ) =>
    withSms(async (channel) => {
      const receipts: Receipt[] = [];
      const replies: Reply[] = [];
      channel.onReceipt((receipt) => {
        receipts.push(receipt);
        return Promise.resolve('taken');
      });
      channel.onReply?.((reply) => {
        replies.push(reply);
        return Promise.resolve('acknowledged');
      });
      await run({ channel, receipts, replies });
    });

  test('that reports an answer says that it arrived, and what to make of it is for the reply', () =>
    withReplies(async ({ channel, receipts, replies }) => {
      const answered = { ...report, state: 'answered', answer: '１ 7k2m9q', from: '13980818001' };
      expect(await channel.receive(signed(JSON.stringify(answered)))).toBe('taken');
      expect(receipts).toMatchObject([{ noticeId: 'nt_1', state: 'answered' }]);
      expect(receipts[0]).not.toHaveProperty('answer');
      expect(replies).toEqual([
        { id: 'nt_1/1', from: '13980818001', text: '１ 7k2m9q', noticeId: 'nt_1' },
      ]);
    }));

  test('that does not know what a reply answers reports it by itself, signed', () =>
    withReplies(async ({ channel, receipts, replies }) => {
      const written = JSON.stringify({ replyId: 'mo-7', from: '+8613980818001', text: '1' });
      expect(await channel.receive(signed(written))).toBe('acknowledged');
      expect(replies).toEqual([{ id: 'mo-7', from: '+8613980818001', text: '1' }]);
      expect(receipts).toEqual([]);
      const forged = signed(written, { secret: 'another' });
      await expect(channel.receive(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
    }));
});
