import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePositions } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { fileBytes, formatOf, readFacts, readFileBytes, readPositions } from './open-positions.ts';
import { createReadReport } from './read-report.ts';
import { collect, inChunks, rejection, rowsOf } from './reading.fixture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const AT = 1_763_769_600_000;
const ROW = { subject: 'dz-1', source: 'phone/replay', atMs: AT, lng: 107.5, lat: 31.2 };

const arrow = () => {
  const builder = createPositionBuilder();
  builder.add(ROW);
  return encodePositions(builder.drain());
};

const { source: _source, ...unsourced } = ROW;

test.each<[string, string | Uint8Array]>([
  ['csv', `subject,atMs,lng,lat\ndz-1,${AT},107.5,31.2\n`],
  ['csv', `\uFEFFlat,lng,atMs,subject\n31.2,107.5,${AT},dz-1\n`],
  ['ndjson', JSON.stringify({ kind: 'position', ...unsourced })],
  ['ndjson', `\uFEFF\n ${JSON.stringify({ kind: 'position', ...ROW })}`],
  ['arrow', arrow()],
])('the same position from %s, told by its first bytes: %#', async (format, content) => {
  expect(formatOf(Buffer.from(content as string).subarray(0, 64))).toBe(format);
  for (const chunk of [1, 10_000]) {
    const report = createReadReport();
    const batches = await collect(
      readPositions(inChunks(content, chunk), { source: 'phone/replay', report }),
    );
    expect(rowsOf(batches)).toMatchObject([ROW]);
    expect(report.taken).toBe(1);
  }
});

test('facts take no positions, positions no facts', async () => {
  const device = { kind: 'device', subject: 'dz-1', source: 'bracelet/x', atMs: AT, event: 'sos' };
  const content = [{ kind: 'position', ...ROW }, device]
    .map((line) => JSON.stringify(line))
    .join('\n');
  const facts = createReadReport();
  expect((await collect(readFacts(inChunks(content), { report: facts }))).flat()).toMatchObject([
    device,
  ]);
  expect(facts.examples).toEqual([
    { line: 1, reason: 'kind-not-allowed', field: 'kind', value: 'position' },
  ]);
  const positions = createReadReport();
  await collect(readPositions(inChunks(content), { source: 'phone/replay', report: positions }));
  expect(positions.examples).toEqual([
    { line: 2, reason: 'kind-not-allowed', field: 'kind', value: 'device' },
  ]);
});

test('counts the bytes of a file as they are read', async () => {
  const path = join(folder, 'x.csv');
  await writeFile(path, 'x'.repeat(600_000));
  const counts: number[] = [];
  await collect(readFileBytes(path, (count) => counts.push(count)));
  expect(counts.length).toBeGreaterThan(1);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(await fileBytes(path));
});

test('a file that is not there, or is a folder, is said to be so', async () => {
  const missing = join(folder, 'missing.csv');
  for (const attempt of [() => fileBytes(missing), () => collect(readFileBytes(missing))]) {
    expect(await rejection(attempt())).toMatchObject({
      code: 'not-found',
      message: `no such file: ${missing}`,
    });
  }
  for (const attempt of [() => fileBytes(folder), () => collect(readFileBytes(folder))]) {
    expect(await rejection(attempt())).toMatchObject({ code: 'bad-input' });
  }
});
