// A channel with a trunk of the test behind it, on a network in memory and a clock that stands still.

import { expect } from 'vitest';
import { createCountingIds } from '../../../core/ids.ts';
import { silentLogger, type LogFields, type Logger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { createManualClock } from '../../../core/time.ts';
import type { OutgoingNotice, Receipt } from '../channel.ts';
import { createMemoryNetwork, type MemoryNetwork } from './memory-network.fixture.ts';
import { createPhoneSip, type PhoneSipOptions, type SipChannel } from './phone-sip.ts';
import { openSipPeer, type PeerCall, type SipPeer } from './sip-peer.fixture.ts';
import type { Voice } from './speech.ts';

/** A second of a steady value is as good as a word. */
export const voice: Voice = {
  say: () => Promise.resolve({ kind: 'spoken', samples: new Int16Array(8_000).fill(5_120) }),
};

export const OPTIONS = {
  provider: 'sip',
  domain: 'city.example',
  from: '4000',
  local: { host: '127.0.0.1', port: 0 },
  ringMs: 30_000,
  callsMax: 2,
  language: 'zh',
  lineWaitMs: 20_000,
  law: 'a-law',
  dial: { prefix: '', isNational: false },
} as const;

export type Scene = {
  readonly channel: SipChannel;
  readonly peer: SipPeer;
  readonly network: MemoryNetwork;
  readonly receipts: Receipt[];
  readonly logged: string[];
  /** Moves time on in steps of a packet; what is under way goes on in between. */
  pass(ms: number): Promise<void>;
  call(index?: number): PeerCall;
};

export const notice: OutgoingNotice = {
  id: 'nt_1',
  alertId: 'al_1',
  recipient: 'xuanhan',
  address: '+86 818-1234',
  text: { zh: '一级预警。', en: 'level 1 alert.' },
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

export async function onScene(
  play: (scene: Scene) => Promise<void>,
  change: Partial<PhoneSipOptions> = {},
  given: { voice?: Voice } = {},
): Promise<void> {
  const network = createMemoryNetwork();
  const peer = await openSipPeer(network);
  const clock = createManualClock(1_000_000);
  const logged: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (event) => void logged.push(event),
    error: (event: string, fields?: LogFields) =>
      void logged.push(`${event} ${String(fields?.['code'] ?? '')}`.trim()),
  };
  const ids = createCountingIds();
  const channel = createPhoneSip(
    { clock, random: createRandom('sip'), ids, logger, network, voice: given.voice ?? voice },
    { ...OPTIONS, trunk: peer.endpoint, times: { t1Ms: 500, t2Ms: 4_000 }, ...change },
  );
  const receipts: Receipt[] = [];
  channel.onReceipt((receipt) => {
    receipts.push(receipt);
    return Promise.resolve('taken');
  });
  const pass = async (ms: number) => {
    await turn();
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      await turn();
    }
  };
  const call = (index = 0) => {
    const found = peer.calls[index];
    if (!found) throw new Error(`there is no call ${index}`);
    return found;
  };
  await play({ channel, peer, network, receipts, logged, pass, call });
  // Everything we say must be readable by another.
  expect(peer.problems).toEqual([]);
  const stopping = channel.stop();
  await pass(5_000);
  await stopping;
}

export const summary = (receipts: readonly Receipt[]) =>
  receipts.map(({ state, answer, reason }) => [state, answer ?? reason].filter(Boolean).join(' '));

export const isOf = (bytes: Uint8Array, start: string): boolean =>
  Buffer.from(bytes).toString('latin1').startsWith(start);
