// The whole way of a basis: recorded by one, confirmed by another, through the log to the gate; and back
// when the program is started again.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCountingIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import { silentLogger } from '../../core/logger.ts';
import type { BasisFact, FactArrival } from '../../core/observation.ts';
import { createOrderBook, type OrderBook } from '../../core/order-book.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode } from '../../core/region.ts';
import type { SourceKind } from '../../core/source.ts';
import { subjectKey } from '../../core/subject.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { decodeLines, TOPICS, type Log } from '../../ingest/log.ts';
import { createPipeline } from '../../ingest/pipeline.ts';
import { INGEST_DEFAULTS, startIngest } from '../../ingest/run.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { createBasisDesk, type BasisDesk, type NewBasis } from '../../security/basis/basis-desk.ts';
import { listProposals } from '../../security/basis/basis-store.ts';
import { BASIS_LIMITS } from '../../security/basis/limits.ts';
import { measuresOf, sourcesOf } from '../../security/basis/measures.ts';
import { loadOrderFacts, saveOrderFacts } from '../../warehouse/order-store.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { readRefusals } from '../../warehouse/refusal-store.ts';
import type { Foundation } from '../foundation.ts';
import { startRegistry } from '../roles/registry.ts';
import { startBasisPublisher } from './publish-bases.ts';

const NOON = Date.UTC(2026, 10, 22, 4);
const [HOUR, DAY] = [3_600_000, 86_400_000];
const XUANHAN = regionCode('511722');
const CITY = regionCode('511700');

const clerk = { accountId: 'ac_clerk', region: XUANHAN };
const head = { accountId: 'ac_head', region: XUANHAN };
const dazhu = { accountId: 'ac_dazhu', region: regionCode('511724') };

const ACCOUNTS = [
  ['ac_clerk', 'county-officer', XUANHAN, 'officer-1', 1],
  ['ac_clerk_too', 'county-officer', XUANHAN, 'officer-1', 1],
  ['ac_head', 'county-officer', XUANHAN, 'officer-2', 1],
  ['ac_city', 'city-officer', CITY, null, 1],
  ['ac_dazhu', 'county-officer', '511724', null, 1],
  ['ac_gone', 'county-officer', XUANHAN, null, 0],
  ['ac_analyst', 'analyst', CITY, null, 1],
] as const;

const CC = subjectKey('dz-cc');
const RA = subjectKey('dz-ra');
const LEAVING = subjectKey('dz-leaving');

const register = [
  orderFact(CC, { atMs: NOON - 100 * DAY, sources: ['roll-call'], untilMs: NOON + 500 * DAY }),
  orderFact(RA, {
    atMs: NOON - 100 * DAY,
    category: 'ra',
    sources: ['custody', 'rail'],
    untilMs: NOON + 500 * DAY,
  }),
  orderFact(LEAVING, { atMs: NOON - 100 * DAY, untilMs: NOON + 10 * DAY }),
];

let folder: string;
let records: Records;
let clock: ReturnType<typeof createManualClock>;
let entries: AuditEntry[];
let lines: string[];
let desk: BasisDesk;
let log: Log;

/** Keeps every line, as an operator would. */
const logger: Logger = {
  ...silentLogger,
  ...Object.fromEntries(
    ['debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (...said: unknown[]) => lines.push(JSON.stringify(said)),
    ]),
  ),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-basis-'));
  clock = createManualClock(NOON);
  [entries, lines] = [[], []];
  records = await openRecords(
    { logger: silentLogger, random: createRandom('basis') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  log = openEmbeddedLog({ clock }, { path: join(folder, 'log.sqlite'), partitions: 1 });
  await records.db
    .insertInto('officer')
    .values(
      ['officer-1', 'officer-2'].map((id) => ({
        id,
        name: id,
        role: 'county-officer' as const,
        region: XUANHAN,
        phone: null,
        phoneVerifiedAtMs: null,
        active: 1 as const,
      })),
    )
    .execute();
  await records.db
    .insertInto('account')
    .values(
      ACCOUNTS.map(([id, role, region, officerId, active]) => ({
        id,
        login: id,
        passwordHash: '',
        displayZh: id,
        displayEn: id,
        role,
        region: regionCode(region),
        language: 'zh' as const,
        officerId,
        active,
      })),
    )
    .execute();
  await saveOrderFacts(records.db, register);
  desk = createBasisDesk({
    records,
    clock,
    audit: { record: async (_trx, entry) => void entries.push(entry) },
    frameOf: loadOrderFacts,
    onConfirmed: () => {},
  });
});

afterEach(async () => {
  await log.close();
  await records.close();
  await rm(folder, { recursive: true });
});

