// Arbitrary frames and bodies for property tests, and a few plain ones for the others.

import fc from 'fast-check';
import { ok } from '../../core/outcome.ts';
import { epochMs } from '../../core/time.ts';
import type { Location } from './body-location.ts';
import type { FrameHeader, ProtocolVersion } from './frame.ts';
import { isGbk } from './gbk.ts';
import {
  NUMBER_ITEMS,
  writeItems,
  type LocationItem,
  type NumberItemKind,
} from './location-items.ts';
import { MESSAGES, type Body } from './message.ts';

export const someLocation = (change: Partial<Location> = {}): Location => ({
  alarms: 0,
  status: 3,
  lng: 107.5,
  lat: 31.21,
  altitudeM: 310,
  speedKmh: 1.2,
  directionDegrees: 90,
  atMs: epochMs(Date.UTC(2026, 10, 22, 0, 30)),
  extra: new Uint8Array(0),
  ...change,
});

const word = fc.integer({ min: 0, max: 0xffff });
const doubleWord = fc.integer({ min: 0, max: 0xffff_ffff });
const byte = fc.integer({ min: 0, max: 255 });

/** Whole seconds of the years a two-digit year can say. */
const instant = fc
  .integer({ min: Date.UTC(2000, 0, 2) / 1_000, max: Date.UTC(2099, 11, 30) / 1_000 })
  .map((seconds) => epochMs(seconds * 1_000));

const CHARACTERS = [...'ABZ09az-.~}川渝粤京沪达州宣汉终端型号'];

/** Text of at most `bytesMax` GBK bytes that does not begin or end with what fills a field. */
const textOf = (bytesMax: number) =>
  fc
    .array(fc.constantFrom(...CHARACTERS), { maxLength: Math.floor(bytesMax / 2) })
    .map((characters) => characters.join(''))
    .filter(isGbk);

const item: fc.Arbitrary<LocationItem> = fc.oneof(
  fc.constantFrom(...(Object.keys(NUMBER_ITEMS) as NumberItemKind[])).chain((kind) => {
    const { bytes, factor } = NUMBER_ITEMS[kind];
    return fc
      .integer({ min: 0, max: 256 ** bytes - 1 })
      .map((raw) => ({ kind, value: raw / Math.round(1 / factor) }));
  }),
  fc.record({
    kind: fc.constant('area-passage' as const),
    shape: byte,
    areaId: doubleWord,
    direction: fc.constantFrom('in' as const, 'out' as const),
  }),
  fc.record({
    kind: fc.constant('other' as const),
    id: fc.integer({ min: 0xe0, max: 0xff }),
    hex: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  }),
);

export const locationItems = fc.record({
  items: fc.array(item, { maxLength: 5 }),
  restHex: fc.constantFrom('', '00', '01ff00', 'e105aa'),
});

const degrees = (max: number) =>
  fc.integer({ min: -max * 1e6, max: max * 1e6 }).map((micro) => (micro === 0 ? 0 : micro / 1e6));

/** Status with the hemisphere bits that belong to the coordinates, as a device sends it. */
export const location: fc.Arbitrary<Location> = fc
  .record({
    alarms: doubleWord,
    status: doubleWord,
    lng: degrees(180),
    lat: degrees(90),
    altitudeM: fc.integer({ min: -400, max: 8_000 }),
    speedKmh: word.map((raw) => raw / 10),
    directionDegrees: fc.integer({ min: 0, max: 359 }),
    atMs: instant,
    extra: locationItems.map((items) => new Uint8Array(writeItems(items))),
  })
  .map((fields) => {
    const sides = (fields.lat < 0 ? 4 : 0) | (fields.lng < 0 ? 8 : 0);
    return { ...fields, status: ((fields.status & ~12) | sides) >>> 0 };
  });

const answer = fc.record({
  toSerial: word,
  toMessageId: word,
  result: fc.integer({ min: 0, max: 4 }),
});

const register = fc.constantFrom(2011 as const, 2013 as const, 2019 as const).chain((edition) =>
  fc.record({
    kind: fc.constant('register' as const),
    edition: fc.constant(edition),
    province: word,
    city: word,
    maker: textOf(5),
    model: textOf(8),
    terminalId: textOf(7),
    plateColour: byte,
    plate: textOf(8),
  }),
);

/** Every message the table knows, as an arbitrary of its body in a given edition. */
export const bodyOf = (version: ProtocolVersion): fc.Arbitrary<Body> =>
  fc.oneof(
    fc
      .constantFrom('heartbeat', 'logout', 'time-query', 'time-sync')
      .map((kind) => ({ kind }) as Body),
    answer.map((fields) => ({ kind: 'terminal-answer' as const, ...fields })),
    answer.map((fields) => ({ kind: 'platform-answer' as const, ...fields })),
    register.filter(({ edition }) => (edition === 2019) === (version === 2019)),
    fc
      .record({ toSerial: word, result: fc.integer({ min: 0, max: 4 }), code: textOf(40) })
      .map(({ toSerial, result, code }) => ({
        kind: 'register-answer' as const,
        toSerial,
        result,
        ...(result === 0 && { authCode: code }),
      })),
    fc
      .record({ code: textOf(60), imei: textOf(15), software: textOf(20) })
      .map(({ code, imei, software }) => ({
        kind: 'authenticate' as const,
        authCode: code,
        ...(version === 2019 && { device: { imei, software } }),
      })),
    instant.map((atMs) => ({ kind: 'time-answer' as const, atMs })),
    instant.map((atMs) => ({ kind: 'time-sync-answer' as const, atMs })),
    location.map((value) => ({ kind: 'location' as const, location: value })),
    fc
      .record({ blindZone: fc.boolean(), items: fc.array(location, { maxLength: 5 }) })
      .map(({ blindZone, items }) => ({
        kind: 'location-batch' as const,
        blindZone,
        items: items.map((value) => ok(value)),
      })),
    fc.record({ type: byte, data: fc.uint8Array({ maxLength: 50 }) }).map(({ type, data }) => ({
      kind: 'transparent' as const,
      type,
      hex: Buffer.from(data).toString('hex'),
    })),
  );

export const version = fc.constantFrom<ProtocolVersion>(2013, 2019);

/** A header as `version` writes it, numbers padded. */
export const headerOf = (edition: ProtocolVersion): fc.Arbitrary<Omit<FrameHeader, 'split'>> =>
  fc.record({
    messageId: fc.constantFrom(...Object.values(MESSAGES).map((message) => message.messageId)),
    version: fc.constant(edition),
    phone: fc
      .bigInt({ min: 0n, max: edition === 2019 ? 10n ** 20n - 1n : 10n ** 12n - 1n })
      .map((number) => String(number).padStart(edition === 2019 ? 20 : 12, '0')),
    serial: word,
  });

export const header = version.chain(headerOf);
