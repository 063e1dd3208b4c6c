// Approved leaves around the start of the run, and the journeys of those who take them: some to Chengdu
// or Chongqing, some to the next county, some over, some still to come. Standing approvals for those who
// work across the border.

import { distanceM } from '../../core/geo.ts';
import { DAY_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { ArrivalOf } from '../../core/observation.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { RegionCode } from '../../core/region.ts';
import { DESTINATIONS, seatOf, type Destination } from '../../datasets/places.ts';
import { roundTrip, type Journey } from './journey.ts';
import { countyBureau, justiceOffice } from './law.ts';
import { leaveArrival, reportedBack } from './orders.ts';
import type { Person } from './person.ts';
import { COUNTIES, openCounties } from './population.ts';
import { moved } from './route.ts';
import type { WhereaboutsBook } from './whereabouts.ts';

const HOUR_MS = 3_600_000;
const LEAVE_SHARE = 0.04;
/** Leaves begin between so many days before and after the start. */
const BEGIN_DAYS: readonly [number, number] = [-12, 5];
const LENGTH_DAYS: readonly [number, number] = [2, 20];
/** A justice office may approve up to seven days, longer ones the county bureau (IM art. 27). */
const OFFICE_DAYS_MAX = 7;
const STANDING_DAYS = 180;
const STANDING_AGE_DAYS_MAX = 150;
const TRAVEL_KMH = 65;
/** People stay about the middle of where they go. */
const STAY_SPREAD_M = 400;
/** Days before its begin that a leave is recorded. */
const RECORDED_DAYS = 3;

const REASONS = ['medical', 'schooling', 'lawsuit', 'family', 'work', 'other'] as const;

export type Leaves = {
  readonly facts: readonly ArrivalOf<'leave'>[];
  /** By person. */
  readonly journeys: ReadonlyMap<number, Journey>;
};

/** Leaves of persons who have no part in the script. */
export function createLeaves(
  persons: readonly Person[],
  options: { seed: string; startAtMs: number; usual: WhereaboutsBook['usual'] },
): Leaves {
  const facts: ArrivalOf<'leave'>[] = [];
  const journeys = new Map<number, Journey>();
  const todayMs = startOfLocalDay(options.startAtMs);
  for (const person of persons) {
    if (person.category !== 'cc' || person.cast) continue;
    const random = createRandom(`leave ${options.seed} ${person.index}`);
    if (person.days?.commutesTo) {
      facts.push(standingApproval(person, person.days.commutesTo, todayMs, random));
    } else if (random.chance(LEAVE_SHARE)) {
      const { leave, journey, reportedMs } = leaveOf(person, todayMs, random, options.usual);
      facts.push(leave, reportedBack(leave, reportedMs));
      if (journey) journeys.set(person.index, journey);
    }
  }
  return { facts, journeys };
}

function standingApproval(
  person: Person,
  region: RegionCode,
  todayMs: number,
  random: Random,
): ArrivalOf<'leave'> {
  const fromMs = todayMs - (1 + random.int(STANDING_AGE_DAYS_MAX)) * DAY_MS;
  return leaveArrival(
    person,
    {
      leaveId: `leave-${person.key}-standing`,
      regions: [region],
      reason: 'regular',
      approvedBy: countyBureau(person.county),
      fromMs,
      untilMs: fromMs + STANDING_DAYS * DAY_MS,
      transitMs: 0,
    },
    fromMs - RECORDED_DAYS * DAY_MS,
  );
}

function leaveOf(person: Person, todayMs: number, random: Random, usual: WhereaboutsBook['usual']) {
  const days = ([from, until]: readonly [number, number]) => from + random.int(until - from);
  const beginDay = days(BEGIN_DAYS);
  const lengthDays = days(LENGTH_DAYS);
  const fromMs = todayMs + beginDay * DAY_MS + 7 * HOUR_MS;
  const untilMs = todayMs + (beginDay + lengthDays) * DAY_MS + 20 * HOUR_MS;
  const destination = destinationFor(person, random);
  const to = moved(
    destination.at,
    random.normal() * STAY_SPREAD_M,
    random.normal() * STAY_SPREAD_M,
  );
  const wayMs = (distanceM(...seatOf(person.county).at, ...destination.at) / TRAVEL_KMH) * 3_600;
  const transitMs = Math.ceil((wayMs * 1.2) / HOUR_MS + 3) * HOUR_MS;
  const leave = leaveArrival(
    person,
    {
      leaveId: `leave-${person.key}-${beginDay - BEGIN_DAYS[0]}`,
      regions: [destination.region],
      reason: random.pick(REASONS),
      approvedBy:
        lengthDays <= OFFICE_DAYS_MAX ? justiceOffice(person.county) : countyBureau(person.county),
      fromMs,
      untilMs,
      transitMs,
    },
    fromMs - RECORDED_DAYS * DAY_MS,
  );
  if (!person.days) return { leave, journey: undefined, reportedMs: untilMs - HOUR_MS / 4 };
  const departMs = fromMs + random.int(HOUR_MS);
  const backBeforeMs = untilMs - random.int(HOUR_MS / 2);
  const from = usual(person, departMs).at;
  const backTo = usual(person, backBeforeMs).at;
  const backMs = (distanceM(...to, ...backTo) / TRAVEL_KMH) * 3_600;
  const journey = roundTrip({
    from,
    to,
    departMs,
    leaveMs: Math.round(backBeforeMs - backMs),
    backTo,
    speedKmh: TRAVEL_KMH,
  });
  // Reports when back, always in time: who does not has a part in the script.
  return { leave, journey, reportedMs: (backBeforeMs + untilMs) / 2 };
}

/** As often as not another county of the city, else somewhere farther in reach of a day's drive. */
function destinationFor(person: Person, random: Random): Destination {
  if (random.chance(0.3)) {
    const county = random.pick(
      COUNTIES.filter((code) => !openCounties(person.county).includes(code)),
    );
    const { name, at } = seatOf(county);
    return { region: county, name, at };
  }
  return random.pick(DESTINATIONS.filter(({ at }) => distanceM(...at, 107.5, 31.2) < 500_000));
}
