// Where a person really is while away from daily life: instants and places in between which one moves in
// a straight line. Leaves and the script are written as journeys.

import { distanceM, type LngLat } from '../../core/geo.ts';

export type Waypoint = { readonly atMs: number; readonly at: LngLat };

export type Journey = {
  /** In order of time. Before the first and after the last the person lives as usual. */
  readonly waypoints: readonly Waypoint[];
};

export const startOf = (journey: Journey): number => (journey.waypoints[0] as Waypoint).atMs;
export const endOf = (journey: Journey): number => (journey.waypoints.at(-1) as Waypoint).atMs;

export type OnJourney = {
  readonly at: LngLat;
  readonly speedKmh: number;
  /** Metres since the waypoint before. */
  readonly goneM: number;
  /** Which stretch, counted from 0. */
  readonly stretch: number;
};

/** The place at `atMs`; undefined when the journey has not begun or is over. */
export function journeyAt(journey: Journey, atMs: number): OnJourney | undefined {
  const { waypoints } = journey;
  if (atMs < startOf(journey) || atMs > endOf(journey)) return undefined;
  let i = 1;
  while (i < waypoints.length - 1 && (waypoints[i] as Waypoint).atMs < atMs) i++;
  const from = waypoints[i - 1] as Waypoint;
  const to = (waypoints[i] ?? from) as Waypoint;
  const spanMs = to.atMs - from.atMs;
  const share = spanMs === 0 ? 0 : (atMs - from.atMs) / spanMs;
  const lengthM = distanceM(...from.at, ...to.at);
  return {
    at: [
      from.at[0] + (to.at[0] - from.at[0]) * share,
      from.at[1] + (to.at[1] - from.at[1]) * share,
    ],
    speedKmh: spanMs === 0 ? 0 : (lengthM / spanMs) * 3_600,
    goneM: lengthM * share,
    stretch: i - 1,
  };
}

/** There, a stay, and back again at a steady speed. The way back may end elsewhere than it began. */
export function roundTrip(trip: {
  readonly from: LngLat;
  readonly to: LngLat;
  readonly departMs: number;
  readonly leaveMs: number;
  readonly backTo: LngLat;
  readonly speedKmh: number;
}): Journey {
  const wayMs = (a: LngLat, b: LngLat) =>
    Math.round((distanceM(...a, ...b) / trip.speedKmh) * 3_600);
  const arriveMs = trip.departMs + wayMs(trip.from, trip.to);
  const leaveMs = Math.max(arriveMs, trip.leaveMs);
  return {
    waypoints: [
      { atMs: trip.departMs, at: trip.from },
      { atMs: arriveMs, at: trip.to },
      { atMs: leaveMs, at: trip.to },
      { atMs: leaveMs + wayMs(trip.to, trip.backTo), at: trip.backTo },
    ],
  };
}
