// What providers, limits and devices are promised of the records, run against both engines.

import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import type { AlertsHarness } from '../alerts.contract.ts';
import { createFakeProvider } from '../channels/channel.fixture.ts';
import { devicesOf, removeDevice, saveDevice } from '../channels/push-devices.ts';
import { createPushChannel } from '../channels/push.ts';
import { DAZHOU_CITY, raised } from '../findings.fixture.ts';
import { noticeTo, openStage, startProgram, type Stage } from '../scenario.fixture.ts';
import { takeSeen } from '../seen.ts';
import { owing, TERMS } from './fail-over.fixture.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const LIMITS = { sms: { 2: { max: 2, withinMs: 600_000, beyond: 'digest' as const } } };

export function describeProviders(name: string, harness: AlertsHarness): void {
  const onStage = async (play: (stage: Stage) => Promise<void>) => {
    const store = await harness.createStore();
    const stage = await openStage({ records: store.records });
    try {
      await play(stage);
    } finally {
      await stage.remove();
      await store.remove();
    }
  };

  describe(`${name} providers`, () => {
    test('one takes over from another within the limits of a person, and all of it is kept', () =>
      onStage(async (stage) => {
        const second = createFakeProvider('sms', 'second', TERMS);
        const program = await startProgram(stage, {
          further: [second],
          wrapChannel: owing,
          sender: { limits: LIMITS },
        });
        const alerts = [...Array(5).keys()].map((index) => raised(`cc-3${index}`));
        await program.find(...alerts);
        expect([stage.sms.sent.length, second.sent.length]).toEqual([2, 0]);
        await program.pass(1.1, 33);
        expect([stage.sms.sent.length, second.sent.length]).toEqual([2, 2]);
        const key = second.sent[0]?.id ?? '';
        const late = { state: 'delivered', sequence: 1 } as const;
        expect(await stage.sms.report(key, late)).toBe('taken');
        expect(await stage.sms.report(key, late)).toBe('stale');
        for (const { id } of second.sent) await second.report(id, { state: 'delivered' });
        await program.pass(9.2, 92);
        const sums = [...stage.sms.sent, ...second.sent].filter(({ text }) =>
          text.zh.includes('另有2条'),
        );
        expect(new Set(sums.map(({ id }) => id)).size).toBe(1);
        const details = await Promise.all(
          alerts.map(({ alertId }) => program.desk.get(alertId, ALL)),
        );
        const steps = details.flatMap(({ notices }) =>
          notices.flatMap((notice) => notice.steps.map(({ what }) => what)),
        );
        const count = (what: string) => steps.filter((step) => step === what).length;
        expect(['held', 'covered', 'late-receipt'].map(count)).toEqual([3, 2, 1]);
      }));

    test('what an officer saw, and on which devices they want pushes', () =>
      onStage(async (stage) => {
        const { db } = stage.records;
        const program = await startProgram(stage, {
          wrapChannel: (channel) => (channel.kind === 'push' ? createPushChannel() : channel),
        });
        const alert = raised('cc-1');
        await program.find(alert);
        const { records, clock } = stage;
        const deps = { records, clock, logger: silentLogger, onChanged: () => {} };
        const seen = { officerId: 'xuanhan', alertIds: [alert.alertId] };
        expect([await takeSeen(deps, seen), await takeSeen(deps, seen)]).toEqual([1, 0]);
        expect((await noticeTo(stage, 'push', 'xuanhan')).state).toBe('delivered');
        const device = {
          officerId: 'xuanhan',
          endpoint: 'https://push.example.org/x',
          p256dh: 'p',
          auth: 'a',
          device: '',
          language: 'zh' as const,
        };
        await saveDevice(deps, db, device);
        await saveDevice(deps, db, { ...device, auth: 'b' });
        expect(await devicesOf(db, 'xuanhan')).toMatchObject([{ auth: 'b' }]);
        await removeDevice(db, device);
        expect(await devicesOf(db, 'xuanhan')).toEqual([]);
      }));
  });
}
