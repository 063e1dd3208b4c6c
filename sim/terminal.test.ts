import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  BRACELET_GCJ02_MODEL,
  BRACELET_MODEL,
  DEVICE_MODELS,
} from '../connectors/jt808/device-model.ts';
import { BODY_BYTES_MAX } from '../connectors/jt808/frame.ts';
import { encodeBody } from '../connectors/jt808/message.ts';
import { openJt808Server, type Jt808Server } from '../connectors/jt808/server.ts';
import type { Delivery, Receipt } from '../connectors/publish.ts';
import { OperatingError } from '../core/errors.ts';
import { distanceM } from '../core/geo.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { ok } from '../core/outcome.ts';
import { positionAt } from '../core/position-batch.ts';
import { createRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { createTerminalFleet } from './terminal-fleet.ts';
import { createTerminal, type TerminalOptions } from './terminal.ts';
import { pointsPerMessage, toLocation, type TerminalPoint } from './terminal-point.ts';

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };
const START_MS = Date.UTC(2026, 10, 22, 4);
const numberOf = (index: number) => `0990${String(10_000_000 + index)}`;

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Platform = {
  server: Jt808Server;
  deliveries: Delivery[];
  refused: string[];
  /** While set, publishing fails. */
  fault: { isAway: boolean };
};

async function openPlatform({ port = 0, model = 'bracelet' } = {}): Promise<Platform> {
  const deliveries: Delivery[] = [];
  const refused: string[] = [];
  const fault = { isAway: false };
  const server = await openJt808Server(
    {
      publish: async (delivery) => {
        if (fault.isAway) {
          throw new OperatingError('log-unavailable', 'the log is away', { retry: 'backoff' });
        }
        deliveries.push(delivery);
        return RECEIPT;
      },
      refuse: (_source, reason) => refused.push(reason),
      clock: systemClock,
      ids: createCountingIds(),
      logger: silentLogger,
      terminals: {
        knows: (number) => number.startsWith('0990'),
        authCode: (number) => `code-${number}`,
        modelOf: () => model,
      },
    },
    { port, flushMs: 5 },
  );
  cleanUps.push(() => server.stop());
  return { server, deliveries, refused, fault };
}

const optionsFor = (port: number, change: Partial<TerminalOptions> = {}): TerminalOptions => ({
  phone: numberOf(1),
  version: 2013,
  model: BRACELET_MODEL,
  host: '127.0.0.1',
  port,
  timing: { retryMsMin: 20, retryMsMax: 100 },
  ...change,
});

function openTerminal(options: TerminalOptions) {
  const terminal = createTerminal({ random: createRandom('terminal') }, options);
  cleanUps.push(() => terminal.stop());
  return terminal;
}

const pointAt = (second: number, change: Partial<TerminalPoint> = {}): TerminalPoint => ({
  atMs: START_MS + second * 1_000,
  lng: 107.5 + second / 1_000,
  lat: 31.21,
  speedKmh: 4.2,
  batteryPercent: 80,
  ...change,
});

const rowsOf = ({ deliveries }: Platform) =>
  deliveries.flatMap(({ positions }) =>
    positions
      ? Array.from({ length: positions.length }, (_, row) => positionAt(positions, row))
      : [],
  );

const secondsOf = (platform: Platform) =>
  rowsOf(platform).map((row) => (row.atMs - START_MS) / 1_000);

const eventually = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 20 });

