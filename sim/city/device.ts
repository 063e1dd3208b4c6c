// What a phone or bracelet makes of its carrier's whereabouts: error, kind of fix, lost satellites,
// reflections off walls, empty batteries. Pure: the same instant always gives the same reading.

import type { LngLat } from '../../core/geo.ts';
import { DAY_MS, MINUTE_MS, startOfLocalDay } from '../../core/local-time.ts';
import type { FixKind } from '../../core/position-codes.ts';
import type { Chance } from './chance.ts';
import type { Apparition } from './episode.ts';
import type { Person } from './person.ts';
import { moved } from './route.ts';
import type { Whereabouts } from './whereabouts.ts';

export type Reading = {
  readonly lng: number;
  readonly lat: number;
  /** Undefined where the device does not tell. */
  readonly accuracyM: number | undefined;
  readonly fix: FixKind;
  readonly speedKmh: number;
  readonly batteryPercent: number;
  /** False: the device is alive but has no place to report. */
  readonly valid: boolean;
  /** A reflected signal threw the place off; the device does not know. */
  readonly multipath: boolean;
};

/** A fix thrown off by a reflection comes once in so many readings. */
const MULTIPATH_SHARE = 1 / 400;
const MULTIPATH_M: readonly [number, number] = [50, 400];
const NO_FIX_INDOORS_SHARE = 0.12;
const FLAT_DAYS_SHARE = 1 / 60;
/** Shorter than what counts as a silent terminal (two hours). */
const FLAT_MINUTES: readonly [number, number] = [20, 100];
const BATTERY_LOW_PERCENT = 15;

const WIFI_SLOT_MS = 2 * 3_600_000;

export type Device = {
  /** The reading at one of the person's reporting instants; undefined while the device is off. */
  read(person: Person, atMs: number, whereabouts: Whereabouts): Reading | undefined;
};

export function createDevice(chance: Chance): Device {
  return {
    read(person, atMs, whereabouts) {
      const flat = flatSpan(person, atMs, chance);
      if (flat && atMs >= flat.fromMs && atMs < flat.untilMs) return undefined;
      const batteryPercent = batteryAt(person, atMs, flat, chance);
      if (isBlind(person, atMs, whereabouts, chance)) {
        return { ...NO_PLACE, batteryPercent };
      }
      const fix = fixKind(person, atMs, whereabouts, chance);
      const multipath = fix === 'gnss' && isReflected(person, atMs, chance);
      const [lng, lat] = multipath
        ? reflected(person, atMs, whereabouts.at, chance)
        : displaced(person, atMs, whereabouts, fix, chance);
      return {
        lng: roundMicro(lng),
        lat: roundMicro(lat),
        accuracyM:
          person.reporting?.by === 'bracelet'
            ? undefined
            : Math.round(accuracyOf(person, atMs, whereabouts, fix, chance)),
        fix,
        speedKmh: Math.round(whereabouts.speedKmh * 10) / 10,
        batteryPercent,
        valid: true,
        multipath,
      };
    },
  };
}

export const isBatteryLow = (reading: Reading): boolean =>
  reading.batteryPercent < BATTERY_LOW_PERCENT;

/** What a device shows that is led astray; a little different each time, as real ones are. */
export function seen({ at, fix, accuracyM }: Apparition, atMs: number): Reading {
  const spread = (readingOf(atMs) % 7) * 1e-5;
  return {
    lng: roundMicro(at[0] + spread),
    lat: roundMicro(at[1] - spread),
    accuracyM,
    fix,
    speedKmh: 0,
    batteryPercent: 60,
    valid: true,
    multipath: true,
  };
}

const NO_PLACE = {
  lng: 0,
  lat: 0,
  accuracyM: undefined,
  fix: 'gnss',
  speedKmh: 0,
  valid: false,
  multipath: false,
} as const;

/** A draw that differs from reading to reading. */
const readingOf = (atMs: number): number => Math.floor(atMs / 1_000);

function isBlind(person: Person, atMs: number, where: Whereabouts, chance: Chance): boolean {
  if (person.cast) return false;
  if (where.covered) return true;
  const share = where.indoors && person.reporting?.by === 'bracelet' ? NO_FIX_INDOORS_SHARE : 0;
  return chance.unit('no-fix', person.index, readingOf(atMs)) < share;
}

/** Bracelets have satellites only, and so has the cast; phones indoors mostly see wireless networks. */
function fixKind(person: Person, atMs: number, where: Whereabouts, chance: Chance): FixKind {
  if (person.reporting?.by === 'bracelet' || person.cast) return 'gnss';
  const draw = chance.unit('fix-kind', person.index, readingOf(atMs));
  if (!where.indoors) return draw < 0.94 ? 'gnss' : 'cell';
  return draw < 0.62 ? 'wifi' : draw < 0.9 ? 'gnss' : 'cell';
}

