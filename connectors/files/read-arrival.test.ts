import { expect, test } from 'vitest';
import { readArrivalLine } from './read-arrival.ts';
import { describeReadError } from './read-report.ts';

const AT = 1_763_769_600_000;

const booking = {
  kind: 'booking',
  subject: 'dz-1',
  source: 'rail/12306',
  atMs: AT,
  bookingId: 'E1',
  carrier: 'rail',
  status: 'booked',
  from: '511702',
  to: '510100',
  departAtMs: AT + 1,
};

const position = {
  kind: 'position',
  subject: 'dz-1',
  source: 'phone/app',
  atMs: AT,
  lng: 107.5,
  lat: 31.2,
};

const says = (value: unknown, language: 'zh' | 'en' = 'en') => {
  const reading = readArrivalLine(typeof value === 'string' ? value : JSON.stringify(value));
  return reading.kind === 'fault'
    ? `${reading.fault.reason} | ${describeReadError({ line: 12, ...reading.fault }, language)}`
    : reading;
};

test('takes what the schema takes, defaults filled in', () => {
  expect(says(position)).toEqual({
    kind: 'arrival',
    arrival: { ...position, fix: 'gnss', sequence: 0 },
  });
  expect(says(booking)).toEqual({ kind: 'arrival', arrival: { ...booking, sequence: 0 } });
  expect(says('  \r')).toEqual({ kind: 'blank' });
});

test('puts the default source in only where there is none', () => {
  const { source: _source, ...without } = position;
  expect(readArrivalLine(JSON.stringify(without), 'phone/replay')).toMatchObject({
    arrival: { source: 'phone/replay' },
  });
  expect(readArrivalLine(JSON.stringify(position), 'phone/replay')).toMatchObject({
    arrival: { source: 'phone/app' },
  });
});

test.each([
  ['{"a":', 'not-json | line 12: not a JSON object'],
  ['{"a":1,}', 'not-json | line 12: not JSON at character 8'],
  ['[1]', 'not-json | line 12: not a JSON object'],
  ['7', 'not-json | line 12: not a JSON object'],
  [{ subject: 'dz-1' }, 'missing-value | line 12: kind: a required value is missing'],
  [
    { ...booking, to: '5101' },
    'invalid-fact | line 12: booking.to: a GB/T 2260 code has six digits',
  ],
  [
    { ...booking, to: undefined },
    'missing-value | line 12: booking.to: a required value is missing',
  ],
  [
    { ...booking, carrier: 'boat' },
    'invalid-fact | line 12: booking.carrier: Invalid option: expected one of "rail"|"air"|"coach"',
  ],
  [
    { ...booking, departsAtMs: AT },
    'invalid-fact | line 12: booking.departsAtMs: unknown field; did you mean departAtMs?',
  ],
  [
    { ...booking, source: '12306' },
    'bad-source | line 12: booking.source: a source reads kind/feed, for example bracelet/jt808',
  ],
  [
    { ...booking, atMs: AT / 1_000 },
    'seconds-not-milliseconds | line 12: booking.atMs: looks like seconds; instants are milliseconds: "1763769600"',
  ],
  [
    { ...position, lat: '31.2' },
    'not-a-number | line 12: position.lat: a plain decimal number is expected',
  ],
  [
    { ...position, lng: 31.2, lat: 107.5 },
    'coordinates-swapped | line 12: position.lat: longitude and latitude look swapped: "31.2 107.5"',
  ],
  [
    { ...position, subject: '110101199001011234' },
    'identity-as-subject | line 12: position.subject: the subject is an identity or phone number; use a pseudonymous key',
  ],
])('%j says %s', (value, expected) => {
  expect(says(value)).toBe(expected);
});

test('an unknown kind is answered with the kinds there are and the one that was meant', () => {
  expect(says({ ...booking, kind: 'bookings' })).toMatch(
    /^unknown-kind \| line 12: kind: did you mean booking\? kinds are position, device, roll-call, .*: "bookings"$/,
  );
});

test('nothing of a line is repeated where it may name a person', () => {
  const secret = '某某 110101199001011234';
  for (const value of [
    `{"name":"${secret}",}`,
    { ...booking, carrier: secret },
    { ...booking, [secret]: 1 },
  ]) {
    for (const language of ['zh', 'en'] as const) {
      const message = says(value, language);
      expect(typeof message).toBe('string');
      expect(message).not.toMatch(/某某|1101/);
    }
  }
});

test('speaks Chinese', () => {
  expect(says({ ...booking, carrier: 'boat' }, 'zh')).toBe(
    'invalid-fact | 第 12 行：booking.carrier：无效选项：期望以下之一 "rail"|"air"|"coach"',
  );
});