describe('a simulated terminal', () => {
  test.each([2013, 2019] as const)('edition %i: reports what it measures', async (version) => {
    const platform = await openPlatform();
    const terminal = openTerminal(optionsFor(platform.server.port, { version }));
    await eventually(() => terminal.status().stage).toBe('ready');
    terminal.report([pointAt(1)]);
    terminal.report([pointAt(2, { hasFix: false }), pointAt(3, { speedKmh: 12.3 })]);
    await eventually(() => terminal.status()).toMatchObject({ taken: 3, pending: 0 });
    expect(rowsOf(platform)).toMatchObject([
      { subject: `terminal:${numberOf(1)}`, lng: 107.501, lat: 31.21, speedKmh: 4.2, labels: [] },
      { labels: ['noFix'], batteryPercent: 80 },
      { speedKmh: 12.3, labels: [] },
    ]);
    expect(platform.refused).toEqual([]);
  });

  test('stores out of coverage and sends what it stored as blind-zone uploads', async () => {
    const platform = await openPlatform();
    const terminal = openTerminal(optionsFor(platform.server.port));
    terminal.report([pointAt(0)]);
    await eventually(() => terminal.status().taken).toBe(1);
    terminal.setCoverage(false);
    terminal.report(Array.from({ length: 100 }, (_, i) => pointAt(1 + i)));
    await eventually(() => platform.server.status().connections).toBe(0);
    terminal.setCoverage(true);
    terminal.report([pointAt(101)]);
    await eventually(() => terminal.status().taken).toBe(102);
    const rows = rowsOf(platform);
    expect(secondsOf(platform)).toEqual(Array.from({ length: 102 }, (_, second) => second));
    expect(rows.filter((row) => row.labels.includes('blindZone'))).toHaveLength(100);
    expect(rows.at(-1)?.labels).toEqual([]);
  });

  test('keeps what the log did not take and sends it until it does', async () => {
    const platform = await openPlatform();
    const terminal = openTerminal(optionsFor(platform.server.port));
    platform.fault.isAway = true;
    for (let second = 0; second < 30; second++) terminal.report([pointAt(second)]);
    await eventually(() => terminal.status().stage).toBe('ready');
    expect(terminal.status()).toMatchObject({ taken: 0, pending: 30 });
    platform.fault.isAway = false;
    await eventually(() => terminal.status()).toMatchObject({ taken: 30, pending: 0 });
    expect([...new Set(secondsOf(platform))].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, second) => second),
    );
  });

  test('a platform that restarts loses nothing that was acknowledged or measured', async () => {
    const first = await openPlatform();
    const { port } = first.server;
    const terminal = openTerminal(optionsFor(port));
    await eventually(() => terminal.status().stage).toBe('ready');
    for (let second = 0; second < 200; second++) terminal.report([pointAt(second)]);
    await first.server.stop();
    terminal.report([pointAt(200)]);
    const second = await openPlatform({ port });
    await eventually(() => terminal.status().taken).toBe(201);
    const seen = new Set([...secondsOf(first), ...secondsOf(second)]);
    expect(seen.size).toBe(201);
    expect(terminal.status().dials).toBeGreaterThan(1);
  });

  test('a platform that never answers is given up and dialled again', async () => {
    let calls = 0;
    const deaf = createServer((socket) => {
      calls++;
      socket.resume();
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => deaf.close());
    const { port } = deaf.address() as AddressInfo;
    const timing = { retryMsMin: 10, retryMsMax: 20, answerMsMax: 50 };
    const terminal = openTerminal(optionsFor(port, { timing }));
    terminal.report([pointAt(1)]);
    await eventually(() => calls).toBeGreaterThan(2);
    expect(terminal.status()).toMatchObject({ taken: 0, pending: 1 });
  });

  test('an unknown terminal never becomes ready', async () => {
    const platform = await openPlatform();
    const terminal = openTerminal(optionsFor(platform.server.port, { phone: '077700000001' }));
    terminal.report([pointAt(1)]);
    await eventually(() => platform.refused.length).toBeGreaterThan(1);
    expect(new Set(platform.refused)).toEqual(new Set(['unknown-terminal']));
    expect(terminal.status()).toMatchObject({ taken: 0, pending: 1 });
  });

  test('its device conditions arrive as events when they begin and end', async () => {
    const platform = await openPlatform();
    const terminal = openTerminal(optionsFor(platform.server.port));
    terminal.report([
      pointAt(1),
      pointAt(2, { conditions: ['tamper', 'battery-low'] }),
      pointAt(3, { conditions: ['tamper'] }),
      pointAt(4),
    ]);
    await eventually(() => terminal.status().taken).toBe(4);
    const facts = platform.deliveries.flatMap((delivery) => delivery.facts ?? []);
    expect(
      facts.map((fact) => [(fact.atMs - START_MS) / 1_000, fact.kind === 'device' && fact.event]),
    ).toEqual([
      [2, 'battery-low'],
      [2, 'tamper'],
      [3, 'battery-restored'],
      [4, 'tamper-cleared'],
    ]);
  });

  test('a GCJ-02 device ends up where it is', async () => {
    const platform = await openPlatform({ model: 'bracelet-gcj02' });
    const terminal = openTerminal(
      optionsFor(platform.server.port, { model: BRACELET_GCJ02_MODEL }),
    );
    terminal.report([pointAt(1)]);
    await eventually(() => terminal.status().taken).toBe(1);
    const [row] = rowsOf(platform);
    expect(row?.labels).toEqual(['datumConverted']);
    expect(distanceM(row?.lng ?? 0, row?.lat ?? 0, 107.501, 31.21)).toBeLessThan(0.2);
    expect(row?.batteryPercent).toBe(80);
  });
});

test.each(DEVICE_MODELS)('$id: as many points as are said to fit do fit, and no more', (model) => {
  const full = pointAt(1, { conditions: ['sos'], batteryPercent: 100 });
  const bytesOf = (count: number) =>
    encodeBody(
      {
        kind: 'location-batch',
        blindZone: true,
        items: Array.from({ length: count }, () => ok(toLocation(full, model))),
      },
      2013,
    ).length;
  const most = pointsPerMessage(model);
  expect(bytesOf(most)).toBeLessThanOrEqual(BODY_BYTES_MAX);
  expect(bytesOf(most + 1)).toBeGreaterThan(BODY_BYTES_MAX);
});

test('a fleet of 300 comes up, dials once each, and reports', async () => {
  const platform = await openPlatform();
  const options = Array.from({ length: 300 }, (_, index) =>
    optionsFor(platform.server.port, { phone: numberOf(index) }),
  );
  const fleet = createTerminalFleet({ random: createRandom('fleet') }, options);
  cleanUps.push(() => fleet.stop());
  await eventually(() => fleet.status().ready).toBe(300);
  for (let second = 0; second < 5; second++) {
    for (let index = 0; index < 300; index++) fleet.report(index, [pointAt(second)]);
  }
  await eventually(() => fleet.status()).toMatchObject({ taken: 1_500, pending: 0, dials: 300 });
  expect(new Set(rowsOf(platform).map((row) => row.subject)).size).toBe(300);
  fleet.setCoverage(7, false);
  fleet.report(7, [pointAt(9)]);
  await eventually(() => fleet.status().ready).toBe(299);
  fleet.setCoverage(7, true);
  await eventually(() => fleet.status()).toMatchObject({ taken: 1_501, ready: 300 });
}, 30_000);
