// Names and numbers of the vault are put through everything that could spill them, in the running product;
// afterwards no file it wrote, no line it printed and no answer it refused with holds one of them.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../core/time.ts';
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
const refusals: string[] = [];

beforeAll(async () => {
  site = await createSite({ logLevel: 'debug' });
  program = await site.start('up', '--demo', '--persons', String(PERSONS));
  await program.ready();
  const response = await fetch(`${site.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'xuanhan', password: 'plumbline-demo' }),
  });
  cookie = String(response.headers.get('set-cookie')).split(';')[0] as string;
}, 120_000);

afterAll(() => site?.remove());

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

  program.signal('SIGTERM');
  await program.ended;

  const written = await findIn(site.dataFolder, [...canaries(who), STRAY.idNumber, STRAY.phone]);
  expect(written).toEqual([]);
  const printed = await program.printed();
  expect(printed).toContain('audit');
  for (const word of [...canaries(who), STRAY.idNumber, STRAY.phone]) {
    expect(printed).not.toContain(word);
  }
  expect(refusals.length).toBeGreaterThan(5);
  for (const word of canaries(who)) expect(refusals.join('\n')).not.toContain(word);
  // The search itself finds what is there: a pseudonymous key is in many files.
  expect((await findIn(site.dataFolder, [canary.key])).length).toBeGreaterThan(1);
}, 120_000);

/** A name of three characters may be anybody's by chance; the street is the person's own. */
const canaries = (who: InventedIdentity): string[] => [
  who['id-number'],
  who.phone,
  who.address,
  Buffer.from(who['id-number']).toString('base64').slice(0, 22),
];

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
    for (const word of words) if (content.includes(word)) hits.push(`${path}: ${word}`);
  }
  return hits;
}
