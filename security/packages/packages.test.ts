// Two sites exchange packages; everything that can be wrong with one is refused with its reason.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { subjectKey } from '../../core/subject.ts';
import { loadOrderFacts, saveOrderFacts } from '../../warehouse/order-store.ts';
import { secretBytes } from '../../core/ids.ts';
import type { SuiteName } from '../crypto/suite.ts';
import { readPersons } from '../vault/sealed-values.ts';
import { anEntry, DAZHOU, openVaultStage, START_MS, XUANHAN } from '../vault/vault.fixture.ts';
import { cardOf, exportPackage, type ExportOptions, type PackageDeps } from './export-package.ts';
import { applyPackage, lookThrough, undoPackage, type LookedThrough } from './import-package.ts';
import { inspectPackage } from './read-package.ts';
import type { Card } from './package-form.ts';
import { identityLine, orderLine } from './rows.ts';
import { writePackage, type PackageRow } from './write-package.ts';

type Site = PackageDeps & { readonly stage: ReturnType<typeof openVaultStage> };

async function openSite(site: string, suite: SuiteName): Promise<Site> {
  const records = await openMemoryRecords();
  const stage = openVaultStage(records, { suite });
  const { vault, keys, suites, clock, audit } = stage;
  return { records, vault, keys, suites, clock, audit, random: secretBytes, site, stage };
}

