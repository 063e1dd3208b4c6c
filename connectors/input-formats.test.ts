// docs/input-formats.md is true: every example in it is read, every reason stands in it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARRIVAL_KINDS } from '../core/observation.ts';
import { silentLogger } from '../core/logger.ts';
import { readArrivals } from './files/arrivals-ndjson.ts';
import { readPositions } from './files/open-positions.ts';
import { createReadReport } from './files/read-report.ts';
import { collect, inChunks, rowsOf } from './files/reading.fixture.ts';
import { READ_REASONS } from './files/reasons.ts';
import { handlePush } from './http-push/push.ts';
import { createBookings } from './pull/bookings.ts';
import { createLodging } from './pull/lodging.ts';
import { ITEM_REASONS } from './pull/reasons.ts';

const page = readFileSync(new URL('../docs/input-formats.md', import.meta.url), 'utf8');

/** The fenced examples of one language, in page order. */
const examples = (language: string): string[] =>
  [...page.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)]
    .filter(([, given]) => given === language)
    .map(([, , content]) => content as string);

test('the table of positions', async () => {
  const [csv = ''] = examples('csv');
  const report = createReadReport();
  const batches = await collect(readPositions(inChunks(csv), { source: 'phone/app', report }));
  expect(report.errors).toBe(0);
  expect(rowsOf(batches)).toMatchObject([
    { subject: 'dz-000123', lng: 107.4961, fix: 0, batteryPercent: 80 },
    { subject: 'dz-000124', lat: 31.3521, fix: 1, batteryPercent: 255 },
  ]);
});

test('JSON lines of every kind there is', async () => {
  const content = examples('ndjson').join('');
  const report = createReadReport();
  const pages = await collect(readArrivals(inChunks(content), { report }));
  expect(report.examples).toEqual([]);
  const kinds = pages.flatMap(({ positions, facts }) => [
    ...(positions ? ['position'] : []),
    ...facts.map(({ kind }) => kind),
  ]);
  expect(kinds.toSorted()).toEqual(ARRIVAL_KINDS.toSorted());
});

test('the answer to a push', async () => {
  const [answer = ''] = examples('json');
  const [, booking = ''] = /^(\{"kind":"booking".*)$/m.exec(page) ?? [];
  const body = [booking, booking.replace('510100', '5101'), booking].join('\n');
  const given = await handlePush(
    {
      publish: async () => ({ admitted: 0, duplicates: 0, refused: {}, dead: {} }),
      refuse: () => {},
      logger: silentLogger,
    },
    {
      partner: { id: 'p', sources: ['rail/12306'], kinds: ['booking'], trusted: false },
      contentType: 'application/x-ndjson',
      language: 'en',
      body: inChunks(body),
    },
  );
  expect(given.body).toEqual(JSON.parse(answer));
});

test('the items of partners', () => {
  const [booking = ''] = examples('json booking-item');
  const [lodging = ''] = examples('json lodging-item');
  const bookings = createBookings({ feed: 'tickets', persons: 'references' });
  const register = createLodging({ feed: 'register', persons: 'references' });
  expect(bookings.toArrival(JSON.parse(booking))).toMatchObject({
    kind: 'ok',
    value: { kind: 'booking', subject: 'partner-person:p-7', from: '511702', to: '510100' },
  });
  expect(register.toArrival(JSON.parse(lodging))).toMatchObject({
    kind: 'ok',
    value: { kind: 'lodging', at: '510105', place: '演示旅馆甲' },
  });
});

test('every reason, in order', () => {
  const reasons = Object.entries({ ...READ_REASONS, ...ITEM_REASONS })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, { zh, en }]) => `| \`${reason}\` | ${zh} | ${en} |`);
  const [, listed = ''] = page.split('| reason | 中文 | meaning |\n| --- | --- | --- |\n');
  expect(listed.trimEnd().split('\n')).toEqual(reasons);
});
