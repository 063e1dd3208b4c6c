import * as arrow from 'apache-arrow';
import { expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { encodePositions } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { LABEL } from '../../core/position-codes.ts';
import { FRAME_BYTES_MAX } from './arrow-frames.ts';
import { readPositionsArrow, type PositionsArrowOptions } from './positions-arrow.ts';
import { createReadReport } from './read-report.ts';
import { collect, inChunks, rejection, rowsOf } from './reading.fixture.ts';

const AT = 1_763_769_600_000;

type Column = { type: arrow.DataType; values: readonly unknown[] };

const table = (columns: Record<string, Column>) =>
  new arrow.Table(
    Object.fromEntries(
      Object.entries(columns).map(([name, { type, values }]) => [
        name,
        arrow.vectorFromArray(values as never[], type),
      ]),
    ),
  );

const utf8 = new arrow.Utf8();
const float64 = new arrow.Float64();
const words = () => new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());

const plain = (): Record<string, Column> => ({
  subject: { type: utf8, values: ['dz-1', 'dz-2'] },
  atMs: { type: float64, values: [AT, AT + 1] },
  lng: { type: float64, values: [107.5, 107.6] },
  lat: { type: float64, values: [31.2, 31.3] },
});

const read = async (bytes: Uint8Array, options: Partial<PositionsArrowOptions> = {}) => {
  const report = createReadReport();
  const pages = await collect(
    readPositionsArrow(inChunks(bytes, 777), { source: 'phone/app', report, ...options }),
  );
  return { rows: rowsOf(pages.map(({ positions }) => positions)), pages, report };
};

const failure = async (bytes: Uint8Array, options: Partial<PositionsArrowOptions> = {}) => {
  const error = await rejection(read(bytes, options));
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
};

const stream = (columns: Record<string, Column>) => arrow.tableToIPC(table(columns), 'stream');

const PLAIN_ROWS = [
  { subject: 'dz-1', source: 'phone/app', atMs: AT, lng: 107.5, lat: 31.2 },
  { subject: 'dz-2', source: 'phone/app', atMs: AT + 1, lng: 107.6, lat: 31.3 },
];

/** A stream between the magic words of the file format; the footer is not looked at. */
const file = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from('ARROW1\0\0'), bytes, Buffer.from('footer'), Buffer.from('ARROW1')]);

test.each([
  ['stream', (bytes: Uint8Array) => bytes],
  ['stream without its end mark', (bytes: Uint8Array) => bytes.subarray(0, -8)],
  ['file', file],
])('reads a %s', async (_format, wrap) => {
  const { rows, report } = await read(wrap(stream(plain())));
  expect(rows).toMatchObject(PLAIN_ROWS);
  expect(report).toMatchObject({ lines: 2, taken: 2, errors: 0 });
});

test('reads back what this house writes, labels of the device included', async () => {
  const builder = createPositionBuilder();
  builder.add({
    subject: 'dz-1',
    source: 'bracelet/jt808',
    atMs: AT,
    lng: 107.5,
    lat: 31.2,
    sequence: 9,
    accuracyM: 12,
    fix: 'cell',
    speedKmh: 3,
    batteryPercent: 80,
    labels: LABEL.blindZone | LABEL.staleFix,
  });
  const batch = builder.drain();
  const { rows } = await read(encodePositions(batch));
  expect(rows).toEqual(rowsOf([{ ...batch, labels: Uint16Array.of(LABEL.blindZone) }]));
});

test.each<[string, Column]>([
  ['whole numbers', { type: new arrow.Int64(), values: [BigInt(AT), BigInt(AT + 1)] }],
  ['seconds', { type: new arrow.TimestampSecond('UTC'), values: [AT, AT + 1_000] }],
  ['milliseconds', { type: new arrow.TimestampMillisecond('Asia/Shanghai'), values: [AT, AT + 1] }],
  ['microseconds', { type: new arrow.TimestampMicrosecond('UTC'), values: [AT, AT + 1] }],
  ['nanoseconds', { type: new arrow.TimestampNanosecond('UTC'), values: [AT, AT] }],
])('reads instants as %s', async (name, column) => {
  const { rows, report } = await read(stream({ ...plain(), atMs: column }));
  expect(report.errors).toBe(0);
  const stepMs = { seconds: 1_000, nanoseconds: 0 }[name] ?? 1;
  expect(rows.map(({ atMs }) => atMs)).toEqual([AT, AT + stepMs]);
});

test('reads narrow floats, dictionaries and snake_case, and nulls as unknown', async () => {
  const { rows, report } = await read(
    stream({
      lat: { type: new arrow.Float32(), values: [31.5, 31.25] },
      lng: { type: new arrow.Float32(), values: [107.5, 107.25] },
      at_ms: { type: float64, values: [AT, AT + 1] },
      subject: { type: words(), values: ['dz-1', 'dz-1'] },
      source: { type: words(), values: ['vehicle/etc', null] },
      accuracy_m: { type: new arrow.Int16(), values: [5, null] },
      fix: { type: words(), values: [null, 'wifi'] },
      battery_percent: { type: new arrow.Uint8(), values: [null, 7] },
    }),
  );
  expect(report.errors).toBe(0);
  expect(rows).toMatchObject([
    {
      subject: 'dz-1',
      source: 'vehicle/etc',
      lng: 107.5,
      lat: 31.5,
      accuracyM: 5,
      fix: 0,
      batteryPercent: 255,
    },
    {
      subject: 'dz-1',
      source: 'phone/app',
      lng: 107.25,
      lat: 31.25,
      accuracyM: Number.NaN,
      fix: 1,
      batteryPercent: 7,
    },
  ]);
});