async function* streamOf(bytes: Uint8Array, piece = 4_096): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += piece) yield bytes.subarray(at, at + piece);
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each([
  ['intl', 'gm'],
  ['gm', 'intl'],
] as const)('from a site with %s to one with %s', (senderSuite, receiverSuite) => {
  let sender: Site;
  let receiver: Site;
  const order = orderFact('cc-000001', { atMs: START_MS - 86_400_000 });

  beforeEach(async () => {
    sender = await openSite('宣汉县司法局', senderSuite);
    receiver = await openSite('达州市司法局', receiverSuite);
    await sender.vault.put([anEntry(1), anEntry(2)]);
    await saveOrderFacts(sender.records.db, [order]);
    senderCard = await cardOf(sender);
  });

  afterEach(async () => {
    for (const { stage, records } of [sender, receiver]) {
      stage.remove();
      await records.close();
    }
  });

  const pack = async (change: Partial<ExportOptions> = {}) =>
    bytesOf(
      exportPackage(sender, {
        receiver: await cardOf(receiver),
        region: XUANHAN,
        what: ['orders', 'identities'],
        purpose: 'transfer',
        actor: 'system',
        ...change,
      }),
    );
  let senderCard: Card;
  const look = async (bytes: Uint8Array, piece?: number): Promise<LookedThrough> =>
    lookThrough(receiver, streamOf(bytes, piece), senderCard);
  const take = async (bytes: Uint8Array) => {
    const looked = await look(bytes);
    if (looked.kind === 'refused') throw new Error(looked.fault);
    await applyPackage(receiver, looked, 'system');
    return looked.report.package.id;
  };
  const vaultOf = ({ vault }: Site, subjects = ['cc-000001', 'cc-000002']) =>
    vault.work((trx, sealing) => readPersons(trx, sealing, subjects.map(subjectKey)));
  const ordersOf = ({ records: { db } }: Site) =>
    db.selectFrom('packageOrder').select(['fact', 'state']).orderBy('atMs').execute();

  test('what was sent is taken in and can be taken back', async () => {
    const { subject, county } = anEntry(2);
    const known = {
      subject,
      county,
      synthetic: true,
      identity: { name: '旧名字', phone: '2123456' },
    };
    await receiver.vault.put([known]);
    const bytes = await pack();
    for (const hidden of ['王演示1', 'cc-000001', '社区矫正法']) {
      expect(bytes.includes(hidden)).toBe(false);
    }
    for (const piece of [1, 7, 4_096, bytes.byteLength]) {
      expect(await look(bytes, piece)).toMatchObject({
        kind: 'sound',
        report: { orders: 1, identities: 2, known: 1, wrong: 0, errors: [] },
      });
    }
    // A dry run changes nothing.
    expect(await vaultOf(receiver)).toHaveLength(1);
    const id = await take(bytes);
    expect(await vaultOf(receiver)).toEqual(await vaultOf(sender));
    const [row] = await ordersOf(receiver);
    const { id: _id, receivedAtMs: _received, ...arrival } = order;
    expect(row).toMatchObject({ state: 'waiting', fact: orderLine(arrival) });

    await undoPackage(receiver, id, 'system');
    const [left, ...others] = await vaultOf(receiver);
    expect([left?.identity, others]).toEqual([known.identity, []]);
    expect((await ordersOf(receiver)).map(({ state }) => state)).toEqual(['withdrawn']);
    await expect(undoPackage(receiver, id, 'system')).rejects.toMatchObject({ code: 'not-found' });
    expect(receiver.stage.entries.map(({ action }) => action)).toEqual([
      'package.import',
      'package.undo',
    ]);
    // Taken back, the newest package may be taken in again.
    await take(bytes);
    expect(await vaultOf(receiver)).toEqual(await vaultOf(sender));
  });

  test('an old package is refused, and so is one that is older than what was taken in', async () => {
    const [first, second] = [await pack(), await pack()];
    await take(second);
    for (const old of [first, second]) {
      expect(await look(old)).toEqual({ kind: 'refused', fault: 'replayed' });
    }
    await take(await pack());
  });

  test('taken in once only, whoever is first', async () => {
    const looked = await look(await pack());
    if (looked.kind === 'refused') throw new Error(looked.fault);
    await applyPackage(receiver, looked, 'system');
    await expect(applyPackage(receiver, looked, 'system')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('packages are undone the newest first', async () => {
    const first = await take(await pack());
    const second = await take(await pack());
    await expect(undoPackage(receiver, first, 'system')).rejects.toMatchObject({
      code: 'conflict',
      detail: second,
    });
    await undoPackage(receiver, second, 'system');
    await undoPackage(receiver, first, 'system');
    expect(await vaultOf(receiver)).toEqual([]);
  });

  test('orders the log has are ended, or stated as they were before', async () => {
    const older = { ...order, id: 'ob_older', atMs: order.atMs, area: [XUANHAN] };
    const newer = orderFact('cc-000001', {
      atMs: START_MS - 3_600_000,
      action: 'change',
      area: ['511723'],
    });
    const other = orderFact('cc-000002', { atMs: START_MS - 3_600_000 });
    await saveOrderFacts(receiver.records.db, [older]);
    await saveOrderFacts(sender.records.db, [newer, other]);
    await sender.records.db.deleteFrom('supervisionOrder').where('id', '=', order.id).execute();
    const id = await take(await pack());
    await saveOrderFacts(receiver.records.db, [newer, other]);
    await receiver.records.db.updateTable('packageOrder').set({ state: 'handed' }).execute();
    receiver.stage.clock.advance(60_000);
    await undoPackage(receiver, id, 'system');
    const waiting = (await ordersOf(receiver)).filter(({ state }) => state === 'waiting');
    const back = waiting.map(({ fact }) => JSON.parse(fact) as Record<string, unknown>);
    const atMs = START_MS + 60_000;
    expect(
      back.toSorted((a, b) => String(a['subject']).localeCompare(String(b['subject']))),
    ).toEqual([
      expect.objectContaining({ subject: 'cc-000001', action: 'change', area: [XUANHAN], atMs }),
      expect.objectContaining({ subject: 'cc-000002', action: 'end', atMs }),
    ]);
    expect(await loadOrderFacts(receiver.records.db)).toHaveLength(3);
  });

  test('half a file, an altered byte, and something behind the end', async () => {
    const bytes = await pack();
    const faults = new Set<string>();
    const step = Math.max(1, Math.floor(bytes.byteLength / 12));
    for (let at = 0; at < bytes.byteLength; at += step) {
      const cut = await look(bytes.subarray(0, at));
      expect(cut).toEqual({
        kind: 'refused',
        fault: at < 8 ? 'no-package' : 'cut-off',
        ...(cut.kind === 'refused' && 'head' in cut ? { head: cut.head } : {}),
      });
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] as number) ^ 1;
      const looked = await look(altered);
      expect(looked.kind).toBe('refused');
      if (looked.kind === 'refused') faults.add(looked.fault);
    }
    expect([...faults]).toEqual(expect.arrayContaining(['altered', 'no-package']));
    const signed = Buffer.from(bytes);
    signed[bytes.length - 1] = (signed.at(-1) as number) ^ 1;
    expect(await look(signed)).toMatchObject({ fault: 'wrong-signature' });
    expect(await look(Buffer.concat([bytes, Buffer.from('x')]))).toMatchObject({
      fault: 'more-behind',
    });
    const version = Buffer.from(bytes);
    version[7] = 0x39;
    expect(await look(version)).toMatchObject({ fault: 'other-version' });
  });

  test('for somebody else, and from somebody else', async () => {
    const stranger = await openSite('开江县司法局', 'gm');
    const forStranger = await pack({ receiver: await cardOf(stranger) });
    expect(await look(forStranger)).toMatchObject({ kind: 'refused', fault: 'not-for-us' });
    const looked = await lookThrough(receiver, streamOf(await pack()), await cardOf(stranger));
    expect(looked).toMatchObject({ kind: 'refused', fault: 'unknown-sender' });
    expect(await inspectPackage(streamOf(forStranger))).toMatchObject({
      sender: { site: '宣汉县司法局' },
      receiver: { site: '开江县司法局' },
      sequence: 1,
    });
    stranger.stage.remove();
    await stranger.records.close();
  });
});

test('wrong rows are told by line and without what is in them, and nothing is taken in', async () => {
  const [sender, receiver] = [await openSite('甲', 'intl'), await openSite('乙', 'intl')];
  const signing = await sender.keys.current('package-sign');
  const lines = [
    identityLine(anEntry(1)),
    identityLine(anEntry(2, { identity: { 'id-number': '110105194912310021' } })),
    identityLine(anEntry(1)),
    '{"kind":"order","subject":"王演示"}',
    'no JSON 王演示',
    JSON.stringify({ ...anEntry(3), kind: 'identity', extra: '王演示' }),
  ];
  const rows = async function* (): AsyncGenerator<PackageRow> {
    for (const line of lines) yield { kind: 'identity', line };
  };
  const bytes = await bytesOf(
    writePackage(
      sender,
      {
        sender: {
          site: '甲',
          suite: 'intl',
          signer: sender.suites.intl.signer(signing.bytes),
        },
        receiver: await cardOf(receiver),
        sequence: 1,
        madeAtMs: START_MS,
        purpose: 'transfer',
      },
      rows(),
    ),
  );
  const looked = await lookThrough(receiver, streamOf(bytes), await cardOf(sender));
  if (looked.kind === 'refused') throw new Error(looked.fault);
  expect(looked.report.errors.map(({ line, says }) => `${line} ${says.zh}`)).toEqual([
    '2 身份证号码有误：校验码不符，请核对是否录错',
    '3 与第 1 行是同一人',
    expect.stringMatching(/^4 监管令不符合格式：/) as string,
    '5 既不是监管令，也不是人员身份',
    '6 人员身份不符合格式',
  ]);
  expect(JSON.stringify(looked.report.errors)).not.toMatch(/王演示|110105/);
  await expect(applyPackage(receiver, looked, 'system')).rejects.toMatchObject({
    code: 'bad-input',
  });
  expect(await receiver.records.db.selectFrom('vaultPerson').selectAll().execute()).toEqual([]);
  for (const { stage, records } of [sender, receiver]) {
    stage.remove();
    await records.close();
  }
});

test('numbers rise for each receiver by itself', async () => {
  const [sender, one, two] = [
    await openSite('甲', 'intl'),
    await openSite('乙', 'intl'),
    await openSite('丙', 'intl'),
  ];
  const sequences: number[] = [];
  for (const to of [one, two, one]) {
    const options = {
      region: DAZHOU,
      what: ['orders'] as const,
      purpose: 'transfer',
      actor: 'system',
    };
    const bytes = await bytesOf(exportPackage(sender, { ...options, receiver: await cardOf(to) }));
    const head = await inspectPackage(streamOf(bytes));
    if (typeof head !== 'string') sequences.push(head.sequence);
  }
  expect(sequences).toEqual([1, 1, 2]);
  for (const { stage, records } of [sender, one, two]) {
    stage.remove();
    await records.close();
  }
});
