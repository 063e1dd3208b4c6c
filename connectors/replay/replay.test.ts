import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatingError } from '../../core/errors.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createManualClock, type ManualClock } from '../../core/time.ts';
import { collect, rejection, rowsOf } from '../files/reading.fixture.ts';
import type { Delivery, Receipt } from '../publish.ts';
import { createHistory } from './history.ts';
import { openReplay, type ReplayOptions, type ReplayProgress } from './replay.ts';

const START = 1_763_769_600_000;
const CLOCK_START = 1_800_000_000_000;
const MINUTE = 60_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (name: string, lines: readonly string[]) => {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};

const csv = (minutes: readonly number[]) => [
  'subject,atMs,lng,lat',
  ...minutes.map((minute, i) => `dz-${i % 3},${START + minute * MINUTE},107.5,31.2`),
];

const device = (minute: number, event = 'tamper') =>
  JSON.stringify({
    kind: 'device',
    subject: 'dz-1',
    source: 'bracelet/x',
    atMs: START + minute * MINUTE,
    event,
  });

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };

/** What was published, as `minute kind`, with the clock's minute in front. */
function recorder(clock: ManualClock) {
  const published: string[] = [];
  const minuteOf = (atMs: number, from: number) => (atMs - from) / MINUTE;
  return {
    published,
    publish: async ({ positions, facts }: Delivery) => {
      const now = minuteOf(clock.now(), CLOCK_START);
      for (const { atMs } of rowsOf(positions ? [positions] : [])) {
        published.push(`@${now} position ${minuteOf(Number(atMs), START)}`);
      }
      for (const { kind, atMs } of facts ?? []) {
        published.push(`@${now} ${kind} ${minuteOf(atMs, START)}`);
      }
      return RECEIPT;
    },
  };
}

async function start(
  options: Omit<ReplayOptions, 'source'>,
  change: { publish?: (delivery: Delivery) => Promise<Receipt> } = {},
) {
  const clock = createManualClock(CLOCK_START);
  const record = recorder(clock);
  const refused: string[] = [];
  const replay = await openReplay(
    {
      publish: change.publish ?? record.publish,
      refuse: (source, reason, count) => refused.push(`${source} ${reason} ${count}`),
      clock,
      ids: createCountingIds(),
      logger: silentLogger,
    },
    { source: 'phone/replay', folder, ...options },
  );
  return { replay, clock, refused, published: record.published };
}

/** Lets everything that waits for nothing but I/O happen. */
const settle = async (isDone: () => boolean) => {
  await expect.poll(isDone, { timeout: 5_000, interval: 2 }).toBe(true);
};

test('at full speed: everything in order of event time, files out of order too', async () => {
  const positions = await write('shuffled.csv', csv([3, 1, 2, 1]));
  const facts = await write('facts.ndjson', [device(2), device(1)]);
  const orders = await write('orders.ndjson', [device(1, 'sos')]);
  const { replay, published } = await start({ positions, facts, orders, speed: 'max' });
  expect(await replay.done).toMatchObject({
    state: 'finished',
    observations: 7,
    positions: 4,
    facts: 3,
    errors: 0,
    eventAtMs: START + 3 * MINUTE,
  });
  expect(published).toEqual([
    '@0 device 1',
    '@0 device 1',
    '@0 position 1',
    '@0 position 1',
    '@0 device 2',
    '@0 position 2',
    '@0 position 3',
  ]);
});

test('the same history whether its files are in order or not', async () => {
  const minutes = Array.from({ length: 500 }, (_, i) => (i * 37) % 101);
  const rows = csv(minutes);
  const sortedRows = [
    rows[0] as string,
    ...rows
      .slice(1)
      .map((row) => ({ row, atMs: Number(row.split(',')[1]) }))
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ row }) => row),
  ];
  const read = async (name: string, lines: string[]) => {
    const positions = await write(name, lines);
    const facts = await write('many.ndjson', [device(50), device(7), device(7.5)]);
    const history = await createHistory({ positions, facts, source: 'phone/replay', folder });
    const deliveries = await collect(history.deliveries());
    return deliveries.flatMap((delivery) => [
      ...(delivery.facts ?? []),
      ...rowsOf(delivery.positions ? [delivery.positions] : []),
    ]);
  };
  expect(await read('a.csv', rows)).toEqual(await read('b.csv', sortedRows));
});

