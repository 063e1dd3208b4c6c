// What the other end does within a call that is up: keys by INFO, sound elsewhere, hold, repetitions, strangers.

import { describe, expect, test } from 'vitest';
import { isOf, notice, onScene, summary, type Scene } from './sip-scene.fixture.ts';

const inCall = (play: (scene: Scene) => Promise<void>) =>
  onScene(async (scene) => {
    void scene.channel.send(notice);
    await scene.pass(20);
    await scene.call().pickUp();
    await scene.pass(500);
    await play(scene);
  });

const statuses = ({ call }: Scene) => call().answers.map(({ status }) => status);

const INFO = { type: 'application/dtmf-relay', body: 'Signal=1\r\nDuration=160\r\n' };

describe('an INFO', () => {
  test('with key 1 acknowledges, and its repetition is answered and counts once', () =>
    inCall(async (scene) => {
      const { call, pass, receipts } = scene;
      call().ask('INFO', { ...INFO, cseq: 7 });
      call().ask('INFO', { ...INFO, cseq: 7 });
      await pass(3_000);
      expect(statuses(scene)).toEqual([200, 200]);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
      expect(call().heard.at(-1)).toBe('BYE');
    }));

  test('with key 3 passes on; after it another key changes nothing', () =>
    inCall(async ({ call, pass, receipts }) => {
      call().ask('INFO', { type: 'application/dtmf', body: '3' });
      call().ask('INFO', INFO);
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 3']);
    }));

  test('of something else is refused, an empty one answered', () =>
    inCall(async (scene) => {
      scene.call().ask('INFO', { type: 'application/media_control+xml', body: '<x/>' });
      scene.call().ask('INFO');
      await scene.pass(100);
      expect(statuses(scene)).toEqual([415, 200]);
      expect(summary(scene.receipts)).toEqual(['delivered']);
    }));

  test('under another tag, or older than what was heard, presses no key', () =>
    inCall(async (scene) => {
      scene.call().ask('INFO', { ...INFO, tag: 'stranger', cseq: 8 });
      scene.call().ask('OPTIONS', { cseq: 9 });
      scene.call().ask('INFO', { cseq: 12 });
      scene.call().ask('INFO', { ...INFO, cseq: 11 });
      await scene.pass(100);
      expect(statuses(scene)).toEqual([481, 200, 200, 500]);
      expect(summary(scene.receipts)).toEqual(['delivered']);
    }));
});

