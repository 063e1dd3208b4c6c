// The byte scanner against the plain reader: whatever a table holds, both read the same from it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyPositions } from '../../core/position-batch.ts';
import { POSITION_COLUMNS, type PositionColumn } from './csv-header.ts';
import { readCsvRow } from './csv-row.ts';
import { PositionSheet } from './position-sheet.ts';
import { readPositionsCsv } from './positions-csv.ts';
import { createReadReport } from './read-report.ts';
import { collect, inChunks, rowsOf } from './reading.fixture.ts';

const AT = 1_763_769_600_000;

const odd = fc.constantFrom(
  '',
  ' ',
  '"',
  '""',
  '"1"',
  ' 1',
  '1 ',
  '+1',
  '-0',
  '01',
  '.5',
  '5.',
  '1e3',
  'NaN',
  '-',
  'x',
  '人',
  '1,5',
  '110101199001011234',
  '13800000001',
  '999999999999999999999',
  '0.1234567890123456789',
  String(AT / 1_000),
  'check-in',
  'checkin',
  'cell',
  'celly',
  'a:b',
  ':',
  'A'.repeat(65),
);

const cellOf: Readonly<Record<PositionColumn, fc.Arbitrary<string>>> = {
  subject: fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,11}$/),
    fc.constant('terminal:0138'),
  ),
  atMs: fc.integer({ min: AT, max: AT + 1e9 }).map(String),
  lng: fc.double({ min: -200, max: 200, noNaN: true }).map(String),
  lat: fc.integer({ min: -90_0000000, max: 90_0000000 }).map((value) => String(value / 1e7)),
  accuracyM: fc.oneof(fc.constant(''), fc.nat(100_500).map(String)),
  fix: fc.constantFrom('', 'gnss', 'wifi', 'cell', 'check-in'),
  speedKmh: fc.oneof(
    fc.constant(''),
    fc.nat(2_100).map((value) => String(value / 10)),
  ),
  batteryPercent: fc.oneof(fc.constant(''), fc.nat(101).map(String)),
};

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** What may be odd about a line: one cell, its quotes, or one character of it. */
const tamper = fc.oneof(
  { weight: 3, arbitrary: fc.constant((cells: string[]) => cells.join(',')) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(7), odd).map(([at, cell]) => (cells: string[]) => {
      return cells.with(at % cells.length, cell).join(',');
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(7).map((at) => (cells: string[]) => {
      return cells.with(at % cells.length, quoted(cells[at % cells.length] as string)).join(',');
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(80), fc.constantFrom('', 'x', ',', '-', '.', '0', '"', ' ', '\r'))
      .map(([at, put]) => (cells: string[]) => {
        const plain = cells.join(',');
        return `${plain.slice(0, at % plain.length)}${put}${plain.slice((at % plain.length) + 1)}`;
      }),
  },
);

const line = (columns: readonly PositionColumn[]) =>
  fc
    .tuple(fc.tuple(...columns.map((column) => cellOf[column])), tamper, fc.constantFrom('', '\r'))
    .map(([cells, change, end]) => `${change(cells)}${end}\n`);

const table = fc
  .shuffledSubarray(POSITION_COLUMNS.slice(4))
  .chain((optional) =>
    fc.shuffledSubarray([...POSITION_COLUMNS.slice(0, 4), ...optional], {
      minLength: 4 + optional.length,
    }),
  )
  .chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      lines: fc.array(line(columns), { minLength: 1, maxLength: 12 }),
    }),
  );

test('reads the rows and finds the errors that the plain reader finds', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 200 }), async ({ columns, lines }, chunk) => {
      fc.pre(lines.some((text) => text.trim() !== ''));
      const report = createReadReport();
      const content = `${columns.join(',')}\n${lines.join('')}`;
      const batches = await collect(
        readPositionsCsv(inChunks(content, chunk), { source: 'phone/app', report, rowsMax: 5 }),
      );
      const sheet = new PositionSheet();
      const errors: unknown[] = [];
      for (const [index, text] of lines.entries()) {
        const reading = readCsvRow(text.slice(0, -1), columns, 'phone/app');
        if (reading.kind === 'row') sheet.add(reading.position);
        else if (reading.kind === 'fault') errors.push({ line: index + 2, ...reading.fault });
      }
      expect(rowsOf(batches)).toEqual(
        rowsOf([sheet.length > 0 ? sheet.take() : emptyPositions(0)]),
      );
      expect(report.examples).toEqual(errors);
    }),
    { numRuns: 1_500 },
  );
});