test('at a speed: nothing before its time, the first event at once', async () => {
  const positions = await write('paced.csv', csv([0, 10, 10, 20]));
  const facts = await write('paced.ndjson', [device(15)]);
  const { replay, clock, published } = await start({ positions, facts, speed: 10 });
  await settle(() => published.length === 1);
  clock.advance(MINUTE - 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(published).toEqual(['@0 position 0']);
  clock.advance(1);
  await settle(() => published.length === 3);
  clock.advance(MINUTE / 2);
  await settle(() => published.length === 4);
  clock.advance(MINUTE / 2);
  expect(await replay.done).toMatchObject({ state: 'finished', observations: 5 });
  expect(published).toEqual([
    '@0 position 0',
    '@1 position 10',
    '@1 position 10',
    '@1.5 device 15',
    '@2 position 20',
  ]);
});

test('a pause stops event time, and what was waited for is not waited for again', async () => {
  const positions = await write('pause.csv', csv([0, 10]));
  const { replay, clock, published } = await start({ positions, speed: 1 });
  await settle(() => published.length === 1);
  clock.advance(4 * MINUTE);
  replay.pause();
  expect(replay.progress().state).toBe('paused');
  clock.advance(100 * MINUTE);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(published).toHaveLength(1);
  replay.resume();
  await new Promise((resolve) => setTimeout(resolve, 20));
  clock.advance(6 * MINUTE);
  await replay.done;
  expect(published).toEqual(['@0 position 0', '@110 position 10']);
});

test('stopped and taken up again, nothing is left out and nothing comes twice', async () => {
  const positions = await write('resume.csv', csv([0, 1, 2, 2, 3, 4]));
  const facts = await write('resume.ndjson', [device(0), device(2), device(4)]);
  const first = await start({ positions, facts, speed: 1 });
  await settle(() => first.published.length === 2);
  first.clock.advance(2 * MINUTE);
  await settle(() => first.published.length === 6);
  await first.replay.stop();
  const { state, observations } = await first.replay.done;
  expect([state, observations]).toEqual(['stopped', 6]);
  const second = await start({ positions, facts, speed: 'max', startAfter: observations });
  expect(await second.replay.done).toMatchObject({ observations: 9, positions: 2, facts: 1 });
  const events = [...first.published, ...second.published].map((line) => line.replace(/^\S+ /, ''));
  expect(events).toEqual([
    'device 0',
    'position 0',
    'position 1',
    'device 2',
    'position 2',
    'position 2',
    'position 3',
    'device 4',
    'position 4',
  ]);
});

test('tells how far it is, and what it could not read', async () => {
  const positions = await write('errors.csv', [...csv([0, 1]), 'dz-1,0,107.5,31.2', 'x']);
  const seen: ReplayProgress[] = [];
  const { replay, refused } = await start({
    positions,
    speed: 'max',
    onProgress: (progress) => seen.push(progress),
  });
  const last = await replay.done;
  expect(last).toMatchObject({ state: 'finished', positions: 2, errors: 2 });
  expect(last.bytesRead).toBe(last.bytesTotal);
  expect(seen.at(-1)).toEqual(last);
  expect(refused).toEqual(['phone/replay not-an-instant 1', 'phone/replay cell-count 1']);
  expect(replay.history.report('positions').examples.map(({ line }) => line)).toEqual([4, 5]);
});

test('waits while the log is away, and gives up with its error when it stays away', async () => {
  const positions = await write('away.csv', csv([0]));
  let attempts = 0;
  const away = (failures: number, retry: 'soon' | 'never') => async () => {
    attempts++;
    if (attempts <= failures) throw new OperatingError('log-unavailable', 'away', { retry });
    return RECEIPT;
  };
  const patient = await start({ positions, speed: 'max' }, { publish: away(1, 'soon') });
  expect(await patient.replay.done).toMatchObject({ state: 'finished', positions: 1 });
  expect(attempts).toBe(2);
  attempts = 0;
  const hopeless = await start({ positions, speed: 'max' }, { publish: away(1, 'never') });
  expect(await rejection(hopeless.replay.done)).toMatchObject({ code: 'log-unavailable' });
  expect(hopeless.replay.progress()).toMatchObject({ state: 'failed', observations: 0 });
});

test.each([
  [{ positions: '/not/there.csv' }, 'not-found'],
  [{}, 'bad-input'],
])('what cannot begin says so at once: %j', async (files, code) => {
  expect(await rejection(start({ ...files, speed: 'max' }))).toMatchObject({ code });
});

test('a file that is wrong as a whole fails the replay with its message', async () => {
  const positions = await write('wrong.csv', ['subject,at,lng,lat', 'x']);
  const { replay } = await start({ positions, speed: 'max' });
  expect(await rejection(replay.done)).toMatchObject({
    name: 'UserError',
    message: 'the columns are wrong: missing: "atMs"; unknown: "at"',
  });
});