/** Ingest, register and publisher, as they run; the gate's book is that of the records at the start. */
async function openGate() {
  const orders = createOrderBook(await loadOrderFacts(records.db));
  const pipeline = createPipeline(
    { orders, directory: { resolve: () => undefined }, locator: () => 511_722 },
    { partitions: 1 },
  );
  const registry = await startRegistry({ log, logger, records } as Foundation);
  const ingest = await startIngest(
    { log, pipeline, clock, logger, ordersKnownTo: (at) => registry.knownTo[at] ?? 0 },
    { ...INGEST_DEFAULTS, flushMs: 1 },
  );
  const publisher = startBasisPublisher({
    records,
    publish: ingest.publish,
    clock,
    ids: createCountingIds(),
    logger,
  });
  return {
    orders,
    ingest,
    publisher,
    async report(subject: string, source: SourceKind, atMs: number) {
      const builder = createPositionBuilder();
      builder.add({ subject, source: `${source}/feed`, atMs, lng: 107.654321, lat: 31.354321 });
      const receipt = await ingest.publish({ positions: builder.drain() });
      return receipt.admitted === 1 ? 'kept' : Object.keys(receipt.refused).join();
    },
    async stop() {
      await publisher.stop();
      await ingest.stop();
      // The register reads to the end before the next program looks.
      await untilTrue(async () => (await lastOffset()) === (await registered()));
      await registry.stop();
    },
  };
}

const lastOffset = async () => (await log.bounds('observations', 0)).end;
const registered = async () => {
  const seen = await log.read('observations', 0, { offset: 0, recordsMax: 10_000 });
  const facts = seen
    .filter(({ kind }) => kind === 'lines')
    .flatMap(({ payload }) => decodeLines<{ kind: string }>(payload))
    .filter(({ kind }) => kind === 'basis').length;
  const kept = await records.db.selectFrom('basisVersion').select('id').execute();
  return kept.length === facts ? await lastOffset() : -1;
};

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 10_000 });
}

const monitoring = (change: Partial<NewBasis> = {}): NewBasis =>
  ({
    action: 'start',
    subject: CC,
    article: '《中华人民共和国社区矫正法》第二十九条',
    documentNumber: '监1号',
    approvedBy: '宣汉县司法局负责人',
    sources: ['bracelet'],
    area: [XUANHAN],
    ground: 'left-without-leave',
    fromMs: NOON,
    untilMs: NOON + 60 * DAY,
    confirmer: 'ac_head',
    reason: '多次未经批准离开',
    ...change,
  }) as NewBasis;

const travel = (change: Partial<NewBasis> = {}): NewBasis =>
  monitoring({
    subject: RA,
    sources: ['rail'],
    ground: undefined,
    documentNumber: '协1号',
    ...change,
  } as Partial<NewBasis>);

const record = async (basis: NewBasis) => {
  const proposal = await desk.propose(basis, clerk);
  return desk.decide(proposal.id, 'confirmed', { ...head, note: '同意' });
};

const failing = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error: { detail?: string }) => error.detail,
  );

test.each<[string, Partial<NewBasis> & { sources?: SourceKind[] }, 'cc' | 'ra']>([
  ['document-missing', { documentNumber: '  ' }, 'cc'],
  ['until-before-from', { untilMs: NOON - 1 }, 'cc'],
  ['over-already', { fromMs: NOON - 3 * DAY, untilMs: NOON } as never, 'cc'],
  ['begins-too-early', { fromMs: NOON - 8 * DAY } as never, 'cc'],
  ['term-too-long', { untilMs: NOON + 93 * DAY + 12 * HOUR }, 'cc'],
  ['term-too-long', { untilMs: NOON + 181 * DAY }, 'ra'],
  ['ground-missing', { ground: undefined } as never, 'cc'],
  ['ground-not-wanted', { ground: 'refused-to-report' } as never, 'ra'],
  ['monitoring-alone', { sources: ['bracelet', 'phone'] }, 'cc'],
  ['monitoring-not-for-resettlement', { sources: ['bracelet'] }, 'ra'],
  ['one-source-each', { sources: ['rail', 'air'] }, 'ra'],
  ['source-impersonal', { sources: ['office'], ground: undefined } as never, 'ra'],
  ['outlasts-order', { subject: LEAVING }, 'cc'],
  ['unknown-person', { subject: subjectKey('dz-nobody') }, 'cc'],
  ['reason-missing', { reason: ' ' }, 'cc'],
  ['second-person', { confirmer: 'ac_clerk' }, 'cc'],
  ['second-person', { confirmer: 'ac_clerk_too' }, 'cc'],
  ['confirmer-unknown', { confirmer: 'ac_dazhu' }, 'cc'],
  ['confirmer-unknown', { confirmer: 'ac_gone' }, 'cc'],
  ['confirmer-unknown', { confirmer: 'ac_analyst' }, 'cc'],
  ['confirmer-unknown', { confirmer: 'nobody' }, 'cc'],
])('%s: %j is not taken', async (wanted, change, of) => {
  const basis = of === 'cc' ? monitoring(change) : travel(change);
  expect(await failing(desk.propose(basis, clerk))).toBe(wanted);
  expect(await listProposals(records.db, { max: 10 })).toEqual([]);
  expect(entries).toEqual([]);
});

