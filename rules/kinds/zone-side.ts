// On which side of a border a fix lies, and how surely. The alarming side is where the rule does not want
// the person to be: outside for `outside` and `exit`, inside for `inside` and `enter`.

import { METRES_PER_DEGREE } from '../../core/geo.ts';
import type { Zone } from '../../core/zone.ts';
import type { KeptFix } from './kept-fix.ts';
import type { ZoneParams } from './zone-params.ts';

/** The whole error circle lies beyond the border by the margin. */
export const ALARMING = -1;
export const UNSURE = 0;
/** On the other side of the border. */
export const CONTRARY = 1;
/** On the other side by `rearmM`. */
export const WELL_CONTRARY = 2;

/** 1 where inside alarms, -1 where outside does. */
export const directionOf = ({ relation }: ZoneParams): 1 | -1 =>
  relation === 'inside' || relation === 'enter' ? 1 : -1;

export type Place = { readonly lng: number; readonly lat: number; readonly accuracyM: number };

/** The side of a fix, given what `zone.clearanceM` says of its place. */
export function sideOf(
  zone: Zone,
  { lng, lat, accuracyM }: Place,
  clearance: number,
  params: ZoneParams,
): number {
  const direction = directionOf(params);
  const { rearmM } = params;
  const bound = direction * clearance;
  if (bound < -1 && -bound >= rearmM) return WELL_CONTRARY;
  const sureM = accuracyM + params.marginM;
  if (bound > 1 && bound > sureM) return ALARMING;
  const distance = direction * zone.signedDistanceM(lng, lat, Math.max(sureM, rearmM) + 1);
  if (-distance >= rearmM && distance <= 0) return WELL_CONTRARY;
  if (distance <= 0) return CONTRARY;
  return distance > sureM ? ALARMING : UNSURE;
}

/** True when the whole error circle lies on the other side by the margin. */
export function isSurelyContrary(zone: Zone, place: Place, params: ZoneParams): boolean {
  const direction = directionOf(params);
  const sureM = place.accuracyM + params.marginM;
  const bound = -direction * zone.clearanceM(place.lng, place.lat);
  if (bound > 1 && bound > sureM) return true;
  return -direction * zone.signedDistanceM(place.lng, place.lat, sureM + 1) > sureM;
}

/** How finely a way is looked at. */
export const WAY_STEP_M = 25;

/** The deepest point inside the zone of the straight way between two fixes outside of it. */
export function deepestOnWay(
  zone: Zone,
  from: KeptFix,
  to: KeptFix,
  lengthM: number,
): { depthM: number; lng: number; lat: number } | undefined {
  // Farther from the zone than the way is long, with room for the two ways of measuring.
  const reachM = lengthM * 1.01 + 1;
  if (-zone.clearanceM(to.lng, to.lat) > reachM) return undefined;
  if (-zone.signedDistanceM(to.lng, to.lat, reachM + 1) > reachM) return undefined;
  const steps = Math.ceil(lengthM / WAY_STEP_M);
  let deepest: { depthM: number; lng: number; lat: number } | undefined;
  for (let step = 1; step < steps; step++) {
    const lng = from.lng + ((to.lng - from.lng) * step) / steps;
    const lat = from.lat + ((to.lat - from.lat) * step) / steps;
    const depthM = zone.signedDistanceM(lng, lat, DEPTH_M_MAX);
    if (depthM > 0 && depthM > (deepest?.depthM ?? 0)) deepest = { depthM, lng, lat };
  }
  return deepest;
}

/** Half the way round the earth is no distance to a border. */
const DEPTH_M_MAX = METRES_PER_DEGREE;
