import { describe, expect, test } from 'vitest';
import { wgs84ToGcj02 } from '../../core/datum.ts';
import { distanceM } from '../../core/geo.ts';
import { arrivalSchema } from '../../core/observation.ts';
import { LABEL } from '../../core/position-codes.ts';
import { BRACELET_GCJ02_MODEL, BRACELET_MODEL } from './device-model.ts';
import { someLocation } from './message.fixture.ts';
import {
  terminalAlias,
  terminalNumber,
  toDeviceFact,
  toPosition,
  type Origin,
} from './to-arrivals.ts';

const origin: Origin = {
  subject: 'terminal:013800000001',
  source: 'bracelet/jt808',
  model: BRACELET_MODEL,
  serial: 7,
  index: 0,
  blindZone: false,
};

describe('terminal numbers', () => {
  test.each([
    ['013800000001', '013800000001'],
    ['00000000013800000001', '013800000001'],
    ['00000866496077582164', '866496077582164'],
    ['000000000000', '000000000000'],
    ['00000000000000000000', '000000000000'],
  ])('%s is %s in every edition', (phone, number) => {
    expect(terminalNumber(phone)).toBe(number);
  });
});

describe('positions', () => {
  test('a fix', () => {
    const location = someLocation({ extra: Buffer.from('56020900', 'hex') });
    expect(toPosition(location, origin)).toEqual({
      subject: 'terminal:013800000001',
      source: 'bracelet/jt808',
      sequence: 7,
      atMs: location.atMs,
      lng: 107.5,
      lat: 31.21,
      fix: 'gnss',
      speedKmh: 1.2,
      batteryPercent: 90,
      labels: 0,
    });
  });

  test('what comes out is an arrival of the house', () => {
    const position = { kind: 'position', ...toPosition(someLocation(), origin) };
    const { labels: _labels, ...arrival } = position;
    expect(arrivalSchema.safeParse(arrival).success).toBe(true);
    const fact = toDeviceFact('tamper', { ...origin, atMs: someLocation().atMs });
    expect(arrivalSchema.safeParse(fact).success).toBe(true);
  });

  test('a place in a batch is part of the sequence', () => {
    expect(toPosition(someLocation(), { ...origin, index: 3 }).sequence).toBe(3 * 65_536 + 7);
    const last = { ...origin, serial: 0xffff, index: 0xffff };
    expect(toPosition(someLocation(), last).sequence).toBe(4_294_967_295);
  });

  test.each([
    ['no fix', { status: 0 }, { labels: LABEL.noFix, lng: 107.5, lat: 31.21, speedKmh: undefined }],
    ['no fix and no place', { status: 0, lat: 4_294 }, { labels: LABEL.noFix, lng: 0, lat: 0 }],
    ['encrypted', { status: 0b10_0010 }, { labels: LABEL.noFix, lng: 0, lat: 0 }],
    ['a speed nobody has', { speedKmh: 6_553.5 }, { labels: 0, speedKmh: undefined }],
  ])('%s', (_name, change, expected) => {
    expect(toPosition(someLocation(change), origin)).toMatchObject(expected);
  });

  test('a stored location says so', () => {
    expect(toPosition(someLocation(), { ...origin, blindZone: true }).labels).toBe(LABEL.blindZone);
  });

  test('GCJ-02 comes out as WGS-84 to the centimetre, and says so', () => {
    const [lng, lat] = wgs84ToGcj02(107.72, 31.35);
    const position = toPosition(someLocation({ lng, lat }), {
      ...origin,
      model: BRACELET_GCJ02_MODEL,
    });
    expect(distanceM(position.lng, position.lat, 107.72, 31.35)).toBeLessThan(0.02);
    expect(position.labels).toBe(LABEL.datumConverted);
  });
});

test('the same event told again under another serial is the same fact', () => {
  const { atMs } = someLocation();
  const told = toDeviceFact('tamper', { ...origin, atMs });
  const resent = { ...origin, serial: 99, index: 3, atMs };
  expect(toDeviceFact('tamper', resent)).toEqual(told);
  expect(told).toEqual({
    kind: 'device',
    subject: terminalAlias('013800000001'),
    source: 'bracelet/jt808',
    sequence: 0,
    atMs,
    event: 'tamper',
  });
});
