// A log with a bit of everything, and its counts as the log itself gives them, for the writer's tests.

import type { AlertEvent } from '../core/alert-event.ts';
import type { RaisedFinding, SuppressedFinding } from '../core/finding.ts';
import { contentId } from '../core/ids.ts';
import { observationSchema, type Fact } from '../core/observation.ts';
import { encodePositions } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import type { Random } from '../core/random.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { epochMs } from '../core/time.ts';
import { decodePositions } from '../core/position-batch.ts';
import { decodeLines, encodeLines, type Log, type LogEntry } from '../ingest/log.ts';
import type { Olap } from './olap.ts';
import { TARGETS, WRITTEN_TOPICS, type Target } from './targets.ts';
import type { WarehouseWriter } from './writer.ts';

const START_MS = Date.UTC(2026, 10, 28);
const COUNTIES = ['511702', '511703', '511722', '511723', '511724', '511725', '511781'];

/** One append of up to `recordsMax` records of random kinds to each topic and some partitions. */
export async function appendRandom(log: Log, random: Random, recordsMax = 6): Promise<void> {
  const partition = random.int(log.partitions);
  const records = Array.from({ length: 1 + random.int(recordsMax) }, () => randomEntry(random));
  await log.append('observations', [{ partition, entries: records }]);
  const found = Array.from({ length: random.int(3) }, () =>
    lines([raised(random), suppressed(random)]),
  );
  if (found.length > 0) await log.append('findings', [{ partition, entries: found }]);
  if (random.chance(0.5)) {
    await log.append('alert-events', [{ partition: 0, entries: [lines([opened(random)])] }]);
  }
}

/** Positions of random persons over several weeks, so that they fall into two months. */
export function positionsEntry(random: Random, rows: number): LogEntry {
  const builder = createPositionBuilder(rows);
  for (let row = 0; row < rows; row++) {
    builder.add({
      subject: `cc-${String(random.int(500)).padStart(6, '0')}`,
      source: random.chance(0.5) ? 'bracelet/jt808' : 'phone/app',
      atMs: START_MS + random.int(7 * 86_400_000),
      lng: 107 + random.next(),
      lat: 31 + random.next(),
      sequence: row,
      accuracyM: random.chance(0.8) ? random.int(100) : undefined,
    });
  }
  const batch = builder.drain();
  for (let row = 0; row < rows; row++) {
    batch.receivedAtMs[row] = (batch.atMs[row] as number) + random.int(60_000);
    batch.region[row] = Number(random.pick(COUNTIES));
  }
  return { kind: 'positions', watermarkMs: epochMs(START_MS), payload: encodePositions(batch) };
}

function randomEntry(random: Random): LogEntry {
  const watermarkMs = epochMs(START_MS);
  const kind = random.int(10);
  if (kind < 5) return positionsEntry(random, random.int(40));
  if (kind < 8) {
    return lines(Array.from({ length: 1 + random.int(4) }, () => lodging(random)));
  }
  if (kind < 9) {
    const tallies = [{ source: 'rail/api', reason: 'no-basis', count: 1 + random.int(9) }];
    return { kind: 'tally', watermarkMs, payload: encodeLines(tallies) };
  }
  return { kind: 'tick', watermarkMs, payload: new Uint8Array(0) };
}

const lines = (values: readonly unknown[]): LogEntry => ({
  kind: 'lines',
  watermarkMs: epochMs(START_MS),
  payload: encodeLines(values),
});

function lodging(random: Random): Fact {
  const atMs = START_MS + random.int(7 * 86_400_000);
  return observationSchema.parse({
    kind: 'lodging',
    id: contentId('ob', [atMs, random.next()]),
    subject: `ra-${random.int(500)}`,
    atMs,
    receivedAtMs: atMs + 1_000,
    source: 'lodging/register',
    sequence: 0,
    lodgingId: `l${random.int(1_000_000)}`,
    action: 'in',
    place: "达州宾馆；“三楼”\\'\n",
    at: random.pick(COUNTIES),
  }) as Fact;
}

