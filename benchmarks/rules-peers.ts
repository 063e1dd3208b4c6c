// The same two rules (outside the area; silent for two hours) as a good programmer would write them
// without this engine: objects, Maps and turf, or json-rules-engine around turf. Same parameters, same
// semantics, so the alerts must be the same.

import { Environment } from '@marcbachmann/cel-js';
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { multiPolygon, point } from '@turf/helpers';
import { pointToLineDistance } from '@turf/point-to-line-distance';
import { polygonToLine } from '@turf/polygon-to-line';
import { Engine } from 'json-rules-engine';
import { loadCountyBoundaries } from '../datasets/regions.ts';
import type { OrderFact } from '../core/observation.ts';
import type { Zone } from '../core/zone.ts';

export type PlainPosition = {
  subject: string;
  atMs: number;
  lng: number;
  lat: number;
  accuracyM: number;
  fix: string;
};

/** One line per alert: rule, subject, instant. */
export type AlertLines = string[];

const FIXES_MIN = 3;
const OUTSIDE_FOR_MS = 5 * 60_000;
const MARGIN_M = 100;
const REARM_M = 200;
const CLEAR_FIXES_MIN = 2;
const SILENT_FOR_MS = 2 * 3_600_000;
const SWEEP_MS = 60_000;

type County = ReturnType<typeof createCounties> extends Map<string, infer Value> ? Value : never;

type Person = {
  county: County;
  phase: 'inside' | 'counting' | 'outside';
  fixes: number[];
  insideFixes: number;
  heardAtMs: number;
  silent: boolean;
};

function createCounties() {
  return new Map(
    loadCountyBoundaries().regions.map((region) => {
      const area = multiPolygon(structuredClone(region.polygons) as unknown as number[][][][]);
      const lines = polygonToLine(area);
      const borders = (lines.type === 'FeatureCollection' ? lines.features : [lines]).flatMap(
        (line) =>
          line.geometry.type === 'MultiLineString'
            ? line.geometry.coordinates.map((coordinates) => ({
                ...line,
                geometry: { type: 'LineString' as const, coordinates },
              }))
            : [{ ...line, geometry: line.geometry }],
      );
      return [region.code as string, { area, borders }] as const;
    }),
  );
}

const counties = createCounties();

const createPeople = (orders: readonly OrderFact[]) =>
  new Map(
    orders.map((order) => [
      order.subject as string,
      {
        county: counties.get(order.county) as County,
        phase: 'inside',
        fixes: [],
        insideFixes: 0,
        heardAtMs: order.receivedAtMs as number,
        silent: false,
      } satisfies Person as Person,
    ]),
  );

const borderDistanceM = (county: County, position: PlainPosition): number =>
  Math.min(
    ...county.borders.map((border) =>
      pointToLineDistance(point([position.lng, position.lat]), border, { units: 'meters' }),
    ),
  );

const isInside = (person: Person, position: PlainPosition): boolean =>
  booleanPointInPolygon([position.lng, position.lat], person.county.area);

/** What follows once it is known whether a position lies inside. */
function takePlace(
  person: Person,
  position: PlainPosition,
  inside: boolean,
  alerts: AlertLines,
): void {
  if (inside) {
    if (person.phase === 'counting') endCount(person);
    if (person.phase === 'outside' && borderDistanceM(person.county, position) >= REARM_M) {
      takeWellInside(person);
    }
    return;
  }
  if (person.phase === 'outside') {
    person.insideFixes = 0;
    return;
  }
  if (borderDistanceM(person.county, position) <= position.accuracyM + MARGIN_M) return;
  takeOutside(person, position, alerts);
}

function endCount(person: Person): void {
  person.phase = 'inside';
  person.fixes = [];
}

function takeWellInside(person: Person): void {
  person.insideFixes++;
  if (person.insideFixes >= CLEAR_FIXES_MIN) person.phase = 'inside';
}

function takeOutside(person: Person, position: PlainPosition, alerts: AlertLines): void {
  person.insideFixes = 0;
  if (person.phase === 'outside') return;
  person.phase = 'counting';
  person.fixes.push(position.atMs);
  const longEnough =
    person.fixes.length > 1 && position.atMs - (person.fixes[0] as number) >= OUTSIDE_FOR_MS;
  if (!longEnough && person.fixes.length < FIXES_MIN) return;
  person.phase = 'outside';
  person.fixes = [];
  alerts.push(`area-exit ${position.subject} ${position.atMs}`);
}

/** Looks through everyone for those not heard of; run once a minute of event time. */
function sweepSilent(
  people: ReadonlyMap<string, Person>,
  untilMs: number,
  alerts: AlertLines,
): void {
  for (const [subject, person] of people) {
    if (person.silent || untilMs - person.heardAtMs < SILENT_FOR_MS) continue;
    person.silent = true;
    alerts.push(`terminal-silent ${subject} ${person.heardAtMs + SILENT_FOR_MS}`);
  }
}

