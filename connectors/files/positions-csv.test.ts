import { expect, test } from 'vitest';
import type { UserError } from '../../core/errors.ts';
import { readPositionsCsv } from './positions-csv.ts';
import { createReadReport, describeReadError } from './read-report.ts';
import { LINE_BYTES_MAX } from './read-lines.ts';
import { collect, inChunks, rejection, rowsOf } from './reading.fixture.ts';

const AT = 1_763_769_600_000;
const HEADER = 'subject,atMs,lng,lat,accuracyM,fix,speedKmh,batteryPercent';

const read = async (content: string, { rowsMax = 1_000, chunk = 50 } = {}) => {
  const report = createReadReport(3);
  const batches = await collect(
    readPositionsCsv(inChunks(content, chunk), { source: 'phone/app', report, rowsMax }),
  );
  return { rows: rowsOf(batches), sizes: batches.map(({ length }) => length), report };
};

test('reads what is there and leaves the rest unknown', async () => {
  const { rows, report } = await read(
    `${HEADER}\ndz-1,${AT},107.5,31.2,12,check-in,3.5,80\r\n\n"dz-2",${AT + 1},107.6,31.3,,,,`,
  );
  expect(rows).toMatchObject([
    { subject: 'dz-1', atMs: AT, lng: 107.5, lat: 31.2, fix: 3, speedKmh: 3.5, batteryPercent: 80 },
    { subject: 'dz-2', atMs: AT + 1, accuracyM: Number.NaN, fix: 0, batteryPercent: 255 },
  ]);
  expect(rows.map(({ source }) => source)).toEqual(['phone/app', 'phone/app']);
  expect(report).toMatchObject({ lines: 2, taken: 2, errors: 0 });
});

test('columns may stand in any order', async () => {
  const { rows } = await read(
    `fix,lat,batteryPercent,subject,lng,atMs\ncell,31.2,5,dz-1,107.5,${AT}\n`,
  );
  expect(rows).toMatchObject([
    { subject: 'dz-1', atMs: AT, lng: 107.5, lat: 31.2, fix: 2, batteryPercent: 5 },
  ]);
});

test('wrong rows are counted by reason, the first ones kept with their line numbers', async () => {
  const { rows, report } = await read(
    [
      'subject,atMs,lng,lat',
      `dz-1,${AT},107.5,31.2`,
      `dz-1,${AT},31.2,107.5`,
      '',
      `dz-1,${AT / 1_000},107.5,31.2`,
      `dz-1,${AT},107.5`,
      `dz-1,${AT},east,31.2`,
      `dz-1,${AT},west,31.2`,
      `dz-2,${AT},107.5,31.2`,
    ].join('\n'),
  );
  expect(rows).toHaveLength(2);
  expect(report).toMatchObject({ lines: 7, taken: 2, errors: 5 });
  expect([...report.byReason]).toEqual([
    ['coordinates-swapped', 1],
    ['seconds-not-milliseconds', 1],
    ['cell-count', 1],
    ['not-a-number', 2],
  ]);
  expect(report.examples.map((error) => describeReadError(error, 'en'))).toEqual([
    'line 3: lng: longitude and latitude look swapped: "31.2 107.5"',
    'line 5: atMs: looks like seconds; instants are milliseconds: "1763769600"',
    'line 6: 3 cells where the header has 4 columns',
  ]);
});

test('a line that is too long, or no UTF-8, is one error with its number', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`subject,atMs,lng,lat\n${'x'.repeat(LINE_BYTES_MAX + 1)}\n\xff`, 'latin1'),
    Buffer.from(`,${AT},107.5,31.2\ndz-1,${AT},107.5,31.2\n`),
  ]);
  const report = createReadReport();
  const batches = await collect(readPositionsCsv(inChunks(bytes), { source: 'phone/app', report }));
  expect(rowsOf(batches)).toHaveLength(1);
  expect(report.examples.map(({ line, reason }) => [line, reason])).toEqual([
    [2, 'line-too-long'],
    [3, 'not-utf-8'],
  ]);
});

test('batches hold no more rows than asked for, and every row once', async () => {
  const lines = Array.from({ length: 25 }, (_, i) => `dz-${i % 7},${AT + i},107.5,31.2`);
  const { rows, sizes } = await read(['subject,atMs,lng,lat', ...lines].join('\n'), {
    rowsMax: 10,
  });
  expect(sizes).toEqual([10, 10, 5]);
  expect(rows.map(({ subject, atMs }) => `${subject},${atMs},107.5,31.2`)).toEqual(lines);
});

test.each([
  ['', 'the file is empty'],
  ['\n \n', 'the file is empty'],
  ['subject,atMs,lng,lat\n', 'the file has a header and no rows'],
  ['subject,atMs,lng', 'the columns are wrong: missing: "lat"'],
  ['x'.repeat(LINE_BYTES_MAX + 1), 'the first line is longer than 1 MiB'],
])('a file that is wrong as a whole says so: %#', async (content, message) => {
  const error = (await rejection(read(content, { chunk: 100_000 }))) as UserError;
  expect([error.name, error.code, error.message]).toEqual(['UserError', 'bad-input', message]);
});