const found = (random: Random) => ({
  id: contentId('fi', [random.next()]),
  ruleId: random.chance(0.5) ? 'county-exit' : 'terminal-silent',
  ruleVersion: '1@aaaaaaaaaaaa',
  subject: subjectKey(`cc-${random.int(500)}`),
  subjectClass: 'cc' as const,
  region: regionCode(random.pick(COUNTIES)),
  atMs: epochMs(START_MS + random.int(7 * 86_400_000)),
  values: { distanceM: random.int(1_000), place: '宣汉县' },
});

const raised = (random: Random): RaisedFinding => ({
  kind: 'raised',
  ...found(random),
  alertId: contentId('al', [random.next()]),
  level: (1 + random.int(3)) as 1 | 2 | 3,
  article: '《中华人民共和国社区矫正法》第二十七条',
  evidence: [lodging(random)],
  checkedLeaves: [],
  late: random.chance(0.1),
});

const suppressed = (random: Random): SuppressedFinding => ({
  kind: 'suppressed',
  ...found(random),
  because: random.chance(0.5) ? 'leave' : 'episode-open',
  reference: 'leave-1',
});

const opened = (random: Random): AlertEvent => {
  const openedAtMs = epochMs(START_MS + random.int(7 * 86_400_000));
  return {
    id: contentId('ev', [random.next()]),
    alertId: contentId('al', [random.next()]),
    kind: 'opened',
    atMs: epochMs(openedAtMs + 500),
    actor: 'alerts',
    ruleId: 'county-exit',
    level: (1 + random.int(3)) as 1 | 2 | 3,
    subject: subjectKey(`cc-${random.int(500)}`),
    subjectClass: 'cc',
    region: regionCode(random.pick(COUNTIES)),
    openedAtMs,
    details: {},
  };
};

/** Rows per table and record, `table/partition/offset`, as a sorted list: equal lists, equal contents. */
export type Contents = readonly string[];

/** What the warehouse must hold, read from the log. */
export async function contentsOfLog(log: Log): Promise<Contents> {
  const contents: string[] = [];
  for (const topic of WRITTEN_TOPICS) {
    for (let partition = 0; partition < log.partitions; partition++) {
      const { start, end } = await log.bounds(topic, partition);
      for (let next = start; next < end;) {
        const records = await log.read(topic, partition, { offset: next, recordsMax: 1_000 });
        for (const record of records) {
          const [table, rows] = rowsOf(topic, record);
          if (rows > 0) contents.push(`${table}/${partition}/${record.offset} ${rows}`);
          if (topic === 'observations') {
            contents.push(`observation_record/${partition}/${record.offset} 1`);
          }
        }
        next = (records.at(-1)?.offset ?? end) + 1;
      }
    }
  }
  return contents.sort();
}

function rowsOf(topic: keyof typeof TARGETS, { kind, payload }: LogEntry): [Target | '', number] {
  if (kind === 'tick') return ['', 0];
  if (kind === 'positions') return ['position', decodePositions(payload).length];
  if (kind === 'tally') return ['tally', decodeLines(payload).length];
  const table = {
    observations: 'fact',
    findings: 'finding',
    'alert-events': 'alert_event',
  } as const;
  return [table[topic], decodeLines(payload).length];
}

/** What the warehouse does hold. */
export async function contentsOfWarehouse(olap: Olap): Promise<Contents> {
  const contents: string[] = [];
  for (const table of Object.values(TARGETS).flat()) {
    const rows = await olap.rows<{ p: number; o: number; n: number }>(
      `SELECT log_partition AS p, log_offset AS o, count() AS n FROM ${table} GROUP BY p, o`,
    );
    contents.push(...rows.map(({ p, o, n }) => `${table}/${p}/${o} ${n}`));
  }
  return contents.sort();
}

/** Resolves when everything the log holds is written; rejects when the writer ends instead. */
export async function caughtUp(writer: WarehouseWriter): Promise<void> {
  const look = async () => {
    for (;;) {
      const lanes = await writer.status();
      if (lanes.every(({ nextOffset, endOffset }) => nextOffset === endOffset)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await Promise.race([look(), writer.ended]);
}
