import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Points } from '../../../app/api/wall.ts';
import { createPointStore } from './point-store.ts';

const POINTS_MAX = 40;

const batch = fc
  .record({
    complete: fc.boolean(),
    rows: fc.array(
      fc.record({
        point: fc.integer({ min: 0, max: 60 }),
        lng: fc.integer({ min: 100, max: 110 }),
        lat: fc.integer({ min: 28, max: 33 }),
        state: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ complete, rows }): Points => ({
    atMs: 1,
    complete,
    point: rows.map(({ point }) => point),
    lng: rows.map(({ lng }) => lng),
    lat: rows.map(({ lat }) => lat),
    state: rows.map(({ state }) => state),
    klass: rows.map(() => 0),
  }));

test('the columns hold what a plain map of points would hold, up to the limit', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
      const store = createPointStore(POINTS_MAX);
      const model = new Map<number, [lng: number, lat: number, state: number]>();
      let begun = false;
      batches.forEach((batched, i) => {
        const points = { ...batched, atMs: i };
        store.apply(points);
        if (points.complete) model.clear();
        begun ||= points.complete;
        if (!begun) return;
        points.point.forEach((point, row) => {
          if (!model.has(point) && model.size >= POINTS_MAX) return;
          model.set(point, [points.lng[row]!, points.lat[row]!, points.state[row]!]);
        });
      });
      const rows = [...model.values()];
      expect(store.count).toBe(rows.length);
      expect([...store.positions.subarray(0, store.count * 2)]).toEqual(
        rows.flatMap(([lng, lat]) => [lng, lat]),
      );
      expect([...store.states.subarray(0, store.count)]).toEqual(rows.map(([, , state]) => state));
      expect(store.tally().reduce((sum, count) => sum + count, 0)).toBe(rows.length);
    }),
  );
});

test('ten thousand points arrive whole and a delta moves one of them', () => {
  const store = createPointStore();
  const all = Array.from({ length: 10_000 }, (_, point) => point);
  store.apply({
    atMs: 1,
    complete: true,
    point: all,
    lng: all.map(() => 107.5),
    lat: all.map(() => 31.25),
    state: all.map(() => 0),
    klass: all.map(() => 0),
  });
  store.apply({
    atMs: 2,
    complete: false,
    point: [9_999],
    lng: [108.25],
    lat: [31.5],
    state: [2],
    klass: [0],
  });
  expect([store.count, store.refused, store.version, store.atMs]).toEqual([10_000, 0, 2, 2]);
  expect([...store.positions.subarray(19_998, 20_000)]).toEqual([108.25, 31.5]);
  expect(store.tally()).toEqual([9_999, 0, 1, 0, 0, 0]);
});

const one = (atMs: number, complete: boolean, point: number, lng: number): Points => ({
  atMs,
  complete,
  point: [point],
  lng: [lng],
  lat: [31],
  state: [0],
  klass: [0],
});

test('before the first snapshot there is no picture, so there are no figures', () => {
  const store = createPointStore();
  store.apply(one(5, false, 1, 107));
  expect([store.count, store.version, store.atMs]).toEqual([0, 0, undefined]);
});

test('a snapshot made before a change that came earlier does not undo it', () => {
  const store = createPointStore();
  store.apply(one(1, true, 1, 107));
  store.apply(one(9, false, 1, 108));
  store.apply(one(5, true, 1, 107));
  expect(store.positions[0]).toBe(108);
  store.apply(one(12, true, 1, 106));
  expect(store.positions[0]).toBe(106);
});
