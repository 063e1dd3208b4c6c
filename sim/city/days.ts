// Works out how a person spends the days: the places gone to besides home and the ways there, all well
// inside the county, except for the few who work across the border with a standing approval.

import { distanceM, type LngLat } from '../../core/geo.ts';
import type { Random } from '../../core/random.ts';
import type { RegionCode } from '../../core/region.ts';
import { INVENTED_PLACES, TOWNS } from '../../datasets/places.ts';
import type { Archetype, Days, Haunt } from './person.ts';
import type { Areas, Home } from './population.ts';
import { findRoute, moved, type Route } from './route.ts';

/** How far from the border everybody keeps who has no leave. */
export const WAY_CLEAR_M = 400;

const TRIES = 12;
const COMMUTER_SHARE = 0.02;
const COMMUTE_M_MAX = 25_000;
/** Nobody's habits lead into a venue that may be closed to somebody. */
const VENUE_CLEAR_M = 400;

const ARCHETYPES: readonly (readonly [Archetype, number])[] = [
  ['office-hours', 0.28],
  ['farmer', 0.24],
  ['unemployed', 0.18],
  ['shift-work', 0.15],
  ['homebound', 0.1],
  ['student', 0.05],
];

type Wish = {
  readonly kind: Haunt['kind'];
  /** Around which place, and between which distances from it. */
  readonly around: LngLat;
  readonly withinM: readonly [number, number];
  readonly indoors: boolean;
  readonly aroundM: number;
};

export function createDays(
  home: Home,
  { random, areas }: { random: Random; areas: Areas },
  hasCurfew: boolean,
): Days {
  const archetype = drawArchetype(random, hasCurfew);
  const commute =
    archetype === 'office-hours' && random.chance(COMMUTER_SHARE / 0.28)
      ? findCommute(home, areas, random)
      : undefined;
  const haunts = wishesOf(archetype, home)
    .map((wish) =>
      wish.kind === 'work' && commute ? commute.haunt : findHaunt(wish, home, areas, random),
    )
    .filter((haunt) => haunt !== undefined);
  return { archetype, home: home.at, haunts, commutesTo: commute?.region };
}

function drawArchetype(random: Random, hasCurfew: boolean): Archetype {
  let rest = random.next();
  for (const [archetype, share] of ARCHETYPES) {
    rest -= share;
    // Nights at work and a night curfew do not go together.
    if (rest < 0) return archetype === 'shift-work' && hasCurfew ? 'unemployed' : archetype;
  }
  return 'homebound';
}

function wishesOf(archetype: Archetype, { at, town }: Home): Wish[] {
  const market: Wish = {
    kind: 'market',
    around: town.at,
    withinM: [0, 500],
    indoors: false,
    aroundM: 60,
  };
  const leisure: Wish = {
    kind: 'leisure',
    around: at,
    withinM: [400, 2_500],
    indoors: true,
    aroundM: 15,
  };
  const work = (withinM: readonly [number, number]): Wish => ({
    kind: 'work',
    around: town.at,
    withinM,
    indoors: true,
    aroundM: 25,
  });
  switch (archetype) {
    case 'office-hours':
      return [work([200, 2_500]), market, leisure];
    case 'shift-work':
      return [work([800, 6_000]), leisure];
    case 'student':
      return [work([200, 1_500]), leisure];
    case 'farmer':
      return [
        { kind: 'field', around: at, withinM: [200, 1_500], indoors: false, aroundM: 50 },
        market,
      ];
    case 'unemployed':
      return [market, leisure];
    case 'homebound':
      return [{ ...leisure, withinM: [80, 400], indoors: false, aroundM: 30 }];
  }
}

function findHaunt(wish: Wish, home: Home, areas: Areas, random: Random): Haunt | undefined {
  const zone = areas.zoneOf([home.county]);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const to = pointAround(wish, random);
    if (isNearVenue(to)) continue;
    const route = findRoute(zone, { from: home.at, to, clearM: WAY_CLEAR_M }, random);
    if (route) {
      const { kind, indoors, aroundM } = wish;
      return { kind, route, indoors, aroundM, speedKmh: speedFor(route, random) };
    }
  }
  return undefined;
}

/** A work place in a town of another county, the way there inside the two counties. */
function findCommute(home: Home, areas: Areas, random: Random) {
  const near = TOWNS.filter(
    (town) => town.county !== home.county && distanceM(...town.at, ...home.at) < COMMUTE_M_MAX,
  );
  for (const town of near) {
    const zone = areas.zoneOf([home.county, town.county].sort());
    const to = pointAround({ around: town.at, withinM: [0, 300] }, random);
    const route = findRoute(zone, { from: home.at, to, clearM: WAY_CLEAR_M }, random);
    if (!route) continue;
    const haunt: Haunt = {
      kind: 'work',
      route,
      indoors: true,
      aroundM: 25,
      speedKmh: speedFor(route, random),
    };
    return { region: town.county as RegionCode, haunt };
  }
  return undefined;
}

function pointAround(
  { around, withinM }: Pick<Wish, 'around' | 'withinM'>,
  random: Random,
): LngLat {
  const angle = random.next() * 2 * Math.PI;
  const metres = withinM[0] + random.next() * (withinM[1] - withinM[0]);
  return moved(around, metres * Math.cos(angle), metres * Math.sin(angle));
}

const VENUES = INVENTED_PLACES.filter((place) => place.kind === 'venue');

/** True where habits and homes would lead into a venue. */
export const isNearVenue = (at: LngLat): boolean =>
  VENUES.some((venue) => distanceM(...venue.at, ...at) < VENUE_CLEAR_M);

/** On foot, by electric scooter or by car, as far as it is. */
function speedFor(route: Route, random: Random): number {
  if (route.lengthM < 900) return 3.5 + random.next() * 1.5;
  if (route.lengthM < 4_000) return 16 + random.next() * 8;
  return 30 + random.next() * 15;
}
