// An order that was void: recorded by one, confirmed by another, the gate closed for all of its time, and no
// byte of the person left in any store; a hold keeps everything; nobody else may do any of it.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCountingIds, secureIds } from '../../core/ids.ts';
import type { OrderFact } from '../../core/observation.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import { silentLogger } from '../../core/logger.ts';
import { decodeLines } from '../../ingest/log.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { INGEST_DEFAULTS, startIngest } from '../../ingest/run.ts';
import { closingVersions, createVoidDesk, type NewVoid } from '../../security/basis/void-desk.ts';
import { placeHold } from '../../security/retention/holds.ts';
import { runRetention } from '../../security/retention/run-retention.ts';
import { loadOrderFacts, saveOrderFacts } from '../../warehouse/order-store.ts';
import {
  CANARY,
  createInstallation,
  DAY_MS,
  GONE,
  grep,
  STAYS,
  type Installation,
} from '../retention/stores.fixture.ts';
import { publishVoids } from './publish-voids.ts';

const XUANHAN = regionCode('511722');
const WHO = subjectKey(GONE);
const clerk = { accountId: 'ac_clerk', region: XUANHAN };
const head = { accountId: 'ac_head', region: XUANHAN, note: '同意' };
const dazhu = { accountId: 'ac_dazhu', region: regionCode('511724') };

let site: Installation;
let order: OrderFact;

beforeEach(async () => {
  site = await createInstallation();
  const { db } = site.records;
  await db
    .insertInto('account')
    .values(
      (
        [
          ['ac_clerk', XUANHAN],
          ['ac_head', XUANHAN],
          ['ac_dazhu', '511724'],
        ] as const
      ).map(([id, region]) => ({
        id,
        login: id,
        passwordHash: '',
        displayZh: id,
        displayEn: id,
        role: 'county-officer' as const,
        region: regionCode(region),
        language: 'zh' as const,
        officerId: null,
        active: 1 as const,
      })),
    )
    .execute();
  // In place of what the installation has of the person to be found and of no use to anybody.
  for (const table of ['supervisionOrder', 'leaveVersion', 'basisVersion'] as const) {
    await db.deleteFrom(table).where('subject', '=', WHO).execute();
  }
  // An earlier version of the order the log has of the person.
  const orderId = await orderIdInLog();
  const atMs = site.clock.now() - 10 * DAY_MS;
  order = orderFact(GONE, { atMs, sources: ['phone'], orderId });
  await saveOrderFacts(db, [order]);
});
afterEach(() => site.remove());

async function orderIdInLog(): Promise<string> {
  const seen = await site.log.read('observations', 0, { offset: 0, recordsMax: 1_000 });
  const facts = seen
    .filter(({ kind }) => kind === 'lines')
    .flatMap(({ payload }) => decodeLines<OrderFact>(payload));
  const found = facts.find(({ kind, subject }) => kind === 'order' && subject === GONE);
  return found?.orderId ?? '';
}

const deskOf = ({ records, clock, deps }: Installation) =>
  createVoidDesk({
    records,
    clock,
    audit: deps.audit,
    frameOf: loadOrderFacts,
    onConfirmed: () => {},
  });

const asked = (change: Partial<NewVoid> = {}): NewVoid => ({
  subject: WHO,
  because: 'order-void',
  documentNumber: `（2026）川17撤1号 ${CANARY}`,
  confirmer: 'ac_head',
  reason: '决定书已被撤销',
  ...change,
});

const failing = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: { detail?: string }) => error.detail,
  );

/** Ingest over the log of the installation, with the frames of its records. */
async function openGate() {
  const { log, records, clock } = site;
  const orders = createOrderBook(await loadOrderFacts(records.db, WHO));
  const pipeline = createPipeline(
    { orders, directory: { resolve: () => undefined }, locator: () => 511_722 },
    { partitions: 1 },
  );
  const ingest = await startIngest(
    { log, pipeline, clock, logger: silentLogger, ordersKnownTo: () => Infinity },
    { ...INGEST_DEFAULTS, flushMs: 1 },
  );
  return {
    ingest,
    orders,
    async report(atMs: number) {
      const builder = createPositionBuilder();
      const at = { atMs: epochMs(atMs), lng: 107.654321, lat: 31.354321 };
      builder.add({ subject: GONE, source: 'phone/feed', ...at });
      const receipt = await ingest.publish({ positions: builder.drain() });
      return receipt.admitted === 1 ? 'kept' : Object.keys(receipt.refused).join();
    },
  };
}

