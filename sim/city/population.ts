// Ten thousand invented persons under the supervision of Dazhou, drawn from a seed: who they are to the
// law, where they live, how they spend their days, and which of them carry a device.

import type { LngLat } from '../../core/geo.ts';
import { createRandom, type Random } from '../../core/random.ts';
import { DAZHOU, regionCode, regionsWithin, type RegionCode } from '../../core/region.ts';
import { subjectKey, type SubjectKey } from '../../core/subject.ts';
import type { Zone } from '../../core/zone.ts';
import { TOWNS, type Town } from '../../datasets/places.ts';
import { createDays, isNearVenue } from './days.ts';
import type { Correction, Person, Reporting, Terminal } from './person.ts';
import { isInside, moved } from './route.ts';

export type PopulationOptions = {
  readonly seed: string;
  /** Persons in all. */
  readonly size: number;
  /** How many of them wear a bracelet. */
  readonly bracelets: number;
};

export type Population = {
  readonly persons: readonly Person[];
  /** In order of their index. */
  readonly terminals: readonly Terminal[];
  /** `terminal:099…` to subject key, for the register of aliases. */
  readonly aliases: ReadonlyMap<string, SubjectKey>;
};

/** Gives the zone of a set of regions; datasets/areas.ts does. */
export type Areas = { zoneOf(regions: readonly string[]): Zone };

/** Share of people by county: the census of 2020, rounded. */
const COUNTY_SHARES: readonly (readonly [RegionCode, number])[] = [
  [regionCode('511702'), 0.17],
  [regionCode('511703'), 0.17],
  [regionCode('511722'), 0.18],
  [regionCode('511723'), 0.08],
  [regionCode('511724'), 0.155],
  [regionCode('511725'), 0.17],
  [regionCode('511781'), 0.075],
];

const CORRECTIONS: readonly (readonly [Correction, number])[] = [
  ['suspended-sentence', 0.91],
  ['parole', 0.04],
  ['temporary-execution-outside-prison', 0.04],
  ['control', 0.01],
];

/** About 2,700 in community corrections among 10,000 (facts.md §9.1, sizing for Dazhou). */
const CC_SHARE = 0.27;
const RA_KEY_SHARE = 0.12;
const RA_WITHOUT_SUPPORT_SHARE = 0.02;
const CC_PHONE_SHARE = 0.7;
const CC_TRAVEL_SHARE = 0.6;
const RA_KEY_TRAVEL_SHARE = 0.4;
const CURFEW_SHARE = 0.06;
const PROHIBITION_SHARE = 0.04;

const BRACELET_INTERVAL_MS = 60_000;
const PHONE_INTERVALS_MS = [60_000, 120_000, 180_000, 300_000];

/** Homes lie at least this far inside their county. */
export const HOME_CLEAR_M = 400;

export function createPopulation(options: PopulationOptions, areas: Areas): Population {
  const random = createRandom(`population ${options.seed}`);
  const keys = new Set<string>();
  const persons = Array.from({ length: options.size }, (_, index) =>
    createPerson(index, { random: random.fork(`${index}`), areas, keys }),
  );
  return withBracelets(persons, options.bracelets, random.fork('bracelets'));
}

function createPerson(
  index: number,
  deps: { random: Random; areas: Areas; keys: Set<string> },
): Person {
  const { random, areas, keys } = deps;
  const category = random.chance(CC_SHARE) ? 'cc' : 'ra';
  const county = weighted(COUNTY_SHARES, random);
  const isKey = category === 'ra' && random.chance(RA_KEY_SHARE);
  const hasPhone = category === 'cc' && random.chance(CC_PHONE_SHARE);
  const travelShare = category === 'cc' ? CC_TRAVEL_SHARE : isKey ? RA_KEY_TRAVEL_SHARE : 0;
  const hasCurfew = hasPhone && random.chance(CURFEW_SHARE);
  return {
    index,
    key: createKey(random, keys),
    category,
    group: isKey ? 'key' : 'ordinary',
    withoutSupport: category === 'ra' && random.chance(RA_WITHOUT_SUPPORT_SHARE),
    correction: category === 'cc' ? weighted(CORRECTIONS, random) : undefined,
    county,
    travelIsOpen: random.chance(travelShare),
    reporting: hasPhone ? phoneReporting(random) : undefined,
    days: hasPhone ? createDays(homeIn(county, areas, random), deps, hasCurfew) : undefined,
    curfew: hasCurfew ? { from: '22:00', until: '06:00' } : undefined,
    prohibitedZones:
      category === 'cc' && random.chance(PROHIBITION_SHARE)
        ? [`venue-${county}-${random.pick(['a', 'b', 'c'])}`]
        : [],
    cast: false,
  };
}

