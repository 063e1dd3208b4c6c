// The verbs as an operator types them: two sites with nothing in common but files carried by hand.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createRandom } from '../../core/random.ts';
import { systemClock } from '../../core/time.ts';
import type { Delivery } from '../../connectors/publish.ts';
import { anEntry } from '../../security/vault/vault.fixture.ts';
import { saveOrderFacts } from '../../warehouse/order-store.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { configSchema, inDataFolder, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { openVault } from '../open-vault.ts';
import { handOverOrders } from '../roles/package-orders.ts';
import { openSecrets } from '../secrets.ts';
import {
  importPackageFile,
  printCard,
  printPackage,
  undoPackageById,
  writePackageFile,
} from './package.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const configOf = (site: string): Config =>
  configSchema.parse({ dataFolder: at(site), crypto: { site }, logLevel: 'silent' });

async function withRecords(config: Config, run: (records: Records) => Promise<void>) {
  const deps = { logger: silentLogger, random: createRandom('records') };
  const records = await openRecords(deps, recordsOptions(config));
  await run(records).finally(() => records.close());
}

async function linesOf(run: (print: (line: string) => void) => Promise<unknown>) {
  const lines: string[] = [];
  await run((line) => lines.push(line));
  return lines;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-package-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('card, export, inspect, import and undo', async () => {
  const [sender, receiver] = [configOf('宣汉'), configOf('达州')];
  await withRecords(sender, async (records) => {
    const secrets = openSecrets(inDataFolder(sender, 'secret.key'));
    const { vault } = openVault({ config: sender, clock: systemClock, records, secrets });
    await vault.put([anEntry(1), anEntry(2)]);
    await saveOrderFacts(records.db, [orderFact('cc-000001', { atMs: systemClock.now() - 1_000 })]);
  });
  for (const [site, file] of [
    [sender, 'sender.json'],
    [receiver, 'receiver.json'],
  ] as const) {
    writeFileSync(at(file), (await linesOf((print) => printCard(site, print))).join('\n'));
  }

  const file = at('one.package');
  const what = 'orders,identities';
  const options = { file, to: at('receiver.json'), region: '511722', purpose: '移交', what };
  const [written] = await linesOf((print) => writePackageFile(sender, options, print));
  expect(written).toContain('1 orders, 2 identities');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.endsWith('.draft'))).toEqual([]);
  await expect(writePackageFile(sender, options, () => {})).rejects.toMatchObject({
    code: 'conflict',
  });
  const inspected = await linesOf((print) => printPackage(file, print));
  expect(inspected.join('\n')).toMatch(/宣汉.*\n.*达州.*\n.*number: 1/);

  const from = at('sender.json');
  const look = (apply: boolean) =>
    linesOf(async (print) => {
      expect(await importPackageFile(receiver, { file, from, apply }, print)).toBe(true);
    });
  const dry = await look(false);
  expect(dry.join('\n')).toContain('1 orders, 2 identities (0 known here)');
  const id = dry[0]?.split(' ')[1] ?? '';
  await look(true);
  await expect(look(true)).rejects.toMatchObject({ detail: `${file}: replayed` });

  const published: Delivery[] = [];
  await withRecords(receiver, async (records) => {
    const failing = () => Promise.reject(new Error('the log is away'));
    await expect(handOverOrders({ publish: failing }, records)).rejects.toThrow('away');
    const publish = (delivery: Delivery) => {
      published.push(delivery);
      return Promise.resolve({ admitted: 1, duplicates: 0, refused: {}, dead: {} });
    };
    // Claimed and not handed over is handed over again.
    expect(await handOverOrders({ publish }, records)).toBe(1);
    expect(await handOverOrders({ publish }, records)).toBe(0);
  });
  expect(published[0]?.facts?.[0]).toMatchObject({ kind: 'order', subject: 'cc-000001' });

  await linesOf((print) => undoPackageById(receiver, id, print));
  await withRecords(receiver, async (records) => {
    expect(await records.db.selectFrom('vaultPerson').selectAll().execute()).toEqual([]);
    const waiting = await records.db
      .selectFrom('packageOrder')
      .select('fact')
      .where('state', '=', 'waiting')
      .execute();
    expect(waiting.map(({ fact }) => (JSON.parse(fact) as { action: string }).action)).toEqual([
      'end',
    ]);
  });
}, 60_000);

test('what is wrong with a file is said, and nothing is changed', async () => {
  const receiver = configOf('达州');
  const from = at('sender.json');
  writeFileSync(at('half.package'), readFileSync(at('one.package')).subarray(0, -100));
  for (const [name, detail] of [
    ['half.package', /cut-off/],
    ['sender.json', /no-package/],
    ['missing.package', /missing/],
  ] as const) {
    await expect(
      importPackageFile(receiver, { file: at(name), from, apply: true }, () => {}),
    ).rejects.toMatchObject({ name: 'UserError', detail: expect.stringMatching(detail) as string });
  }
  await expect(
    importPackageFile(
      receiver,
      { file: at('one.package'), from: at('half.package'), apply: false },
      () => {},
    ),
  ).rejects.toMatchObject({ says: { en: 'the card cannot be read' } });
}, 60_000);
