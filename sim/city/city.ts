// ② The living city: everything anyone's device and every partner reports, for any stretch of time. A
// pure function of seed and start, so it can be stopped, killed and started again at any moment and never
// contradicts itself.

import type { Condition } from '../../connectors/jt808/device-model.ts';
import { isFrameKind, type FactArrival } from '../../core/observation.ts';
import type { PositionArrival } from '../../core/position-builder.ts';
import type { TerminalPoint } from '../terminal-point.ts';
import { createDailyFacts } from './daily-facts.ts';
import { isBatteryLow, type Reading } from './device.ts';
import { createOrders } from './orders.ts';
import { createRecordedBases } from './recorded-bases.ts';
import type { Person } from './person.ts';
import {
  CITY_DEFAULTS,
  createWorld,
  type CityDeps,
  type CityOptions,
  type World,
} from './world.ts';

/** Takes what a stretch of time brings. */
export type CitySink = {
  phone(position: PositionArrival): void;
  /** Points of one terminal, in order of time. */
  terminal(terminal: number, points: readonly TerminalPoint[]): void;
  fact(fact: FactArrival): void;
};

export type City = Omit<World, 'chance' | 'factsBetween' | 'isTampered'> & {
  readonly startAtMs: number;
  /** The first instant anything is reported. */
  readonly historyFromMs: number;
  /** Orders, bases and leaves on record at the start: to be handed over before anything else. */
  frame(): readonly FactArrival[];
  /** Orders, bases and leaves recorded after `fromMs` and no later than `untilMs`, by time. */
  registered(fromMs: number, untilMs: number): readonly FactArrival[];
  /** Everything reported after `fromMs` and no later than `untilMs`; facts by time. */
  window(fromMs: number, untilMs: number, sink: CitySink): void;
};

const PHONE_SOURCE = 'phone/tracker';

export function createCity(deps: CityDeps, options: CityOptions): City {
  const settings = { ...CITY_DEFAULTS, ...options };
  const { seed, startAtMs } = settings;
  const world = createWorld(deps, settings);
  const { persons, terminals } = world.population;
  const carriers = persons.filter((person) => person.reporting?.by === 'phone');
  const daily = createDailyFacts(persons, world.chance);

  const registered = (fromMs: number, untilMs: number) =>
    world.factsBetween(fromMs, untilMs).filter(isFrame).sort(byTime);

  return {
    ...world,
    startAtMs,
    historyFromMs: startAtMs - settings.historyMs,
    frame: () => [
      ...createOrders(persons, { seed, startAtMs }),
      ...createRecordedBases(persons, { seed, startAtMs }),
      ...registered(-Infinity, startAtMs),
    ],
    registered,
    window(fromMs, untilMs, sink) {
      const facts = [...world.factsBetween(fromMs, untilMs), ...daily.between(fromMs, untilMs)];
      for (const fact of facts.sort(byTime)) {
        if (!isFrame(fact) || fact.atMs > startAtMs) sink.fact(fact);
      }
      for (const person of carriers) {
        for (const atMs of reportsBetween(person, fromMs, untilMs)) {
          const reading = world.placeOf(person, atMs);
          // A phone that does not know where it is does not report.
          if (reading?.valid) sink.phone(phonePosition(person, atMs, reading));
        }
      }
      for (const terminal of terminals) {
        const wearer = persons[terminal.person] as Person;
        const points = reportsBetween(wearer, fromMs, untilMs)
          .map((atMs) => pointOf(world, wearer, atMs))
          .filter((point) => point !== undefined);
        if (points.length > 0) sink.terminal(terminal.index, points);
      }
    },
  };
}

/** What a bracelet has to say at one instant; undefined while it is silent. */
function pointOf(world: World, wearer: Person, atMs: number): TerminalPoint | undefined {
  const reading = world.placeOf(wearer, atMs);
  if (!reading) return undefined;
  const { lng, lat, valid, speedKmh, batteryPercent } = reading;
  const conditions: Condition[] = [];
  if (world.isTampered(wearer, atMs)) conditions.push('tamper');
  if (isBatteryLow(reading)) conditions.push('battery-low');
  return { atMs, lng, lat, hasFix: valid, speedKmh, batteryPercent, conditions };
}

const isFrame = ({ kind }: FactArrival): boolean => isFrameKind(kind);

const byTime = (a: FactArrival, b: FactArrival): number => a.atMs - b.atMs;

const phonePosition = (person: Person, atMs: number, reading: Reading): PositionArrival => ({
  subject: person.key,
  source: PHONE_SOURCE,
  atMs,
  lng: reading.lng,
  lat: reading.lat,
  accuracyM: reading.accuracyM,
  fix: reading.fix,
  speedKmh: reading.speedKmh,
  batteryPercent: reading.batteryPercent,
});

/** The instants after `fromMs` and no later than `untilMs` at which the person's device reports. */
function reportsBetween(person: Person, fromMs: number, untilMs: number): number[] {
  const { reporting } = person;
  if (!reporting) return [];
  const { intervalMs, phaseMs } = reporting;
  const instants: number[] = [];
  const first = Math.floor((fromMs - phaseMs) / intervalMs) + 1;
  for (let atMs = first * intervalMs + phaseMs; atMs <= untilMs; atMs += intervalMs) {
    instants.push(atMs);
  }
  return instants;
}
