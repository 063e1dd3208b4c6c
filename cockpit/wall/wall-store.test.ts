import { expect, test } from 'vitest';
import type { Wall, WallAlert } from '../../app/api/wall.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { createWallStore, gravestFirst, mergeAlerts } from './wall-store.ts';

const alert = (id: string, level: 1 | 2 | 3, openedAtMs: number, more: Partial<WallAlert> = {}) =>
  ({
    id,
    reference: id.toUpperCase(),
    level,
    title: { zh: '离开所在地域', en: 'Left the area' },
    subjectClass: 'cc',
    region: regionCode('511722'),
    openedAtMs,
    recordedAtMs: openedAtMs,
    clearedAtMs: null,
    status: 'new',
    place: null,
    ...more,
  }) satisfies WallAlert;

const wall = (atMs: number, alerts: WallAlert[] = []): Wall => ({
  atMs,
  counties: [],
  alerts,
  openByAge: [0, 0, 0, 0, 0],
  today: {
    opened: { 1: 0, 2: 0, 3: 0 },
    closed: 0,
    suppressedByLeave: 0,
    confirmedTrue: 0,
    acknowledgeP50S: null,
    acknowledgeP90S: null,
  },
  streams: [],
  parts: [],
  alertLatencyP50Ms: null,
  alertLatencyP99Ms: null,
  minutes: { fromMs: 0, admitted: [], refused: [] },
});

test('however fast the stream is, React hears once a second and then the newest', () => {
  const clock = createManualClock(0);
  const store = createWallStore(clock);
  const told: number[] = [];
  store.subscribe(() => told.push(store.get()?.wall.atMs as number));
  for (let i = 1; i <= 25; i++) {
    store.set(wall(i));
    clock.advance(100);
  }
  expect(told).toEqual([1, 10, 20]);
  clock.advance(1_000);
  expect(told).toEqual([1, 10, 20, 25]);
});

test('the age of the numbers is counted from when they came', () => {
  const clock = createManualClock(5_000);
  const store = createWallStore(clock);
  store.set(wall(1));
  clock.advance(12_000);
  expect(clock.now() - store.get()!.receivedAtMs).toBe(12_000);
});

test('an alert that comes between two snapshots is shown at once, a closed one leaves', () => {
  const first = [alert('a', 2, 10), alert('b', 3, 5)];
  const merged = mergeAlerts(first, [
    alert('c', 1, 20),
    alert('b', 3, 5, { status: 'closed' }),
    alert('a', 2, 10, { status: 'acknowledged' }),
  ]);
  expect(merged.map(({ id, status }) => `${id} ${status}`)).toEqual(['c new', 'a acknowledged']);
});

test('alerts before the first snapshot are left to it', () => {
  const store = createWallStore(createManualClock(0));
  store.merge([alert('a', 1, 1)]);
  expect(store.get()).toBeUndefined();
});

test('the gravest stands first, then the one that waits longest', () => {
  const shuffled = [alert('x', 2, 30), alert('y', 1, 99), alert('z', 2, 10), alert('w', 2, 10)];
  expect(shuffled.sort(gravestFirst).map(({ id }) => id)).toEqual(['y', 'w', 'z', 'x']);
});
