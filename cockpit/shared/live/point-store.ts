// The persons' points of the wall in typed arrays outside React: deltas come in several times a second,
// the map draws from the arrays as they are. No point carries a key; `point` is a number of the server.

import type { Points, POINT_STATES } from '../../../app/api/wall.ts';

/** The server's codes, held to them by the type. */
export const POINT_STATE: typeof POINT_STATES = {
  normal: 0,
  level3: 1,
  level2: 2,
  level1: 3,
  stale: 4,
  onLeave: 5,
};

const STATES = 6;

/** A wall draws no more than this; what comes beyond is counted in `refused`, not kept. */
export const POINTS_MAX = 20_000;

/** Changes remembered for the case that a snapshot comes which was made before them. */
export const RECENT_MAX = 100;

export type PointStore = {
  /** Takes a snapshot of all points, or a change to some. Nothing is shown before the first snapshot. */
  apply(points: Points): void;
  /** Longitude and latitude in turn, `count` pairs. The array may be replaced when it grows. */
  readonly positions: Float32Array;
  readonly states: Uint8Array;
  readonly count: number;
  readonly refused: number;
  /** Rises with every change. */
  readonly version: number;
  readonly atMs: number | undefined;
  /** How many points are in each state, by its code. */
  tally(): readonly number[];
};

export function createPointStore(pointsMax = POINTS_MAX): PointStore {
  const rows = new Map<number, number>();
  let positions = new Float32Array(2_048);
  let states = new Uint8Array(1_024);
  let count = 0;
  let refused = 0;
  let version = 0;
  let atMs: number | undefined;
  let recent: Points[] = [];

  const grow = () => {
    const capacity = Math.min(pointsMax, states.length * 2);
    const wider = { positions: new Float32Array(capacity * 2), states: new Uint8Array(capacity) };
    wider.positions.set(positions);
    wider.states.set(states);
    ({ positions, states } = wider);
  };

  const rowOf = (point: number): number | undefined => {
    const known = rows.get(point);
    if (known !== undefined) return known;
    if (count >= pointsMax) return undefined;
    if (count >= states.length) grow();
    rows.set(point, count);
    return count++;
  };

  const lay = (points: Points) => {
    for (let i = 0; i < points.point.length; i++) {
      const row = rowOf(points.point[i] as number);
      if (row === undefined) {
        refused++;
        continue;
      }
      positions[row * 2] = points.lng[i] as number;
      positions[row * 2 + 1] = points.lat[i] as number;
      states[row] = points.state[i] as number;
    }
  };

  return {
    get positions() {
      return positions;
    },
    get states() {
      return states;
    },
    get count() {
      return count;
    },
    get refused() {
      return refused;
    },
    get version() {
      return version;
    },
    get atMs() {
      return atMs;
    },
    apply(points) {
      if (points.complete) {
        rows.clear();
        count = 0;
        refused = 0;
        lay(points);
        for (const change of recent) if (change.atMs > points.atMs) lay(change);
      } else {
        recent = [...recent.slice(1 - RECENT_MAX), points];
        // Some of the points are not a picture of the city: wait for all of them.
        if (atMs === undefined) return;
        lay(points);
      }
      atMs = Math.max(points.atMs, atMs ?? 0);
      version++;
    },
    tally() {
      const counts = Array.from({ length: STATES }, () => 0);
      for (let row = 0; row < count; row++) {
        const state = states[row] as number;
        if (state < STATES) counts[state] = (counts[state] as number) + 1;
      }
      return counts;
    },
  };
}
