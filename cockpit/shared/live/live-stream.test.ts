import { expect, test } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { createManualClock } from '../../../core/time.ts';
import {
  BACKOFF_MS_MAX,
  createEventOrder,
  openLiveStream,
  SILENT_MS_MAX,
  type EventSourceLike,
} from './live-stream.ts';

const START = 1_000_000;

/** A stream against sources the test plays by hand. */
function play() {
  const clock = createManualClock(START);
  const sources: FakeSource[] = [];
  const log: string[] = [];
  const stream = openLiveStream(
    {
      clock,
      random: createRandom('live'),
      open: (url) => {
        const source = createFakeSource(url);
        sources.push(source);
        return source;
      },
    },
    ['wall', 'points'],
    {
      onEvent: (name) => log.push(name),
      onSnapshotDue: () => log.push('snapshot due'),
      onStatus: ({ phase }) => log.push(`is ${phase}`),
      onServerChanged: () => log.push('server changed'),
    },
  );
  return { clock, sources, log, stream, newest: () => sources.at(-1) as FakeSource };
}

type FakeSource = EventSourceLike & {
  readonly url: string;
  closed: boolean;
  say(name: string, data: unknown, id?: number): void;
  fail(forGood: boolean): void;
};

function createFakeSource(url: string): FakeSource {
  const listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();
  const emit = (name: string, event: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(event as MessageEvent<string>);
  };
  return {
    url,
    readyState: 0,
    closed: false,
    addEventListener: (name, listener) =>
      void listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    close() {
      this.closed = true;
    },
    say: (name, data, id) =>
      emit(name, {
        data: typeof data === 'string' ? data : JSON.stringify(data),
        lastEventId: id === undefined ? '' : String(id),
      }),
    fail(forGood) {
      Object.assign(this, { readyState: forGood ? 2 : 0 });
      emit('error', {});
    },
  };
}

const hello = (sequence: number, serverId = 's1') => ({ atMs: START, serverId, sequence });

test('the first hello makes the screen read its snapshots, then events follow in order', () => {
  const { log, newest } = play();
  newest().say('hello', hello(7));
  newest().say('wall', {}, 8);
  newest().say('points', {}, 9);
  expect(newest().url).toBe('/api/live?topics=wall,points');
  expect(log).toEqual(['is live', 'is live', 'snapshot due', 'hello', 'wall', 'points']);
});

test('silence longer than the limit makes a new connection, a ping in time does not', () => {
  const { clock, sources, newest } = play();
  newest().say('hello', hello(0));
  for (let second = 0; second < 20; second++) {
    clock.advance(1_000);
    newest().say('ping', { atMs: START });
  }
  expect(sources).toHaveLength(1);
  clock.advance(SILENT_MS_MAX + 2_500);
  expect(sources).toHaveLength(2);
  expect(sources[0]?.closed).toBe(true);
});

test('a 502 closes the browser’s stream for good; the watchdog opens another', () => {
  const { clock, sources, log, newest } = play();
  newest().say('hello', hello(0));
  newest().fail(true);
  expect(log.at(-1)).toBe('is reconnecting');
  clock.advance(1_000);
  expect(sources).toHaveLength(2);
  newest().say('hello', hello(0));
  expect(log).toContain('is live');
});

test('while the server stays away, attempts grow rarer up to the limit and never stop', () => {
  const { clock, sources, newest } = play();
  const gaps: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    const count = sources.length;
    newest().fail(true);
    const from = clock.now();
    while (sources.length === count) clock.advance(100);
    gaps.push(clock.now() - from);
  }
  expect(gaps[0]).toBeLessThanOrEqual(1_000);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(BACKOFF_MS_MAX + 100);
  expect(Math.min(...gaps.slice(-4))).toBeGreaterThanOrEqual(BACKOFF_MS_MAX / 2);
  expect(new Set(gaps.slice(-4)).size).toBeGreaterThan(1);
});

test('a connection that is never answered is given up after the silence limit', () => {
  const { clock, sources } = play();
  clock.advance(SILENT_MS_MAX + 3_000);
  expect(sources).toHaveLength(2);
});

test('after close nothing is opened and nothing is delivered', () => {
  const { clock, sources, stream, log, newest } = play();
  newest().say('hello', hello(0));
  const told = log.length;
  stream.close();
  newest().say('wall', {}, 1);
  clock.advance(60_000);
  expect([sources.length, log.length]).toEqual([1, told]);
});

test('an event that cannot be read counts as missed', () => {
  const { log, newest } = play();
  newest().say('hello', hello(0));
  log.length = 0;
  newest().say('wall', '{"half', 1);
  expect(log).toContain('snapshot due');
  expect(log).not.toContain('wall');
});

const cases: [string, [string, unknown, number][], string[]][] = [
  [
    'what was missed and is sent again is delivered once',
    [
      ['hello', hello(5), 0],
      ['wall', {}, 6],
      ['hello', hello(9), 0],
      ['wall', {}, 6],
      ['wall', {}, 8],
      ['wall', {}, 9],
      ['wall', {}, 10],
    ],
    ['hello due', 'wall', 'hello', '-', 'wall', 'wall', 'wall'],
  ],
  [
    'a server that goes on behind what was missed leaves a gap',
    [
      ['hello', hello(5), 0],
      ['wall', {}, 6],
      ['hello', hello(9), 0],
      ['wall', {}, 12],
      ['wall', {}, 13],
    ],
    ['hello due', 'wall', 'hello', 'wall due', 'wall'],
  ],
  [
    'the first numbered ping also shows the gap',
    [
      ['hello', hello(5), 0],
      ['hello', hello(9), 0],
      ['ping', {}, 10],
      ['wall', {}, 11],
    ],
    ['hello due', 'hello', 'ping due', 'wall'],
  ],
  [
    'nothing happened while away: nothing is read anew',
    [
      ['hello', hello(5), 0],
      ['wall', {}, 6],
      ['hello', hello(6), 0],
      ['wall', {}, 7],
    ],
    ['hello due', 'wall', 'hello', 'wall'],
  ],
  [
    'another server starts its own count',
    [
      ['hello', hello(500), 0],
      ['wall', {}, 501],
      ['hello', hello(3, 's2'), 0],
      ['wall', {}, 4],
    ],
    ['hello due', 'wall', 'hello due changed', 'wall'],
  ],
  [
    'a reset says it outright',
    [
      ['hello', hello(5), 0],
      ['reset', {}, 8],
      ['wall', {}, 9],
    ],
    ['hello due', 'reset due', 'wall'],
  ],
  [
    'pings without a number of their own are heard',
    [
      ['hello', hello(5), 0],
      ['ping', {}, Number.NaN],
      ['wall', {}, 6],
      ['ping', {}, 6],
    ],
    ['hello due', 'ping', 'wall', 'ping'],
  ],
];

test.each(cases)('%s', (_promise, events, wanted) => {
  const order = createEventOrder();
  const got = events.map(([name, data, id]) => {
    const verdict = order.take(name as 'wall', data, id);
    const words = [verdict.deliver ? name : '-'];
    if (verdict.snapshotDue) words.push('due');
    if (verdict.serverChanged) words.push('changed');
    return words.join(' ');
  });
  expect(got).toEqual(wanted);
});