test('two persons, the gate, every store: nothing is left of who it was about', async () => {
  const { records, clock, deps, folder } = site;
  const desk = deskOf(site);
  const gate = await openGate();
  // What the log says of the person's order the register has as well.
  await saveOrderFacts(records.db, gate.orders.factsOf(GONE));
  const instants = [clock.now() - 6 * DAY_MS, clock.now() - 1, clock.now()];
  for (const atMs of instants) expect(await gate.report(atMs)).toBe('kept');

  const proposal = await desk.propose(asked(), clerk);
  const publishing = { records, publish: gate.ingest.publish, clock, logger: silentLogger };
  const carryOut = () => publishVoids({ ...publishing, ids: secureIds });
  expect(await carryOut(), 'nothing happens before it is confirmed').toBe(0);
  await desk.decide(proposal.id, 'confirmed', head);
  expect(await carryOut()).toBe(1);
  // As after a crash between the two.
  await records.db.updateTable('voidProposal').set({ publishedAtMs: null }).execute();
  expect(await carryOut()).toBe(1);
  for (const atMs of [...instants, clock.now() + DAY_MS]) {
    expect(await gate.report(atMs - 2), `at ${atMs - order.fromMs}`).toBe('no-basis');
  }
  await gate.ingest.stop();
  await site.write();

  const tasks = await records.db
    .selectFrom('retentionTask')
    .select(['because', 'subject'])
    .where('endedAtMs', 'is', null)
    .execute();
  expect(tasks).toEqual([{ because: 'order-void', subject: GONE }]);
  expect(await runRetention(deps)).toMatchObject({ waiting: 0, settled: true });
  const certificates = await records.db
    .selectFrom('retentionCertificate')
    .select(['because', 'rows'])
    .execute();
  expect(certificates).toEqual([{ because: 'order-void', rows: expect.any(Number) }]);
  expect(certificates[0]?.rows).toBeGreaterThan(10);
  expect(site.audit.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
    'ac_clerk basis.void-propose',
    'ac_head basis.void-confirm',
    'system retention.delete',
  ]);
  await site.close();
  expect(grep(folder, [GONE, CANARY])).toEqual([]);
  expect(grep(folder, [STAYS]).length).toBeGreaterThan(2);
}, 60_000);

test('a hold keeps everything, and another order of the person as well', async () => {
  const { records, clock, deps } = site;
  const desk = deskOf(site);
  await placeHold(
    { records, clock, audit: deps.audit, unconfirmedMs: 3 * DAY_MS },
    {
      subject: GONE,
      reason: '检察机关调取',
      documentNumber: '达检调1号',
      untilMs: clock.now() + DAY_MS,
    },
    'ac_clerk',
  );
  const { id } = await desk.propose(asked(), clerk);
  await desk.decide(id, 'confirmed', head);
  await publishVoids({
    records,
    publish: () => Promise.resolve({ admitted: 1 } as never),
    clock,
    ids: createCountingIds(),
    logger: silentLogger,
  });
  expect(await runRetention(deps)).toMatchObject({ waiting: 1 });
  expect(await loadOrderFacts(records.db, WHO)).toHaveLength(1);
  expect(await records.db.selectFrom('retentionCertificate').select('id').execute()).toEqual([]);
}, 60_000);

test('who may not, and what is missing', async () => {
  const { records, audit } = site;
  const desk = deskOf(site);
  const tries: [string, Partial<NewVoid>, typeof clerk?][] = [
    ['unknown-person', {}, dazhu],
    ['unknown-person', { subject: subjectKey('dz-nobody') }],
    ['document-missing', { documentNumber: ' ' }],
    ['reason-missing', { reason: '' }],
    ['second-person', { confirmer: 'ac_clerk' }],
    ['confirmer-unknown', { confirmer: 'ac_dazhu' }],
  ];
  for (const [wanted, change, by = clerk] of tries) {
    expect(await failing(desk.propose(asked(change), by)), wanted).toBe(wanted);
  }
  expect(audit).toEqual([]);
  const { id } = await desk.propose(asked(), clerk);
  expect(await failing(desk.propose(asked(), clerk))).toBe('waits-already');
  expect(await failing(desk.decide(id, 'confirmed', { ...dazhu, note: '' }))).toBe(
    'unknown-proposal',
  );
  expect(await failing(desk.decide(id, 'confirmed', { ...clerk, note: '' }))).toBe(
    'not-the-one-named',
  );
  expect([await desk.list(dazhu), (await desk.list(clerk)).map((one) => one.id)]).toEqual([
    [],
    [id],
  ]);
  // Another order came meanwhile.
  const second = orderFact(GONE, { atMs: order.atMs, orderId: 'order-2' });
  await saveOrderFacts(records.db, [second]);
  expect(await failing(desk.decide(id, 'confirmed', head))).toBe('other-orders');
  await desk.decide(id, 'refused', { ...clerk, note: '登记有误' });
  expect(await failing(desk.decide(id, 'confirmed', head))).toBe('decided-already');
});

test('after the closing versions an order was in force at no instant, however often it was changed', () => {
  const startMs = order.fromMs;
  const change = (action: string, atMs: number) =>
    orderFact(GONE, { atMs, action, fromMs: startMs, untilMs: startMs + 400 * DAY_MS });
  const versions = [
    order,
    change('change', startMs + 3 * DAY_MS),
    change('renew', startMs + 5 * DAY_MS),
  ];
  const nowMs = startMs + 9 * DAY_MS;
  const closing = closingVersions(versions, nowMs).map(
    (version, at) => ({ ...version, id: `closing-${at}`, receivedAtMs: nowMs }) as OrderFact,
  );
  for (const given of [
    [...versions, ...closing],
    [...closing, ...versions],
  ]) {
    const book = createOrderBook(given);
    const points = versions.flatMap(({ atMs }) => [atMs - 1, atMs + 2, atMs + DAY_MS]);
    for (const atMs of [...points, nowMs, startMs + 300 * DAY_MS]) {
      expect(book.orderAt(GONE, atMs), String(atMs - startMs)).toBeUndefined();
    }
  }
  expect(closing.length).toBe(3);
});