test('wrong rows are counted with their row numbers, from batch to batch', async () => {
  const first = table({
    ...plain(),
    subject: { type: utf8, values: ['dz-1', null] },
  }).batches;
  const second = table({
    ...plain(),
    lng: { type: float64, values: [31.2, null] },
    lat: { type: float64, values: [107.5, 31.2] },
  }).batches;
  const { rows, report } = await read(
    arrow.tableToIPC(new arrow.Table([...first, ...second]), 'stream'),
  );
  expect(rows).toHaveLength(1);
  expect(report.examples).toMatchObject([
    { line: 2, reason: 'missing-value', field: 'subject' },
    { line: 3, reason: 'coordinates-swapped' },
    { line: 4, reason: 'missing-value', field: 'lng' },
  ]);
});

test('takes only the sources it may', async () => {
  const columns = { ...plain(), source: { type: words(), values: ['phone/app', 'phone/other'] } };
  const { rows, report } = await read(stream(columns), { sources: new Set(['phone/app']) });
  expect(rows).toMatchObject([{ source: 'phone/app' }]);
  expect(report.examples).toEqual([
    { line: 2, reason: 'source-not-allowed', field: 'source', value: 'phone/other' },
  ]);
});

test('batches hold no more rows than asked for', async () => {
  const count = 25;
  const rowNumbers = Array.from({ length: count }, (_, i) => i);
  const { pages, rows } = await read(
    stream({
      subject: { type: words(), values: rowNumbers.map((i) => `dz-${i % 9}`) },
      atMs: { type: float64, values: rowNumbers.map((i) => AT + i) },
      lng: { type: float64, values: rowNumbers.map(() => 107) },
      lat: { type: float64, values: rowNumbers.map(() => 31) },
    }),
    { rowsMax: 10 },
  );
  expect(pages.map(({ positions, lastRow }) => [positions.length, lastRow])).toEqual([
    [10, 10],
    [10, 20],
    [5, 25],
  ]);
  expect(rows.map(({ subject }) => subject)).toEqual(rowNumbers.map((i) => `dz-${i % 9}`));
});

test.each<[string, Record<string, Column>, string]>([
  [
    'columns missing and unknown',
    { subject: { type: utf8, values: ['a'] }, latitude: { type: float64, values: [1] } },
    'the columns are wrong: missing: "atMs", "lng", "lat"; unknown: "latitude"',
  ],
  [
    'a text where a number belongs',
    { ...plain(), lng: { type: utf8, values: ['a', 'b'] } },
    'column "lng" has the wrong type: Utf8 where a number is expected',
  ],
  [
    'a number where a text belongs',
    { ...plain(), subject: { type: float64, values: [1, 2] } },
    'column "subject" has the wrong type: Float64 where a text is expected',
  ],
  [
    'timestamps nobody can place',
    { ...plain(), atMs: { type: new arrow.TimestampMillisecond(), values: [AT, AT] } },
    'column "atMs" has the wrong type: Timestamp<MILLISECOND> where a number is expected',
  ],
])('%s', async (_name, columns, message) => {
  expect((await failure(stream(columns))).message).toBe(message);
});

test('a stream without sources needs one from outside', async () => {
  expect((await failure(stream(plain()), { source: undefined })).message).toBe(
    'the source is missing',
  );
});

test.each<[string, (bytes: Buffer) => Uint8Array]>([
  ['nothing', () => new Uint8Array(0)],
  ['text', () => Buffer.from('subject,atMs,lng,lat\n')],
  ['half a stream', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['only the start of a file', () => Buffer.from('ARROW1\0\0')],
  ['a length beyond the metadata allowed', () => Buffer.from('ffffffffffffff7f', 'hex')],
])('%s is no readable Arrow', async (_name, damage) => {
  const error = await failure(damage(Buffer.from(stream(plain()))));
  expect(error.message).toMatch(/^not readable Arrow/);
});

test('a file that keeps its schema in the footer is told from a broken one', async () => {
  const error = await failure(arrow.tableToIPC(table(plain()), 'file'));
  expect(error.message).toBe('not readable Arrow: it does not begin with a schema message');
});

test('a batch beyond the bound is refused by what it announces, without waiting for it', async () => {
  const rows = FRAME_BYTES_MAX / 8 + 1;
  const large = new arrow.Table({ lng: arrow.vectorFromArray(new Float64Array(rows)) });
  const error = await failure(arrow.tableToIPC(large, 'stream').subarray(0, 1_000));
  expect(error.code).toBe('too-large');
});

test('what the source of the bytes throws comes through as it is', async () => {
  const trouble = new Error('the line went dead');
  async function* dying() {
    yield stream(plain()).subarray(0, 100);
    throw trouble;
  }
  const report = createReadReport();
  expect(
    await rejection(collect(readPositionsArrow(dying(), { source: 'phone/app', report }))),
  ).toBe(trouble);
});