test('the last day of the third month is the last that is taken', async () => {
  // 22 November and three months: the end of 22 February.
  const lastMs = Date.UTC(2027, 1, 22, 16);
  expect(await failing(desk.propose(monitoring({ untilMs: lastMs + 1 }), clerk))).toBe(
    'term-too-long',
  );
  expect(await failing(desk.propose(monitoring({ untilMs: lastMs }), clerk))).toBe('done');
});

test('another county neither sees nor records it', async () => {
  expect(await failing(desk.propose(monitoring(), dazhu))).toBe('unknown-person');
  const proposal = await desk.propose(monitoring(), clerk);
  expect(await failing(desk.decide(proposal.id, 'confirmed', { ...dazhu, note: '' }))).toBe(
    'unknown-proposal',
  );
  expect(await desk.proposals(dazhu)).toEqual([]);
  expect(await desk.proposals(clerk)).toHaveLength(1);
});

test('only the person named confirms, once; anybody of the bureau refuses', async () => {
  const proposal = await desk.propose(monitoring(), clerk);
  const city = { accountId: 'ac_city', region: CITY };
  const tries = [clerk, { ...clerk, accountId: 'ac_clerk_too' }, city].map((by) =>
    failing(desk.decide(proposal.id, 'confirmed', { ...by, note: '' })),
  );
  expect(await Promise.all(tries)).toEqual(Array(3).fill('not-the-one-named'));
  expect(await failing(desk.propose(monitoring({ documentNumber: '监2号' }), clerk))).toBe(
    'waits-already',
  );
  await desk.decide(proposal.id, 'confirmed', { ...head, note: '同意' });
  const again = desk.decide(proposal.id, 'refused', { ...head, note: '' });
  expect(await failing(again)).toBe('decided-already');
  expect(entries.map(({ action, actor, subjects }) => [action, actor, ...subjects])).toEqual([
    ['basis.propose', 'ac_clerk', CC],
    ['basis.confirm', 'ac_head', CC],
  ]);
});

test('what changed between recording and confirming is looked at again', async () => {
  const proposal = await desk.propose(monitoring({ untilMs: NOON + DAY }), clerk);
  await clock.advance(2 * DAY);
  const late = desk.decide(proposal.id, 'confirmed', { ...head, note: '' });
  expect(await failing(late)).toBe('over-already');
});

test('extended three times and no more, each by a paper of its own from where the term ends', async () => {
  const first = await record(monitoring());
  const { basisId } = first;
  const again = (number: number, change: Partial<NewBasis> = {}) => {
    const endMs = NOON + (60 + 30 * number) * DAY;
    const paper = { basisId, documentNumber: `监延${number}号`, untilMs: endMs };
    return monitoring({ action: 'renew', ...paper, ...change } as never);
  };
  expect(await failing(desk.propose(again(1, { documentNumber: '监1号' }), clerk))).toBe(
    'document-used',
  );
  expect(await failing(desk.propose(again(1, { basisId: 'bs_none' } as never), clerk))).toBe(
    'unknown-basis',
  );
  for (const number of [1, 2, 3]) {
    const { paper } = await record(again(number));
    expect(paper.fromMs).toBe(NOON + (60 + 30 * (number - 1)) * DAY);
  }
  expect(await failing(desk.propose(again(4), clerk))).toBe('renewals-used-up');
  expect(await failing(desk.propose(monitoring({ documentNumber: '监9号' }), clerk))).toBe(
    'overlaps',
  );
  await desk.lift({ subject: CC, basisId, documentNumber: '', reason: '不再需要' }, clerk);
  expect(await failing(desk.propose(again(4), clerk))).toBe('not-running');
  expect(await failing(desk.propose(monitoring({ documentNumber: '监9号' }), clerk))).toBe('done');
});

