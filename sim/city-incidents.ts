// Invented public-order figures of the simulated city: incidents county by county, month by month, and the
// measures they are divided by. The same seed gives the same rows; none of them happened.

import { CHINA_OFFSET_MS, DAY_MS } from '../core/local-time.ts';
import { createRandom, type Random } from '../core/random.ts';

/** What stands as `origin` beside every invented row. */
export const SYNTHETIC = 'synthetic';

export type IncidentBatch = {
  readonly atMs: Float64Array;
  readonly region: Uint32Array;
  readonly kind: readonly string[];
};

export type Measure = { region: number; period: string; column: string; value: number };

/** Per 10,000 inhabitants and month. */
const RATES: Readonly<Record<string, number>> = {
  crimes_filed: 1.9,
  crime_calls: 4.2,
  major_crimes: 0.12,
  homicides: 0.003,
  property_crimes: 0.9,
  fraud_cases: 0.8,
  drug_cases: 0.09,
  order_cases: 2.1,
  traffic_deaths: 0.05,
  fires: 0.22,
  mass_events: 0.008,
  disputes: 2.6,
  crimes_by_minors: 0.05,
  mediations: 2.4,
};

/** Of another kind, the share that also counts as this one. */
const SHARES: Readonly<Record<string, readonly [of: string, share: number]>> = {
  disputes_open: ['disputes', 0.07],
  crimes_cleared: ['crimes_filed', 0.46],
  order_cases_closed: ['order_cases', 0.9],
  mediated: ['mediations', 0.96],
};

/** Invented round numbers, near the size of the place. */
const PLACES = [
  { region: 511702, persons: 900_000, area: 900, level: 1.16 },
  { region: 511703, persons: 800_000, area: 2_200, level: 1.05 },
  { region: 511722, persons: 950_000, area: 4_270, level: 0.95 },
  { region: 511723, persons: 420_000, area: 1_030, level: 0.9 },
  { region: 511724, persons: 840_000, area: 2_080, level: 1.0 },
  { region: 511725, persons: 900_000, area: 2_020, level: 1.08 },
  { region: 511781, persons: 400_000, area: 4_060, level: 0.85 },
];

/** Incidents of the month `[fromMs, untilMs)`. */
export function cityIncidents(
  seed: string,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): IncidentBatch {
  const atMs: number[] = [];
  const region: number[] = [];
  const kind: string[] = [];
  const month = new Date(fromMs + CHINA_OFFSET_MS).toISOString().slice(0, 7);
  for (const place of PLACES) {
    const random = createRandom(`${seed}/incidents/${month}/${place.region}`);
    const add = (name: string, count: number) => {
      for (let i = 0; i < count; i++) {
        atMs.push(Math.floor(fromMs + random.next() * (untilMs - fromMs)));
        region.push(place.region);
        kind.push(name);
      }
    };
    const counts = new Map<string, number>();
    const strain = strainOf(random, place, fromMs);
    for (const [name, rate] of Object.entries(RATES)) {
      const mean = (rate * place.persons * place.level * strain) / 10_000;
      counts.set(name, around(random, mean));
    }
    for (const [name, [of, share]] of Object.entries(SHARES)) {
      counts.set(name, Math.round((counts.get(of) ?? 0) * share * (0.96 + 0.06 * random.next())));
    }
    counts.set('supervised_lost', random.chance(0.3) ? 1 + random.int(3) : 0);
    counts.set('reoffended', random.chance(0.4) ? 1 + random.int(4) : 0);
    for (const [name, count] of counts) add(name, count);
  }
  return { atMs: Float64Array.from(atMs), region: Uint32Array.from(region), kind };
}

/** How much more than usual happens: the season, chance, and a bad half-year in one place. */
function strainOf(random: Random, place: (typeof PLACES)[number], fromMs: number): number {
  const season = 1 + 0.12 * Math.sin((2 * Math.PI * fromMs) / (365.25 * DAY_MS));
  const isBad = place.region === 511725 && Math.floor(fromMs / (182 * DAY_MS)) % 4 === 1;
  return season * (0.93 + 0.14 * random.next()) * (isBad ? 1.45 : 1);
}

/** A whole number near the mean, spread as counts are. */
const around = (random: Random, mean: number): number =>
  mean < 12
    ? poisson(random, mean)
    : Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));

function poisson(random: Random, mean: number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > least; product *= random.next()) count++;
  return count;
}

/** Measures of the months given, as `2026-01`. */
export function cityMeasures(seed: string, months: readonly string[]): Measure[] {
  return PLACES.flatMap((place) => {
    const random = createRandom(`${seed}/measures/${place.region}`);
    const { region, persons, area } = place;
    const police = persons * (0.0014 + 0.0006 * random.next());
    const share = 4.5 + 4 * random.next();
    return months.flatMap((period) => {
      const figures: Record<string, number> = {
        population: persons,
        vehicles: Math.round(persons * 0.22),
        area_km2: area,
        police: Math.round(police),
        patrol_hours: Math.round(area * (0.8 + 0.9 * random.next())),
        video_online_share: 91 + 8 * random.next(),
        response_minutes_p90: 9 + 8 * random.next(),
        supervised: Math.round(persons / 2_200),
        released: Math.round(persons / 1_700),
        grid_members: Math.round(persons * (0.004 + 0.002 * random.next())),
        safety_spending: Math.round(share * 480),
        spending: 48_000,
        satisfaction: 94 + 5 * random.next(),
      };
      return Object.entries(figures).map(([column, value]) => ({ region, period, column, value }));
    });
  });
}
