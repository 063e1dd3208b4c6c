// Ways between two places: a few straight stretches that keep clear of the county's border. There is no
// road network behind them; they only have to look like going somewhere.

import { distanceM, METRES_PER_DEGREE, type LngLat } from '../../core/geo.ts';
import type { Random } from '../../core/random.ts';
import type { Zone } from '../../core/zone.ts';

export type Route = {
  readonly points: readonly LngLat[];
  /** Metres from the start to each point. */
  readonly metres: readonly number[];
  readonly lengthM: number;
};

/** Distance between the places at which a way is looked at. */
const STEP_M = 150;
const TRIES = 4;

export function routeThrough(points: readonly LngLat[]): Route {
  const metres = [0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as LngLat, points[i] as LngLat];
    metres.push((metres[i - 1] as number) + distanceM(...a, ...b));
  }
  return { points, metres, lengthM: metres.at(-1) as number };
}

/**
 * A way from `from` to `to` that stays at least `clearM` inside `zone`, bending now and then; undefined
 * when even the straight line does not.
 */
export function findRoute(
  zone: Zone,
  { from, to, clearM }: { from: LngLat; to: LngLat; clearM: number },
  random: Random,
): Route | undefined {
  const lengthM = distanceM(...from, ...to);
  const bends = Math.min(5, Math.floor(lengthM / 900));
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const sway = attempt === TRIES - 1 ? 0 : lengthM * 0.07;
    const inner = Array.from({ length: bends }, (_, i): LngLat => {
      const share = (i + 1) / (bends + 1);
      const middle: LngLat = [
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
      ];
      return moved(middle, random.normal() * sway, random.normal() * sway);
    });
    const route = routeThrough([from, ...inner, to]);
    if (isClear(zone, route, clearM)) return route;
  }
  return undefined;
}

/** True when the whole way lies at least `clearM` inside the zone. */
export function isClear(zone: Zone, route: Route, clearM: number): boolean {
  for (let metres = 0; metres <= route.lengthM; metres += STEP_M) {
    if (!isInside(zone, pointAlong(route, metres), clearM)) return false;
  }
  return isInside(zone, route.points.at(-1) as LngLat, clearM);
}

export const isInside = (zone: Zone, [lng, lat]: LngLat, clearM: number): boolean =>
  zone.signedDistanceM(lng, lat, clearM) >= clearM;

/** The place `metres` after the start, the end beyond it. */
export function pointAlong(route: Route, metres: number): LngLat {
  const { points, metres: marks } = route;
  let i = 1;
  while (i < points.length - 1 && (marks[i] as number) < metres) i++;
  const [a, b] = [points[i - 1] as LngLat, (points[i] ?? points[i - 1]) as LngLat];
  const start = marks[i - 1] as number;
  const span = (marks[i] ?? start) - start;
  const share = span === 0 ? 0 : Math.max(0, Math.min(1, (metres - start) / span));
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

/** The place so many metres east and north. */
export const moved = ([lng, lat]: LngLat, eastM: number, northM: number): LngLat => [
  lng + eastM / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
  lat + northM / METRES_PER_DEGREE,
];
