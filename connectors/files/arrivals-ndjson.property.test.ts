// The line templates against JSON.parse with the schema: both read the same from any lines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readArrivals } from './arrivals-ndjson.ts';
import { PositionSheet } from './position-sheet.ts';
import { readArrivalLine } from './read-arrival.ts';
import { createReadReport } from './read-report.ts';
import { collect, inChunks, rowsOf } from './reading.fixture.ts';

const AT = 1_763_769_600_000;

const OPTIONAL = {
  sequence: fc.nat(100).map(String),
  accuracyM: fc.double({ min: 0, max: 100_000, noNaN: true }).map(String),
  fix: fc.constantFrom('"gnss"', '"wifi"', '"cell"', '"check-in"'),
  speedKmh: fc.nat(2_000).map(String),
  batteryPercent: fc.nat(100).map(String),
};

const member = {
  kind: fc.constant('"position"'),
  subject: fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,11}$/).map((key) => `"${key}"`),
    fc.nat(99).map((number) => `"terminal:0${number}"`),
  ),
  source: fc.constantFrom('"phone/app"', '"bracelet/jt808"'),
  atMs: fc.integer({ min: AT, max: AT + 1e9 }).map(String),
  lng: fc.double({ min: -180, max: 180, noNaN: true }).map(String),
  lat: fc.integer({ min: -90_0000000, max: 90_0000000 }).map((value) => String(value / 1e7)),
  ...OPTIONAL,
};

type Name = keyof typeof member;

const REQUIRED: Name[] = ['kind', 'subject', 'source', 'atMs', 'lng', 'lat'];

/** Values that stand badly in one field or another. */
const odd = fc.constantFrom(
  '"13800000001"',
  '"110101199001011234"',
  '"terminal:13800000001"',
  '"terminal:车1"',
  '"a b"',
  '"\\u0041b"',
  '""',
  '1',
  '01',
  '1.',
  '-1',
  '1e3',
  '1e300',
  '181',
  '0.12345678901234567890',
  'null',
  '[]',
  '{"a":1}',
  `"${'A'.repeat(64)}"`,
  `"${'A'.repeat(65)}"`,
  '"gps"',
  '"position"',
  `"a:${'b'.repeat(126)}"`,
  `"a:${'b'.repeat(127)}"`,
  `${AT}.5`,
  `${AT / 1_000}`,
);

type Members = readonly (readonly [name: string, value: string])[];

type Spelling = { readonly space: string; readonly end: string };

const spell = (members: Members, { space, end }: Spelling): string =>
  `{${members.map(([name, value]) => `"${name}":${space}${value}`).join(`,${space}`)}}${end}`;

/** What may be odd about a line: one value, a field given twice, or one character. */
const tamper = fc.oneof(
  { weight: 6, arbitrary: fc.constant(spell) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(10), odd).map(([at, value]) => (members: Members, how: Spelling) => {
      const index = at % members.length;
      return spell(members.with(index, [members[index]?.[0] ?? '', value]), how);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((members: Members, how: Spelling) =>
      spell([...members, ['lng', '7']], how),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(250), fc.constantFrom('', 'x', '"', ',', ' ', '0', '.', '}'))
      .map(([at, put]) => (members: Members, how: Spelling) => {
        const text = spell(members, { ...how, end: '' });
        const index = at % text.length;
        return `${text.slice(0, index)}${put}${text.slice(index + 1)}${how.end}`;
      }),
  },
);

/** Lines of one writer: the same fields in the same order with the same spaces. */
const writer = fc
  .record({
    optional: fc.subarray(Object.keys(OPTIONAL) as (keyof typeof OPTIONAL)[]),
    space: fc.constantFrom('', ' ', '  '),
    end: fc.constantFrom('\n', '\r\n', ' \n'),
  })
  .chain(({ optional, ...spelling }) =>
    fc
      .shuffledSubarray([...REQUIRED, ...optional], {
        minLength: REQUIRED.length + optional.length,
      })
      .map((names) =>
        fc.tuple(fc.tuple(...names.map((name) => member[name])), tamper).map(([values, change]) =>
          change(
            values.map((value, i) => [names[i] as string, value]),
            spelling,
          ),
        ),
      ),
  );

const lines = fc
  .array(writer, { minLength: 1, maxLength: 2 })
  .chain((writers) => fc.array(fc.oneof(...writers), { minLength: 1, maxLength: 25 }));

test('reads the positions and finds the errors that the plain reader finds', async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 999 }), async (content, chunk) => {
      const report = createReadReport();
      const pages = await collect(
        readArrivals(inChunks(content.join(''), chunk), { report, rowsMax: 4 }),
      );
      const sheet = new PositionSheet();
      const errors: unknown[] = [];
      for (const [index, line] of content.entries()) {
        // As the reader cuts them: a fault's place counts characters of the line without its end.
        const reading = readArrivalLine(line.replace(/\n$/, ''));
        if (reading.kind === 'fault') errors.push({ line: index + 1, ...reading.fault });
        else if (reading.kind === 'arrival' && reading.arrival.kind === 'position')
          sheet.add(reading.arrival);
      }
      expect(rowsOf(pages.flatMap(({ positions }) => positions ?? []))).toEqual(
        rowsOf([sheet.take()]),
      );
      expect(report.examples).toEqual(errors);
    }),
    { numRuns: 1_000 },
  );
});