describe('a change of the sound', () => {
  const sdp = (port: number, more: string[] = []) => ({
    type: 'application/sdp',
    body: [
      'v=0',
      'o=- 1 2 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${port} RTP/AVP 0 96`,
      'a=rtpmap:96 telephone-event/8000',
      ...more,
      '',
    ].join('\r\n'),
  });

  test('by INVITE or UPDATE is agreed to: the sound goes there, in the other law', () =>
    inCall(async (scene) => {
      const { call, pass, network } = scene;
      for (const [method, port] of [
        ['INVITE', 9_990],
        ['UPDATE', 9_980],
      ] as const) {
        call().ask(method, sdp(port));
        await pass(40);
        expect(call().answers.at(-1)).toMatchObject({ status: 200 });
        expect(call().answers.at(-1)?.body).toContain('RTP/AVP 0 96');
        const before = network.sent.length;
        await pass(200);
        const sound = network.sent.slice(before).filter(({ to }) => to.port === port);
        expect(sound.length).toBeGreaterThanOrEqual(9);
        expect(sound[0]?.bytes[1]).toBe(0);
        if (method === 'INVITE') call().ask('ACK', { cseq: 1 });
      }
    }));

  test('is said again until its ACK comes', () =>
    inCall(async (scene) => {
      const { call, pass } = scene;
      call().ask('INVITE', { ...sdp(9_990), cseq: 5 });
      await pass(2_000);
      // At once, after 0.5 s and after 1.5 s.
      expect(statuses(scene)).toEqual([200, 200, 200]);
      call().ask('ACK', { cseq: 5 });
      await pass(10_000);
      expect(statuses(scene)).toHaveLength(3);
    }));

  test('without an offer gets ours, and follows the answer in its ACK', () =>
    inCall(async (scene) => {
      const { call, pass, network } = scene;
      call().ask('INVITE', { cseq: 5 });
      await pass(40);
      expect(call().answers.at(-1)?.body).toContain('RTP/AVP 8 0 101');
      call().ask('ACK', { ...sdp(9_970), cseq: 5 });
      await pass(100);
      expect(network.sent.at(-1)?.to.port).toBe(9_970);
    }));

  test('to nothing in common is refused, and the call goes on as it was', () =>
    inCall(async (scene) => {
      const { call, pass, receipts } = scene;
      call().ask('INVITE', {
        type: 'application/sdp',
        body: sdp(9_990).body.replace('0 96', '18'),
      });
      await pass(100);
      expect(statuses(scene)).toEqual([488]);
      call().press('1');
      await pass(3_000);
      expect(summary(receipts)).toEqual(['delivered', 'answered 1']);
    }));

  test('to hold stops the sound; taken off hold the message goes on where it was', () =>
    inCall(async (scene) => {
      const { call, pass, network } = scene;
      call().ask('INVITE', { ...sdp(9_990, ['a=sendonly']), cseq: 5 });
      await pass(40);
      expect(call().answers.at(-1)?.body).toContain('a=recvonly');
      call().ask('ACK', { cseq: 5 });
      const soundTo = (port: number) => network.sent.filter(({ to }) => to.port === port);
      await pass(30_000);
      expect(soundTo(9_990)).toHaveLength(0);
      call().ask('INVITE', { ...sdp(9_991), cseq: 6 });
      await pass(300);
      expect(soundTo(9_991).length).toBeGreaterThanOrEqual(10);
      // Still up after half a minute on hold: it had not been said yet.
      expect(call().heard.at(-1)).toBe('ACK');
    }));

  test('an UPDATE without a body only asks whether we are there', () =>
    inCall(async (scene) => {
      scene.call().ask('UPDATE');
      await scene.pass(40);
      expect(statuses(scene)).toEqual([200]);
      expect(scene.call().answers[0]?.body).toBe('');
    }));
});

test('who asks learns where it was seen from', () =>
  inCall(async ({ call, pass }) => {
    call().ask('OPTIONS');
    await pass(40);
    const via = call().answers[0]?.headers.find(([name]) => name === 'via')?.[1];
    expect(via).toMatch(/;received=127\.0\.0\.1;rport=\d+;branch=/);
  }));

test('a BYE under another tag ends nothing', () =>
  inCall(async (scene) => {
    scene.call().ask('BYE', { tag: 'stranger' });
    await scene.pass(100);
    expect(statuses(scene)).toEqual([481]);
    expect(summary(scene.receipts)).toEqual(['delivered']);
  }));

test('a second telephone that picked up as well is acknowledged and taken down', () =>
  inCall(async ({ call, network, peer, pass }) => {
    const answer = network.sent.findLast(({ bytes }) => isOf(bytes, 'SIP/2.0 200'));
    const us = network.sent.find(({ bytes }) => isOf(bytes, 'INVITE'))?.from;
    const socket = await network.open({ host: '127.0.0.1', port: 0 });
    const other = Buffer.from(answer?.bytes ?? [])
      .toString('latin1')
      .replace('tag=peer', 'tag=other');
    const heard = call().heard.length;
    await socket.send(Buffer.from(other, 'latin1'), us ?? { host: '', port: 0 });
    await pass(100);
    expect(call().heard.slice(heard)).toEqual(['ACK', 'BYE']);
    const bye = network.sent.findLast(({ bytes }) => isOf(bytes, 'BYE'));
    expect(Buffer.from(bye?.bytes ?? []).toString('latin1')).toContain('tag=other');
    expect(peer.calls).toHaveLength(1);
  }));
