// What partners report about ordinary people on an ordinary day: roll-calls answered, nights in lodgings
// of the county, coach tickets within the city, none of which anyone needs to be told. Much of it is
// about persons whose sources no basis opens, so that the gate can be seen refusing.

import { DAY_MS, MINUTE_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { ArrivalOf, FactArrival } from '../../core/observation.ts';
import { regionCode } from '../../core/region.ts';
import { epochMs } from '../../core/time.ts';
import { DESTINATIONS } from '../../datasets/places.ts';
import type { Chance } from './chance.ts';
import type { Person } from './person.ts';
import { COUNTIES } from './population.ts';

const HOUR_MS = 60 * MINUTE_MS;
const EVENT_HOURS: readonly [number, number] = [6, 23];
const ROLL_CALL_HOURS: readonly [number, number] = [8.5, 20];

/** Reports per person and day. */
const RATES = {
  raTicket: 0.2,
  raLodging: 0.08,
  keyTicket: 0.08,
  keyLodging: 0.1,
  ccLodging: 0.03,
} as const;

/** Draws of one person and day are told apart by these. */
const SLOT = { ticket: 0, lodging: 1, rollCall: 2 } as const;
const SLOTS = 4;

const DAYS_KEPT_MAX = 3;

/** Gives everything reported after `fromMs` and no later than `untilMs`, by time. */
export function createDailyFacts(persons: readonly Person[], chance: Chance) {
  const ordinary = persons.filter((person) => !person.cast);
  const known = new Map<number, readonly FactArrival[]>();

  const factsOn = (dayStartMs: number): readonly FactArrival[] => {
    let facts = known.get(dayStartMs);
    if (!facts) {
      if (known.size >= DAYS_KEPT_MAX) known.delete(Math.min(...known.keys()));
      facts = makeDay(ordinary, dayStartMs, chance);
      known.set(dayStartMs, facts);
    }
    return facts;
  };

  return {
    between(fromMs: number, untilMs: number): FactArrival[] {
      const facts: FactArrival[] = [];
      for (let dayMs: number = startOfLocalDay(fromMs); dayMs <= untilMs; dayMs += DAY_MS) {
        const today = factsOn(dayMs);
        facts.push(...today.slice(countUntil(today, fromMs), countUntil(today, untilMs)));
      }
      return facts;
    },
  };
}

function makeDay(persons: readonly Person[], dayStartMs: number, chance: Chance): FactArrival[] {
  const day = Math.round(dayStartMs / DAY_MS);
  return persons
    .flatMap((person) => factsOf(person, { day, dayStartMs, chance }))
    .sort((a, b) => a.atMs - b.atMs || (a.subject < b.subject ? -1 : 1));
}

/** How many of the facts, sorted by time, happened no later than `atMs`. */
function countUntil(facts: readonly FactArrival[], atMs: number): number {
  let low = 0;
  let high = facts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((facts[middle] as FactArrival).atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Today = { readonly day: number; readonly dayStartMs: number; readonly chance: Chance };

function factsOf(person: Person, today: Today): FactArrival[] {
  const { day, chance } = today;
  const happens = (slot: number, rate: number) =>
    chance.unit('event', person.index, day * SLOTS + slot) < rate;
  const facts: FactArrival[] = [];
  if (person.category === 'cc') {
    if (person.reporting?.by === 'phone') facts.push(rollCall(person, today));
    if (happens(SLOT.lodging, RATES.ccLodging)) facts.push(lodging(person, today));
    return facts;
  }
  if (happens(SLOT.ticket, person.travelIsOpen ? RATES.keyTicket : RATES.raTicket)) {
    facts.push(ticket(person, today));
  }
  if (happens(SLOT.lodging, person.travelIsOpen ? RATES.keyLodging : RATES.raLodging)) {
    facts.push(lodging(person, today));
  }
  return facts;
}

function instantOf(person: Person, today: Today, slot: number, hours: readonly [number, number]) {
  const hour = today.chance.between('event-time', person.index, today.day * SLOTS + slot, hours);
  return epochMs(today.dayStartMs + Math.round((hour * HOUR_MS) / 1_000) * 1_000);
}

const detailOf = (person: Person, today: Today, slot: number): number =>
  today.chance.unit('event-detail', person.index, today.day * SLOTS + slot);

const pick = <Item>(items: readonly Item[], unit: number): Item =>
  items[Math.floor(unit * items.length)] as Item;

const rollCall = (person: Person, today: Today): ArrivalOf<'roll-call'> => ({
  kind: 'roll-call',
  subject: person.key,
  atMs: instantOf(person, today, SLOT.rollCall, ROLL_CALL_HOURS),
  source: 'roll-call/app',
  sequence: 0,
  result: 'answered',
  method: 'app',
  rollCallId: `R-${person.key}-${today.day}`,
});

/** A bed in the person's own county, where everyone may be. */
const lodging = (person: Person, today: Today): ArrivalOf<'lodging'> => ({
  kind: 'lodging',
  subject: person.key,
  atMs: instantOf(person, today, SLOT.lodging, EVENT_HOURS),
  source: 'lodging/register',
  sequence: 0,
  lodgingId: `L-${person.key}-${today.day}`,
  action: 'in',
  place: pick(['旅馆甲', '旅馆乙', '旅馆丙', '旅馆丁'], detailOf(person, today, SLOT.lodging)),
  at: person.county,
});

const CARRIERS = ['rail', 'rail', 'coach', 'air'] as const;

/** By coach to another county of the city; where no basis opens tickets, anywhere by any carrier. */
function ticket(person: Person, today: Today): ArrivalOf<'booking'> {
  const atMs = instantOf(person, today, SLOT.ticket, EVENT_HOURS);
  const unit = detailOf(person, today, SLOT.ticket);
  const carrier = person.travelIsOpen ? 'coach' : pick(CARRIERS, unit);
  const to = person.travelIsOpen ? pick(COUNTIES, unit) : pick(DESTINATIONS, unit).region;
  return {
    kind: 'booking',
    subject: person.key,
    atMs,
    source: `${carrier}/tickets`,
    sequence: 0,
    bookingId: `B-${person.key}-${today.day}`,
    carrier,
    status: 'booked',
    from: regionCode('511702'),
    to,
    departAtMs: epochMs(atMs + 3 * HOUR_MS + Math.floor(unit * 40) * HOUR_MS),
  };
}
