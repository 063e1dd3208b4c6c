import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM } from '../../core/geo.ts';
import type { Person } from './person.ts';
import { areas, cityOf, START_MS } from './platform.fixture.ts';
import { openCounties } from './population.ts';

const city = cityOf();
const tracked = city.population.persons.filter(({ days }) => days !== undefined);
const persons = fc.integer({ min: 0, max: tracked.length - 1 }).map((i) => tracked[i] as Person);
const DAY_MS = 86_400_000;
const instants = fc.integer({ min: START_MS, max: START_MS + 14 * DAY_MS });

/** The reporting instant at or after `atMs`. */
function reportAt(person: Person, atMs: number): number {
  const { intervalMs, phaseMs } = person.reporting ?? { intervalMs: 60_000, phaseMs: 0 };
  return Math.ceil((atMs - phaseMs) / intervalMs) * intervalMs + phaseMs;
}

test('nobody is ever farther away than a vehicle takes them, multipath and apparitions aside', () => {
  fc.assert(
    fc.property(persons, instants, (person, atMs) => {
      const { intervalMs } = person.reporting ?? { intervalMs: 60_000 };
      let last: { atMs: number; lng: number; lat: number; accuracyM: number } | undefined;
      for (let k = 0; k < 30; k++) {
        const now = reportAt(person, atMs) + k * intervalMs;
        const reading = city.placeOf(person, now);
        if (!reading?.valid || reading.multipath) continue;
        const { lng, lat, accuracyM = 40 } = reading;
        if (last) {
          const reachM =
            ((now - last.atMs) / 3_600_000) * 90_000 + accuracyM + last.accuracyM + 150;
          expect(distanceM(last.lng, last.lat, lng, lat)).toBeLessThan(reachM);
        }
        last = { atMs: now, lng, lat, accuracyM };
      }
    }),
    { numRuns: 400 },
  );
});

test('without leave and script everybody is in the county at any time', () => {
  const away = new Set(
    city
      .frame()
      .filter(({ kind }) => kind === 'leave')
      .map(({ subject }) => subject),
  );
  const leaveLater = new Set(
    city.registered(START_MS, START_MS + 14 * DAY_MS).map(({ subject }) => subject),
  );
  fc.assert(
    fc.property(persons, instants, (person, atMs) => {
      if (person.cast || away.has(person.key) || leaveLater.has(person.key)) return;
      const { at } = city.truthOf(person, atMs);
      const zone = areas.zoneOf(openCounties(person.county));
      expect(zone.signedDistanceM(...at, 300)).toBeGreaterThan(250);
    }),
    { numRuns: 5_000 },
  );
});

test('a reading is the same whenever it is asked for', () => {
  fc.assert(
    fc.property(persons, instants, (person, atMs) => {
      const now = reportAt(person, atMs);
      const reading = city.placeOf(person, now);
      city.placeOf(person, now - 3 * DAY_MS);
      expect(city.placeOf(person, now)).toEqual(reading);
    }),
    { numRuns: 300 },
  );
});
