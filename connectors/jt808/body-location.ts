// Bodies that carry places: 0x0200, one location, and 0x0704, several of them, among others those a
// terminal stored in a coverage gap (blind zone).

import { assert } from '../../core/errors.ts';
import { isOnEarth } from '../../core/geo.ts';
import { drop, ok, type Outcome } from '../../core/outcome.ts';
import type { EpochMs } from '../../core/time.ts';
import { readLocalTime, writeLocalTime } from './bcd.ts';
import { STATUS } from './location-flags.ts';
import { readDoubleWord, readWord, writeDoubleWord, writeWord } from './octets.ts';
import type { BodyDefect } from './reasons.ts';

export type Location = {
  /** Alarm word, unsigned; what its bits mean is the device model's to say. */
  readonly alarms: number;
  /** Status word, unsigned. */
  readonly status: number;
  /** Degrees in the device's datum, south and west negative. */
  readonly lng: number;
  readonly lat: number;
  readonly altitudeM: number;
  readonly speedKmh: number;
  /** Clockwise from north. */
  readonly directionDegrees: number;
  readonly atMs: EpochMs;
  /** Additional items as they came; location-items.ts reads them. */
  readonly extra: Uint8Array;
};

export type LocationBody = { readonly kind: 'location'; readonly location: Location };

export type LocationBatchBody = {
  readonly kind: 'location-batch';
  /** Stored while out of coverage and sent late. */
  readonly blindZone: boolean;
  /** In the order sent; an unreadable item does not spoil the others. */
  readonly items: readonly Outcome<Location, BodyDefect>[];
};

/** Length of a location without additional items. */
export const LOCATION_FIXED_BYTES = 28;
const TIME_AT = 22;
const DEGREE = 1e6;

/** True when the device vouches for its coordinates and we can read them. */
export const hasPlace = (status: number): boolean =>
  (status & (STATUS.fixed | STATUS.encrypted)) === STATUS.fixed;

/** Reads the body of 0x0200. The extra items are a view of `bytes`. */
export function readLocation(bytes: Uint8Array): Outcome<Location, BodyDefect> {
  if (bytes.length < LOCATION_FIXED_BYTES) return drop('body-too-short');
  const status = readDoubleWord(bytes, 4);
  const lat = readDegrees(bytes, 8, (status & STATUS.south) !== 0);
  const lng = readDegrees(bytes, 12, (status & STATUS.west) !== 0);
  if (hasPlace(status) && !isOnEarth(lng, lat)) return drop('bad-coordinates');
  const atMs = readLocalTime(bytes, TIME_AT);
  if (atMs === undefined) return drop('bad-time');
  return ok({
    alarms: readDoubleWord(bytes, 0),
    status,
    lng,
    lat,
    // The standard calls it unsigned; devices below sea level send two's complement.
    altitudeM: (readWord(bytes, 16) << 16) >> 16,
    speedKmh: readWord(bytes, 18) / 10,
    directionDegrees: readWord(bytes, 20),
    atMs,
    extra: bytes.subarray(LOCATION_FIXED_BYTES),
  });
}

function readDegrees(bytes: Uint8Array, at: number, isNegative: boolean): number {
  const degrees = readDoubleWord(bytes, at) / DEGREE;
  return isNegative && degrees !== 0 ? -degrees : degrees;
}

/** The hemisphere bits follow the signs of the coordinates, whatever `status` says. */
export function writeLocation(location: Location): Uint8Array {
  const { lng, lat, extra } = location;
  const bytes = new Uint8Array(LOCATION_FIXED_BYTES + extra.length);
  const sides = (lat < 0 ? STATUS.south : 0) | (lng < 0 ? STATUS.west : 0);
  const status = (location.status & ~(STATUS.south | STATUS.west)) | sides;
  writeDoubleWord(bytes, 0, location.alarms);
  writeDoubleWord(bytes, 4, status);
  writeDoubleWord(bytes, 8, Math.round(Math.abs(lat) * DEGREE));
  writeDoubleWord(bytes, 12, Math.round(Math.abs(lng) * DEGREE));
  writeWord(bytes, 16, location.altitudeM);
  writeWord(bytes, 18, Math.round(location.speedKmh * 10));
  writeWord(bytes, 20, location.directionDegrees);
  writeLocalTime(bytes, TIME_AT, location.atMs);
  bytes.set(extra, LOCATION_FIXED_BYTES);
  return bytes;
}

export function decodeLocation(bytes: Uint8Array): Outcome<LocationBody, BodyDefect> {
  const location = readLocation(bytes);
  return location.kind === 'ok' ? ok({ kind: 'location', location: location.value }) : location;
}

export const encodeLocation = (body: LocationBody): Uint8Array => writeLocation(body.location);

const BATCH_HEADER_BYTES = 3;
const ITEM_LENGTH_BYTES = 2;
const BLIND_ZONE = 1;

/** The body length bounds the work: the count is believed only as far as the bytes go. */
export function decodeLocationBatch(bytes: Uint8Array): Outcome<LocationBatchBody, BodyDefect> {
  if (bytes.length < BATCH_HEADER_BYTES) return drop('body-too-short');
  const count = readWord(bytes, 0);
  const items: Outcome<Location, BodyDefect>[] = [];
  let at = BATCH_HEADER_BYTES;
  while (items.length < count && at + ITEM_LENGTH_BYTES <= bytes.length) {
    const from = at + ITEM_LENGTH_BYTES;
    const end = from + readWord(bytes, at);
    if (end > bytes.length) {
      items.push(drop('item-overrun'));
      break;
    }
    items.push(readLocation(bytes.subarray(from, end)));
    at = end;
  }
  return ok({ kind: 'location-batch', blindZone: bytes[2] === BLIND_ZONE, items });
}

export function encodeLocationBatch(body: LocationBatchBody): Uint8Array {
  const parts = body.items.map((item) => {
    assert(item.kind === 'ok', 'only readable locations are sent');
    return writeLocation(item.value);
  });
  const itemBytes = parts.reduce((sum, part) => sum + ITEM_LENGTH_BYTES + part.length, 0);
  const bytes = new Uint8Array(BATCH_HEADER_BYTES + itemBytes);
  writeWord(bytes, 0, parts.length);
  bytes[2] = body.blindZone ? BLIND_ZONE : 0;
  let at = BATCH_HEADER_BYTES;
  for (const part of parts) {
    writeWord(bytes, at, part.length);
    bytes.set(part, at + ITEM_LENGTH_BYTES);
    at += ITEM_LENGTH_BYTES + part.length;
  }
  return bytes;
}
