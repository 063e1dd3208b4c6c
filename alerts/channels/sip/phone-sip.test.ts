import { describe, expect, test } from 'vitest';
import { createCountingIds } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { ioClock } from '../../../core/time.ts';
import { describeChannel } from '../channel.contract.ts';
import type { ReceiptListener } from '../channel.ts';
import { udpNetwork } from './datagrams.ts';
import { headerOf, parseMessage } from './message.ts';
import { createPhoneSip, type SipChannel } from './phone-sip.ts';
import { openSipPeer } from './sip-peer.fixture.ts';
import { isOf, notice, onScene, OPTIONS, summary, voice } from './sip-scene.fixture.ts';

describeChannel('SIP phone', {
  kind: 'phone',
  async open() {
    const peer = await openSipPeer(udpNetwork);
    const channel = createPhoneSip(
      {
        clock: ioClock,
        random: createRandom('sip'),
        ids: createCountingIds(),
        logger: silentLogger,
        network: udpNetwork,
        voice,
      },
      { ...OPTIONS, trunk: peer.endpoint, times: { t1Ms: 3, t2Ms: 12 } },
    );
    // No other end can send receipts of a call: they are made here. What the outbox does with them in
    // whatever order is asked through the same door.
    let listener: ReceiptListener | undefined;
    let taken = 0;
    const lost = new Set<string>();
    peer.onCall = (call) => {
      taken++;
      call.ring();
    };
    const sent = new Map<string, { address: string | null; messageId: string; sequence: number }>();
    const watched: SipChannel = {
      ...channel,
      async send(given) {
        const outcome = await channel.send(given);
        const messageId = outcome.kind === 'accepted' ? outcome.messageId : '';
        sent.set(given.id, { address: given.address, messageId, sequence: 0 });
        return outcome;
      },
      onReceipt(given) {
        listener = given;
        channel.onReceipt(given);
      },
    };
    return {
      channel: watched,
      peer: {
        behave(behaviour) {
          peer.isDown = behaviour === 'down';
          // What was lost once stays lost, also when its last repetition is still under way.
          peer.isDeaf = (request) => {
            const via = headerOf(request, 'via') ?? '';
            if (behaviour === 'lose-and-time-out' && request.method === 'INVITE') lost.add(via);
            return request.method === 'INVITE' && lost.has(via);
          };
          peer.onCall = (call) => {
            if (behaviour === 'accept' || behaviour === 'take-and-time-out') taken++;
            if (behaviour === 'busy') call.respond(503);
            else if (behaviour === 'refuse') call.respond(488);
            else if (behaviour === 'accept') call.ring();
          };
        },
        // One notice is given to each peer.
        effectsOf: () => taken,
        async report(noticeId, given) {
          const known = sent.get(noticeId);
          if (!known || !listener) throw new Error('nothing was sent');
          const sequence = given.sequence ?? known.sequence + 1;
          known.sequence = Math.max(known.sequence, sequence);
          const { messageId, address } = known;
          return listener({ noticeId, messageId, from: address ?? '', ...given, sequence });
        },
      },
      async close() {
        // The stage is gone by now.
        channel.onReceipt(() => Promise.resolve('unknown-notice'));
        await channel.stop();
        peer.close();
      },
    };
  },
});

