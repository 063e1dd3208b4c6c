// How many positions a second go from terminal frames to the durable log: frames read and checked,
// decoded into columns, identified, admitted by legal basis, deduplicated, cleaned, located, appended with
// fsync. One process. The peer does the same duties the plain way: one JSON object per position.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Publish } from '../connectors/publish.ts';
import { createAlarmBook } from '../connectors/jt808/alarm-book.ts';
import { createConnection } from '../connectors/jt808/connection.ts';
import { DEVICE_MODELS } from '../connectors/jt808/device-model.ts';
import { createGatherer } from '../connectors/jt808/gatherer.ts';
import { readFrame, writeFrame } from '../connectors/jt808/frame.ts';
import { decodeBody, encodeBody, type TerminalBody } from '../connectors/jt808/message.ts';
import { silentLogger } from '../core/logger.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createOrderBook } from '../core/order-book.ts';
import { decodePositions } from '../core/position-batch.ts';
import { createManualClock, epochMs, ioClock } from '../core/time.ts';
import { createLocator } from '../datasets/locator.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import type { Log } from '../ingest/log.ts';
import { createPipeline } from '../ingest/pipeline.ts';
import { INGEST_DEFAULTS, startIngest } from '../ingest/run.ts';
import { describeMachine, rateCase, runInTurns, type BenchReport } from './bench.ts';

const NOW = Date.UTC(2026, 10, 22, 4);
const TERMINALS = 500;
const POSITIONS = 400_000;
const PEER_POSITIONS = 40_000;

