// A level-1 alert through the whole product: the telephone of a real SIP peer rings at city and county, key 1
// is pressed in both calls, and the alert is acknowledged.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { playSipp, whyNoSipp, type SippPeer } from '../../alerts/channels/sip/sipp.fixture.ts';
import { createDesk } from '../../alerts/desk.ts';
import { DAZHOU_CITY, raised, saveOfficers } from '../../alerts/findings.fixture.ts';
import { appendFindings } from '../../alerts/scenario.fixture.ts';
import { ioClock, sleep, systemClock } from '../../core/time.ts';
import { configSchema } from '../config.ts';
import { ruleTextsOf } from '../roles/alerts.ts';
import { startProduct, type Product } from '../wire.ts';

const reason = whyNoSipp();
if (reason) process.stderr.write(`skipped: a level-1 alert by telephone, because ${reason}\n`);

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const offence = raised('cc-000001', { ruleId: 'offence-or-conflict', level: 1 });

async function onProduct(peer: SippPeer, play: (product: Product) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-call-'));
  const config = configSchema.parse({
    dataFolder: folder,
    logLevel: 'silent',
    roles: ['alerts'],
    http: { port: 0 },
    warehouse: { kind: 'none' },
    channels: {
      phone: {
        providers: [{ kind: 'sip', ...peer.endpoint, caller: '4000', local: LOOPBACK }],
      },
    },
  });
  const product = await startProduct(config, { clock: systemClock });
  try {
    await play(product);
  } finally {
    await product.stop();
    await rm(folder, { recursive: true });
  }
}

const LOOPBACK = { host: '127.0.0.1' };

test.skipIf(reason !== undefined)(
  'a level-1 alert rings at city and county and is acknowledged by keypad in both calls',
  async () => {
    const peer = await playSipp('key-1', 2);
    try {
      await onProduct(peer, async ({ foundation }) => {
        const { records, log } = foundation;
        await saveOfficers(records.db);
        await appendFindings(log, [offence]);
        // The calls end when the keys were pressed; what they bring is written down by then or soon after.
        expect(await peer.verdict).toBe('');
        const desk = createDesk({
          ...foundation,
          ruleTexts: ruleTextsOf(foundation),
          onChanged: () => {},
        });
        const current = () => desk.get(offence.alertId, ALL);
        while ((await current()).status !== 'acknowledged') await sleep(ioClock, 20);
        const { timeline, notices } = await current();
        const acts = timeline
          .filter(({ kind }) => kind === 'answered' || kind === 'acknowledged')
          .map(({ kind, actor, details }) => ({ kind, actor, ...details }));
        expect(acts.map(({ kind }) => kind)).toEqual(['answered', 'acknowledged']);
        expect(acts).toContainEqual(
          expect.objectContaining({ actor: 'xuanhan', side: 'county', via: 'phone' }),
        );
        expect(acts).toContainEqual(
          expect.objectContaining({ actor: 'city', side: 'city', via: 'phone' }),
        );
        const calls = notices.filter(({ channel }) => channel === 'phone');
        expect(calls.map(({ state, recipient }) => `${recipient} ${state}`).sort()).toEqual([
          'city answered',
          'xuanhan answered',
        ]);
      });
    } finally {
      peer.stop();
    }
  },
  70_000,
);