describe('a call', () => {
  test('is dialled without blanks, rings, is picked up, says its message and takes key 1', () =>
    onScene(async ({ channel, peer, receipts, pass, call }) => {
      const sending = channel.send(notice);
      await pass(20);
      expect(await sending).toMatchObject({ kind: 'accepted' });
      expect(call().number).toBe('+868181234');
      expect(receipts).toEqual([]);
      await call().pickUp();
      await pass(1_000);
      call().press('1');
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
      expect(receipts[1]).toMatchObject({ noticeId: 'nt_1', from: notice.address });
      expect(receipts.map(({ sequence }) => sequence)).toEqual([1, 2]);
      expect(call().heard).toEqual(['INVITE', 'ACK', 'BYE']);
      expect(peer.calls).toHaveLength(1);
      // Half a second of silence, then what the voice said.
      const said = call().said();
      expect(said[8 * 400]).toBe(8);
      expect(Math.abs((said[8 * 700] ?? 0) - 5_120)).toBeLessThan(300);
    }));

  test('sends a packet every 20 ms, numbered and dated without a gap', () =>
    onScene(async ({ channel, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(2_000);
      const { sound } = call();
      expect(sound.length).toBeGreaterThanOrEqual(100);
      expect(sound.length).toBeLessThanOrEqual(102);
      for (const [index, packet] of sound.entries()) {
        const before = sound[index - 1];
        if (!before) continue;
        expect(packet.sequence).toBe((before.sequence + 1) % 65_536);
        expect((packet.timestamp - before.timestamp) >>> 0).toBe(160);
        expect(packet.payload).toHaveLength(160);
      }
    }));

  test('key 2 says the message again, key 3 passes the alert on', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(1_000);
      call().press('2');
      await pass(200);
      // From the start: silence first.
      expect(call().said().at(-1)).toBe(8);
      expect(summary(receipts)).toEqual(['delivered']);
      call().press('3');
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 3']);
      expect(call().heard.at(-1)).toBe('BYE');
    }));

  test('another key changes nothing, and a key counts once', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(200);
      call().press('7');
      await pass(200);
      expect(summary(receipts)).toEqual(['delivered']);
      call().press('1');
      call().press('1');
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
    }));

  test.each([
    ['only its first packet arrives', (index: number) => index === 0],
    ['only its last packet arrives', (index: number) => index === 5],
    ['every other packet is lost', (index: number) => index % 2 === 0],
  ])('a key is heard when %s', (_, which) =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(200);
      call().press('1', which);
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
    }),
  );

  test('keys from a stranger are nobody’s', () =>
    onScene(async ({ channel, network, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(200);
      const stranger = await network.open({ host: '10.9.9.9', port: 0 });
      const port = Number(/m=audio (\d+)/.exec(call().invite.body)?.[1]);
      const event = Buffer.from('80e5000100000001000000ff010a00a0', 'hex');
      await stranger.send(event, { host: '127.0.0.1', port });
      await pass(200);
      expect(summary(receipts)).toEqual(['delivered']);
      // The same packet from the telephone itself is a key.
      const phone = await network.open({ host: '127.0.0.1', port: 0 });
      await phone.send(event, { host: '127.0.0.1', port });
      await pass(200);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
    }));

  test('hung up before a key was heard, and not acknowledged', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(500);
      call().hangUp();
      await pass(100);
      expect(summary(receipts)).toEqual(['delivered', 'failed hung-up']);
      const heard = call().sound.length;
      await pass(500);
      expect(call().sound).toHaveLength(heard);
    }));

  test('with nobody pressing a key ends after the message was said three times', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      await pass(18_000);
      expect(call().heard.at(-1)).toBe('ACK');
      await pass(3_000);
      expect(call().heard.at(-1)).toBe('BYE');
      expect(summary(receipts)).toEqual(['delivered', 'failed hung-up']);
    }));

  test('that rings too long is taken back', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(29_000);
      expect(receipts).toEqual([]);
      await pass(2_000);
      expect(call().heard).toEqual(['INVITE', 'CANCEL', 'ACK']);
      expect(summary(receipts)).toEqual(['failed no-answer']);
    }));

  test('picked up in the instant it is taken back goes on', () =>
    onScene(async ({ channel, peer, receipts, pass, call }) => {
      peer.onCancel = (one) => void one.pickUp();
      void channel.send(notice);
      await pass(31_000);
      call().press('1');
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
    }));

  test.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'declined'],
    [404, 'unreachable'],
    [480, 'unreachable'],
    [408, 'unreachable'],
    [302, 'unreachable'],
    [487, 'unreachable'],
  ])('answered %d is %s', (status, reason) =>
    onScene(async ({ channel, peer, receipts, pass, call }) => {
      peer.onCall = (one) => one.respond(status);
      const sending = channel.send(notice);
      await pass(40);
      expect(await sending).toMatchObject({ kind: 'accepted' });
      expect(summary(receipts)).toEqual([`failed ${reason}`]);
      expect(call().heard).toEqual(['INVITE', 'ACK']);
    }),
  );

  test.each([
    [180, 480, undefined, 'no-answer'],
    [183, 408, undefined, 'no-answer'],
    [182, 480, undefined, 'unreachable'],
    [180, 480, 'Q.850;cause=17;text="user busy"', 'busy'],
    [180, 603, 'SIP;cause=603, Q.850;cause=19', 'no-answer'],
    [183, 503, 'q.850 ; cause=20', 'unreachable'],
    [180, 480, 'Q.850;cause=21', 'declined'],
    [180, 486, 'Q.850;cause=16', 'busy'],
  ])('answered %d and then %d with "%s" is %s', (first, status, reason, expected) =>
    onScene(async ({ channel, peer, receipts, pass }) => {
      peer.onCall = (one) => {
        one.respond(first);
        one.respond(status, reason === undefined ? {} : { headers: [['reason', reason]] });
      };
      void channel.send(notice);
      await pass(40);
      expect(summary(receipts)).toEqual([`failed ${expected}`]);
    }),
  );

  test.each([
    [403, { kind: 'rejected', code: 'sip-403', retry: 'never' }],
    [500, { kind: 'rejected', code: 'sip-500', retry: 'backoff' }],
    [503, { kind: 'rejected', code: 'sip-503', retry: 'backoff' }],
    [488, { kind: 'rejected', code: 'sip-488', retry: 'never' }],
    [401, { kind: 'rejected', code: 'sip-401', retry: 'never' }],
  ])('the trunk refuses with %d was not placed, and can be given again', (status, expected) =>
    onScene(async ({ channel, peer, receipts, pass }) => {
      peer.onCall = (one) => one.respond(status);
      const sending = channel.send(notice);
      await pass(40);
      expect(await sending).toEqual(expected);
      expect(await channel.status('nt_1')).toEqual({ kind: 'unknown' });
      peer.onCall = (one) => one.ring();
      const again = channel.send(notice);
      await pass(40);
      expect(await again).toMatchObject({ kind: 'accepted' });
      expect(receipts).toEqual([]);
    }),
  );

  test('that breaks down while it rings did not reach the person', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(1_000);
      call().respond(503);
      await pass(40);
      expect(summary(receipts)).toEqual(['failed unreachable']);
    }));

  test('with no sound in common is ended', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp((sdp) => sdp.replace('RTP/AVP 8 101', 'RTP/AVP 18'));
      await pass(100);
      expect(summary(receipts)).toEqual(['delivered', 'failed no-sound']);
      expect(call().heard).toEqual(['INVITE', 'ACK', 'BYE']);
    }));

  test('to a telephone that sends no keys is said in the operators’ log', () =>
    onScene(async ({ channel, logged, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp((sdp) => sdp.replace(' 101', '').replace(/a=rtpmap.*\r\n/, ''));
      await pass(100);
      expect(logged).toEqual(['alerts.phone-without-keypad']);
    }));

  test('without a voice carries tones, and the operators learn why', () =>
    onScene(
      async ({ channel, logged, pass, call }) => {
        void channel.send(notice);
        await pass(20);
        await call().pickUp();
        await pass(1_500);
        expect(logged).toEqual(['alerts.phone-without-speech program-missing']);
        expect(Math.max(...call().said())).toBeGreaterThan(6_000);
      },
      {},
      {
        voice: {
          say: () =>
            Promise.resolve({ kind: 'mute', code: 'program-missing', detail: 'espeak-ng' }),
        },
      },
    ));
});

