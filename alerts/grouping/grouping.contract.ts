// What alerts that share a notice are promised, run against both engines of the records.

import { expect, test } from 'vitest';
import type { AlertsHarness } from '../alerts.contract.ts';
import { DAZHOU_CITY, raised } from '../findings.fixture.ts';
import { parseRouting } from '../routing/load-routing.ts';
import { openStage, startProgram, type ProgramParts } from '../scenario.fixture.ts';

const PLAN = `id: groups
routes:
  - name: 合并
    match: { levels: [2] }
    group: { by: [county], wait: 20s, interval: 30s, max: 5 }
`;
const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY, note: '' } as const;

export function describeGroups(name: string, harness: AlertsHarness): void {
  test(`${name}: one notice for several, the next in its time, freed of what is taken, answered at once`, async () => {
    const store = await harness.createStore();
    const stage = await openStage({ records: store.records });
    const routing = { plan: parseRouting('groups.yaml', PLAN), calendar: undefined };
    const start = (parts: ProgramParts) => startProgram(stage, { routing, ...parts });
    try {
      const program = await start({});
      // A second one on the same records finds nothing left to send, nor sends anything twice.
      const beside = await start({ records: await store.another(), senderId: 'sender-2' });
      const [a, b, c, late] = ['cc-1', 'cc-2', 'cc-3', 'cc-4'].map((key) => raised(key));
      if (!a || !b || !c || !late) throw new Error('four alerts');
      stage.sms.behaviour = 'busy';
      await program.find(a, b, c);
      await program.pass(0.4);
      const rows = () =>
        stage.records.db
          .selectFrom('outbox')
          .select(['id', 'alertId', 'state', 'carriedBy', 'carries'])
          .where('channel', '=', 'sms')
          .orderBy('id')
          .execute();
      const carrier = (await rows()).find(({ carries }) => carries === 3);
      expect((await rows()).filter(({ carriedBy }) => carriedBy === carrier?.id).length).toBe(2);
      await program.desk.acknowledge(carrier?.alertId ?? '', CITY);
      stage.sms.behaviour = 'accept';
      await Promise.all([program.settle(), beside.settle()]);
      expect(stage.sms.sent.map(({ text: { zh } }) => zh.includes('等2起'))).toEqual([true]);
      await program.find(late);
      await program.pass(0.4);
      expect(stage.sms.sent.length).toBe(1);
      await program.pass(0.2);
      expect(stage.sms.sent.map(({ alertId }) => alertId).at(-1)).toBe(late.alertId);
      expect(stage.sms.sent.length).toBe(2);
      const shared = (await rows()).find(({ carries }) => carries === 2);
      await stage.sms.report(shared?.id ?? '', { state: 'answered', answer: '1' });
      const alerts = await stage.records.db.selectFrom('alert').select(['id', 'status']).execute();
      const open = alerts.filter(({ status }) => status === 'new').map(({ id }) => id);
      expect(open).toEqual([late.alertId]);
      expect((await rows()).map(({ state }) => state).toSorted()).toEqual([
        'answered',
        'answered',
        'cancelled',
        'sent',
      ]);
    } finally {
      await stage.remove();
      await store.remove();
    }
  });
}