/** Most live in town, some in the villages around, a few far out. */
const HOME_SPREADS: readonly (readonly [number, number])[] = [
  [1, 0.55],
  [3, 0.3],
  [6, 0.15],
];

/** Where a person lives: near a town of the county, most often near the seat. */
export type Home = { readonly at: LngLat; readonly town: Town; readonly county: RegionCode };

function homeIn(county: RegionCode, areas: Areas, random: Random): Home {
  const zone = areas.zoneOf([county]);
  const towns = TOWNS.filter((town) => town.county === county);
  const town = weighted(
    towns.map((one) => [one, one.share] as const),
    random,
  );
  for (;;) {
    const spreadM = town.spreadM * weighted(HOME_SPREADS, random);
    const at = moved(town.at, random.normal() * spreadM, random.normal() * spreadM);
    if (isInside(zone, at, HOME_CLEAR_M) && !isNearVenue(at)) return { at, town, county };
  }
}

function phoneReporting(random: Random): Reporting {
  const intervalMs = random.pick(PHONE_INTERVALS_MS);
  return { by: 'phone', intervalMs, phaseMs: random.int(intervalMs / 1_000) * 1_000 };
}

/** Turns so many phone carriers into wearers of a bracelet, which then is their only device. */
function withBracelets(persons: Person[], count: number, random: Random): Population {
  const carriers = persons.filter((person) => person.reporting !== undefined);
  const wearers = shuffled(carriers, random).slice(0, count);
  const terminals = wearers.map((person, index): Terminal => ({
    index,
    number: `0990${String(10_000_000 + ((index * 7_919 + 4_241) % 89_999_999))}`,
    model: random.chance(0.3) ? 'bracelet-gcj02' : 'bracelet',
    person: person.index,
  }));
  for (const { person: index } of terminals) {
    persons[index] = {
      ...(persons[index] as Person),
      reporting: {
        by: 'bracelet',
        intervalMs: BRACELET_INTERVAL_MS,
        phaseMs: random.int(60) * 1_000,
      },
    };
  }
  const aliases = new Map(
    terminals.map(({ number, person }) => [`terminal:${number}`, (persons[person] as Person).key]),
  );
  return { persons, terminals, aliases };
}

/** Letters and digits that are not mistaken for each other. */
const KEY_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `DZ-7K3Q9M`: pseudonymous and unlike any number a person has. */
function createKey(random: Random, taken: Set<string>): SubjectKey {
  for (;;) {
    const key = `DZ-${Array.from({ length: 6 }, () => KEY_ALPHABET[random.int(KEY_ALPHABET.length)]).join('')}`;
    if (taken.has(key)) continue;
    taken.add(key);
    return subjectKey(key);
  }
}

function weighted<Item>(choices: readonly (readonly [Item, number])[], random: Random): Item {
  let rest = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of choices) {
    rest -= weight;
    if (rest < 0) return item;
  }
  return (choices.at(-1) as readonly [Item, number])[0];
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [copy[i], copy[j]] = [copy[j] as Item, copy[i] as Item];
  }
  return copy;
}

/** The regions a person may be in: the county for corrections, the city for resettlement. */
export const areaOf = (person: Person): readonly RegionCode[] =>
  person.category === 'cc' ? [person.county] : [DAZHOU];

/** The seven counties. */
export const COUNTIES: readonly RegionCode[] = regionsWithin(DAZHOU).map(({ code }) => code);

/** The two districts of Dazhou proper count as one: moving between them is not leaving (IM art. 26). */
const CITY_DISTRICTS: readonly RegionCode[] = [regionCode('511702'), regionCode('511703')];

/** The counties a person of this county's community corrections may be in without leave. */
export const openCounties = (county: RegionCode): readonly RegionCode[] =>
  CITY_DISTRICTS.includes(county) ? CITY_DISTRICTS : [county];