describe('on a network that loses packets', () => {
  test('an INVITE is repeated until it is heard, and is one call', () =>
    onScene(async ({ channel, network, peer, pass, call }) => {
      let lost = 0;
      network.lose = (bytes) => isOf(bytes, 'INVITE') && lost++ < 3;
      const sending = channel.send(notice);
      await pass(4_000);
      expect(await sending).toMatchObject({ kind: 'accepted' });
      expect([lost, peer.calls.length]).toEqual([4, 1]);
      expect(call().heard).toEqual(['INVITE']);
    }));

  test('a lost ACK is sent again for every repeated answer', () =>
    onScene(async ({ channel, network, receipts, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      let lost = 0;
      network.lose = (bytes) => isOf(bytes, 'ACK') && lost++ < 1;
      await call().pickUp();
      await pass(100);
      expect(call().heard).toEqual(['INVITE']);
      const { endpoint } = { endpoint: network.sent.find(({ bytes }) => isOf(bytes, 'INVITE')) };
      const answer = network.sent.findLast(({ bytes }) => isOf(bytes, 'SIP/2.0 200'));
      const socket = await network.open({ host: '127.0.0.1', port: 0 });
      await socket.send(answer?.bytes ?? Buffer.alloc(0), endpoint?.from ?? { host: '', port: 0 });
      await pass(100);
      expect(call().heard).toEqual(['INVITE', 'ACK']);
      expect(summary(receipts)).toEqual(['delivered']);
    }));

  test('a BYE is repeated', () =>
    onScene(async ({ channel, network, pass, call }) => {
      void channel.send(notice);
      await pass(20);
      await call().pickUp();
      let lost = 0;
      network.lose = (bytes) => isOf(bytes, 'BYE') && lost++ < 2;
      call().press('1');
      await pass(6_000);
      expect(call().heard).toEqual(['INVITE', 'ACK', 'BYE']);
    }));

  test('a trunk that is silent leaves it open, and a late ring closes it', () =>
    onScene(async ({ channel, peer, receipts, pass, call }) => {
      peer.onCall = () => {};
      const sending = channel.send(notice);
      await pass(33_000);
      expect(await sending).toEqual({ kind: 'uncertain', code: 'time-out' });
      expect(await channel.send(notice)).toEqual({ kind: 'uncertain', code: 'time-out' });
      call().ring();
      await pass(40);
      expect(await channel.status('nt_1')).toMatchObject({ receipt: { state: 'accepted' } });
      await call().pickUp();
      await pass(40);
      expect(summary(receipts)).toEqual(['delivered']);
      expect(call().heard.filter((method) => method === 'CANCEL')).toEqual([]);
    }));

  test('a name nobody knows was never asked', () =>
    onScene(
      async ({ channel, pass }) => {
        const sending = channel.send(notice);
        await pass(40);
        expect(await sending).toEqual({ kind: 'rejected', code: 'ENOTFOUND', retry: 'backoff' });
      },
      { trunk: { host: 'nowhere.invalid', port: 5_060 } },
    ));
});

describe('a trunk that wants a password', () => {
  const credentials = { user: 'plumbline', password: 'gāo shān' };
  const guards = [
    'Digest realm="city", nonce="n1", qop="auth", algorithm=SHA-256, opaque="o"',
    'Digest realm="city", nonce="n1", qop="auth,auth-int", algorithm=MD5',
    'Digest realm="city", nonce="n1"',
  ];
  test.each(guards)('gets it for INVITE and BYE: %s', (challenge) =>
    onScene(
      async ({ channel, peer, receipts, network, pass, call }) => {
        peer.guard = { challenge, ...credentials };
        void channel.send(notice);
        await pass(60);
        await call().pickUp();
        await pass(100);
        call().press('1');
        await pass(3_000);
        expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
        expect(call().heard.at(-1)).toBe('BYE');
        const invites = network.sent.flatMap(({ bytes }) => {
          const parsed = parseMessage(bytes);
          return parsed.kind === 'message' && isOf(bytes, 'INVITE') ? [parsed.message] : [];
        });
        expect(invites).toHaveLength(2);
        const branches = invites.map(
          ({ headers }) => headers.find(([name]) => name === 'via')?.[1],
        );
        expect(new Set(branches).size).toBe(2);
      },
      { credentials },
    ),
  );

  test('and does not like it is not asked forever', () =>
    onScene(
      async ({ channel, peer, network, pass }) => {
        peer.guard = { challenge: guards[0] ?? '', ...credentials, password: 'another' };
        const sending = channel.send(notice);
        await pass(100);
        expect(await sending).toEqual({ kind: 'rejected', code: 'sip-401', retry: 'never' });
        expect(network.sent.filter(({ bytes }) => isOf(bytes, 'INVITE'))).toHaveLength(2);
      },
      { credentials },
    ));
});

describe('lines', () => {
  const other = { ...notice, id: 'nt_2', address: '0818-2' };
  const third = { ...notice, id: 'nt_3', address: '0818-3' };

  test('the same notice is one call, however often it is given', () =>
    onScene(async ({ channel, peer, pass, call }) => {
      const [first, second] = [channel.send(notice), channel.send(notice)];
      await pass(40);
      expect(await first).toEqual(await second);
      await call().pickUp();
      await pass(100);
      call().press('1');
      await pass(3_000);
      expect(await channel.send(notice)).toEqual(await first);
      expect(peer.calls).toHaveLength(1);
      expect(await channel.status('nt_1')).toMatchObject({
        kind: 'known',
        receipt: { state: 'answered', answer: '1' },
      });
      expect(await channel.status('nt_9')).toEqual({ kind: 'unknown' });
    }));

  test('no more calls at once than there are lines; the next begins when one is free', () =>
    onScene(async ({ channel, peer, pass, call }) => {
      void channel.send(notice);
      void channel.send(other);
      const waiting = channel.send(third);
      await pass(1_000);
      expect(peer.calls.map(({ number }) => number)).toEqual(['+868181234', '08182']);
      call().respond(486);
      await pass(40);
      expect(await waiting).toMatchObject({ kind: 'accepted' });
      expect(peer.calls).toHaveLength(3);
    }));

  test('one telephone is called once at a time, and others do not wait for it', () =>
    onScene(async ({ channel, peer, pass }) => {
      void channel.send(notice);
      const same = channel.send({ ...notice, id: 'nt_2' });
      void channel.send(third);
      await pass(1_000);
      expect(peer.calls.map(({ number }) => number)).toEqual(['+868181234', '08183']);
      await pass(20_000);
      expect(await same).toEqual({ kind: 'rejected', code: 'lines-busy', retry: 'backoff' });
    }));

  test('a trunk that is away uses up no line, and what it never answered is forgotten in the end', () =>
    onScene(async ({ channel, peer, network, pass, call }) => {
      peer.isDown = true;
      const silent = [channel.send(notice), channel.send(other)];
      await pass(33_000);
      expect(await Promise.all(silent)).toEqual(
        silent.map(() => ({ kind: 'uncertain', code: 'time-out' })),
      );
      peer.isDown = false;
      expect(await Promise.race([channel.send(third), pass(1_000)])).toMatchObject({
        kind: 'accepted',
      });
      call().respond(486);
      peer.isDown = true;
      await pass(20 * 60_000);
      expect(await channel.status(notice.id)).toEqual({ kind: 'unknown' });
      expect(network.openPorts()).toBe(2);
    }));

  test('a call that is being placed is not unknown: nobody else is to place it', () =>
    onScene(async ({ channel, peer, pass }) => {
      peer.onCall = () => {};
      void channel.send(notice);
      await pass(40);
      expect(await channel.status('nt_1')).toEqual({ kind: 'unavailable', code: 'placing' });
    }));

  test('numbers nobody can dial are refused', () =>
    onScene(async ({ channel, peer }) => {
      const refused = { kind: 'rejected', code: 'bad-number', retry: 'never' };
      expect(await channel.send({ ...notice, address: 'call me' })).toEqual(refused);
      expect(await channel.send({ ...notice, address: '1@evil.example' })).toEqual(refused);
      expect(peer.calls).toEqual([]);
    }));

  test('a stop takes back what rings, ends what talks, and says that nobody answered', () =>
    onScene(async ({ channel, receipts, pass, call }) => {
      void channel.send(notice);
      void channel.send(other);
      await pass(40);
      await call(0).pickUp();
      await pass(100);
      const stopping = channel.stop();
      await pass(5_000);
      await stopping;
      expect(call(0).heard).toContain('BYE');
      expect(call(1).heard).toContain('CANCEL');
      expect(summary(receipts)).toEqual(['delivered', 'failed unreachable', 'failed unreachable']);
      expect(await channel.send(third)).toMatchObject({ kind: 'rejected', code: 'stopping' });
    }));

  test('a stop while nothing was heard yet leaves the notice open', () =>
    onScene(async ({ channel, peer, pass, call }) => {
      peer.onCall = () => {};
      peer.onCancel = () => {};
      const sending = channel.send(notice);
      await pass(40);
      const stopping = channel.stop();
      await pass(5_000);
      await stopping;
      expect(await sending).toEqual({ kind: 'uncertain', code: 'stopping' });
      expect(call().heard).toContain('CANCEL');
    }));
});
