import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { kafkaAvailability } from '../../sim/kafka-artifacts.ts';
import { startKafkaBroker, type KafkaBroker } from '../../sim/kafka-broker.ts';
import { writeCityFiles, type CityFiles } from '../../sim/city/write-files.ts';
import { loadConfig, DEFAULT_PACK } from '../config.ts';
import { replay, type ReplayOptions } from './replay.ts';
import { verify } from './verify-alert.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);
const MINUTE_MS = 60_000;

let folder = '';
let city: CityFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-replay-verb-'));
  city = await writeCityFiles(
    { areas: createAreas(), locate: createLocator() },
    {
      seed: 'replay',
      size: 600,
      bracelets: 40,
      startAtMs: START_MS,
      folder: join(folder, 'city'),
      lengthMs: 60 * MINUTE_MS,
    },
  );
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

let outputs = 0;

/** Replays and gives the bytes written and the lines said. */
async function replayed(options: Partial<ReplayOptions>) {
  const out = join(folder, `alerts-${outputs++}.ndjson`);
  const said: string[] = [];
  await replay({ rules: DEFAULT_PACK, source: 'phone/replay', out, ...options }, (line) =>
    said.push(line),
  );
  return { out, bytes: await readFile(out, 'utf8'), said: said.join('\n') };
}

const cityInput = () => ({ positions: city.positions, orders: city.orders, facts: city.facts });

const alertsIn = (bytes: string): Record<string, unknown>[] =>
  bytes
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the same files give the same bytes', () => {
  let plain: Awaited<ReturnType<typeof replayed>>;
  beforeAll(async () => {
    plain = await replayed(cityInput());
  });

  test('and the script of the city is found in them', () => {
    const rules = new Set(alertsIn(plain.bytes).map(({ ruleId }) => ruleId));
    for (const rule of ['area-exit', 'ticket-outside', 'device-tamper', 'detention']) {
      expect(rules).toContain(rule);
    }
  });

  test('a second time', async () => {
    expect((await replayed(cityInput())).bytes).toBe(plain.bytes);
  });

  test.each([1, 8])('through an embedded log with %i partitions', async (partitions) => {
    expect((await replayed({ ...cityInput(), partitions })).bytes).toBe(plain.bytes);
  });

  describe('through Kafka', async () => {
    const availability = await kafkaAvailability();
    if (!availability.available) {
      process.stderr.write(`skipped: replay through Kafka, because ${availability.reason}\n`);
    }
    let broker: KafkaBroker | undefined;
    beforeAll(async () => {
      if (!availability.available) return;
      broker = await startKafkaBroker({ folder: join(folder, 'kafka') });
    }, 120_000);
    afterAll(() => broker?.stop());

    test.skipIf(!availability.available).each([1, 8])(
      'with %i partitions',
      async (partitions) => {
        const brokers = [broker?.address ?? ''];
        expect((await replayed({ ...cityInput(), partitions, brokers })).bytes).toBe(plain.bytes);
      },
      120_000,
    );
  });

  test('each alert has the documented fields, in order of time, and proves itself', async () => {
    const alerts = alertsIn(plain.bytes);
    for (const alert of alerts) expect(Object.keys(alert)).toEqual(FIELDS);
    const opened = alerts.map(({ openedAtMs }) => Number(openedAtMs));
    expect(opened).toEqual(opened.toSorted((a, b) => a - b));
    const said: string[] = [];
    const proven = await verify(loadConfig({}, {}), { what: plain.out }, (line) => said.push(line));
    expect(said).toEqual([
      `${alerts.length} of ${alerts.length} alerts follow from their evidence`,
    ]);
    expect(proven).toBe(true);
  });

  test('an alert whose evidence or level was touched is not proven', async () => {
    const [first, ...others] = alertsIn(plain.bytes).filter(({ level }) => level === 2);
    const forged = [
      { ...first, level: 3 },
      ...others.map((alert) => ({
        ...alert,
        evidence: (alert['evidence'] as unknown[]).slice(0, 1),
      })),
    ];
    const path = join(folder, 'forged.ndjson');
    await writeFile(path, forged.map((alert) => `${JSON.stringify(alert)}\n`).join(''));
    const said: string[] = [];
    const proven = await verify(loadConfig({}, {}), { what: path }, (line) => said.push(line));
    expect(proven).toBe(false);
    expect(said.at(-1)).toBe(`0 of ${forged.length} alerts follow from their evidence`);
    expect(said[0]).toContain('the level differs');
    expect(said[1]).toContain('the evidence does not raise it');
  });
});

const FIELDS = [
  'id',
  'ruleId',
  'ruleVersion',
  'level',
  'subject',
  'region',
  'openedAtMs',
  'closedAtMs',
  'evidence',
  'article',
];

