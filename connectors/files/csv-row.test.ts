import { expect, test } from 'vitest';
import { POSITION_COLUMNS } from './csv-header.ts';
import { readCsvRow, splitRow } from './csv-row.ts';
import { describeReadError } from './read-report.ts';

test.each([
  ['a,b', ['a', 'b']],
  ['', ['']],
  [',', ['', '']],
  ['a,', ['a', '']],
  ['a,b\r', ['a', 'b']],
  ['"a,b",c', ['a,b', 'c']],
  ['"say ""x""",', ['say "x"', '']],
  ['"",""', ['', '']],
  [' "a"', [' "a"']],
  ['a"b', ['a"b']],
  ['"a', undefined],
  ['"a"b,c', undefined],
  ['a,"b\r', undefined],
])('%j splits into %j', (line, cells) => {
  expect(splitRow(line)).toEqual(cells);
});

const AT = 1_763_769_600_000;

const says = (line: string, columns = POSITION_COLUMNS.join(',')) => {
  const reading = readCsvRow(line, columns.split(',') as never, 'phone/app');
  return reading.kind === 'fault'
    ? `${reading.fault.reason} | ${describeReadError({ line: 7, ...reading.fault }, 'en')}`
    : reading;
};

test.each([
  [
    `dz-1,${AT},107.5,31.2,12,wifi,3.5,80`,
    { accuracyM: 12, fix: 'wifi', speedKmh: 3.5, batteryPercent: 80 },
  ],
  [`dz-1,${AT},107.5,31.2,,,,`, {}],
  [`"dz-1", ${AT} ,+107.50,31.2,.5,,5.,`, { accuracyM: 0.5, speedKmh: 5 }],
])('takes %j', (line, more) => {
  const position = { subject: 'dz-1', source: 'phone/app', atMs: AT, lng: 107.5, lat: 31.2 };
  expect(says(line)).toEqual({
    kind: 'row',
    position: { ...position, ...more },
  });
});

test.each([
  [`dz-1,${AT},107.5`, 'cell-count | line 7: 3 cells where the header has 8 columns'],
  [`"dz-1,${AT},107.5,31.2,,,,`, 'unclosed-quote | line 7: a quote is not closed on its line'],
  [`,${AT},107.5,31.2,,,,`, 'missing-value | line 7: subject: a required value is missing'],
  [`dz-1,,107.5,31.2,,,,`, 'missing-value | line 7: atMs: a required value is missing'],
  [
    `dz-1,1.76377E+12,107.5,31.2,,,,`,
    'not-a-number | line 7: atMs: a plain decimal number is expected: "1.76377E+12"',
  ],
  [
    `dz-1,${AT},east,31.2,,,,`,
    'not-a-number | line 7: lng: a plain decimal number is expected: "east"',
  ],
  [
    `dz-1,${AT / 1_000},107.5,31.2,,,,`,
    `seconds-not-milliseconds | line 7: atMs: looks like seconds; instants are milliseconds: "${AT / 1_000}"`,
  ],
  [
    `dz-1,${AT}.5,107.5,31.2,,,,`,
    `not-an-instant | line 7: atMs: expected whole milliseconds since 1970, between the years 2000 and 2100: "${AT}.5"`,
  ],
  [
    `dz-1,${AT},31.2,107.5,,,,`,
    'coordinates-swapped | line 7: lng: longitude and latitude look swapped: "31.2 107.5"',
  ],
  [`dz-1,${AT},107.5,131.2,,,,`, 'off-earth | line 7: lat: -90 to 90 expected: "131.2"'],
  [`dz-1,${AT},107.5,31.2,-1,,,`, 'out-of-range | line 7: accuracyM: 0 to 100000 expected: "-1"'],
  [
    `dz-1,${AT},107.5,31.2,,gps,,`,
    'unknown-fix | line 7: fix: one of gnss, wifi, cell, check-in expected: "gps"',
  ],
  [
    `dz-1,${AT},107.5,31.2,,,,101`,
    'out-of-range | line 7: batteryPercent: 0 to 100 expected: "101"',
  ],
])('%j says %s', (line, expected) => {
  expect(says(line)).toBe(expected);
});

test.each([
  ['110101199001011234', 'identity-as-subject'],
  ['13800000001', 'identity-as-subject'],
  ['某某', 'bad-subject'],
])('what may name a person is told of without being repeated: %s', (subject, reason) => {
  const message = says(`${subject},${AT},107.5,31.2,,,,`);
  expect(message).toContain(`${reason} | line 7: subject: `);
  expect(message).not.toContain(subject);
});

test('an identity number in a column of numbers is not repeated either', () => {
  expect(says(`dz-1,${AT},107.5,31.2,110101199001011234,,,`)).toBe(
    'out-of-range | line 7: accuracyM: 0 to 100000 expected',
  );
});

test('a line in Chinese', () => {
  const reading = readCsvRow(
    `dz-1,${AT},107.5,131.2`,
    ['subject', 'atMs', 'lng', 'lat'],
    'phone/app',
  );
  expect(reading.kind === 'fault' && describeReadError({ line: 7, ...reading.fault }, 'zh')).toBe(
    '第 7 行：lat：应在 -90 到 90 之间："131.2"',
  );
});
