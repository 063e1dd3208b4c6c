import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { OperatingError } from '../../core/errors.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import type { ArrivalOf, FactArrival } from '../../core/observation.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs, systemClock } from '../../core/time.ts';
import { openSourceServer, type SourceServer } from '../../sim/source-server.ts';
import type { Delivery, Receipt } from '../publish.ts';
import { createBookings } from './bookings.ts';
import { retryAfterOf } from './fetch-page.ts';
import { createLodging } from './lodging.ts';
import { openPull, pauseMs, type Cursors, type Pull, type PullOptions } from './pull.ts';

const TOKEN = 'partner-token';
const AT = Date.UTC(2026, 2, 10);
const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };

const opened: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

const booking = (n: number): ArrivalOf<'booking'> => ({
  kind: 'booking',
  subject: subjectKey(`DZ-${n}`),
  atMs: epochMs(AT + n * 1_000),
  source: 'rail/tickets',
  sequence: 0,
  bookingId: `B-${n}`,
  carrier: 'rail',
  status: 'booked',
  from: regionCode('511702'),
  to: regionCode('500000'),
  departAtMs: epochMs(AT + 3_600_000),
});

const lodging = (n: number): ArrivalOf<'lodging'> => ({
  kind: 'lodging',
  subject: subjectKey(`DZ-${n}`),
  atMs: epochMs(AT + n * 1_000),
  source: 'lodging/register',
  sequence: 0,
  lodgingId: `L-${n}`,
  action: 'in',
  place: '演示旅馆甲',
  at: regionCode('510100'),
});

async function openSource(): Promise<SourceServer> {
  const server = await openSourceServer(
    { random: createRandom('moods') },
    { port: 0, token: TOKEN },
  );
  opened.push(server);
  return server;
}

