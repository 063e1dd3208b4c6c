// Whatever bytes come in: readers end, throw nothing but a UserError, and count every line once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePositions } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { UserError } from '../../core/errors.ts';
import { readArrivals } from './arrivals-ndjson.ts';
import { readPositions } from './open-positions.ts';
import { readPositionsArrow } from './positions-arrow.ts';
import { readPositionsCsv } from './positions-csv.ts';
import { createReadReport, type ReadReport } from './read-report.ts';
import { inChunks } from './reading.fixture.ts';

const AT = 1_763_769_600_000;

const csv = Buffer.from(
  `subject,atMs,lng,lat,fix\r\n${`"dz-1",${AT},107.5,31.2,wifi\ndz-2,${AT},1e3,31.2,\n`.repeat(4)}`,
);

const ndjson = Buffer.from(
  `{"kind":"position","subject":"dz-1","source":"phone/app","atMs":${AT},"lng":107.5,"lat":31.2}\n`.repeat(
    4,
  ) +
    `{"kind":"device","subject":"人","source":"bracelet/x","atMs":${AT},"event":"sos"}\n`.repeat(4),
);

const arrow = (() => {
  const builder = createPositionBuilder();
  for (let i = 0; i < 20; i++) {
    builder.add({
      subject: `dz-${i % 3}`,
      source: 'phone/app',
      atMs: AT + i,
      lng: 107.5,
      lat: 31.2,
    });
  }
  return Buffer.from(encodePositions(builder.drain()));
})();

/** Sound input with bytes changed, taken out, put in or cut off; or bytes of chance. */
const damaged = (sound: Buffer) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(
        fc.record({
          at: fc.nat(sound.length - 1),
          drop: fc.constantFrom(0, 0, 1, 1, 7, 300),
          put: fc.oneof(
            fc.uint8Array({ maxLength: 5 }),
            fc.constantFrom(...['"', '\n', ',', '{'].map((s) => Buffer.from(s))),
          ),
        }),
        { minLength: 1, maxLength: 6 },
      )
      .map((edits) =>
        edits.reduce(
          (bytes, { at, drop, put }) =>
            Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + drop)]),
          sound,
        ),
      ),
    fc.nat(sound.length).map((length) => sound.subarray(0, length)),
  );

type Reader = (bytes: AsyncIterable<Uint8Array>, report: ReadReport) => AsyncIterable<unknown>;

const readers: [string, Buffer, Reader][] = [
  [
    'table',
    csv,
    (bytes, report) => readPositionsCsv(bytes, { source: 'phone/app', report, rowsMax: 3 }),
  ],
  ['JSON lines', ndjson, (bytes, report) => readArrivals(bytes, { report, rowsMax: 3 })],
  [
    'Arrow',
    arrow,
    (bytes, report) => readPositionsArrow(bytes, { source: 'phone/app', report, rowsMax: 3 }),
  ],
  [
    'table of any kind',
    csv,
    (bytes, report) => readPositions(bytes, { source: 'phone/app', report }),
  ],
  [
    'lines of any kind',
    ndjson,
    (bytes, report) => readPositions(bytes, { source: 'phone/app', report }),
  ],
  [
    'Arrow of any kind',
    arrow,
    (bytes, report) => readPositions(bytes, { source: 'phone/app', report }),
  ],
];

test.each(readers)('%s: ends, and only in ways we know', async (_name, sound, read) => {
  await fc.assert(
    fc.asyncProperty(damaged(sound), fc.integer({ min: 1, max: 400 }), async (bytes, chunk) => {
      const report = createReadReport(1_000_000);
      try {
        // What was read is counted by the report, held against itself below.
        for await (const _page of read(inChunks(bytes, chunk), report));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
      expect(report.taken + report.errors).toBe(report.lines);
      expect(report.examples).toHaveLength(report.errors);
    }),
    { numRuns: 400 },
  );
});

test.each([0x7f_ff_ff_ff, 0x00_ff_ff_ff, 0x40_00_00_00, 0xff_ff_ff_ff])(
  'Arrow with any one number in it made %i ends soon',
  async (value) => {
    for (let at = 0; at + 4 <= arrow.length; at += 4) {
      const bytes = Buffer.from(arrow);
      bytes.writeUInt32LE(value, at);
      const report = createReadReport();
      try {
        for await (const page of readPositionsArrow(inChunks(bytes), {
          source: 'phone/app',
          report,
          rowsMax: 30,
        })) {
          expect(page.positions.length).toBeLessThanOrEqual(20);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
      expect(report.lines).toBeLessThanOrEqual(20);
    }
  },
);