/** Objects, Maps and turf. */
export function runTurf(
  orders: readonly OrderFact[],
  positions: readonly PlainPosition[],
): AlertLines {
  const people = createPeople(orders);
  const alerts: AlertLines = [];
  let sweptAtMs = positions[0]?.atMs ?? 0;
  for (const position of positions) {
    if (position.atMs - sweptAtMs >= SWEEP_MS) {
      sweptAtMs = position.atMs;
      sweepSilent(people, sweptAtMs - 1, alerts);
    }
    const person = people.get(position.subject) as Person;
    person.heardAtMs = position.atMs;
    person.silent = false;
    if (position.fix !== 'cell') takePlace(person, position, isInside(person, position), alerts);
  }
  sweepSilent(people, positions.at(-1)?.atMs ?? 0, alerts);
  return alerts.sort();
}

/** The condition in json-rules-engine, everything around it as above. */
export async function runJsonRulesEngine(
  orders: readonly OrderFact[],
  positions: readonly PlainPosition[],
): Promise<AlertLines> {
  const people = createPeople(orders);
  const alerts: AlertLines = [];
  const engine = new Engine();
  engine.addRule({
    conditions: {
      all: [
        { fact: 'fix', operator: 'notEqual', value: 'cell' },
        { fact: 'inside', operator: 'equal', value: false },
      ],
    },
    event: { type: 'outside' },
  });
  let sweptAtMs = positions[0]?.atMs ?? 0;
  for (const position of positions) {
    if (position.atMs - sweptAtMs >= SWEEP_MS) {
      sweptAtMs = position.atMs;
      sweepSilent(people, sweptAtMs - 1, alerts);
    }
    const person = people.get(position.subject) as Person;
    person.heardAtMs = position.atMs;
    person.silent = false;
    const inside = isInside(person, position);
    const { events } = await engine.run({ fix: position.fix, inside });
    if (events.length > 0) takePlace(person, position, false, alerts);
    else if (inside && position.fix !== 'cell') takePlace(person, position, true, alerts);
  }
  sweepSilent(people, positions.at(-1)?.atMs ?? 0, alerts);
  return alerts.sort();
}

/**
 * The two rules as conditions in CEL that are evaluated for every event, as in engines that know nothing
 * but expressions. Distances come from this house's raster, so that what is compared is the expressions.
 */
export function runCel(
  orders: readonly OrderFact[],
  positions: readonly PlainPosition[],
  zoneOf: (county: string) => Zone,
): AlertLines {
  const people = createPeople(orders);
  const zones = new Map(orders.map(({ subject, county }) => [subject as string, zoneOf(county)]));
  const environment = new Environment()
    .registerVariable('fix', 'string')
    .registerVariable('outsideM', 'double')
    .registerVariable('accuracyM', 'double')
    .registerVariable('silentMs', 'double');
  const outside = environment.parse(
    `fix != "cell" && outsideM > accuracyM + ${MARGIN_M.toFixed(1)}`,
  );
  const wellInside = environment.parse(`fix != "cell" && outsideM <= -${REARM_M.toFixed(1)}`);
  const silent = environment.parse(`silentMs >= ${SILENT_FOR_MS.toFixed(1)}`);
  const alerts: AlertLines = [];
  for (const position of positions) {
    const person = people.get(position.subject) as Person;
    const zone = zones.get(position.subject) as Zone;
    const { fix, accuracyM, atMs, lng, lat } = position;
    const reachM = Math.max(REARM_M, accuracyM + MARGIN_M) + 1;
    const outsideM = -zone.signedDistanceM(lng, lat, reachM);
    const context = { fix, outsideM, accuracyM, silentMs: atMs - person.heardAtMs };
    if (silent(context) === true) {
      alerts.push(`terminal-silent ${position.subject} ${person.heardAtMs + SILENT_FOR_MS}`);
    }
    person.heardAtMs = atMs;
    if (outside(context) === true) takeOutside(person, position, alerts);
    else if (wellInside(context) === true && person.phase === 'outside') takeWellInside(person);
    else if (fix !== 'cell' && outsideM <= 0 && person.phase === 'counting') endCount(person);
  }
  for (const [subject, person] of people) {
    const silentMs = (positions.at(-1)?.atMs ?? 0) - person.heardAtMs;
    if (silent({ fix: '', outsideM: 0, accuracyM: 0, silentMs }) !== true) continue;
    alerts.push(`terminal-silent ${subject} ${person.heardAtMs + SILENT_FOR_MS}`);
  }
  return alerts.sort();
}