/** The radius the device states. Satellite and cell radii differ with each reading, networks' do not. */
function accuracyOf(
  person: Person,
  atMs: number,
  { indoors, spot }: Whereabouts,
  fix: FixKind,
  chance: Chance,
): number {
  const { index } = person;
  const second = readingOf(atMs);
  if (fix === 'wifi') return chance.between('wifi', index, wifiSlot(spot, atMs), [25, 120]);
  if (fix === 'cell') return chance.between('cell', index, second, [300, 1_200]);
  return chance.between('accuracy', index, second, indoors ? [15, 40] : [4, 15]);
}

/** Networks place a phone at the same point for hours; satellites and cells scatter. */
function displaced(
  person: Person,
  atMs: number,
  where: Whereabouts,
  fix: FixKind,
  chance: Chance,
): LngLat {
  const { index } = person;
  const second = readingOf(atMs);
  if (fix === 'wifi') {
    const slot = wifiSlot(where.spot, atMs);
    const radiusM = 0.45 * accuracyOf(person, atMs, where, fix, chance);
    const angle = 2 * Math.PI * chance.unit('bearing', index, slot);
    // From the middle of the slot, so that all its readings agree to the last digit.
    return moved(where.anchor, radiusM * Math.cos(angle), radiusM * Math.sin(angle));
  }
  if (fix === 'cell') {
    const radiusM = 0.5 * accuracyOf(person, atMs, where, fix, chance);
    const angle = 2 * Math.PI * chance.unit('bearing', index, second);
    return moved(where.at, radiusM * Math.cos(angle), radiusM * Math.sin(angle));
  }
  const sigmaM = where.indoors ? 9 : 3;
  const a = Math.sqrt(-2 * Math.log(1 - 0.995 * chance.unit('noise-a', index, second)));
  const b = 2 * Math.PI * chance.unit('noise-b', index, second);
  return moved(where.at, sigmaM * a * Math.cos(b), sigmaM * a * Math.sin(b));
}

const wifiSlot = (spot: number, atMs: number): number =>
  Math.floor(atMs / WIFI_SLOT_MS) * 256 + spot;

/** A reflection lasts for one reading, at times for two. */
function isReflected(person: Person, atMs: number, chance: Chance): boolean {
  if (person.cast || !person.reporting) return false;
  const starts = (ms: number) => chance.unit('multipath', person.index, readingOf(ms));
  const before = starts(atMs - person.reporting.intervalMs);
  return starts(atMs) < MULTIPATH_SHARE || before < MULTIPATH_SHARE / 3;
}

function reflected(person: Person, atMs: number, at: LngLat, chance: Chance): LngLat {
  const second = readingOf(atMs);
  const metres = chance.between('multipath-length', person.index, second, MULTIPATH_M);
  const angle = 2 * Math.PI * chance.unit('multipath-bearing', person.index, second);
  return moved(at, metres * Math.cos(angle), metres * Math.sin(angle));
}

type FlatSpan = { readonly fromMs: number; readonly untilMs: number };

/** On few days the battery runs out for a while. */
function flatSpan(person: Person, atMs: number, chance: Chance): FlatSpan | undefined {
  if (person.cast) return undefined;
  const dayStartMs = startOfLocalDay(atMs);
  const day = Math.round(dayStartMs / DAY_MS);
  if (chance.unit('flat', person.index, day) >= FLAT_DAYS_SHARE) return undefined;
  const fromMs =
    dayStartMs + chance.between('flat-start', person.index, day, [9, 20]) * 60 * MINUTE_MS;
  const lengthMs = chance.between('flat-length', person.index, day, FLAT_MINUTES) * MINUTE_MS;
  return { fromMs, untilMs: fromMs + lengthMs };
}

/** Full at midnight, down to a third in the evening; empty when the battery runs out. */
function batteryAt(
  person: Person,
  atMs: number,
  flat: FlatSpan | undefined,
  chance: Chance,
): number {
  const dayStartMs = startOfLocalDay(atMs);
  const day = Math.round(dayStartMs / DAY_MS);
  const lowest = chance.between('battery', person.index, day, [25, 50]);
  const hour = (atMs - dayStartMs) / (60 * MINUTE_MS);
  if (flat && atMs < flat.fromMs) {
    const flatHour = (flat.fromMs - dayStartMs) / (60 * MINUTE_MS);
    return Math.round(2 + 98 * (1 - hour / flatHour));
  }
  if (flat && atMs >= flat.untilMs) {
    const chargedHours = (atMs - flat.untilMs) / (60 * MINUTE_MS);
    return Math.min(100, Math.round(20 + 30 * chargedHours));
  }
  // From ten in the evening until midnight the device hangs on its charger.
  const percent =
    hour < 22 ? 100 - ((100 - lowest) * hour) / 22 : lowest + ((100 - lowest) * (hour - 22)) / 2;
  return Math.round(percent);
}

/** Six decimal places, what a bracelet's protocol can carry. */
const roundMicro = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
