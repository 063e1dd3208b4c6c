// Who has a part in the script. Their lives are kept still (at home, a report a minute, no failing
// device), so that what the script says happens, happens, and nothing else does.

import { distanceM, type LngLat } from '../../core/geo.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { Zone } from '../../core/zone.ts';
import { isNearVenue, WAY_CLEAR_M } from './days.ts';
import type { Span } from './episode.ts';
import type { Person } from './person.ts';
import { openCounties, type Areas, type Population } from './population.ts';
import { moved } from './route.ts';

/** A straight way from home over the county's border, and where along it what is the case. */
export type WayOut = {
  readonly home: LngLat;
  /** Metres from home at which the border is crossed. */
  readonly borderM: number;
  /** Metres from home at which one is surely outside, whatever the error. */
  readonly sureM: number;
  readonly end: LngLat;
  readonly endM: number;
  /** The place so many metres from home. */
  readonly at: (metres: number) => LngLat;
};

export type Role =
  /** Carry a device and live near the border. */
  | 'leaver-with-bracelet'
  | 'leaver-with-phone'
  /** Live in Tongchuan, carry a device, can reach Dachuan. */
  | 'district-visitor'
  | 'bracelet-wearer'
  /** Tickets, lodging and gates are open for them; no device. */
  | 'cc-traveller'
  | 'cc-leave-taker'
  | 'ra-key-traveller'
  /** Wear a bracelet whose term runs out in the course of the script. */
  | 'monitoring-ending'
  | 'monitoring-overdue'
  /** Wears a bracelet and may not contact another wearer who lives near. */
  | 'contact-bound'
  /** Nothing is open for them but custody and incidents. */
  | 'cc-plain'
  | 'ra-plain';

export type Member = {
  readonly person: Person;
  readonly wayOut: WayOut | undefined;
  /** Whom the person may not contact. */
  readonly other?: Person;
};

export type Cast = ReadonlyMap<Role, readonly Member[]>;

const COUNTS: readonly (readonly [Exclude<Role, 'contact-bound'>, number])[] = [
  ['leaver-with-bracelet', 24],
  ['leaver-with-phone', 24],
  ['district-visitor', 2],
  ['bracelet-wearer', 24],
  ['cc-traveller', 32],
  ['cc-leave-taker', 12],
  ['ra-key-traveller', 16],
  ['cc-plain', 24],
  ['ra-plain', 24],
  ['monitoring-ending', 1],
  ['monitoring-overdue', 1],
];

const INTERVAL_MS = 60_000;

/**
 * Chooses the cast and gives the population with their lives kept still. The first of all reports at
 * `firstReportMs`, so that the script can open at that very instant.
 */
export function castScript(
  population: Population,
  {
    seed,
    areas,
    firstReportMs,
    monitoringTerms,
  }: {
    seed: string;
    areas: Areas;
    firstReportMs: number;
    /** The terms of those whose monitoring is to be seen running out. */
    monitoringTerms: Readonly<Partial<Record<Role, Span>>>;
  },
): { population: Population; cast: Cast } {
  const random = createRandom(`cast ${seed}`);
  const persons = [...population.persons];
  const order = shuffled(
    persons.map(({ index }) => index),
    random,
  );
  const cast = new Map<Role, Member[]>();
  for (const [role, count] of COUNTS) {
    const members: Member[] = [];
    for (const index of order) {
      if (members.length === count) break;
      const person = persons[index] as Person;
      if (person.cast || !fits(person, role)) continue;
      const wayOut = needsWayOut(role) ? findWayOut(person, role, areas) : undefined;
      if (needsWayOut(role) && !wayOut) continue;
      const isFirst = members.length === 0 && role === 'leaver-with-bracelet';
      const still = {
        ...keptStill(person, isFirst ? firstReportMs : undefined),
        ...(monitoringTerms[role] ? { monitoring: monitoringTerms[role] } : {}),
      };
      persons[index] = still;
      members.push({ person: still, wayOut });
    }
    cast.set(role, members);
  }
  const pair = findPair(
    order.map((index) => persons[index] as Person),
    areas,
  );
  if (pair) {
    const other = keptStill(pair.other, undefined);
    const person = { ...keptStill(pair.person, undefined), noContactWith: [other.key] };
    persons[other.index] = other;
    persons[person.index] = person;
    cast.set('contact-bound', [{ person, wayOut: undefined, other }]);
  }
  return { population: { ...population, persons }, cast };
}

/** Homes so far apart that each is surely not at the other's, and near enough for a short ride. */
const PAIR_M: readonly [number, number] = [600, 6_000];
const PAIR_STEP_M = 200;

/** The first two wearers of one county with a straight way between their homes that keeps inside it. */
function findPair(
  ordered: readonly Person[],
  areas: Areas,
): { person: Person; other: Person } | undefined {
  const wearers = ordered.filter((person) => !person.cast && fits(person, 'bracelet-wearer'));
  for (const [at, person] of wearers.entries()) {
    const other = wearers
      .slice(at + 1)
      .find(({ county, days }) => county === person.county && isRideInside(person, days, areas));
    if (other) return { person, other };
  }
  return undefined;
}

