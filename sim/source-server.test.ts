import { afterEach, describe, expect, test } from 'vitest';
import type { ArrivalOf } from '../core/observation.ts';
import { createRandom } from '../core/random.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { epochMs } from '../core/time.ts';
import {
  openSourceServer,
  type Moods,
  type SourcePage,
  type SourceServer,
} from './source-server.ts';

const TOKEN = 'partner-token';
const AT_MS = Date.UTC(2026, 2, 10);

const booking = (n: number): ArrivalOf<'booking'> => ({
  kind: 'booking',
  subject: subjectKey(`DZ-TEST${n}`),
  atMs: epochMs(AT_MS + n * 1_000),
  source: 'rail/tickets',
  sequence: 0,
  bookingId: `B-${n}`,
  carrier: 'rail',
  status: 'booked',
  from: regionCode('511702'),
  to: regionCode('500000'),
  departAtMs: epochMs(AT_MS + 3_600_000),
});

const lodging = (n: number): ArrivalOf<'lodging'> => ({
  kind: 'lodging',
  subject: subjectKey(`DZ-TEST${n}`),
  atMs: epochMs(AT_MS + n * 1_000),
  source: 'lodging/register',
  sequence: 0,
  lodgingId: `L-${n}`,
  action: 'in',
  place: '旅馆甲',
  at: regionCode('510100'),
});

let server: SourceServer | undefined;
afterEach(() => server?.stop());

async function open(moods: Partial<Moods> = {}) {
  server = await openSourceServer(
    { random: createRandom('moods') },
    { port: 0, token: TOKEN, moods },
  );
  return server;
}

const get = (
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
) => fetch(`${server?.url}${path}`, { headers });

const page = async (path: string): Promise<SourcePage<{ bookingId?: string; person: string }>> =>
  (await (await get(path)).json()) as SourcePage<{ bookingId?: string; person: string }>;

describe('the source server', () => {
  test('gives items page by page, each once, and new ones later', async () => {
    const { push } = await open();
    for (let n = 0; n < 25; n++) push(booking(n));
    const seen: (string | undefined)[] = [];
    let cursor = '';
    for (let i = 0; i < 4; i++) {
      const { items, nextCursor } = await page(`/bookings?limit=10&cursor=${cursor}`);
      seen.push(...items.map(({ bookingId }) => bookingId));
      cursor = nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `B-${n}`));
    push(booking(25));
    const { items } = await page(`/bookings?cursor=${cursor}`);
    expect(items.map(({ bookingId }) => bookingId)).toEqual(['B-25']);
  });

  test('words an item without what is the platform’s own', async () => {
    const { push } = await open();
    push(lodging(1));
    const { items } = await page('/lodging');
    expect(items).toEqual([
      {
        person: 'DZ-TEST1',
        lodgingId: 'L-1',
        action: 'in',
        place: '旅馆甲',
        at: '510100',
        atMs: AT_MS + 1_000,
      },
    ]);
    expect((await page('/bookings')).items).toEqual([]);
  });

  test('a cursor still fits after the server was filled anew', async () => {
    const first = await open();
    for (let n = 0; n < 10; n++) first.push(booking(n));
    const { nextCursor } = await page('/bookings?limit=4');
    await first.stop();
    const second = await open();
    for (const n of [3, 9, 4, 5, 0, 8, 6, 7, 7]) second.push(booking(n));
    const { items } = await page(`/bookings?cursor=${nextCursor}`);
    expect(items.map(({ bookingId }) => bookingId)).toEqual([
      'B-4',
      'B-5',
      'B-6',
      'B-7',
      'B-8',
      'B-9',
    ]);
  });

  test.each([
    ['no token', '/bookings', {}, 401],
    ['a wrong token', '/bookings', { authorization: 'Bearer nobody-token' }, 401],
    ['an unknown list', '/calls', undefined, 404],
    ['a limit of nothing', '/bookings?limit=0', undefined, 400],
    ['a limit too high', '/bookings?limit=5000', undefined, 400],
    ['a limit that is no number', '/bookings?limit=many', undefined, 400],
  ])('answers %s with its error', async (_, path, headers, status) => {
    await open();
    const response = await get(path, headers as Record<string, string> | undefined);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
  });

  test('has the bad days it is told to have', async () => {
    const { setMoods, answered } = await open({ busyPercent: 100 });
    const busy = await get('/bookings');
    expect(busy.status).toBe(429);
    expect(busy.headers.get('retry-after')).toBe('1');
    setMoods({ busyPercent: 0, brokenPercent: 100 });
    expect((await get('/bookings')).status).toBe(500);
    setMoods({ brokenPercent: 0, slowPercent: 100, slowMs: 80 });
    const before = performance.now();
    expect((await get('/bookings')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(60);
    expect(answered()).toEqual({ '/bookings 429': 1, '/bookings 500': 1, '/bookings 200': 1 });
  });
});
