// What the stores of a stopped installation hold, read back by other means than it was written by, so that
// a test can hold them against each other.

import { join } from 'node:path';
import type { AlertEvent } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import { silentLogger } from '../core/logger.ts';
import type { Fact } from '../core/observation.ts';
import { decodePositions } from '../core/position-batch.ts';
import { createRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { createAreas } from '../datasets/areas.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import type { Tally } from '../ingest/ledger.ts';
import { decodeLines, type Log, type LogRecord, type Topic } from '../ingest/log.ts';
import { createEngine } from '../rules/engine.ts';
import { loadRulebook } from '../rules/rulebook.ts';
import { inputOf } from '../rules/run.ts';
import { openOlap, type Olap } from '../warehouse/olap.ts';
import { openRecords, type Records } from '../warehouse/records.ts';

const READ_MAX = 1_000;

export type Stores = {
  readonly log: Log;
  readonly records: Records;
  readonly olap: Olap;
  close(): Promise<void>;
};

/** Opens what a stopped installation left in its data folder. Close it. */
export async function openStores(dataFolder: string): Promise<Stores> {
  const path = (name: string) => join(dataFolder, name);
  const log = openEmbeddedLog({ clock: systemClock }, { path: path('log.sqlite'), partitions: 1 });
  const records = await openRecords(
    { logger: silentLogger, random: createRandom('audit') },
    { kind: 'sqlite', path: path('records.sqlite') },
  );
  const olap = await openOlap(
    { logger: silentLogger },
    { kind: 'chdb', folder: path('warehouse') },
  );
  return {
    log,
    records,
    olap,
    async close() {
      await olap.close();
      await records.close();
      await log.close();
    },
  };
}

export async function recordsOf(log: Log, topic: Topic): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (;;) {
    const offset = (all.at(-1)?.offset ?? -1) + 1;
    const some = await log.read(topic, 0, { offset, recordsMax: READ_MAX });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Everything the topic `observations` holds, counted as the warehouse counts it. */
export async function readObservations(log: Log) {
  const records = await recordsOf(log, 'observations');
  const positions: { key: string; source: string; sequence: number; offset: number }[] = [];
  const facts: Fact[] = [];
  const tallies = new Map<string, number>();
  for (const { kind, payload, offset } of records) {
    if (kind === 'lines') facts.push(...decodeLines<Fact>(payload));
    if (kind === 'tally') {
      for (const { source, reason, count } of decodeLines<Tally>(payload)) {
        add(tallies, `${source} ${reason}`, count);
      }
    }
    if (kind !== 'positions') continue;
    const batch = decodePositions(payload);
    for (let row = 0; row < batch.length; row++) {
      const source = batch.sources.at(batch.source[row] as number);
      const subject = batch.subjects.at(batch.subject[row] as number);
      const { atMs, lng, lat, sequence } = batch;
      positions.push({
        key: [subject, source, atMs[row], lng[row], lat[row]].join(' '),
        source,
        sequence: sequence[row] as number,
        offset,
      });
    }
  }
  return { records, positions, facts, tallies };
}

export async function readFindings(log: Log): Promise<Finding[]> {
  const records = await recordsOf(log, 'findings');
  return records.flatMap(({ payload }) => decodeLines<Finding>(payload));
}

export async function readAlertEvents(log: Log): Promise<AlertEvent[]> {
  const records = await recordsOf(log, 'alert-events');
  return records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
}

/** What an engine that was never stopped says to these records. */
export function judgeAgain(records: readonly LogRecord[]): Finding[] {
  const rulebook = loadRulebook('rules/packs/dazhou');
  const engine = createEngine({ rulebook, areas: createAreas() });
  return records.flatMap((record) => engine.step(inputOf(record)));
}

/** A two-column result, `name` and `count`, as a map. */
export async function countsIn(olap: Olap, sql: string): Promise<Map<string, number>> {
  const rows = await olap.rows<{ name: string | number; count: number }>(sql);
  return new Map(rows.map(({ name, count }) => [String(name), count]));
}

/** How often each name comes up. */
export function countNames(names: Iterable<string | number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) add(counts, String(name), 1);
  return counts;
}

/** Names that come up more than once. */
export const repeated = (names: Iterable<string | number>): string[] =>
  [...countNames(names)].filter(([, count]) => count > 1).map(([name]) => name);

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
