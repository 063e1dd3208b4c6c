// Names and numbers of the vault are put through everything that could spill them, in the running product;
// afterwards no file it wrote, no line it printed, no row of its warehouse, no number it counts by and no answer it
// refused with holds one of them, and of its backups nothing can be read at all.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFrame } from '../connectors/jt808/frame.ts';
import { encodeBody, MESSAGES, type TerminalBody } from '../connectors/jt808/message.ts';
import { silentLogger } from '../core/logger.ts';
import { systemClock } from '../core/time.ts';
import { openOlap } from '../warehouse/olap.ts';
import { demoPersons, postLines } from './partner.fixture.ts';
import { inventIdentity, type InventedIdentity } from './city/identities.ts';
import { createSite, type Running, type Site } from './product.fixture.ts';

const PERSONS = 2_000;
const COUNTY = '511722';

/** Not in the vault; told by a partner, where nothing of the kind belongs. */
const STRAY = { idNumber: '51172219851231004X', phone: '13812345678' };

let site: Site;
let program: Running;
let cookie = '';
let backups = '';
const refusals: string[] = [];

beforeAll(async () => {
  backups = await mkdtemp(join(tmpdir(), 'plumbline-backups-'));
  const keyFile = join(backups, 'backup.key');
  await writeFile(keyFile, `${'0123456789abcdef'.repeat(4)}\n`);
  const backup = { folder: join(backups, 'kept'), keyFile };
  site = await createSite({ logLevel: 'debug', backup });
  program = await site.start('up', '--demo', '--persons', String(PERSONS));
  await program.ready();
  cookie = await signIn('xuanhan');
}, 120_000);

afterAll(async () => {
  await site?.remove();
  await rm(backups, { recursive: true, force: true });
});