function isRideInside({ county, days }: Person, from: Person['days'], areas: Areas): boolean {
  if (!days || !from) return false;
  const [a, b] = [from.home, days.home];
  const lengthM = distanceM(...a, ...b);
  if (lengthM < PAIR_M[0] || lengthM > PAIR_M[1]) return false;
  const zone = areas.zoneOf(openCounties(county));
  const steps = Math.ceil(lengthM / PAIR_STEP_M);
  return Array.from({ length: steps + 1 }, (_, step) => step / steps).every((share) => {
    const [lng, lat] = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
    return zone.signedDistanceM(lng, lat, WAY_CLEAR_M) >= WAY_CLEAR_M && !isNearVenue([lng, lat]);
  });
}

const needsWayOut = (role: Role): boolean =>
  role.startsWith('leaver-') || role === 'district-visitor';

function fits(person: Person, role: Exclude<Role, 'contact-bound'>): boolean {
  const { category, group, reporting, days, travelIsOpen } = person;
  if (days?.commutesTo || person.withoutSupport) return false;
  switch (role) {
    case 'leaver-with-bracelet':
      return reporting?.by === 'bracelet' && openCounties(person.county).length === 1;
    case 'leaver-with-phone':
      return reporting?.by === 'phone' && openCounties(person.county).length === 1;
    case 'district-visitor':
      return reporting?.by === 'phone' && isFirstOfTwo(person);
    case 'bracelet-wearer':
    case 'monitoring-ending':
    case 'monitoring-overdue':
      return reporting?.by === 'bracelet';
    case 'cc-traveller':
    case 'cc-leave-taker':
      return category === 'cc' && !reporting && travelIsOpen;
    case 'ra-key-traveller':
      return category === 'ra' && group === 'key' && travelIsOpen;
    case 'cc-plain':
      return category === 'cc' && !reporting && !travelIsOpen;
    case 'ra-plain':
      return category === 'ra' && group === 'ordinary';
  }
}

/** Lives in the first of two districts that are one city. */
function isFirstOfTwo({ county }: Person): boolean {
  const [first, second] = openCounties(county);
  return second !== undefined && first === county;
}

function keptStill(person: Person, reportsAtMs: number | undefined): Person {
  const still = { ...person, cast: true, curfew: undefined, prohibitedZones: [] };
  const { reporting, days } = person;
  if (!reporting || !days) return still;
  const phaseMs = (reportsAtMs ?? reporting.phaseMs) % INTERVAL_MS;
  return {
    ...still,
    reporting: { ...reporting, intervalMs: INTERVAL_MS, phaseMs },
    days: { ...days, archetype: 'homebound', haunts: [] },
  };
}

const BEARINGS = 36;
const STEP_M = 50;
const BORDER_M: readonly [number, number] = [1_200, 12_000];
/** Farther out than any error radius of a satellite fix plus the border ring. */
const SURE_OUTSIDE_M = 220;
const SURE_WITHIN_M = 900;
const BEYOND_M = 5_000;
/** The way ends at least this far from the border. */
const DEEP_M = 700;

/** The way over the nearest border that stays outside once it is; for a visitor, into Dachuan. */
function findWayOut(person: Person, role: Role, areas: Areas): WayOut | undefined {
  const home = person.days?.home;
  if (!home) return undefined;
  const visiting = role === 'district-visitor';
  const zone = areas.zoneOf([person.county]);
  const [, other] = openCounties(person.county);
  const into = visiting && other ? areas.zoneOf([other]) : undefined;
  let best: WayOut | undefined;
  for (let i = 0; i < BEARINGS; i++) {
    const angle = (2 * Math.PI * i) / BEARINGS;
    const at = (metres: number) => moved(home, metres * Math.cos(angle), metres * Math.sin(angle));
    const way = walkOut(zone, into, home, at);
    if (way && (!best || way.borderM < best.borderM)) best = way;
  }
  return best;
}

function walkOut(
  zone: Zone,
  into: Zone | undefined,
  home: LngLat,
  at: (metres: number) => LngLat,
): WayOut | undefined {
  const insideM = (metres: number) => zone.signedDistanceM(...at(metres), SURE_OUTSIDE_M + 100);
  let borderM = 0;
  while (insideM(borderM) >= 0) {
    borderM += STEP_M;
    if (borderM > BORDER_M[1]) return undefined;
  }
  if (borderM < BORDER_M[0]) return undefined;
  let sureM = borderM;
  while (insideM(sureM) > -SURE_OUTSIDE_M) {
    sureM += STEP_M;
    if (sureM > borderM + SURE_WITHIN_M) return undefined;
  }
  const endM = sureM + BEYOND_M;
  if (zone.signedDistanceM(...at(endM), DEEP_M) > -DEEP_M) return undefined;
  for (let metres = sureM; metres <= endM; metres += STEP_M) {
    if (insideM(metres) > -SURE_OUTSIDE_M + STEP_M) return undefined;
    if (into && into.signedDistanceM(...at(metres), 100) < 100) return undefined;
  }
  return { home, borderM, sureM, end: at(endM), endM, at };
}

function shuffled(items: number[], random: Random): number[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
  return items;
}