export async function benchIngest(runs: number, say: (line: string) => void): Promise<BenchReport> {
  say(`writing ${POSITIONS.toLocaleString('en')} location frames of ${TERMINALS} terminals`);
  const frames = writeFrames(POSITIONS);
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  try {
    const [ours, plain] = await runInTurns(
      [
        {
          name: 'frames to durable log',
          units: POSITIONS,
          run: () => takeIn(frames, join(folder, 'ours')),
        },
        {
          name: 'one JSON object per position',
          units: PEER_POSITIONS,
          run: () => takeInPlainly(frames.slice(0, PEER_POSITIONS), join(folder, 'plain')),
        },
      ],
      runs,
      say,
    );
    if (!ours || !plain) throw new Error('two contenders were given');
    const about = { metric: 'throughput', unit: 'positions/s' };
    return {
      bench: 'ingest',
      machine: describeMachine(),
      cases: [
        rateCase(ours, { ...about, expected: expectedOf(POSITIONS), peers: [plain] }),
        rateCase(plain, { ...about, expected: expectedOf(PEER_POSITIONS), peers: [] }),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type TerminalFrame = { readonly terminal: number; readonly bytes: Uint8Array };

const phoneOf = (terminal: number) => `0990${String(terminal).padStart(8, '0')}`;
const subjectOf = (terminal: number) => `DZ-BENCH-${terminal}`;
const latOf = (index: number) => 31.2 + (index % 100_000) / 1e6;

const frameOf = (terminal: number, serial: number, body: TerminalBody, messageId: number) =>
  writeFrame(
    { messageId, version: 2013, phone: phoneOf(terminal), serial: serial & 0xffff },
    encodeBody(body, 2013),
  );

/** Location frames, terminal after terminal, minute after minute. */
function writeFrames(count: number): TerminalFrame[] {
  const minutes = Math.ceil(count / TERMINALS);
  return Array.from({ length: count }, (_, index) => {
    const terminal = index % TERMINALS;
    const minute = Math.floor(index / TERMINALS);
    const location = {
      alarms: 0,
      status: 2,
      lng: 107.5,
      lat: latOf(index),
      altitudeM: 300,
      speedKmh: 4,
      directionDegrees: 90,
      atMs: epochMs(NOW - (minutes - minute) * 60_000),
      extra: new Uint8Array(0),
    };
    return { terminal, bytes: frameOf(terminal, minute, { kind: 'location', location }, 0x0200) };
  });
}

/** Rows and the sum of their latitudes: what must be in the log at the end. */
function expectedOf(count: number): string {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += Math.round(latOf(index) * 1e6);
  return `${count} ${sum}`;
}

const orders = () =>
  createOrderBook(
    Array.from({ length: TERMINALS }, (_, terminal) =>
      orderFact(subjectOf(terminal), { atMs: NOW - 40 * 86_400_000, sources: ['bracelet'] }),
    ),
  );

const locate = createLocator();
const subjectByAlias = new Map(
  Array.from({ length: TERMINALS }, (_, terminal) => [
    `terminal:${phoneOf(terminal)}`,
    subjectOf(terminal),
  ]),
);

/** The product's own way, from bytes on a connection to the acknowledgement after the append. */
async function takeIn(frames: readonly TerminalFrame[], folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  const clock = createManualClock(NOW);
  const log = openEmbeddedLog({ clock }, { path: join(folder, 'log.sqlite'), partitions: 1 });
  const pipeline = createPipeline(
    {
      orders: orders(),
      directory: { resolve: (alias) => subjectByAlias.get(alias) },
      locator: locate,
    },
    { partitions: 1 },
  );
  const ingest = await startIngest(
    { log, pipeline, clock, logger: silentLogger },
    { ...INGEST_DEFAULTS, flushMs: 1, tickMs: 60_000 },
  );
  let acknowledged = 0;
  const publish: Publish = ingest.publish;
  let wake = () => {};
  const gatherer = createGatherer(
    { publish, logger: silentLogger, ioClock, onRoom: () => wake() },
    { flushMs: 5, flushRowsMax: 8_192, waitingRowsMax: 32_768 },
  );
  const [model] = DEVICE_MODELS;
  const shared = {
    clock,
    terminals: { knows: () => true, authCode: () => 'code' },
    modelOf: () => model as (typeof DEVICE_MODELS)[number],
    alarms: createAlarmBook(),
    gatherer,
    source: 'bracelet/jt808',
    refuse: (reason: string) => {
      throw new Error(`refused: ${reason}`);
    },
    flag: () => {},
  };
  const connections = Array.from({ length: TERMINALS }, (_, terminal) => {
    const connection = createConnection(shared, { write: () => acknowledged++, close: () => {} });
    connection.receive(
      frameOf(terminal, 0, { kind: 'authenticate', authCode: 'code' }, 0x0102),
      NOW,
    );
    return connection;
  });
  const greeted = acknowledged;
  for (const { terminal, bytes } of frames) {
    connections[terminal]?.receive(bytes, NOW);
    if (gatherer.isFull) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  await gatherer.stop();
  await ingest.stop();
  const answer = await countRows(log);
  await log.close();
  return acknowledged - greeted === frames.length
    ? answer
    : `${acknowledged - greeted} acknowledged`;
}

async function countRows(log: Log): Promise<string> {
  let rows = 0;
  let sum = 0;
  const { end } = await log.bounds('observations', 0);
  for (let offset = 0; offset < end;) {
    const records = await log.read('observations', 0, { offset, recordsMax: 100 });
    for (const record of records) {
      offset = record.offset + 1;
      if (record.kind !== 'positions') continue;
      const { lat, length } = decodePositions(record.payload);
      rows += length;
      for (let row = 0; row < length; row++) sum += Math.round((lat[row] as number) * 1e6);
    }
  }
  return `${rows} ${sum}`;
}

const plainSchema = z.object({
  subject: z.string(),
  atMs: z.number(),
  lng: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
  accuracyM: z.number().optional(),
  speedKmh: z.number(),
});

/** The same duties without columns: an object per position, validated, one row of JSON each. */
function takeInPlainly(frames: readonly TerminalFrame[], folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const book = orders();
  const seen = new Set<string>();
  const database = new DatabaseSync(join(folder, 'plain.sqlite'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (id INTEGER PRIMARY KEY, body TEXT)',
  );
  const insert = database.prepare('INSERT INTO log (body) VALUES (?)');
  let inTransaction = 0;
  for (const { terminal, bytes } of frames) {
    const frame = readFrame(bytes.subarray(1, -1));
    if (frame.kind !== 'ok') throw new Error(frame.reason);
    const body = decodeBody(frame.value, frame.value.body);
    if (body.kind !== 'ok' || body.value.kind !== 'location') throw new Error('not a location');
    const { lng, lat, atMs, speedKmh } = body.value.location;
    const subject = subjectByAlias.get(`terminal:${phoneOf(terminal)}`) as string;
    const position = plainSchema.parse({ subject, atMs, lng, lat, speedKmh });
    const key = `${subject} ${atMs} ${lng} ${lat}`;
    if (seen.has(key) || !book.basisAt(subject, 'bracelet', atMs)) continue;
    seen.add(key);
    if (inTransaction++ === 0) database.exec('BEGIN');
    insert.run(JSON.stringify({ ...position, region: locate(lng, lat) }));
    if (inTransaction === 1_000) {
      database.exec('COMMIT');
      inTransaction = 0;
    }
  }
  if (inTransaction > 0) database.exec('COMMIT');
  const rows = database
    .prepare(
      "SELECT count(*) AS rows, sum(CAST(round(json_extract(body, '$.lat') * 1e6) AS INTEGER)) AS sum FROM log",
    )
    .get() as { rows: number; sum: number };
  database.close();
  return `${rows.rows} ${rows.sum}`;
}
