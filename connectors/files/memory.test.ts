// Memory stays flat whatever comes in: a line of 100 MB, and a gigabyte of rows made on the fly.
import { expect, test } from 'vitest';
import { readArrivals } from './arrivals-ndjson.ts';
import { readPositionsCsv } from './positions-csv.ts';
import { createReadReport } from './read-report.ts';

const AT = 1_763_769_600_000;
const MEBIBYTE = 1024 * 1024;

/** Bytes beyond what was held at the start, at the worst moment asked about. */
function watchMemory() {
  const held = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const start = held();
  let most = 0;
  return {
    look: () => {
      most = Math.max(most, held() - start);
    },
    most: () => most,
  };
}

async function* repeated(header: string, block: Buffer, times: number, footer = '') {
  if (header !== '') yield Buffer.from(header);
  for (let i = 0; i < times; i++) yield block;
  if (footer !== '') yield Buffer.from(footer);
}

test('a line of 100 MB is passed over without being held', async () => {
  const block = Buffer.alloc(MEBIBYTE, 'x');
  for (const read of [
    (bytes: AsyncIterable<Uint8Array>, report: ReturnType<typeof createReadReport>) =>
      readPositionsCsv(bytes, { source: 'phone/app', report }),
    (bytes: AsyncIterable<Uint8Array>, report: ReturnType<typeof createReadReport>) =>
      readArrivals(bytes, { report }),
  ]) {
    const memory = watchMemory();
    const report = createReadReport();
    const watched = async function* () {
      for await (const chunk of repeated('subject,atMs,lng,lat\n', block, 100, '\nx\n')) {
        memory.look();
        yield chunk;
      }
    };
    for await (const page of read(watched(), report)) expect(page).toBeUndefined();
    expect(report.byReason.get('line-too-long')).toBe(1);
    expect(memory.most()).toBeLessThan(32 * MEBIBYTE);
  }
});

const ROWS = 10_000;

const csvBlock = Buffer.from(
  Array.from(
    { length: ROWS },
    (_, i) =>
      `dz-5117-drill-of-a-winter-morning-person-${i % 5_000},${AT + i},107.${1_000_000 + i},31.${2_000_000 + i},12,gnss,3.5,80\n`,
  ).join(''),
);

const lineBlock = Buffer.from(
  Array.from(
    { length: ROWS },
    (_, i) =>
      `{"kind":"position","subject":"dz-5117-drill-of-a-winter-morning-person-${i % 5_000}","source":"phone/app","atMs":${AT + i},"lng":107.${1_000_000 + i},"lat":31.${2_000_000 + i}}\n`,
  ).join(''),
);

test('a gigabyte of rows goes by in flat memory', { timeout: 60_000 }, async () => {
  const half = (block: Buffer) => Math.ceil((512 * MEBIBYTE) / block.length);
  const memory = watchMemory();
  let rows = 0;
  const header = 'subject,atMs,lng,lat,accuracyM,fix,speedKmh,batteryPercent\n';
  const csv = repeated(header, csvBlock, half(csvBlock));
  for await (const batch of readPositionsCsv(csv, {
    source: 'phone/app',
    report: createReadReport(),
  })) {
    rows += batch.length;
    memory.look();
  }
  const lines = repeated('', lineBlock, half(lineBlock));
  for await (const page of readArrivals(lines, { report: createReadReport() })) {
    rows += page.positions?.length ?? 0;
    memory.look();
  }
  expect(rows).toBe(ROWS * (half(csvBlock) + half(lineBlock)));
  expect(memory.most()).toBeLessThan(200 * MEBIBYTE);
});