test('opens and closes the gate at event time, at once, and after a restart as before', async () => {
  let gate = await openGate();
  expect(await gate.report(RA, 'rail', NOON)).toBe('no-basis');
  const { basisId } = await record(travel({ untilMs: NOON + 10 * DAY }));
  await record(monitoring());
  expect(await gate.report(RA, 'air', NOON)).toBe('no-basis');
  await gate.publisher.publishWaiting();
  const asked = async () => [
    await gate.report(RA, 'rail', NOON - 1),
    await gate.report(RA, 'rail', clock.now()),
    await gate.report(RA, 'air', clock.now()),
    await gate.report(CC, 'bracelet', clock.now()),
    await gate.report(CC, 'phone', clock.now()),
  ];
  const open = ['no-basis', 'kept', 'no-basis', 'kept', 'no-basis'];
  expect(await asked()).toEqual(open);
  await gate.stop();

  gate = await openGate();
  await clock.advance(HOUR);
  expect(await asked()).toEqual(open);
  // Ten days on it has ended; what comes late is judged by its own instant.
  await clock.advance(10 * DAY);
  expect(await gate.report(RA, 'rail', NOON + 10 * DAY)).toBe('no-basis');
  expect(await gate.report(RA, 'rail', NOON + 10 * DAY - 1)).toBe('kept');
  expect(sourcesOf(gate.orders, RA, clock.now()).find(({ source }) => source === 'rail')).toEqual({
    source: 'rail',
    open: false,
    because: 'ended',
    documentNumber: '协1号',
    untilMs: NOON + 10 * DAY,
  });
  await desk.lift(
    { subject: CC, basisId: idOf(gate.orders, CC), documentNumber: '', reason: '不再需要' },
    clerk,
  );
  await gate.publisher.publishWaiting();
  expect(await gate.report(CC, 'bracelet', clock.now())).toBe('no-basis');
  expect(await gate.report(CC, 'bracelet', clock.now() - 1)).toBe('kept');
  expect(measuresOf(gate.orders, CC, { atMs: clock.now(), limits: BASIS_LIMITS })[0]).toMatchObject(
    {
      state: 'running',
      kind: 'order',
    },
  );
  expect(basisId).toBe(idOf(gate.orders, RA));
  await gate.stop();
});

const idOf = (orders: OrderBook, subject: string) =>
  (orders.recordedOf(subject)[0] as BasisFact).basisId;

test('killed between handing over and noting it, the gate hears of it once', async () => {
  const gate = await openGate();
  await record(travel());
  await gate.publisher.publishWaiting();
  await records.db.updateTable('basisProposal').set({ publishedAtMs: null }).execute();
  await gate.publisher.publishWaiting();
  expect(gate.orders.recordedOf(RA)).toHaveLength(1);
  await gate.stop();
  const kept = (await loadOrderFacts(records.db)).filter(({ kind }) => kind === 'basis');
  expect(kept).toHaveLength(1);
});

test('of what the gate refuses there is a count and nothing else', async () => {
  const gate = await openGate();
  const canary = 'CANARY-7Q4';
  await record(travel({ untilMs: NOON + HOUR }));
  await gate.publisher.publishWaiting();
  await clock.advance(2 * HOUR);
  const atMs = epochMs(NOON + HOUR + 1_234_567);
  const lodging = (subject: string) =>
    ({
      kind: 'lodging',
      subject,
      source: 'lodging/feed',
      atMs,
      sequence: 0,
      lodgingId: canary,
      action: 'in',
      place: canary,
      at: '511722',
    }) as unknown as FactArrival;
  await gate.ingest.publish({ facts: [lodging(RA), lodging(CC), lodging(canary)] });
  await gate.report(RA, 'rail', atMs);
  await gate.report(RA, 'rail', atMs + 1);
  await gate.report(RA, 'air', atMs);
  await gate.stop();

  const said: unknown[] = [];
  for (const topic of TOPICS) {
    const seen = await log.read(topic, 0, { offset: 0, recordsMax: 10_000 });
    for (const { kind, payload } of seen) {
      expect(kind).not.toBe('positions');
      if (kind === 'lines' || kind === 'tally') said.push(...decodeLines(payload));
    }
  }
  const everything = JSON.stringify(said);
  const inFiles = await Promise.all(
    ['records.sqlite', 'records.sqlite-wal'].map((name) =>
      readFile(join(folder, name)).then(
        (bytes) => bytes.toString('latin1'),
        () => '',
      ),
    ),
  );
  for (const trace of [canary, '107.654', '31.354', String(atMs), String(atMs + 1)]) {
    for (const where of [everything, lines.join(), ...inFiles]) expect(where).not.toContain(trace);
  }
  // That a source whose basis ended still reports is said once, to the hour or to the end of the basis.
  const refusals = said.filter((one) => (one as { kind?: string }).kind === 'refusal');
  expect(refusals).toMatchObject([
    { of: 'rail', documentNumber: '协1号', atMs: NOON + HOUR, source: 'office/gate' },
  ]);
  const counted = await readRefusals(records.db, epochMs(0));
  expect(
    counted.map(({ hourMs, source, reason, count }) => [hourMs, source, reason, count]),
  ).toEqual([
    [NOON + 2 * HOUR, 'air/feed', 'no-basis', 1],
    [NOON + 2 * HOUR, 'lodging/feed', 'no-basis', 2],
    [NOON + 2 * HOUR, 'lodging/feed', 'unknown-subject', 1],
    [NOON + 2 * HOUR, 'rail/feed', 'no-basis', 2],
  ]);
});
