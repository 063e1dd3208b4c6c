// Where everybody really is at any instant, before any device looks: at home, on the way, at a haunt, or
// on a journey.

import { assert } from '../../core/errors.ts';
import type { LngLat } from '../../core/geo.ts';
import { DAY_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { Chance } from './chance.ts';
import { journeyAt, type Journey } from './journey.ts';
import { outingsOf, type Outing } from './outings.ts';
import type { Person } from './person.ts';
import { moved, pointAlong } from './route.ts';

export type Whereabouts = {
  readonly at: LngLat;
  /** The middle of the place one stays at; on the way, where one is. */
  readonly anchor: LngLat;
  readonly speedKmh: number;
  readonly indoors: boolean;
  /** In a tunnel or a gorge: no satellite in sight. */
  readonly covered: boolean;
  /** Tells apart the places a person stays at. */
  readonly spot: number;
};

export type WhereaboutsBook = {
  /** Only for persons with days. */
  at(person: Person, atMs: number): Whereabouts;
  /** The same without journeys: where daily life has the person. */
  usual(person: Person, atMs: number): Whereabouts;
};

const HOME_AROUND_M = 8;
const WANDER_PERIOD_MS: readonly [number, number] = [18 * 60_000, 40 * 60_000];
/** A tunnel of this length in each stretch of that, where there are tunnels at all. */
const TUNNEL_M = 1_300;
const TUNNEL_EVERY_M = 9_000;
const TUNNEL_SHARE = 0.25;
const DRIVING_KMH = 30;

const HOME_SPOT = 0;
const JOURNEY_SPOT = 100;

export function createWhereabouts(
  chance: Chance,
  journeysOf: (person: number) => readonly Journey[],
): WhereaboutsBook {
  const cache = new Map<number, { dayStartMs: number; outings: Outing[] }>();

  /** Outings of the day before and of the day, for the night shift ends in the morning. */
  const outingsAround = (person: Person, atMs: number): readonly Outing[] => {
    const dayStartMs = startOfLocalDay(atMs);
    let known = cache.get(person.index);
    if (known?.dayStartMs !== dayStartMs) {
      const outings = [
        ...outingsOf(person, dayStartMs - DAY_MS, chance),
        ...outingsOf(person, dayStartMs, chance),
      ];
      known = { dayStartMs, outings };
      cache.set(person.index, known);
    }
    return known.outings;
  };

  const usual = (person: Person, atMs: number): Whereabouts => {
    const { days, index } = person;
    assert(days !== undefined, 'only persons with days are somewhere');
    for (const outing of outingsAround(person, atMs)) {
      if (atMs < outing.departMs || atMs >= outing.backMs) continue;
      const { haunt } = outing;
      if (atMs < outing.arriveMs || atMs >= outing.leaveMs) return onTheWay(person, outing, atMs);
      const spot = 1 + days.haunts.indexOf(haunt);
      const middle = haunt.route.points.at(-1) as LngLat;
      const at = wander(index, spot, middle, haunt.aroundM, atMs);
      const { indoors } = haunt;
      return { at, anchor: middle, speedKmh: indoors ? 0 : 1, indoors, covered: false, spot };
    }
    const at = wander(index, HOME_SPOT, days.home, HOME_AROUND_M, atMs);
    return {
      at,
      anchor: days.home,
      speedKmh: 0,
      indoors: true,
      covered: false,
      spot: HOME_SPOT,
    };
  };

  const onTheWay = (person: Person, outing: Outing, atMs: number): Whereabouts => {
    const { haunt, departMs, arriveMs, leaveMs } = outing;
    const goneMs = atMs < arriveMs ? atMs - departMs : arriveMs - departMs - (atMs - leaveMs);
    const metres = (goneMs * haunt.speedKmh) / 3_600;
    const at = pointAlong(haunt.route, metres);
    return {
      at,
      anchor: at,
      speedKmh: haunt.speedKmh,
      indoors: false,
      covered: isCovered(person, haunt.speedKmh, metres),
      spot: HOME_SPOT,
    };
  };

  const isCovered = (person: Person, speedKmh: number, metres: number): boolean =>
    !person.cast &&
    speedKmh >= DRIVING_KMH &&
    chance.unit('tunnel', person.index) < TUNNEL_SHARE &&
    (metres + TUNNEL_EVERY_M / 2) % TUNNEL_EVERY_M < TUNNEL_M;

  /** Slow, smooth moving about near a place. */
  const wander = (
    person: number,
    spot: number,
    middle: LngLat,
    radiusM: number,
    atMs: number,
  ): LngLat => {
    const turn = (n: number) => {
      const periodMs = chance.between('wander', person, spot * 4 + n, WANDER_PERIOD_MS);
      const start = chance.unit('wander', person, spot * 4 + n + 2);
      return Math.sin(2 * Math.PI * ((atMs % (periodMs * 1_000)) / periodMs + start));
    };
    return moved(middle, 0.7 * radiusM * turn(0), 0.7 * radiusM * turn(1));
  };

  return {
    usual,
    at(person, atMs) {
      for (const journey of journeysOf(person.index)) {
        const now = journeyAt(journey, atMs);
        if (!now) continue;
        const stays = now.speedKmh < 0.1;
        const spot = JOURNEY_SPOT + now.stretch;
        return {
          anchor: now.at,
          at: stays ? wander(person.index, spot, now.at, HOME_AROUND_M, atMs) : now.at,
          speedKmh: stays ? 0 : now.speedKmh,
          indoors: stays,
          covered: isCovered(person, now.speedKmh, now.goneM),
          spot,
        };
      }
      return usual(person, atMs);
    },
  };
}