/** A partner's system in which `listener` decides everything. */
async function openServer(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/bookings`;
}

function memoryCursors(): Cursors & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: async (name) => values.get(name),
    set: async (name, value) => {
      values.set(name, value);
    },
  };
}

type Opening = {
  publish?: (delivery: Delivery) => Promise<Receipt>;
  cursors?: Cursors;
  feed?: ReturnType<typeof createBookings>;
};

function poll(options: Partial<PullOptions> & { url: string }, opening: Opening = {}) {
  const facts: FactArrival[] = [];
  const sizes: number[] = [];
  const refused: string[] = [];
  const pull: Pull = openPull(
    {
      publish:
        opening.publish ??
        (async (delivery) => {
          facts.push(...(delivery.facts ?? []));
          sizes.push(delivery.facts?.length ?? 0);
          return RECEIPT;
        }),
      refuse: (source, reason) => refused.push(`${source} ${reason}`),
      clock: systemClock,
      ids: createCountingIds(),
      logger: silentLogger,
      random: createRandom('pull'),
      cursors: opening.cursors ?? memoryCursors(),
    },
    opening.feed ?? createBookings({ feed: 'tickets', persons: 'keys' }),
    { token: TOKEN, pollMs: 5, limit: 10, requestsPerSecondMax: 1_000, retryMsMax: 20, ...options },
  );
  opened.push(pull);
  return { pull, facts, sizes, refused };
}

const until = (condition: () => boolean) =>
  expect.poll(condition, { timeout: 10_000, interval: 2 }).toBe(true);

describe('with a partner that is well', () => {
  test('everything comes, page by page, and what is new comes later', async () => {
    const source = await openSource();
    for (let n = 0; n < 25; n++) source.push(booking(n));
    const { pull, facts, sizes } = poll({ url: `${source.url}/bookings` });
    await until(() => facts.length === 25);
    expect(facts[3]).toEqual(booking(3));
    expect(sizes).toEqual([10, 10, 5]);
    source.push(booking(25));
    await until(() => facts.length === 26);
    expect(pull.status()).toMatchObject({ items: 26, skipped: 0, failuresInARow: 0 });
    await until(() => pull.status().caughtUpAtMs !== undefined);
    expect(pull.status().lagMs).toBeLessThan(1_000);
    expect(pull.status().lastOkAtMs).toBeGreaterThan(AT);
  });

  test('lodging comes the same way', async () => {
    const source = await openSource();
    source.push(lodging(1));
    const feed = createLodging({ feed: 'register', persons: 'keys' });
    const { facts } = poll({ url: `${source.url}/lodging` }, { feed });
    await until(() => facts.length === 1);
    expect(facts).toEqual([lodging(1)]);
  });

  test('after a restart it goes on where it stood', async () => {
    const source = await openSource();
    for (let n = 0; n < 15; n++) source.push(booking(n));
    const cursors = memoryCursors();
    const first = poll({ url: `${source.url}/bookings` }, { cursors });
    await until(() => first.facts.length === 15 && first.pull.status().caughtUpAtMs !== undefined);
    await first.pull.stop();
    source.push(booking(15));
    const second = poll({ url: `${source.url}/bookings` }, { cursors });
    await until(() => second.facts.length > 0);
    expect(second.facts).toEqual([booking(15)]);
  });

  test('a crash between publishing and saving the cursor repeats the page and loses nothing', async () => {
    const source = await openSource();
    for (let n = 0; n < 12; n++) source.push(booking(n));
    const cursors = memoryCursors();
    const away = new OperatingError('records-unavailable', 'away', { retry: 'soon' });
    let failures = 1;
    const { facts, pull } = poll(
      { url: `${source.url}/bookings` },
      {
        cursors: {
          get: cursors.get,
          set: (name, value) => (failures-- > 0 ? Promise.reject(away) : cursors.set(name, value)),
        },
      },
    );
    await until(() => pull.status().items === 12);
    expect(facts.map((fact) => (fact as ArrivalOf<'booking'>).bookingId)).toEqual([
      ...Array.from({ length: 10 }, (_, n) => `B-${n}`),
      ...Array.from({ length: 12 }, (_, n) => `B-${n}`),
    ]);
  });

  test('while the log does not take a page the cursor stays', async () => {
    const source = await openSource();
    source.push(booking(0));
    const cursors = memoryCursors();
    let attempts = 0;
    const { pull } = poll(
      { url: `${source.url}/bookings` },
      {
        cursors,
        publish: async () => {
          attempts++;
          if (attempts < 3)
            throw new OperatingError('log-unavailable', 'away', { retry: 'backoff' });
          expect(cursors.values.size).toBe(0);
          return RECEIPT;
        },
      },
    );
    await until(() => pull.status().items === 1);
    expect(attempts).toBe(3);
    expect(pull.status().lastFailure).toBe('unpublished');
  });
});

describe('with a partner that is not', () => {
  test('busy, broken and slow by turns: everything comes once', async () => {
    const source = await openSource();
    source.setMoods({ brokenPercent: 40, slowPercent: 30, slowMs: 30 });
    for (let n = 0; n < 60; n++) source.push(booking(n));
    const { facts, pull } = poll({ url: `${source.url}/bookings`, timeoutMs: 1_000 });
    await until(() => facts.length === 60);
    expect(new Set(facts.map((fact) => (fact as ArrivalOf<'booking'>).bookingId)).size).toBe(60);
    expect(pull.status().lastFailure).toBe('broken');
  });

  test.each<[string, RequestListener, string]>([
    ['a wrong token', (_, response) => response.writeHead(401).end(), 'unauthorized'],
    ['no such list', (_, response) => response.writeHead(404).end(), 'refused'],
    ['no JSON', (_, response) => response.end('<html>'), 'unreadable'],
    ['no page', (_, response) => response.end('{"items":{}}'), 'unreadable'],
    ['more than is taken', (_, response) => response.end('x'.repeat(10_000)), 'too-large'],
    ['nothing in time', () => {}, 'timed-out'],
    [
      'half an answer',
      (_, response) => response.write('{"items":') && response.destroy(),
      'unreachable',
    ],
    [
      'another address',
      ({ url }, response) =>
        url === '/elsewhere'
          ? response.end('{"items":[]}')
          : response.writeHead(302, { location: '/elsewhere' }).end(),
      'unreachable',
    ],
  ])('%s is told, and tried again', async (_name, listener, failure) => {
    let requests = 0;
    const url = await openServer((request, response) => {
      requests++;
      listener(request, response);
    });
    const { pull } = poll({ url, timeoutMs: 50, bytesMax: 5_000 });
    await until(() => requests >= 3);
    expect(pull.status()).toMatchObject({ pages: 0, lastFailure: failure, lastOkAtMs: undefined });
  });

  test('a pause it asks for is kept', async () => {
    const times: number[] = [];
    const url = await openServer((_, response) => {
      times.push(performance.now());
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    poll({ url });
    await until(() => times.length === 2);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(950);
  });

  test('a list too large for one answer is asked for in smaller portions', async () => {
    const limits: number[] = [];
    const url = await openServer((request, response) => {
      const limit = Number(new URL(request.url ?? '', 'http://x').searchParams.get('limit'));
      limits.push(limit);
      response.end(JSON.stringify({ items: Array.from({ length: limit }, () => 'x'.repeat(100)) }));
    });
    const { pull } = poll({ url, bytesMax: 500 });
    await until(() => pull.status().pages > 0);
    expect(limits.slice(0, 3)).toEqual([10, 5, 2]);
  });

  test('what cannot be read in a page is counted and passed over, the rest is taken', async () => {
    const { kind: _kind, source: _source, sequence: _sequence, subject, ...item } = booking(1);
    const items = [{ ...item, person: subject }, null, { ...item, person: subject, to: '?' }];
    const url = await openServer((_, response) => response.end(JSON.stringify({ items })));
    const { pull, facts, refused } = poll({ url, pollMs: 60_000 });
    await until(() => pull.status().pages === 1);
    expect(facts).toEqual([booking(1)]);
    expect(refused).toEqual(['rail/tickets unreadable-item', 'rail/tickets unknown-station']);
    expect(pull.status()).toMatchObject({ items: 1, skipped: 2 });
  });

  test('a cursor that does not move is no reason to ask without end', async () => {
    let requests = 0;
    const url = await openServer((_, response) => {
      requests++;
      response.end(JSON.stringify({ items: [null], nextCursor: 'same' }));
    });
    const { pull } = poll({ url, pollMs: 60_000 });
    await until(() => pull.status().caughtUpAtMs !== undefined);
    expect(requests).toBe(2);
  });

  test('more items than were asked for reach ingest in bounded portions', async () => {
    const { kind: _kind, source: _source, sequence: _sequence, subject, ...item } = booking(1);
    const items = Array.from({ length: 2_500 }, () => ({ ...item, person: subject }));
    const url = await openServer((_, response) => response.end(JSON.stringify({ items })));
    const { sizes } = poll({ url, pollMs: 60_000 });
    await until(() => sizes.length === 3);
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });

  test('stopping does not wait for a partner that does not answer', async () => {
    let requests = 0;
    const url = await openServer(() => {
      requests++;
    });
    const { pull } = poll({ url, timeoutMs: 60_000 });
    await until(() => requests === 1);
    await pull.stop();
  });
});

test('never more requests a second than agreed', async () => {
  const times: number[] = [];
  let n = 0;
  const url = await openServer((_, response) => {
    times.push(performance.now());
    response.end(JSON.stringify({ items: [null], nextCursor: String(n++) }));
  });
  poll({ url, requestsPerSecondMax: 50 });
  await until(() => times.length === 8);
  expect((times[7] as number) - (times[0] as number)).toBeGreaterThan(7 * 20 - 15);
});

test('pauses grow up to their end and differ by chance', () => {
  const random = createRandom('pauses');
  const pauses = Array.from({ length: 12 }, (_, attempt) =>
    pauseMs({ attempt: attempt + 1, retryAfterMs: undefined, retryMsMax: 10_000 }, random),
  );
  for (const [index, pause] of pauses.entries()) {
    const full = Math.min(10_000, 200 * 2 ** (index + 1));
    expect(pause).toBeGreaterThanOrEqual(full / 2);
    expect(pause).toBeLessThanOrEqual(full);
  }
  expect(new Set(pauses).size).toBe(12);
  const asked = pauseMs({ attempt: 1, retryAfterMs: 86_400_000, retryMsMax: 10_000 }, random);
  expect(asked).toBeLessThan(15 * 60_000 + 1_000);
});

test.each([
  [null, undefined],
  ['7', 7_000],
  ['Sun, 22 Nov 2026 00:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2020 00:00:30 GMT', 0],
  ['soon', undefined],
])('Retry-After %j is %s ms', (header, expected) => {
  expect(retryAfterOf(header, Date.UTC(2026, 10, 22))).toBe(expected);
});
