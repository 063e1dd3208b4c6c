// Is a polygon someone wrote down a polygon? Says what is wrong and what to do, or nothing.

import { METRES_PER_DEGREE, type LngLat } from './geo.ts';

const CORNERS_MAX = 5_000;
const AREA_M2_MIN = 100;
const SPAN_DEGREES_MAX = 3;

/** The first mistake in the rings of a polygon (closed or not), in the words of whoever must mend it. */
export function polygonMistake(rings: readonly (readonly LngLat[])[]): string | undefined {
  const opened = rings.map(openRing);
  for (const [index, ring] of opened.entries()) {
    const mistake = ringMistake(ring);
    if (mistake) return `ring ${index + 1}: ${mistake}`;
  }
  if (opened.reduce((sum, ring) => sum + ring.length, 0) > CORNERS_MAX) {
    return `more than ${CORNERS_MAX} corners; simplify the outline`;
  }
  return crossingMistake(opened);
}

/** The corners without the closing repetition of the first. */
export function openRing(ring: readonly LngLat[]): readonly LngLat[] {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first && last && isSame(first, last) ? ring.slice(0, -1) : ring;
}

function ringMistake(ring: readonly LngLat[]): string | undefined {
  if (ring.length < 3) {
    return `has ${ring.length} corners, at least 3 are needed`;
  }
  for (const [index, corner] of ring.entries()) {
    if (Math.abs(corner[1]) > 85) {
      return `corner ${index + 1} has latitude ${corner[1]}; write longitude first, then latitude`;
    }
    const repeated = ring.findIndex((other, at) => at < index && isSame(other, corner));
    if (repeated >= 0) {
      return `corners ${repeated + 1} and ${index + 1} are the same point; remove one, or split the ring there`;
    }
  }
  const spans = [0, 1].map((axis) => {
    const values = ring.map((corner) => corner[axis] as number);
    return Math.max(...values) - Math.min(...values);
  });
  if (Math.max(...spans) > SPAN_DEGREES_MAX) {
    return `is more than ${SPAN_DEGREES_MAX} degrees wide; use regions for areas this large`;
  }
  const areaM2 = areaOf(ring);
  if (areaM2 < AREA_M2_MIN) {
    return `encloses ${Math.round(areaM2)} m², at least ${AREA_M2_MIN} m² are needed; check that the corners do not lie on one line`;
  }
  return undefined;
}

type Edge = { ring: number; from: number; a: LngLat; b: LngLat; corners: number };

function crossingMistake(rings: readonly (readonly LngLat[])[]): string | undefined {
  const edges: Edge[] = rings.flatMap((ring, number) =>
    ring.map((a, from) => ({
      ring: number,
      from,
      a,
      b: ring[(from + 1) % ring.length] as LngLat,
      corners: ring.length,
    })),
  );
  for (let i = 0; i < edges.length; i++) {
    for (let j = i + 1; j < edges.length; j++) {
      const [one, two] = [edges[i] as Edge, edges[j] as Edge];
      if (!meet(one, two)) continue;
      return (
        `the edge after corner ${one.from + 1} of ring ${one.ring + 1} meets the edge after corner ` +
        `${two.from + 1} of ring ${two.ring + 1}; list the corners in the order of walking round`
      );
    }
  }
  return undefined;
}

/** True when two edges share a point they should not: neighbours may share their corner only. */
function meet(one: Edge, two: Edge): boolean {
  const sides = [
    turn(one.a, one.b, two.a),
    turn(one.a, one.b, two.b),
    turn(two.a, two.b, one.a),
    turn(two.a, two.b, one.b),
  ] as const;
  if (one.ring === two.ring) {
    if (two.from === one.from + 1) return sides[1] === 0 && pointsBack(one.a, one.b, two.b);
    if (one.from === 0 && two.from === one.corners - 1) {
      return sides[0] === 0 && pointsBack(one.b, one.a, two.a);
    }
  }
  if (sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0) return true;
  return (
    (sides[0] === 0 && between(one.a, one.b, two.a)) ||
    (sides[1] === 0 && between(one.a, one.b, two.b)) ||
    (sides[2] === 0 && between(two.a, two.b, one.a)) ||
    (sides[3] === 0 && between(two.a, two.b, one.b))
  );
}

/** From `corner` one goes back over the way one came. */
const pointsBack = (from: LngLat, corner: LngLat, to: LngLat): boolean =>
  (corner[0] - from[0]) * (to[0] - corner[0]) + (corner[1] - from[1]) * (to[1] - corner[1]) < 0;

const turn = (a: LngLat, b: LngLat, c: LngLat): number =>
  Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

const between = (a: LngLat, b: LngLat, c: LngLat): boolean =>
  c[0] >= Math.min(a[0], b[0]) &&
  c[0] <= Math.max(a[0], b[0]) &&
  c[1] >= Math.min(a[1], b[1]) &&
  c[1] <= Math.max(a[1], b[1]);

const isSame = (a: LngLat, b: LngLat): boolean => a[0] === b[0] && a[1] === b[1];

/** Area of a ring in square metres (shoelace formula on the local plane). */
function areaOf(ring: readonly LngLat[]): number {
  const [lng0, lat0] = ring[0] as LngLat;
  const perLng = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  let twice = 0;
  for (const [index, [lng, lat]] of ring.entries()) {
    const [nextLng, nextLat] = ring[(index + 1) % ring.length] as LngLat;
    twice += (lng - lng0) * (nextLat - lat0) - (nextLng - lng0) * (lat - lat0);
  }
  return Math.abs((twice / 2) * perLng * METRES_PER_DEGREE);
}