async function signIn(login: string): Promise<string> {
  const response = await fetch(`${site.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'plumbline-demo' }),
  });
  return String(response.headers.get('set-cookie')).split(';')[0] as string;
}

async function post(path: string, body: unknown): Promise<{ status: number; body: string }> {
  const response = await fetch(`${site.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = { status: response.status, body: await response.text() };
  if (answer.status >= 400) refusals.push(answer.body);
  return answer;
}

const { persons } = demoPersons({ seed: 'dazhou', size: PERSONS });
const canary = persons.find(({ county }) => county === COUNTY);
const foreign = persons.find(({ county }) => county !== COUNTY);
const grounds = { purpose: 'daily-supervision', reason: '核实设备离线原因' };
const FIELDS = ['name', 'id-number', 'phone', 'address'];

test('what only the vault may hold is nowhere else', async () => {
  if (!canary || !foreign) throw new Error('the city has persons of every county');
  const who = inventIdentity(canary);
  const subjects = [canary.key];

  // Shown to whom it belongs, which proves that the vault has it.
  await expect
    .poll(
      async () =>
        (await post('/api/identities/reveal', { ...grounds, subjects, fields: FIELDS })).status,
      { timeout: 60_000, interval: 500 },
    )
    .toBe(200);
  refusals.length = 0;
  const revealed = await post('/api/identities/reveal', { ...grounds, subjects, fields: FIELDS });
  expect(JSON.parse(revealed.body)).toMatchObject({ persons: [{ values: who, synthetic: true }] });
  const found = await post('/api/identities/look-up', {
    ...grounds,
    by: 'id-number',
    value: who['id-number'],
  });
  expect(JSON.parse(found.body)).toMatchObject({ persons: [{ subject: canary.key }] });

  await askWrongly(who, foreign.key);
  await pushGarbage(who, subjects);
  await sendFromTerminal(who);
  const words = [...canaries(who), STRAY.idNumber, STRAY.phone];
  const shown = await showCounts();
  expect(shown).toContain('plumbline_');
  expect(shown).toContain(canary.key);
  expect(wordsIn(shown, words)).toEqual([]);

  program.signal('SIGTERM');
  await program.ended;

  expect(await findIn(site.dataFolder, words)).toEqual([]);
  const printed = await program.printed();
  expect(printed).toContain('audit');
  expect(wordsIn(printed, words)).toEqual([]);
  expect(refusals.length).toBeGreaterThan(5);
  expect(wordsIn(refusals.join('\n'), canaries(who))).toEqual([]);
  // The search itself finds what is there: a pseudonymous key is in many files.
  expect((await findIn(site.dataFolder, [canary.key])).length).toBeGreaterThan(1);

  // Files of the warehouse are compressed: its rows are asked instead.
  const warehouse = await wordsInWarehouse([...words, canary.key]);
  expect(warehouse.filter((hit) => !hit.endsWith(canary.key))).toEqual([]);
  expect(warehouse.length).toBeGreaterThan(0);

  const backup = await site.start('backup', '--full');
  await backup.ended;
  expect(await backup.printed()).toContain('✓');
  const kept = join(backups, 'kept');
  expect((await readdir(kept, { recursive: true })).length).toBeGreaterThan(10);
  // Not only what nobody may read is unreadable there, but everything: keys, table names, the forms of the files.
  const readable = [...words, canary.key, 'SQLite format 3', 'audit_record', 'PLSTATE2'];
  expect(await findIn(kept, readable)).toEqual([]);
  expect((await findIn(site.dataFolder, readable)).length).toBeGreaterThan(3);
}, 180_000);

/** A name of three characters may be anybody's by chance; the street is the person's own. */
const canaries = (who: InventedIdentity): string[] => [
  who['id-number'],
  who.phone,
  who.address,
  Buffer.from(who['id-number']).toString('base64').slice(0, 22),
];

const wordsIn = (content: string, words: readonly string[]): string[] =>
  words.filter((word) => content.includes(word));

/** What the product tells of itself: its counts, its health, and what the auditor sees of this county's officer. */
async function showCounts(): Promise<string> {
  const auditor = await signIn('auditor');
  const headers = { cookie: auditor };
  const pages = [
    '/metrics',
    '/health',
    '/api/audit/records',
    '/api/audit/records?action=identity',
    '/api/audit/notices',
  ].map(async (path) => {
    const response = await fetch(`${site.url}${path}`, { headers });
    expect([path, response.status]).toEqual([path, 200]);
    return response.text();
  });
  return (await Promise.all(pages)).join('\n');
}

/** A terminal that has values where its number, its plate and its data belong. */
async function sendFromTerminal(who: InventedIdentity): Promise<void> {
  const bodies: TerminalBody[] = [
    {
      kind: 'register',
      edition: 2019,
      province: 51,
      city: 1722,
      maker: 'MAKER',
      model: who['id-number'],
      terminalId: who.phone,
      plateColour: 0,
      plate: `${who['id-number']}${who.address}`,
    },
    { kind: 'authenticate', authCode: who['id-number'] },
  ];
  const frames = [who.phone, STRAY.phone].flatMap((phone) =>
    bodies.map((body, serial) =>
      writeFrame(
        { messageId: MESSAGES[body.kind].messageId, version: 2019, phone, serial },
        encodeBody(body, 2019),
      ),
    ),
  );
  const socket = connect(site.terminalPort, '127.0.0.1');
  const answered: Buffer[] = [];
  socket.on('data', (data) => answered.push(data));
  socket.on('error', () => {});
  for (const frame of frames) socket.write(frame);
  socket.write(`~${who['id-number']},${who.phone}~${who.address}~`);
  await expect.poll(() => Buffer.concat(answered).length, { timeout: 20_000 }).toBeGreaterThan(0);
  socket.destroy();
}

/** `table.column word` for each text column of the stopped product's warehouse that holds one of the words. */
async function wordsInWarehouse(words: readonly string[]): Promise<string[]> {
  const folder = join(site.dataFolder, 'warehouse');
  const olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  try {
    const columns = await olap.rows<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns
      WHERE database = currentDatabase() AND (type LIKE '%String%')`,
    );
    expect(columns.length).toBeGreaterThan(20);
    const hits: string[] = [];
    for (const { table, name } of columns) {
      const [row] = await olap.rows<{ found: string[] }>(
        `SELECT groupUniqArrayArray(
          arrayFilter(word -> position(toString(${name}), word) > 0, {words: Array(String)})) AS found
        FROM ${table}`,
        { words },
      );
      hits.push(...(row?.found ?? []).map((word) => `${table}.${name} ${word}`));
    }
    return hits;
  } finally {
    await olap.close();
  }
}

/** Every way of asking that is refused, with the values in the question. */
async function askWrongly(who: InventedIdentity, foreignKey: string): Promise<void> {
  const idNumber = who['id-number'];
  const wrongCheck = idNumber.slice(0, 17) + (idNumber.endsWith('1') ? '2' : '1');
  const asked = { ...grounds, by: 'id-number', value: wrongCheck };
  const statuses = [
    await post('/api/identities/look-up', asked),
    await post('/api/identities/look-up', { ...asked, by: who.phone }),
    await post('/api/identities/look-up', { ...asked, [idNumber]: who.address }),
    await post('/api/identities/look-up', { ...asked, value: idNumber, reason: `查${idNumber}` }),
    await post('/api/identities/reveal', { ...grounds, subjects: [idNumber], fields: FIELDS }),
    await post('/api/identities/reveal', { ...grounds, subjects: [foreignKey], fields: FIELDS }),
    await post('/api/identities/masked', `{"subjects":["${who.phone}"`),
  ].map(({ status }) => status);
  expect(statuses).toEqual([400, 400, 400, 400, 400, 403, 400]);
}

/** A partner sends values where keys belong, in free text, and in what is no line at all. */
async function pushGarbage(who: InventedIdentity, [subject]: readonly string[]): Promise<void> {
  const { idNumber, phone } = STRAY;
  const custody = {
    kind: 'custody',
    subject,
    source: 'custody/partner',
    atMs: systemClock.now(),
    custodyId: 'C-1',
    measure: 'arrest',
    action: 'begin',
    authority: `公安局甲（${idNumber}，${phone}）`,
  };
  const lines = [
    JSON.stringify(custody),
    JSON.stringify({ ...custody, subject: idNumber }),
    JSON.stringify({ ...custody, subject: who['id-number'] }),
    JSON.stringify({ ...custody, subject: `phone:${who.phone}` }),
    JSON.stringify({ ...custody, [who.address]: 1 }),
    JSON.stringify({ ...custody, kind: who['id-number'] }),
    JSON.stringify({ ...custody, measure: who['id-number'] }),
    `{"kind":"custody","subject":"${who['id-number']}",${who.address}`,
    `${who['id-number']},${who.phone},${who.address}`,
    // Facts that are taken, with values in their free words.
    JSON.stringify({
      ...custody,
      custodyId: 'C-2',
      authority: `公安局乙（${who['id-number']}，${who.phone}）`,
    }),
  ];
  const answer = await postLines(site.url, `${lines.join('\n')}\n`);
  expect(answer.status).toBe(200);
  refusals.push(JSON.stringify(answer.body));
}

/** Files below `folder` that hold one of the words, as they lie there. */
async function findIn(folder: string, words: readonly string[]): Promise<string[]> {
  const hits: string[] = [];
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    for (const word of words) {
      // Also as texts of two bytes a character, in which V8 writes down what is not Latin.
      const isThere = content.includes(word) || content.includes(Buffer.from(word, 'utf16le'));
      if (isThere) hits.push(`${path}: ${word}`);
    }
  }
  return hits;
}
