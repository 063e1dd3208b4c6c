// People who live close to a real county border, and what their devices say of them: the truth second by
// second, and fixes with the errors receivers have. Seeded, so every run judges the same days.

import type { Areas } from '../rules/frame.ts';
import { METRES_PER_DEGREE, type LngLat } from '../core/geo.ts';
import { createRandom, type Random } from '../core/random.ts';
import type { FixKind } from '../core/position-codes.ts';
import type { Zone } from '../core/zone.ts';
import { loadCountyBoundaries, ringsOf } from '../datasets/regions.ts';

export const WALKS_START_MS = Date.UTC(2026, 2, 2);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
export const TRUTH_STEP_MS = 10_000;

export type WalkFix = {
  readonly atMs: number;
  readonly lng: number;
  readonly lat: number;
  readonly accuracyM: number;
  readonly fix: FixKind;
};

export type Walk = {
  readonly key: string;
  readonly county: string;
  readonly fixes: readonly WalkFix[];
  /** Metres inside the border, negative outside, every TRUTH_STEP_MS. */
  readonly truthM: Float64Array;
};

/** Where a person is in metres east and north of home, at the ends of straight legs. */
type Leg = { atMs: number; east: number; north: number };

/** One day each of `perCounty` persons at the border of every county. */
export function createBorderWalks(areas: Areas, perCounty: number): Walk[] {
  return loadCountyBoundaries().regions.flatMap(({ code }) => {
    const area = SAME_CITY.includes(code) ? SAME_CITY : [code];
    const zone = areas.zoneOf(area);
    const rings = ringsOf(
      ...loadCountyBoundaries().regions.filter((region) => area.includes(region.code)),
    );
    return Array.from({ length: perCounty }, (_, index) => {
      const key = `${code}-${index}`;
      return walkOf(createRandom(`border ${key}`), { key, county: code, zone, rings });
    });
  });
}

/** As in the Dazhou pack: moving between these two is not leaving. */
const SAME_CITY = ['511702', '511703'];

type Border = {
  key: string;
  county: string;
  zone: Zone;
  rings: readonly (readonly LngLat[])[];
};

function walkOf(random: Random, { key, county, zone, rings }: Border): Walk {
  const { home, outward } = settleNear(random, zone, rings);
  const legs = legsOf(random, { zone, home, outward });
  const steps = DAY / TRUTH_STEP_MS;
  const truthM = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    truthM[step] = zone.signedDistanceM(...placeAt(home, legs, step * TRUTH_STEP_MS), 20_000);
  }
  return { key, county, fixes: fixesOf(random, home, legs), truthM };
}

/** A home 30 to 400 m inside the border, and the direction in which the border is near. */
function settleNear(random: Random, zone: Zone, rings: Border['rings']) {
  for (;;) {
    const ring = random.pick(rings);
    const at = random.int(ring.length - 1);
    const [a, b] = [ring[at] as LngLat, ring[at + 1] as LngLat];
    const share = random.next();
    const point: LngLat = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
    // Borders between two districts of one city are none.
    if (Math.abs(zone.signedDistanceM(...point, 50)) > 5) continue;
    const perLng = METRES_PER_DEGREE * Math.cos((point[1] * Math.PI) / 180);
    const [east, north] = [(b[0] - a[0]) * perLng, (b[1] - a[1]) * METRES_PER_DEGREE];
    const length = Math.hypot(east, north);
    if (length < 1) continue;
    for (const sign of [1, -1]) {
      const outward = { east: (sign * north) / length, north: (-sign * east) / length };
      const home = shift(point, outward, -(40 + random.int(360)));
      if (zone.signedDistanceM(...home, 1_000) < 30) continue;
      if (zone.signedDistanceM(...shift(point, outward, 600), 1_000) > -350) continue;
      return { home, outward };
    }
  }
}

const shift = (from: LngLat, to: { east: number; north: number }, metres: number): LngLat => {
  const perLng = METRES_PER_DEGREE * Math.cos((from[1] * Math.PI) / 180);
  return [from[0] + (to.east * metres) / perLng, from[1] + (to.north * metres) / METRES_PER_DEGREE];
};

