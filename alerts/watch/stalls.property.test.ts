// The watchdog's judgement against the plain words of what it promises.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Level } from '../../core/finding.ts';
import { findStalls, WATCH_LIMITS, type WatchRows } from './stalls.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

/** Instants where mistakes live: each limit before now and its neighbours, and anything between. */
const edges = Object.values(WATCH_LIMITS).flatMap((limit) => [
  NOW - limit - 1,
  NOW - limit,
  NOW - limit + 1,
]);
const instant = fc.oneof(
  fc.constantFrom(...edges),
  fc.integer({ min: NOW - 3 * HOUR, max: NOW + HOUR }),
);
const alertId = fc.constantFrom('al_a', 'al_b', 'al_c');
const level = fc.constantFrom(1 as const, 2 as const, 3 as const);
const channel = fc.constantFrom('phone', 'sms', 'push');
const partition = fc.constantFrom(0, 1, 2);
const many = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { maxLength: 6 });

const drawn: fc.Arbitrary<WatchRows> = fc.record({
  graves: many(fc.record({ alertId, recordedAtMs: instant, isReached: fc.boolean() })),
  rungs: many(
    fc.record({
      alertId,
      level,
      step: fc.constantFrom(10, 20),
      side: fc.constantFrom('city', 'county'),
      dueAtMs: instant,
    }),
  ),
  notices: many(
    fc.record({
      alertId,
      level,
      channel,
      state: fc.constantFrom('waiting' as const, 'sending' as const, 'uncertain' as const),
      createdAtMs: instant,
      nextAttemptAtMs: instant,
    }),
  ),
  outboxes: many(
    fc.record({ channel, notices: fc.integer({ min: 1, max: 99 }), oldestDueMs: instant }),
  ),
  findings: many(fc.record({ partition, waitingSinceMs: instant })),
  canaries: many(fc.record({ partition, sentAtMs: fc.option(instant, { nil: null }) })),
  watchedSinceMs: instant,
  tasks: fc.uniqueArray(
    fc.record({ taskId: fc.constantFrom('t1', 't2', 't3'), alertId, level, dueAtMs: instant }),
    { selector: ({ taskId }) => taskId },
  ),
});

/** An alert has one level, wherever it is spoken of. */
const LEVELS: Readonly<Record<string, Level>> = { al_a: 1, al_b: 2, al_c: 3 };
const levelled = <Row extends { alertId: string }>(list: readonly Row[]) =>
  list.map((row) => ({ ...row, level: LEVELS[row.alertId] ?? 2 }));
const rows = drawn.map((given): WatchRows => ({
  ...given,
  rungs: levelled(given.rungs),
  notices: levelled(given.notices),
  tasks: levelled(given.tasks),
}));

const keysOf = (given: WatchRows, nowAtMs = NOW) =>
  findStalls(given, nowAtMs, WATCH_LIMITS).map(({ key }) => key);

test('no level-1 alert nobody was reached about goes unsaid once its time is up, and none before', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const said = new Set(keysOf(given));
      const silent = given.graves.filter(
        ({ isReached, recordedAtMs }) =>
          !isReached && NOW - recordedAtMs > WATCH_LIMITS.unreachedMs,
      );
      for (const { alertId: id } of silent) expect(said).toContain(`unreached/${id}`);
      const wanted = new Set(silent.map(({ alertId: id }) => `unreached/${id}`));
      for (const key of said) if (key.startsWith('unreached/')) expect(wanted).toContain(key);
    }),
  );
});

test('each thing is said once, with an instant that has passed, the gravest first', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const stalls = findStalls(given, NOW, WATCH_LIMITS);
      expect(new Set(stalls.map(({ key }) => key)).size).toBe(stalls.length);
      for (const { sinceMs } of stalls) expect(sinceMs).toBeLessThan(NOW);
      const levels = stalls.map(({ level: grave }) => grave ?? 4);
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    }),
  );
});

test('what stands still goes on standing still: time alone ends nothing', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: HOUR }), (given, laterMs) => {
      const later = new Set(keysOf(given, NOW + laterMs));
      for (const key of keysOf(given)) expect(later).toContain(key);
    }),
  );
});

test('the order of the rows changes nothing', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const backwards = Object.fromEntries(
        Object.entries(given).map(([name, list]) => [
          name,
          Array.isArray(list) ? list.toReversed() : list,
        ]),
      ) as unknown as WatchRows;
      expect(keysOf(backwards)).toEqual(keysOf(given));
    }),
  );
});

const NOTHING: WatchRows = {
  graves: [],
  rungs: [],
  notices: [],
  outboxes: [],
  findings: [],
  canaries: [],
  watchedSinceMs: NOW - 5 * HOUR,
  tasks: [],
};

test('a canary is missing when more than three in a row did not arrive, counted from when one could', () => {
  const every = WATCH_LIMITS.canaryEveryMs;
  const of = (sentAtMs: number | null, watchedSinceMs = NOTHING.watchedSinceMs) =>
    keysOf({ ...NOTHING, watchedSinceMs, canaries: [{ partition: 1, sentAtMs }] });
  expect(of(NOW - 4 * every)).toEqual([]);
  expect(of(NOW - 4 * every - 1)).toEqual(['canary/1']);
  expect(of(null)).toEqual(['canary/1']);
  // Just started after a night down: none was sent, none is missing.
  expect(of(NOW - 12 * HOUR, NOW - every)).toEqual([]);
});

test('nobody may know for ten minutes whether a notice was taken, however often it is asked about', () => {
  const notice = {
    alertId: 'al_a',
    level: 1 as const,
    channel: 'phone',
    state: 'uncertain' as const,
    nextAttemptAtMs: NOW + 5_000,
  };
  const limit = WATCH_LIMITS.uncertainMs + WATCH_LIMITS.noticeLateMs;
  const at = (createdAtMs: number) => keysOf({ ...NOTHING, notices: [{ ...notice, createdAtMs }] });
  expect(at(NOW - limit)).toEqual([]);
  expect(at(NOW - limit - 1)).toEqual(['notice/al_a/phone']);
});
