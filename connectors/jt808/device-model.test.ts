import { describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { alarmsFor, NO_LEVELS, stepLevels } from './alarm-levels.ts';
import { createAlarmBook } from './alarm-book.ts';
import {
  batteryPercentOf,
  BRACELET_GCJ02_MODEL,
  BRACELET_MODEL,
  CONDITIONS,
  DEVICE_MODELS,
  parseDeviceModels,
  STANDARD_MODEL,
  type Condition,
  type DeviceModel,
} from './device-model.ts';

const TAMPER = 1 << 16;
const TAMPER_TOO = 1 << 17;
const SOS = 1;
const POWER_OFF = 1 << 8;

/** The events of a row of [second, alarm word], each with its second. */
function eventsOf(readings: readonly (readonly [number, number])[], model = BRACELET_MODEL) {
  let levels = NO_LEVELS;
  const seen: string[] = [];
  for (const [atMs, alarms] of readings) {
    const [next, events] = stepLevels(levels, { atMs, alarms: alarms >>> 0 }, model);
    levels = next;
    seen.push(...events.map((event) => `${atMs} ${event}`));
  }
  return seen;
}

describe('alarm bits are levels, device events are changes', () => {
  test.each<[string, [number, number][], string[]]>([
    [
      'nothing',
      [
        [1, 0],
        [2, 0],
      ],
      [],
    ],
    [
      'a tamper that lasts',
      [
        [1, 0],
        [2, TAMPER],
        [3, TAMPER],
        [4, 0],
      ],
      ['2 tamper', '4 tamper-cleared'],
    ],
    ['a tamper there from the start', [[1, TAMPER]], ['1 tamper']],
    [
      'two bits of one meaning',
      [
        [1, TAMPER],
        [2, TAMPER | TAMPER_TOO],
        [3, TAMPER_TOO],
        [4, 0],
      ],
      ['1 tamper', '4 tamper-cleared'],
    ],
    [
      'an SOS twice',
      [
        [1, SOS],
        [2, 0],
        [3, SOS],
      ],
      ['1 sos', '3 sos'],
    ],
    [
      'one ends as another begins',
      [
        [1, TAMPER],
        [2, POWER_OFF],
      ],
      ['1 tamper', '2 tamper-cleared', '2 power-off'],
    ],
    [
      'bits that mean nothing on this model',
      [
        [1, 1 << 20],
        [2, (1 << 31) >>> 0],
      ],
      [],
    ],
    [
      'a stored point from before an alarm does not end it',
      [
        [10, TAMPER],
        [5, 0],
        [11, TAMPER],
        [12, 0],
      ],
      ['10 tamper', '12 tamper-cleared'],
    ],
    [
      'a stored alarm is told, and its end',
      [
        [10, 0],
        [5, TAMPER],
        [6, TAMPER],
        [7, 0],
        [11, 0],
      ],
      ['5 tamper', '7 tamper-cleared'],
    ],
    [
      'a second stored stretch is compared with itself',
      [
        [20, 0],
        [5, TAMPER],
        [2, 0],
        [3, 0],
      ],
      ['5 tamper'],
    ],
  ])('%s', (_name, readings, events) => {
    expect(eventsOf(readings)).toEqual(events);
  });

  test('the standard model knows no tamper', () => {
    expect(eventsOf([[1, TAMPER | SOS]], STANDARD_MODEL)).toEqual(['1 sos']);
  });

  test.each(DEVICE_MODELS)('$id: what it says about its conditions is understood', (model) => {
    const alarms = alarmsFor(new Set<Condition>(model.alarms.map(({ means }) => means)), model);
    const begins = model.alarms.map(({ means }) => `1 ${means}`);
    const ends = model.alarms.flatMap(({ means }) => CONDITIONS[means] ?? []);
    const expected = [...begins, ...ends.map((end) => `2 ${end}`)];
    expect(
      eventsOf(
        [
          [1, alarms],
          [2, 0],
        ],
        model,
      ),
    ).toEqual(expected);
  });
});

describe('the book of levels', () => {
  test('a terminal that reconnects finds its levels', () => {
    const book = createAlarmBook();
    book.of('013800000001').levels = { ...NO_LEVELS, late: { atMs: 5, rows: 1 } };
    expect(book.of('013800000001').levels.late.rows).toBe(1);
  });

  test('the terminal that connected longest ago is forgotten first', () => {
    const book = createAlarmBook(2);
    const [a, b] = [book.of('a'), book.of('b')];
    book.of('a');
    book.of('c');
    expect(book.size).toBe(2);
    expect(book.of('a')).toBe(a);
    expect(book.of('b')).not.toBe(b);
  });
});

describe('battery', () => {
  const tens = BRACELET_MODEL;
  const plain = BRACELET_GCJ02_MODEL;
  const second: DeviceModel = { ...plain, battery: { item: 0xe3, byteAt: 1, percentPerUnit: 1 } };
  test.each<[string, DeviceModel, string, number | undefined]>([
    ['in tens', tens, '56020900', 90],
    ['in per cent', plain, 'd40155', 85],
    ['in another byte', second, 'e304005b0000', 91],
    ['too short for the byte', second, 'e30100', undefined],
    ['above 100 means charging', plain, 'd401ff', undefined],
    ['no such item', plain, '31010c', undefined],
    ['no battery in the model', STANDARD_MODEL, 'd40155', undefined],
  ])('%s', (_name, model, hex, percent) => {
    expect(batteryPercentOf(Buffer.from(hex, 'hex'), model)).toBe(percent);
  });
});

describe('the table of models', () => {
  test('ids are unique', () => {
    expect(new Set(DEVICE_MODELS.map((model) => model.id)).size).toBe(DEVICE_MODELS.length);
  });

  const model = { id: 'x', name: { zh: '甲', en: 'x' }, alarms: [] };

  test('a minimal model gets the defaults', () => {
    expect(parseDeviceModels([model])).toEqual([{ ...model, datum: 'wgs84', tolerates: [] }]);
  });

  test.each([
    ['bit 32', { alarms: [{ bits: [32], means: 'tamper' }] }],
    ['an unknown meaning', { alarms: [{ bits: [1], means: 'melted' }] }],
    ['an event that is an end', { alarms: [{ bits: [1], means: 'tamper-cleared' }] }],
    [
      'a condition twice',
      {
        alarms: [
          { bits: [1], means: 'sos' },
          { bits: [2], means: 'sos' },
        ],
      },
    ],
    ['an unknown key', { colour: 'red' }],
    ['an unknown datum', { datum: 'bd09' }],
    ['a defect nobody can live with', { tolerates: ['bad-phone'] }],
  ])('%s is refused', (_name, change) => {
    expect(() => parseDeviceModels([{ ...model, ...change }])).toThrow(UserError);
  });
});
