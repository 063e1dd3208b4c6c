import { describe, expect, test } from 'vitest';
import { localDateTime } from '../../core/local-time.ts';
import { readLocalTime, writeDigits } from './bcd.ts';
import { readLocation, writeLocation } from './body-location.ts';
import { decodeAuthenticate, decodeRegister, encodeRegister } from './body-registration.ts';
import { encodeText, readText } from './gbk.ts';
import { findItem, readItems } from './location-items.ts';
import { someLocation } from './message.fixture.ts';
import { decodeBody, encodeBody } from './message.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('times', () => {
  test.each([
    ['250926083000', '2025-09-26 08:30:00'],
    ['000101000000', '2000-01-01 00:00:00'],
    ['991231235959', '2099-12-31 23:59:59'],
    ['240229120000', '2024-02-29 12:00:00'],
  ])('%s is %s in China', (digits, expected) => {
    expect(localDateTime(readLocalTime(bytes(digits), 0) ?? 0)).toBe(expected);
  });

  test.each([
    ['a month that does not exist', '251301000000'],
    ['a day that does not exist', '250230000000'],
    ['29 February of a common year', '250229000000'],
    ['hour 24', '250926240000'],
    ['minute 60', '250926086000'],
    ['second 60', '250926083060'],
    ['digits that are not decimal', '25092608300a'],
    ['no time at all', '000000000000'],
    ['blanks', 'ffffffffffff'],
  ])('%s is no time', (_name, digits) => {
    expect(readLocalTime(bytes(digits), 0)).toBeUndefined();
  });

  test('packing anything but digits is a bug', () => {
    expect(() => writeDigits(new Uint8Array(2), 0, '12a4')).toThrow('decimal digits');
    expect(() => writeDigits(new Uint8Array(2), 0, '123')).toThrow('even number');
  });
});

describe('text', () => {
  test('number plates are GBK', () => {
    expect(Buffer.from(encodeText('川S12345')).toString('hex')).toBe('b4a8533132333435');
    expect(readText(bytes('b4a8533132333435'), 0, 8)).toBe('川S12345');
  });

  test('fill is not part of a text', () => {
    expect(readText(Buffer.from('\0 AB C\0\0 '), 0, 9)).toBe('AB C');
    expect(readText(Buffer.from('\0\0\0'), 0, 3)).toBe('');
  });

  test('broken GBK is text with a mark, not an error', () => {
    expect(readText(bytes('41ff42'), 0, 3)).toContain('\uFFFD');
  });

  test('a character GBK lacks is a bug of the sender', () => {
    expect(() => encodeText('😀')).toThrow('GBK has no character');
  });
});

describe('registration', () => {
  const register = {
    kind: 'register',
    province: 51,
    city: 1722,
    maker: 'ACME',
    model: 'BR-1',
    terminalId: 'T000001',
    plateColour: 2,
    plate: '川S12345',
  } as const;

  test.each([2011, 2013, 2019] as const)('the form of %i is recognised', (edition) => {
    const encoded = encodeRegister({ ...register, edition });
    expect(decodeRegister(encoded, edition === 2019 ? 2019 : 2013)).toEqual({
      kind: 'ok',
      value: { ...register, edition },
    });
  });

  test('lengths are those of the editions', () => {
    const lengths = ([2011, 2013, 2019] as const).map(
      (edition) => encodeRegister({ ...register, edition, plate: '' }).length,
    );
    expect(lengths).toEqual([25, 37, 76]);
  });

  test.each([
    [2013, 24],
    [2019, 75],
  ] as const)('edition %i in %i bytes is too short', (version, length) => {
    expect(decodeRegister(new Uint8Array(length), version)).toEqual({
      kind: 'drop',
      reason: 'body-too-short',
    });
  });

  test('a code said to be longer than the body is too short', () => {
    expect(decodeAuthenticate(bytes('ff4142'), 2019)).toEqual({
      kind: 'drop',
      reason: 'body-too-short',
    });
    expect(decodeAuthenticate(new Uint8Array(0), 2019).kind).toBe('drop');
  });
});

