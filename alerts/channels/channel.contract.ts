// What every channel promises the outbox, fakes included: it says truly whether a notice was taken, cannot
// have been taken, or may have been; and it hands on what the provider reports, whatever order that comes in.

import { describe, expect, test } from 'vitest';
import type { ChannelKind } from '../../warehouse/records-schema.ts';
import { DAZHOU_CITY, OFFICERS, raised, START_MS, XUANHAN } from '../findings.fixture.ts';
import {
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';
import type { FakeBehaviour } from './channel.fixture.ts';
import type { Channel, OutgoingNotice, Receipt, ReceiptOutcome } from './channel.ts';

export type ChannelPeer = {
  behave(behaviour: FakeBehaviour): void;
  /** How often the provider acted for a key. */
  effectsOf(noticeId: string): number;
  /** Reports to the channel as the provider would. */
  report(noticeId: string, receipt: PeerReport): Promise<ReceiptOutcome>;
};

/** The sender's number is filled in; the sequence rises by itself unless given. */
export type PeerReport = Partial<Receipt> & Pick<Receipt, 'state'>;

export type ChannelHarness = {
  readonly kind: ChannelKind;
  open(): Promise<{
    readonly channel: Channel;
    readonly peer: ChannelPeer;
    close(): Promise<void>;
  }>;
  /** Why the channel cannot fail in the ways of a provider that is somewhere else. */
  readonly cannotFail?: string;
  /** Why nobody answers through it. */
  readonly cannotAnswer?: string;
  /** Why its provider cannot be asked about a notice whose answer was lost. */
  readonly cannotAsk?: string;
};

const COUNTY = {
  accountId: 'ac_county',
  role: 'county-officer',
  region: XUANHAN,
  note: '',
} as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

export function describeChannel(name: string, harness: ChannelHarness): void {
  const { kind, cannotFail, cannotAnswer, cannotAsk } = harness;
  for (const reason of [cannotFail, cannotAnswer, cannotAsk]) {
    if (reason) process.stderr.write(`skipped: cases of the ${name} channel, because ${reason}\n`);
  }

  const withChannel = async (run: (channel: Channel, peer: ChannelPeer) => Promise<void>) => {
    const { channel, peer, close } = await harness.open();
    channel.onReceipt(() => Promise.resolve('taken'));
    await run(channel, peer).finally(close);
  };

  const notice: OutgoingNotice = {
    id: 'nt_1',
    alertId: 'al_1',
    recipient: 'xuanhan',
    address: '13980818001',
    text: { zh: '二级预警', en: 'level 2 alert' },
  };

  describe(`${name} channel`, () => {
    test('takes a notice and gives it a name', () =>
      withChannel(async (channel, peer) => {
        const outcome = await channel.send(notice);
        expect(outcome).toEqual({ kind: 'accepted', messageId: expect.any(String) as string });
        if (!cannotFail) expect(peer.effectsOf(notice.id)).toBe(1);
        expect(channel.kind).toBe(kind);
      }));

    describe.skipIf(cannotFail !== undefined)('with a provider that fails', () => {
      test.each<[FakeBehaviour, object, number, string]>([
        ['busy', { kind: 'rejected', retry: 'backoff' }, 0, 'unknown'],
        ['refuse', { kind: 'rejected', retry: 'never' }, 0, 'unknown'],
        ['take-and-time-out', { kind: 'uncertain' }, 1, 'known'],
        ['lose-and-time-out', { kind: 'uncertain' }, 0, 'unknown'],
      ])('says truly what became of the notice: %s', (behaviour, expected, effects, status) =>
        withChannel(async (channel, peer) => {
          peer.behave(behaviour);
          expect(await channel.send(notice)).toMatchObject(expected);
          expect(peer.effectsOf(notice.id)).toBe(effects);
          peer.behave('accept');
          // Who cannot know says so, and neither that it was taken nor that it was not.
          const isOpen = behaviour.endsWith('time-out') && cannotAsk !== undefined;
          expect((await channel.status(notice.id)).kind).toBe(isOpen ? 'unavailable' : status);
        }),
      );

      test('that says nothing leaves everything open', () =>
        withChannel(async (channel, peer) => {
          peer.behave('down');
          expect((await channel.send(notice)).kind).toBe('uncertain');
          expect((await channel.status(notice.id)).kind).toBe('unavailable');
        }));

      test.skipIf(kind === 'push')('cannot send to an officer without a number', () =>
        withChannel(async (channel, peer) => {
          expect(await channel.send({ ...notice, address: null })).toEqual({
            kind: 'rejected',
            code: 'no-number',
            retry: 'never',
          });
          expect(peer.effectsOf(notice.id)).toBe(0);
        }),
      );
    });
  });

  const onStage = async (
    play: (given: {
      program: Program;
      stage: Stage;
      peer: ChannelPeer;
      id: string;
    }) => Promise<void>,
  ) => {
    const { channel, peer, close } = await harness.open();
    const officers = OFFICERS.map((officer, index) => ({
      ...officer,
      phone: `1398081800${index}`,
    }));
    const stage = await openStage({ officers });
    try {
      const wrapChannel = (other: Channel) => (other.kind === kind ? channel : other);
      const program = await startProgram(stage, { wrapChannel });
      await program.find(alert);
      const { id } = await noticeTo(stage, kind, 'xuanhan');
      await play({ program, stage, peer, id });
    } finally {
      await stage.remove();
      await close();
    }
  };

  const alert = raised('cc-000001', {
    ruleId: kind === 'phone' ? 'offence' : kind === 'sms' ? 'area-exit' : 'terminal-silent',
  });

  describe(`receipts of the ${name} channel`, () => {
    test('that come twice count once', () =>
      onStage(async ({ stage, peer, id }) => {
        const delivered = { state: 'delivered', sequence: 1, from: 'xuanhan' } as const;
        expect(await peer.report(id, delivered)).toBe('taken');
        stage.clock.advance(5_000);
        expect(await peer.report(id, delivered)).toBe('stale');
        expect(await noticeTo(stage, kind, 'xuanhan')).toMatchObject({
          state: 'delivered',
          deliveredAtMs: START_MS,
        });
      }));

    describe.skipIf(cannotAnswer !== undefined)('with answers', () => {
      test('in the wrong order end where those in the right order do', () =>
        onStage(async ({ stage, peer, id }) => {
          expect(await peer.report(id, { state: 'answered', answer: '1', sequence: 3 })).toBe(
            'taken',
          );
          expect(await peer.report(id, { state: 'delivered', sequence: 2 })).toBe('stale');
          expect(await noticeTo(stage, kind, 'xuanhan')).toMatchObject({
            state: 'answered',
            providerSequence: 3,
          });
        }));

      test('key 1 acknowledges for the officer, even when a later receipt was faster', () =>
        onStage(async ({ program, peer, id }) => {
          await peer.report(id, { state: 'failed', reason: 'hung-up', sequence: 9 });
          expect(await peer.report(id, { state: 'answered', answer: '1', sequence: 3 })).toBe(
            'taken',
          );
          const { timeline } = await program.desk.get(alert.alertId, ALL);
          expect(timeline.at(-1)).toMatchObject({
            actor: 'xuanhan',
            details: { side: 'county', via: kind },
          });
        }));

      test('another key does not', () =>
        onStage(async ({ program, peer, id }) => {
          expect(await peer.report(id, { state: 'answered', answer: '2' })).toBe('taken');
          const { timeline } = await program.desk.get(alert.alertId, ALL);
          expect(timeline.at(-1)?.kind).toBe('notified');
        }));

      test('nobody answers for the officer the notice was sent to', () =>
        onStage(async ({ peer, id }) => {
          const stranger = { state: 'answered', answer: '1', from: '13980818999' } as const;
          expect(await peer.report(id, stranger)).toBe('wrong-person');
        }));

      test('after the alert was closed are kept and change nothing of it', () =>
        onStage(async ({ program, stage, peer, id }) => {
          const city = { ...COUNTY, role: 'city-officer', region: DAZHOU_CITY } as const;
          await program.desk.acknowledge(alert.alertId, COUNTY);
          if (kind === 'phone') await program.desk.acknowledge(alert.alertId, city);
          await program.desk.feedback(alert.alertId, { ...COUNTY, result: 'true' });
          const before = await program.desk.close(alert.alertId, COUNTY);
          expect(await peer.report(id, { state: 'answered', answer: '1' })).toBe('taken');
          expect((await noticeTo(stage, kind, 'xuanhan')).state).toBe('answered');
          const after = await program.desk.get(alert.alertId, ALL);
          expect([after.status, after.timeline]).toEqual(['closed', before.timeline]);
        }));
    });
  });
}