/** A day: mostly at home, strolls around it that stay inside, one or two ways across the border. */
function legsOf(
  random: Random,
  at: { zone: Zone; home: LngLat; outward: { east: number; north: number } },
): Leg[] {
  const legs: Leg[] = [{ atMs: 0, east: 0, north: 0 }];
  const go = (to: { east: number; north: number }, kmh: number, stayMs: number) => {
    const from = legs.at(-1) as Leg;
    const metres = Math.hypot(to.east - from.east, to.north - from.north);
    const arrivesMs = from.atMs + Math.ceil((metres / kmh) * 3_600);
    legs.push({ atMs: arrivesMs, ...to }, { atMs: arrivesMs + stayMs, ...to });
  };
  const exits = new Set([random.int(20), random.int(20)]);
  for (let turn = 0; (legs.at(-1) as Leg).atMs < DAY; turn++) {
    if (exits.has(turn)) {
      const metres = 900 + random.int(2_600);
      const far = { east: at.outward.east * metres, north: at.outward.north * metres };
      const kmh = random.pick([5, 20, 40]);
      go(far, kmh, (1 + random.int(40)) * MINUTE);
      go({ east: 0, north: 0 }, kmh, 20 * MINUTE);
    } else {
      const near = { east: random.normal() * 60, north: random.normal() * 60 };
      const place = shift(shift(at.home, { east: 1, north: 0 }, near.east), NORTH, near.north);
      const isInside = at.zone.signedDistanceM(...place, 100) >= 15;
      go(isInside ? near : { east: 0, north: 0 }, 4, (10 + random.int(80)) * MINUTE);
    }
  }
  return legs;
}

const NORTH = { east: 0, north: 1 };

function placeAt(home: LngLat, legs: readonly Leg[], atMs: number): LngLat {
  const next = legs.findIndex((leg) => leg.atMs > atMs);
  const [a, b] = [
    legs[Math.max(0, next - 1)] as Leg,
    legs[next === -1 ? legs.length - 1 : next] as Leg,
  ];
  const share = b.atMs === a.atMs ? 0 : (atMs - a.atMs) / (b.atMs - a.atMs);
  const east = a.east + (b.east - a.east) * share;
  const north = a.north + (b.north - a.north) * share;
  return shift(shift(home, { east: 1, north: 0 }, east), NORTH, north);
}

/**
 * A fix a minute. Satellite errors drift (AR(1), three minutes) around the truth, and now and then a
 * reflection throws them off by up to 400 m for some minutes while the device believes itself good to
 * 30 to 80 m. Wi-Fi is coarse and sometimes a kilometre off; cells are good to a kilometre.
 */
function fixesOf(random: Random, home: LngLat, legs: readonly Leg[]): WalkFix[] {
  const sigmaM = 4 + random.next() * 20;
  let [east, north] = [0, 0];
  let reflected = { untilMs: 0, east: 0, north: 0 };
  const fixes: WalkFix[] = [];
  for (let atMs = random.int(60) * 1_000; atMs < DAY; atMs += 50_000 + random.int(20) * 1_000) {
    const keep = Math.exp(-1 / 3);
    const fresh = sigmaM * Math.sqrt(1 - keep * keep);
    [east, north] = [keep * east + random.normal() * fresh, keep * north + random.normal() * fresh];
    if (random.chance(1 / 240)) {
      const angle = random.next() * 2 * Math.PI;
      const metres = 60 + random.next() * 340;
      reflected = {
        untilMs: atMs + (1 + random.int(6)) * MINUTE,
        east: Math.cos(angle) * metres,
        north: Math.sin(angle) * metres,
      };
    }
    const truth = placeAt(home, legs, atMs);
    const dice = random.next();
    const isReflected = atMs < reflected.untilMs;
    const error =
      dice < 0.07
        ? { fix: 'cell' as const, sigmaM: 600, accuracyM: 1_000 }
        : dice < 0.16
          ? { fix: 'wifi' as const, sigmaM: random.chance(0.03) ? 900 : 40, accuracyM: 80 }
          : {
              fix: 'gnss' as const,
              sigmaM: 0,
              accuracyM: isReflected ? 30 + random.int(50) : 1.5 * sigmaM,
            };
    const off = {
      east: random.normal() * error.sigmaM,
      north: random.normal() * error.sigmaM,
    };
    if (error.fix === 'gnss') {
      off.east += east + (isReflected ? reflected.east : 0);
      off.north += north + (isReflected ? reflected.north : 0);
    }
    const [lng, lat] = shift(shift(truth, { east: 1, north: 0 }, off.east), NORTH, off.north);
    fixes.push({ atMs, lng, lat, accuracyM: Math.round(error.accuracyM), fix: error.fix });
  }
  return fixes;
}
