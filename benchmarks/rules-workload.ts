// Positions for the rule benchmark: persons living in the counties of Dazhou, most of them at home or at
// work, a few per cent of the time beyond their border. Seeded, so every run and every peer gets the same.

import { fileURLToPath } from 'node:url';
import { createSurroundings } from '../app/surroundings.ts';
import { orderFact } from '../core/order.fixture.ts';
import type { OrderFact } from '../core/observation.ts';
import { encodePositions } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { createRandom, type Random } from '../core/random.ts';

const HOME_INSIDE_M = 2_500;
const START_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;

export type Workload = {
  readonly orders: readonly OrderFact[];
  /** Arrow batches in order of time, as the log holds them. */
  readonly batches: readonly Uint8Array[];
  readonly positions: number;
  readonly subjects: number;
};

/** Towns around which people live; homes lie at least HOME_INSIDE_M inside the county. */
const TOWNS: readonly (readonly [string, number, number])[] = [
  ['511722', 107.72, 31.36],
  ['511723', 107.86, 31.08],
  ['511724', 107.21, 30.74],
  ['511725', 106.97, 30.86],
  ['511781', 108.03, 32.06],
];

/**
 * `positions` fixes of `subjects` persons, one a minute each, in order of time. About 2 % of persons, or
 * `away`, are beyond their border at any time, 0.3 % of fixes jump, accuracy runs from 5 to 60 m.
 */
export function createWorkload(options: {
  subjects: number;
  positions: number;
  rowsPerBatch: number;
  /** Share of persons beyond their border. */
  away?: number;
}): Workload {
  const { subjects, positions, rowsPerBatch, away = 0.02 } = options;
  const random = createRandom('rule benchmark');
  const people = Array.from({ length: subjects }, (_, index) => {
    const [county, lng, lat] = homeIn(
      TOWNS[index % TOWNS.length] as (typeof TOWNS)[number],
      random,
    );
    return {
      key: keyOfPerson(index),
      county,
      lng,
      lat,
      away: random.chance(away),
      /** Minute from which the device says nothing more. */
      silentFrom: random.chance(0.005) ? random.int(60) : Infinity,
    };
  });
  const orders = people.map(({ key, county }) =>
    orderFact(key, {
      atMs: START_MS - MINUTE_MS,
      county,
      area: [county],
      sources: ['phone', 'bracelet'],
    }),
  );
  const batches: Uint8Array[] = [];
  const builder = createPositionBuilder(rowsPerBatch);
  let added = 0;
  for (let index = 0; added < positions; index++) {
    const person = people[index % subjects] as (typeof people)[number];
    if (Math.floor(index / subjects) >= person.silentFrom) continue;
    added++;
    if (random.chance(0.002)) person.away = random.chance(away);
    const jump = random.chance(0.003) ? 0.5 : 0;
    const stray = person.away ? 0.8 : 0;
    builder.add({
      subject: person.key,
      source: 'bracelet/jt808',
      atMs: START_MS + Math.floor((index / subjects) * MINUTE_MS),
      lng: person.lng + stray + jump + (random.next() - 0.5) * 0.01,
      lat: person.lat + (random.next() - 0.5) * 0.01,
      accuracyM: 5 + random.int(56),
      fix: random.chance(0.95) ? 'gnss' : 'cell',
    });
    if (builder.length === rowsPerBatch || added === positions) {
      batches.push(encodePositions(builder.drain()));
    }
  }
  return { orders, batches, positions, subjects };
}

const keyOfPerson = (index: number): string => `DZ-${index.toString(36).padStart(6, '0')}`;

/** The place of a person in the order in which they report. */
export const indexOfPerson = (key: string): number => parseInt(key.slice(3), 36);

function homeIn([county, lng, lat]: readonly [string, number, number], random: Random) {
  const zone = maps.areas.zoneOf([county]);
  for (;;) {
    const home = [lng + (random.next() - 0.5) * 0.06, lat + (random.next() - 0.5) * 0.06] as const;
    if (zone.signedDistanceM(...home, HOME_INSIDE_M) >= HOME_INSIDE_M)
      return [county, ...home] as const;
  }
}

/** The pack all contenders are measured with. */
export const PACK = fileURLToPath(new URL('../rules/packs/dazhou', import.meta.url));

/** The maps and the calendar all contenders use. */
export const maps = createSurroundings(PACK);
