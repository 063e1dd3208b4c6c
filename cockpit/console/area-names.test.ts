import { expect, test } from 'vitest';
import type { LngLat } from '../../core/geo.ts';
import { text } from '../../core/text.ts';
import type { RegionShape } from '../shared/map/geo.ts';
import { placeAreaNames } from './area-names.ts';

const shapeOf = (code: string, ring: readonly LngLat[]): RegionShape => ({
  type: 'Feature',
  properties: { code, name: text(code, code), label: [0, 0] },
  geometry: { type: 'MultiPolygon', coordinates: [[ring]] },
});

const WEST = shapeOf('west', [
  [-50, -50],
  [5, -50],
  [5, 50],
  [-50, 50],
]);
const EAST = shapeOf('east', [
  [5, -50],
  [50, -50],
  [50, 50],
  [5, 50],
]);
/** A horseshoe open to the east; its middle is outside it. */
const HORSESHOE = shapeOf('horseshoe', [
  [0, 0],
  [10, 0],
  [10, 3],
  [3, 3],
  [3, 7],
  [10, 7],
  [10, 10],
  [0, 10],
]);

const everywhere = () => true;
const where = (names: ReturnType<typeof placeAreaNames>) =>
  names.map(({ shape, at }) => [shape.properties.code, ...at.map(Math.round)]);

test('areas that reach beyond the view are named in the middle of what is seen of them', () => {
  const names = placeAreaNames([WEST, EAST], [0, 0, 10, 10], everywhere);
  expect(where(names)).toEqual([
    ['west', 3, 5],
    ['east', 7, 5],
  ]);
});

test('a name never stands outside its area, nor over what is drawn', () => {
  const [name] = placeAreaNames([HORSESHOE], [0, 0, 10, 10], everywhere);
  const [lng, lat] = name?.at ?? [NaN, NaN];
  expect(lng < 3 || lat < 3 || lat > 7).toBe(true);
  const isFree = ([x, y]: LngLat) => Math.hypot(x - 3, y - 5) > 2;
  const [moved] = placeAreaNames([WEST], [0, 0, 10, 10], isFree);
  expect(moved && isFree(moved.at)).toBe(true);
  expect(placeAreaNames([WEST], [0, 0, 10, 10], () => false)).toEqual([]);
});

test('an area of which hardly anything is seen is not named', () => {
  expect(where(placeAreaNames([WEST, EAST], [4.8, 0, 14.8, 10], everywhere))).toEqual([
    ['east', 10, 5],
  ]);
});