describe('locations', () => {
  test.each([
    ['short of a byte', writeLocation(someLocation()).subarray(0, 27), 'body-too-short'],
    ['no time', writeLocation(someLocation()).fill(0, 22, 28), 'bad-time'],
    ['a fix north of the pole', writeLocation(someLocation()).fill(0xff, 8, 12), 'bad-coordinates'],
    [
      'a fix beyond the date line',
      writeLocation(someLocation()).fill(0xff, 12, 16),
      'bad-coordinates',
    ],
  ])('%s', (_name, body, reason) => {
    expect(readLocation(body)).toEqual({ kind: 'drop', reason });
  });

  test.each([
    ['without a fix', 0],
    ['encrypted', 0b10_0010],
  ])('coordinates %s may be anything', (_name, status) => {
    const body = writeLocation(someLocation({ status })).fill(0xff, 8, 16);
    expect(readLocation(body).kind).toBe('ok');
  });

  test('places below sea level have a negative altitude', () => {
    const read = readLocation(writeLocation(someLocation({ altitudeM: -154 })));
    expect(read).toMatchObject({ value: { altitudeM: -154 } });
  });

  test('an unreadable item of a batch does not spoil the others', () => {
    const good = Buffer.from(writeLocation(someLocation()));
    const noTime = Buffer.from(good).fill(0, 22, 28);
    const item = (body: Uint8Array) => Buffer.concat([Uint8Array.of(0, body.length), body]);
    const batch = Buffer.concat([
      bytes('000401'),
      item(good),
      item(noTime),
      item(good),
      bytes('ffff00'),
    ]);
    const decoded = decodeBody({ messageId: 0x0704, version: 2013 }, batch);
    expect(decoded).toMatchObject({
      kind: 'ok',
      value: {
        blindZone: true,
        items: [
          { kind: 'ok' },
          { kind: 'drop', reason: 'bad-time' },
          { kind: 'ok' },
          { kind: 'drop', reason: 'item-overrun' },
        ],
      },
    });
  });

  test('a batch that promises more than it has gives what it has', () => {
    const batch = encodeBody({ kind: 'location-batch', blindZone: false, items: [] }, 2013);
    batch.set([0xff, 0xff]);
    expect(decodeBody({ messageId: 0x0704, version: 2013 }, batch)).toMatchObject({
      value: { items: [] },
    });
  });
});

describe('additional items', () => {
  test.each([
    ['mileage', '010400000077', { kind: 'mileage', value: 11.9 }],
    ['satellites', '31010c', { kind: 'satellites', value: 12 }],
    [
      'area passage',
      '1206010000000701',
      { kind: 'area-passage', shape: 1, areaId: 7, direction: 'out' },
    ],
    ['an unknown id', 'e1020a0b', { kind: 'other', id: 0xe1, hex: '0a0b' }],
    ['a known id at another length', '010200ff', { kind: 'other', id: 1, hex: '00ff' }],
    ['no value', '3000', { kind: 'other', id: 0x30, hex: '' }],
  ])('%s', (_name, hex, item) => {
    expect(readItems(bytes(hex))).toEqual({ items: [item], restHex: '' });
  });

  test('an item that does not fit ends the list and is kept as the rest', () => {
    expect(readItems(bytes('31010ce105aa'))).toEqual({
      items: [{ kind: 'satellites', value: 12 }],
      restHex: 'e105aa',
    });
  });

  test.each([
    ['found', '31010c56020900', 5],
    ['behind an item of no length', '000056020900', 4],
    ['too short', '5600', -1],
    ['cut off', '560209', -1],
    ['absent', '31010c', -1],
  ])('looking for item 56: %s', (_name, hex, at) => {
    expect(findItem(bytes(hex), 0x56, 1)).toBe(at);
  });
});
