// The fields of a position as files carry them, with what each may hold. The same limits as in
// core/observation.ts, in a form a byte scanner can use; a test holds the two against each other.

import { isInChinaBox } from '../../core/datum.ts';
import { EARLIEST_MS, LATEST_MS } from '../../core/instant.ts';
import { FIX_KINDS } from '../../core/position-codes.ts';
import { aliasSchema, isIdentity, isSubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { quotable, type ReadFault } from './read-report.ts';

/** Numbers a position carries, in the order of their slots in a scanner's scratch row. */
export const NUMBER_FIELDS = [
  { name: 'atMs', min: EARLIEST_MS, max: LATEST_MS, isWhole: true, isRequired: true },
  { name: 'lng', min: -180, max: 180, isWhole: false, isRequired: true },
  { name: 'lat', min: -90, max: 90, isWhole: false, isRequired: true },
  { name: 'accuracyM', min: 0, max: 100_000, isWhole: false, isRequired: false },
  { name: 'speedKmh', min: 0, max: 2_000, isWhole: false, isRequired: false },
  { name: 'batteryPercent', min: 0, max: 100, isWhole: false, isRequired: false },
  { name: 'sequence', min: 0, max: 4_294_967_295, isWhole: true, isRequired: false },
] as const;

export type NumberField = (typeof NUMBER_FIELDS)[number];

/** Slots of the scratch row. */
export const AT_MS = 0;
export const LNG = 1;
export const LAT = 2;
export const ACCURACY_M = 3;
export const SPEED_KMH = 4;
export const BATTERY_PERCENT = 5;
export const SEQUENCE = 6;

/** True when every number of a scratch row is within its limits; NaN stands for unknown. */
export function areWithinLimits(numbers: Float64Array): boolean {
  const atMs = numbers[AT_MS] as number;
  const lng = numbers[LNG] as number;
  const lat = numbers[LAT] as number;
  const accuracyM = numbers[ACCURACY_M] as number;
  const speedKmh = numbers[SPEED_KMH] as number;
  const batteryPercent = numbers[BATTERY_PERCENT] as number;
  const sequence = numbers[SEQUENCE] as number;
  return (
    atMs >= EARLIEST_MS &&
    atMs <= LATEST_MS &&
    Math.floor(atMs) === atMs &&
    lng >= -180 &&
    lng <= 180 &&
    lat >= -90 &&
    lat <= 90 &&
    !(accuracyM < 0) &&
    !(accuracyM > 100_000) &&
    !(speedKmh < 0) &&
    !(speedKmh > 2_000) &&
    !(batteryPercent < 0) &&
    !(batteryPercent > 100) &&
    !(sequence < 0) &&
    !(sequence > 4_294_967_295) &&
    (sequence !== sequence || Math.floor(sequence) === sequence)
  );
}

/** What is wrong with a number in its field, if anything. */
export function faultOfNumber(field: NumberField, value: number): ReadFault | undefined {
  const isWithin = value >= field.min && value <= field.max;
  if (isWithin && (!field.isWhole || Number.isInteger(value))) return undefined;
  const shown = quotable(String(value));
  const about = { field: field.name, ...(shown === undefined ? {} : { value: shown }) };
  if (field.name === 'atMs') {
    const asMs = value * 1_000;
    const isSeconds = asMs >= EARLIEST_MS && asMs <= LATEST_MS;
    return { reason: isSeconds ? 'seconds-not-milliseconds' : 'not-an-instant', ...about };
  }
  const { min, max } = field;
  const says = text(`应在 ${min} 到 ${max} 之间`, `${min} to ${max} expected`);
  if (field.name === 'lng' || field.name === 'lat') return { reason: 'off-earth', says, ...about };
  return { reason: 'out-of-range', says, ...about };
}

/** What is wrong with a place, if anything; sharper than looking at the numbers one by one. */
export const faultOfPlace = (lng: number, lat: number): ReadFault | undefined =>
  Math.abs(lat) > 90 && Math.abs(lat) <= 180 && isInChinaBox(lat, lng)
    ? { reason: 'coordinates-swapped', field: 'lng', value: `${lng} ${lat}` }
    : undefined;

/** What is wrong with a scratch row that is not within its limits. */
export function faultOfNumbers(numbers: Float64Array): ReadFault | undefined {
  for (const [slot, field] of NUMBER_FIELDS.entries()) {
    const value = numbers[slot] as number;
    const isUnknown = Number.isNaN(value);
    if (isUnknown && field.isRequired) return { reason: 'missing-value', field: field.name };
    const isPlace = slot === LNG || slot === LAT;
    const place = isPlace
      ? faultOfPlace(numbers[LNG] as number, numbers[LAT] as number)
      : undefined;
    const fault = isUnknown ? undefined : (place ?? faultOfNumber(field, value));
    if (fault) return fault;
  }
  return undefined;
}

/** What is wrong with a subject, if anything. Never tells the value of what may name a person. */
export function faultOfSubject(subject: string): ReadFault | undefined {
  if (isSubjectKey(subject) || aliasSchema.safeParse(subject).success) return undefined;
  if (isIdentity(subject)) return { reason: 'identity-as-subject', field: 'subject' };
  const value = quotable(subject);
  return {
    reason: 'bad-subject',
    field: 'subject',
    ...(value === undefined ? {} : { value }),
    says: text(
      '应为 1 至 64 个字母、数字、点、横线或下划线，或 命名空间:值 形式的别名',
      'a subject is 1 to 64 letters, digits, dots, dashes or underscores, or an alias such as terminal:0138',
    ),
  };
}

/** What is wrong with the name of a kind of fix. */
export function faultOfFix(fix: string): ReadFault {
  const value = quotable(fix);
  return {
    reason: 'unknown-fix',
    field: 'fix',
    ...(value === undefined ? {} : { value }),
    says: text(`应为 ${FIX_KINDS.join('、')} 之一`, `one of ${FIX_KINDS.join(', ')} expected`),
  };
}
