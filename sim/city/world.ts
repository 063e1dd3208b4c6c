// Who lives in the city and where everybody is: population, leaves and script put together. What of it
// is reported is city.ts.

import type { FactArrival } from '../../core/observation.ts';
import { castScript } from './casting.ts';
import { createChance, type Chance } from './chance.ts';
import { createDevice, seen, type Reading } from './device.ts';
import type { Episode, Expectation } from './episode.ts';
import { createLeaves } from './leaves.ts';
import type { Person } from './person.ts';
import { createPopulation, type Areas, type Population } from './population.ts';
import { createScript, monitoringTerms } from './script.ts';
import { createStaged } from './staged.ts';
import { createWhereabouts, type Whereabouts } from './whereabouts.ts';

export type CityOptions = {
  readonly seed: string;
  /** When the demo starts; the script counts from here. */
  readonly startAtMs: number;
  readonly size?: number;
  readonly bracelets?: number;
  /** How long before the start the devices' reports begin. */
  readonly historyMs?: number;
  /** Mean time between two episodes once the opening is over. */
  readonly paceMs?: number;
};

export const CITY_DEFAULTS = {
  size: 10_000,
  bracelets: 300,
  historyMs: 10 * 60_000,
  paceMs: 6 * 60_000,
} as const;

export type CityDeps = {
  /** datasets/areas.ts */
  readonly areas: Areas;
  /** datasets/locator.ts */
  readonly locate: (lng: number, lat: number) => number;
};

export type World = {
  readonly chance: Chance;
  readonly population: Population;
  /** What the device reads at one of its reporting instants; undefined while it is silent. */
  placeOf(person: Person, atMs: number): Reading | undefined;
  /** Where the person really is. Only for persons with days. */
  truthOf(person: Person, atMs: number): Whereabouts;
  isTampered(person: Person, atMs: number): boolean;
  /** Facts of leaves and of the script after `fromMs` and no later than `untilMs`. */
  factsBetween(fromMs: number, untilMs: number): FactArrival[];
  /** Episodes that show no later than `untilMs`. */
  episodes(untilMs: number): readonly Episode[];
  /** What the platform should make of the script by `untilMs`. */
  expectations(untilMs: number): readonly Expectation[];
};

/** The opening episode shows this long after the start. */
const FIRST_SHOWS_MS = 6_000;

export function createWorld({ areas, locate }: CityDeps, options: Required<CityOptions>): World {
  const { seed, startAtMs, size, bracelets, historyMs, paceMs } = options;
  const chance = createChance(seed);
  const { population, cast } = castScript(createPopulation({ seed, size, bracelets }, areas), {
    seed,
    areas,
    // Devices report at whole seconds.
    firstReportMs: Math.ceil((startAtMs + FIRST_SHOWS_MS) / 1_000) * 1_000,
    monitoringTerms: monitoringTerms(startAtMs),
  });
  const script = createScript(
    { areas, locate, cast },
    { seed, startAtMs, firstReportMs: startAtMs - historyMs, paceMs },
  );
  const staged = createStaged();
  /** Episodes with anything to do by `atMs`, and what they do in force. */
  const staging = (atMs: number) => {
    const episodes = script.episodesUntil(atMs);
    staged.add(episodes);
    return episodes;
  };
  const whereabouts = createWhereabouts(chance, (person) => {
    const away = leaves.journeys.get(person);
    return away ? [away] : staged.journeysOf(person);
  });
  const leaves = createLeaves(population.persons, { seed, startAtMs, usual: whereabouts.usual });
  const device = createDevice(chance);

  return {
    chance,
    population,
    placeOf(person, atMs) {
      staging(atMs);
      if (staged.isSilent(person, atMs)) return undefined;
      const apparition = staged.apparition(person, atMs);
      if (apparition) return seen(apparition, atMs);
      return device.read(person, atMs, whereabouts.at(person, atMs));
    },
    truthOf(person, atMs) {
      staging(atMs);
      return whereabouts.at(person, atMs);
    },
    isTampered: (person, atMs) => staged.isTampered(person, atMs),
    factsBetween: (fromMs, untilMs) =>
      [...staging(untilMs).flatMap(({ facts }) => facts), ...leaves.facts].filter(
        ({ atMs }) => atMs > fromMs && atMs <= untilMs,
      ),
    episodes: (untilMs) => script.episodesUntil(untilMs).filter(({ atMs }) => atMs <= untilMs),
    expectations: (untilMs) => script.expectations(untilMs),
  };
}
