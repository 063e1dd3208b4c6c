import { expect, test } from 'vitest';
import type { ObservationKind } from '../../core/observation.ts';
import { FACT_BYTES_MAX, FACTS_MAX, readArrivals } from './arrivals-ndjson.ts';
import { LINE_BYTES_MAX } from './read-lines.ts';
import { createReadReport } from './read-report.ts';
import { collect, inChunks, rowsOf } from './reading.fixture.ts';

const AT = 1_763_769_600_000;

const position = (more: object = {}) => ({
  kind: 'position',
  subject: 'dz-1',
  source: 'phone/app',
  atMs: AT,
  lng: 107.5,
  lat: 31.2,
  ...more,
});

const fact = (more: object = {}) => ({
  kind: 'device',
  subject: 'dz-1',
  source: 'bracelet/jt808',
  atMs: AT,
  event: 'tamper',
  ...more,
});

const read = async (
  lines: readonly (object | string)[],
  options: { kinds?: ObservationKind[]; sources?: string[]; rowsMax?: number } = {},
) => {
  const { kinds, sources, rowsMax } = options;
  const report = createReadReport();
  const content = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  const pages = await collect(
    readArrivals(inChunks(`${content.join('\n')}\n`, 100_000), {
      report,
      ...(kinds ? { kinds: new Set(kinds) } : {}),
      ...(sources ? { sources: new Set(sources) } : {}),
      ...(rowsMax ? { rowsMax } : {}),
    }),
  );
  return { pages, report };
};

test('positions become columns, everything else objects, each in line order', async () => {
  const { pages, report } = await read([
    position(),
    fact(),
    '',
    position({ atMs: AT + 1, fix: 'wifi', sequence: 7, accuracyM: 40 }),
    fact({ atMs: AT + 1 }),
  ]);
  expect(pages).toHaveLength(1);
  expect(pages[0]?.lastLine).toBe(5);
  expect(pages[0]?.facts.map(({ atMs }) => atMs)).toEqual([AT, AT + 1]);
  expect(rowsOf(pages.flatMap((page) => page.positions ?? []))).toMatchObject([
    { subject: 'dz-1', source: 'phone/app', atMs: AT, fix: 0, sequence: 0 },
    { subject: 'dz-1', source: 'phone/app', atMs: AT + 1, fix: 1, sequence: 7, accuracyM: 40 },
  ]);
  expect(report).toMatchObject({ lines: 4, taken: 4, errors: 0 });
});

test('what may not come in here is an error, also for the thousandth line of the same form', async () => {
  const { pages, report } = await read(
    [
      position(),
      position({ atMs: AT + 1 }),
      position({ source: 'bracelet/x' }),
      fact(),
      position({ source: 'bracelet/x' }),
      position({ atMs: AT + 2 }),
    ],
    { kinds: ['position'], sources: ['phone/app'] },
  );
  expect(rowsOf(pages.flatMap((page) => page.positions ?? [])).map(({ atMs }) => atMs)).toEqual([
    AT,
    AT + 1,
    AT + 2,
  ]);
  expect(report.examples).toEqual([
    { line: 3, reason: 'source-not-allowed', field: 'position.source', value: 'bracelet/x' },
    { line: 4, reason: 'kind-not-allowed', field: 'kind', value: 'device' },
    { line: 5, reason: 'source-not-allowed', field: 'position.source', value: 'bracelet/x' },
  ]);
});

test('lines of many writers mixed come out as they went in', async () => {
  const lines = Array.from({ length: 2_000 }, (_, i) =>
    position({
      subject: i % 3 === 0 ? `terminal:0${i % 50}` : `dz-${i % 50}`,
      source: `phone/feed-${i % 25}`,
      atMs: AT + i,
      ...(i % 2 === 0 ? { accuracyM: i % 90 } : {}),
      ...(i % 5 === 0 ? { fix: 'cell' } : {}),
    }),
  );
  const { pages, report } = await read(lines, { rowsMax: 300 });
  expect(report).toMatchObject({ taken: 2_000, errors: 0 });
  const rows = rowsOf(pages.flatMap((page) => page.positions ?? []));
  expect(rows).toMatchObject(
    lines.map((line, i) => ({
      subject: line.subject,
      source: line.source,
      atMs: AT + i,
      accuracyM: i % 2 === 0 ? i % 90 : Number.NaN,
      fix: i % 5 === 0 ? 2 : 0,
    })),
  );
});

test('one input may not have more sources than a column can number', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => position({ source: `phone/feed-${i}` }));
  const { pages, report } = await read(lines);
  expect(report).toMatchObject({ taken: 255, errors: 45 });
  expect(rowsOf(pages.flatMap((page) => page.positions ?? [])).at(-1)?.['source']).toBe(
    'phone/feed-254',
  );
});

test('pages are bounded in facts and in bytes', async () => {
  const many = await read(Array.from({ length: FACTS_MAX + 5 }, () => fact()));
  expect(many.pages.map((page) => page.facts.length)).toEqual([FACTS_MAX, 5]);
  const segment = { speaker: 'inmate', offsetMs: 0, text: 'x'.repeat(9_000) };
  const call = {
    ...fact(),
    event: undefined,
    kind: 'call',
    callId: 'c',
    channel: 'visit',
    durationMs: 1,
    segments: Array.from({ length: 100 }, () => segment),
  };
  const large = await read([call, call, call, call]);
  expect(large.pages.map((page) => page.facts.length)).toEqual([2, 2]);
  expect(JSON.stringify(large.pages[0]?.facts).length).toBeLessThan(
    FACT_BYTES_MAX + LINE_BYTES_MAX,
  );
});

test('a line too long or no UTF-8 is one error, and what follows is read', async () => {
  const report = createReadReport();
  const bytes = Buffer.concat([
    Buffer.from(`${'x'.repeat(LINE_BYTES_MAX + 1)}\n{"kind":"\xff"}\n`, 'latin1'),
    Buffer.from(JSON.stringify(fact())),
  ]);
  const pages = await collect(readArrivals(inChunks(bytes), { report }));
  expect(pages.map(({ facts, lastLine }) => [facts.length, lastLine])).toEqual([[1, 3]]);
  expect(report.examples).toEqual([
    { line: 1, reason: 'line-too-long' },
    { line: 2, reason: 'not-utf-8' },
  ]);
});