describe('input that is not as it should be', () => {
  const write = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const orders = () => city.orders;

  test('a table without a column it needs, or with one nobody knows, names it', async () => {
    const missing = await write('missing.csv', 'subject,atMs,lng\nA,1,2\n');
    await expect(replayed({ positions: missing })).rejects.toThrow(/"?lat"?/);
    const unknown = await write('unknown.csv', 'subject,atMs,lng,lat,colour\n');
    await expect(replayed({ positions: unknown })).rejects.toThrow(/colour/);
  });

  test('lines that cannot be used are counted with their reason, the rest is taken', async () => {
    const positions = await write(
      'some.csv',
      [
        'subject,atMs,lng,lat',
        `DZ-1,${START_MS},107.5,31.2`,
        `DZ-1,${START_MS},31.2,107.5`,
        `DZ-1,${START_MS / 1_000},107.5,31.2`,
        `DZ-1,${START_MS},107.5,131.2`,
        '',
      ].join('\n'),
    );
    const { said } = await replayed({ positions, orders: orders() });
    expect(said).toContain('some.csv: 3 lines not read');
    expect(said).toContain('line 3: lng: longitude and latitude look swapped');
    expect(said).toContain('line 4: atMs: looks like seconds');
    expect(said).toContain('line 5: lat: -90 to 90 expected');
    expect(said).toContain('unknown-subject 1');
  });

  test('a file that is not there is named, and nothing is written', async () => {
    const out = join(folder, 'never.ndjson');
    await expect(replayed({ positions: join(folder, 'absent.csv'), out })).rejects.toThrow(
      /absent\.csv/,
    );
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });

  test('stopped by hand, it leaves what was there before', async () => {
    const out = await write('before.ndjson', 'before');
    const stopping = new AbortController();
    stopping.abort(new Error('stopped'));
    await expect(replayed({ ...cityInput(), out, signal: stopping.signal })).rejects.toThrow(
      'stopped',
    );
    expect(await readFile(out, 'utf8')).toBe('before');
  });
});

test('a leave recorded later withdraws an alert, the same on every run, and the evidence still proves it', async () => {
  const [line = ''] = (await readFile(city.orders, 'utf8')).split('\n');
  const order = JSON.parse(line) as { bases: Record<string, unknown>[] };
  const span = { fromMs: START_MS - 86_400_000, untilMs: START_MS + 90 * 86_400_000 };
  const about = { subject: 'DZ-LEAVE', source: 'case/register' };
  const frame = [
    {
      ...order,
      ...about,
      ...span,
      category: 'cc',
      county: '511702',
      area: ['511702'],
      atMs: span.fromMs,
      bases: order.bases.map((basis) => ({ ...basis, ...span, sources: ['phone'] })),
    },
    {
      kind: 'leave',
      ...about,
      ...span,
      atMs: START_MS + 60 * MINUTE_MS,
      action: 'start',
      leaveId: 'V1',
      regions: ['510100'],
      reason: 'medical',
      approvedBy: 'county-bureau',
      documentNumber: '演示1号',
    },
  ];
  const orders = join(folder, 'late-leave.ndjson');
  await writeFile(orders, frame.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const positions = join(folder, 'late-leave.csv');
  const rows = [0, 5, 10, 15, 20, 90].map(
    (minute) => `DZ-LEAVE,${START_MS + minute * MINUTE_MS},104.066,30.572`,
  );
  await writeFile(positions, ['subject,atMs,lng,lat', ...rows, ''].join('\n'));
  const first = await replayed({ positions, orders });
  expect(first.said).toContain('1 alerts corrected later, 1 of them withdrawn');
  const [alert] = alertsIn(first.bytes);
  expect(alert).toMatchObject({
    ruleId: 'area-exit',
    level: 2,
    corrections: [
      {
        atMs: START_MS + 60 * MINUTE_MS,
        outcome: 'withdrawn',
        because: { reason: 'leave', observationKind: 'leave' },
      },
    ],
  });
  expect((await replayed({ positions, orders, partitions: 8 })).bytes).toBe(first.bytes);
  const said: string[] = [];
  await verify(loadConfig({}, {}), { what: first.out }, (text) => said.push(text));
  expect(said).toEqual([
    '1 of 1 alerts follow from their evidence',
    '1 of them were corrected later',
  ]);
});

test('an order on record long before the first report makes nobody silent in between', async () => {
  const order = JSON.parse((await readFile(city.orders, 'utf8')).split('\n')[0] ?? '') as {
    bases: Record<string, unknown>[];
  };
  const braceleted = {
    ...order,
    subject: 'DZ-BRACELET',
    category: 'cc',
    county: '511702',
    area: ['511702'],
    atMs: START_MS - 90 * 86_400_000,
    fromMs: START_MS - 90 * 86_400_000,
    untilMs: START_MS + 90 * 86_400_000,
    bases: order.bases.map((basis) => ({
      ...basis,
      sources: ['bracelet'],
      fromMs: START_MS - 30 * 86_400_000,
      untilMs: START_MS + 30 * 86_400_000,
    })),
  };
  const orders = join(folder, 'bracelet-orders.ndjson');
  await writeFile(orders, `${JSON.stringify(braceleted)}\n`);
  const positions = join(folder, 'bracelet.csv');
  const rows = [0, 30, 200].map(
    (minute) => `DZ-BRACELET,${START_MS + minute * MINUTE_MS},107.50,31.21`,
  );
  await writeFile(positions, ['subject,atMs,lng,lat', ...rows, ''].join('\n'));
  const { bytes } = await replayed({ positions, orders, source: 'bracelet/replay' });
  expect(alertsIn(bytes).map(({ ruleId, openedAtMs }) => [ruleId, openedAtMs])).toEqual([
    ['terminal-silent', START_MS + (30 + 120) * MINUTE_MS],
  ]);
});
