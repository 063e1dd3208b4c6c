// Calls to a real SIP peer over UDP on loopback: sipp plays the trunk and the telephone, keys included.

import { describe, expect, test } from 'vitest';
import { createCountingIds } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { ioClock } from '../../../core/time.ts';
import type { Receipt, SendOutcome, StatusOutcome } from '../channel.ts';
import { udpNetwork } from './datagrams.ts';
import { createPhoneSip, type PhoneSipOptions, type SipChannel } from './phone-sip.ts';
import { notice, OPTIONS, summary, voice } from './sip-scene.fixture.ts';
import { playSipp, whyNoSipp, type SippScenario } from './sipp.fixture.ts';
import { TRANSACTION_TIMES } from './transaction.ts';

const reason = whyNoSipp();
if (reason) process.stderr.write(`skipped: calls to a real SIP peer, because ${reason}\n`);

type Played = {
  readonly outcome: SendOutcome;
  readonly receipts: readonly Receipt[];
  readonly verdict: string;
};

const CREDENTIALS = { user: 'plumbline', password: 'trunk password' };

/** Calls the trunk that plays the scenario; done when both ends are. */
async function call(
  scenario: SippScenario,
  change: Partial<PhoneSipOptions> = {},
  play: (channel: SipChannel) => Promise<void> = async () => {},
): Promise<Played> {
  const peer = await playSipp(scenario);
  const deps = { clock: ioClock, random: createRandom(scenario), ids: createCountingIds() };
  const channel = createPhoneSip(
    { ...deps, logger: silentLogger, network: udpNetwork, voice },
    { ...OPTIONS, trunk: peer.endpoint, times: TRANSACTION_TIMES, ...change },
  );
  const receipts: Receipt[] = [];
  channel.onReceipt((receipt) => {
    receipts.push(receipt);
    return Promise.resolve('taken');
  });
  try {
    const outcome = await channel.send(notice);
    await play(channel);
    return { outcome, receipts, verdict: await peer.verdict };
  } finally {
    peer.stop();
    await channel.stop();
  }
}

const accepted = { kind: 'accepted', messageId: expect.any(String) as string };

describe.skipIf(reason !== undefined).concurrent('a real SIP peer', { timeout: 70_000 }, () => {
  test.each<[SippScenario, string[], Partial<PhoneSipOptions>]>([
    ['key-1', ['delivered', 'answered 1'], {}],
    ['key-2-then-3', ['delivered', 'answered 3'], {}],
    ['key-by-info', ['delivered', 'answered 1'], {}],
    ['moved', ['delivered', 'answered 1'], {}],
    ['password-401', ['delivered', 'answered 1'], { credentials: CREDENTIALS }],
    ['password-407', ['delivered', 'answered 1'], { credentials: CREDENTIALS }],
    ['password-without-qop', ['delivered', 'answered 1'], { credentials: CREDENTIALS }],
    ['hung-up', ['delivered', 'failed hung-up'], {}],
    ['busy', ['failed busy'], {}],
    ['declined', ['failed declined'], {}],
    ['switched-off', ['failed unreachable'], {}],
    ['no-answer', ['failed no-answer'], { ringMs: 1_000 }],
  ])('that plays "%s" is told as %j', async (scenario, expected, change) => {
    const { outcome, receipts, verdict } = await call(scenario, change);
    expect(verdict).toBe('');
    expect(outcome).toEqual(accepted);
    expect(summary(receipts)).toEqual(expected);
  });

  test('that wants another password lets no call through', async () => {
    const wrong = { ...CREDENTIALS, password: 'another' };
    const { outcome, receipts, verdict } = await call('password-401', { credentials: wrong });
    expect(outcome).toEqual({ kind: 'rejected', code: 'sip-403', retry: 'never' });
    expect([verdict, receipts]).toEqual(['', []]);
  });

  test('that never answers leaves it open, until it says that it never had the call', async () => {
    let status: StatusOutcome | undefined;
    const times = { t1Ms: 40, t2Ms: 160 };
    const { outcome, verdict } = await call('silent', { times }, async (channel) => {
      status = await channel.status(notice.id);
    });
    expect(outcome).toEqual({ kind: 'uncertain', code: 'time-out' });
    expect([verdict, status]).toEqual(['', { kind: 'unknown' }]);
  });
});
