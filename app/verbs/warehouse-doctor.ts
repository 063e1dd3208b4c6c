// plumbline warehouse doctor: looks into the warehouse while nothing else does and says what is wrong and what
// to do. Changes nothing.

import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { formatDuration } from '../../core/duration.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import type { Log } from '../../ingest/log.ts';
import { monthsBefore, PERSONAL_TABLES, type PersonalTable } from '../../warehouse/forget.ts';
import { migrationFiles } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { readSegments } from '../../warehouse/progress.ts';
import { openRecords, type RecordsDb } from '../../warehouse/records.ts';
import { planRecovery } from '../../warehouse/recovery-plan.ts';
import { rollupCounts } from '../../warehouse/rollup-days.ts';
import { TARGETS, WRITTEN_TOPICS, type WrittenTopic } from '../../warehouse/targets.ts';
import type { Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { olapOptions } from '../roles/warehouse.ts';
import type { Verdict } from './verdict.ts';

const MARKS = { ok: '✓', warn: '!', bad: '✗' } as const;

/** Prints one line for each thing looked at; gives true when nothing is bad. Throws UserError. */
export async function examineWarehouse(config: Config, print: Print): Promise<boolean> {
  const olap = await openForLooking(config);
  const logger = createLogger(config.logLevel);
  const random = createUnseededRandom();
  try {
    const records = await openRecords({ logger, random }, recordsOptions(config));
    const log = await openLog({ clock: systemClock, logger }, config);
    try {
      const found = await lookAtWarehouse(
        { olap, db: records.db, log, clock: systemClock },
        { tracksMs: config.retention.tracks },
      );
      for (const { name, verdict } of found) {
        print(`${MARKS[verdict.state]} ${name.padEnd(12)} ${verdict.says}`);
        if (verdict.todo) print(`  ${' '.repeat(12)} → ${verdict.todo}`);
      }
      return found.every(({ verdict }) => verdict.state !== 'bad');
    } finally {
      await log.close();
      await records.close();
    }
  } finally {
    await olap.close();
  }
}

async function openForLooking(config: Config): Promise<Olap> {
  const options = olapOptions(config);
  if (!options || (options.kind === 'chdb' && !existsSync(options.folder))) {
    throw new UserError('bad-configuration', text('没有数据仓库', 'there is no warehouse'), {
      hint: text(
        '在配置项 warehouse 中启用，并先启动一次产品。',
        'Configure one under "warehouse", and start the product once.',
      ),
    });
  }
  try {
    return await openOlap({ logger: createLogger(config.logLevel) }, options);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'conflict') throw error;
    throw new UserError(
      'conflict',
      text(
        '产品正在运行，内嵌数据仓库同一时间只能由一个进程打开',
        'the product is running; one process at a time can open the embedded warehouse',
      ),
      {
        hint: text(
          '停止产品后再检查；运行期间的积压见运行监视页和 /metrics 的 plumbline_behind_seconds。',
          'Stop the product and look again; while it runs, the page of the watchdog and plumbline_behind_seconds in /metrics say how far behind it is.',
        ),
      },
    );
  }
}

export type LookDeps = {
  readonly olap: Olap;
  readonly db: RecordsDb;
  readonly log: Pick<Log, 'bounds' | 'read' | 'partitions'>;
  readonly clock: Clock;
};

export type Found = { readonly name: string; readonly verdict: Verdict };

/** What is found; after tables that are too old nothing else is looked at. */
export async function lookAtWarehouse(
  deps: LookDeps,
  { tracksMs }: { tracksMs: number },
): Promise<Found[]> {
  const tables = await checkTables(deps);
  if (tables.state === 'bad') return [{ name: 'tables', verdict: tables }];
  return [
    { name: 'tables', verdict: tables },
    { name: 'parts', verdict: await checkParts(deps) },
    { name: 'disk', verdict: await checkDisk(deps) },
    { name: 'lag', verdict: await checkLag(deps) },
    { name: 'agreement', verdict: await checkAgreement(deps) },
    { name: 'roll-ups', verdict: await checkRollups(deps) },
    { name: 'retention', verdict: await checkRetention(deps, tracksMs) },
  ];
}

async function checkTables({ olap }: LookDeps): Promise<Verdict> {
  const files = migrationFiles().map(({ name }) => name);
  const [known] = await olap.rows<{ rows: number }>(
    `SELECT count() AS rows FROM system.tables
     WHERE database = currentDatabase() AND name = 'schema_migration'`,
  );
  const done =
    known?.rows === 1
      ? await olap.rows<{ name: string }>('SELECT DISTINCT name FROM schema_migration')
      : [];
  const names = new Set(done.map(({ name }) => name));
  const missing = files.filter((name) => !names.has(name));
  if (missing.length === 0) return { state: 'ok', says: `up to date, ${files.at(-1)}` };
  return {
    state: 'bad',
    says: `${missing.length} changes of the tables are missing, from ${missing[0]} on`,
    todo: 'start this version of the product once; it brings them up to date',
  };
}

/** Inserts begin to be slowed down by the engine at 1,000 parts of a partition. */
const PARTS_MAX = 300;

async function checkParts({ olap }: LookDeps): Promise<Verdict> {
  const rows = await olap.rows<{ name: string; parts: number; rows: number }>(
    `SELECT concat(table, ' ', partition) AS name, count() AS parts, sum(rows) AS rows
     FROM system.parts WHERE active AND database = currentDatabase()
     GROUP BY name ORDER BY parts DESC, name`,
  );
  const [detached] = await olap.rows<{ parts: number }>(
    'SELECT count() AS parts FROM system.detached_parts WHERE database = currentDatabase()',
  );
  if (detached && detached.parts > 0) {
    return {
      state: 'bad',
      says: `${detached.parts} parts are broken and were put aside by the engine`,
      todo: 'check the disk, then restore from a backup (docs/backup.md)',
    };
  }
  const parts = rows.reduce((sum, row) => sum + row.parts, 0);
  const most = rows[0];
  const says = `${parts} parts with ${rows.reduce((sum, row) => sum + row.rows, 0)} rows, most in ${most?.name ?? 'none'} (${most?.parts ?? 0})`;
  if (!most || most.parts <= PARTS_MAX) return { state: 'ok', says };
  return {
    state: 'warn',
    says,
    todo: 'merging does not keep up: give the machine a faster disk or a free core; it catches up when less is written',
  };
}

const FREE_BYTES_MIN = 2 * 1024 ** 3;
const inGb = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(2)} GB`;

async function checkDisk({ olap }: LookDeps): Promise<Verdict> {
  const tables = await olap.rows<{ name: string; bytes: number; largest: number }>(
    `SELECT table AS name, sum(used) AS bytes, max(used) AS largest FROM (
       SELECT table, partition, sum(bytes_on_disk) AS used FROM system.parts
       WHERE active AND database = currentDatabase() GROUP BY table, partition)
     GROUP BY name ORDER BY bytes DESC`,
  );
  const disks = await olap.rows<{ free: number }>(
    'SELECT min(free_space) AS free FROM system.disks',
  );
  const free = disks[0]?.free ?? 0;
  const used = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = Math.max(0, ...tables.map((table) => table.largest));
  const most = tables.slice(0, 3).map(({ name, bytes }) => `${name} ${inGb(bytes)}`);
  const says = `${inGb(used)} used (${most.join(', ')}), ${inGb(free)} free`;
  // A month is merged, and rewritten when a person is deleted, beside what it was.
  if (free >= Math.max(FREE_BYTES_MIN, largest)) return { state: 'ok', says };
  return {
    state: free < largest ? 'bad' : 'warn',
    says,
    todo: `at least ${inGb(Math.max(FREE_BYTES_MIN, largest))} must be free to merge and delete: give it more room, or shorten retention.tracks`,
  };
}

const BEHIND_MS_MAX = 600_000;

async function checkLag({ olap, log, clock }: LookDeps): Promise<Verdict> {
  const written = await olap.rows<{ target: string; log_partition: number; next: number }>(
    `SELECT target, log_partition, max(next_offset) AS next FROM writer_progress
     GROUP BY target, log_partition`,
  );
  let waiting = 0;
  let oldestMs: number | undefined;
  for (const topic of WRITTEN_TOPICS) {
    for (let partition = 0; partition < log.partitions; partition++) {
      const { start, end } = await log.bounds(topic, partition);
      const next = Math.max(start, nextOf(topic, partition, written));
      if (next >= end) continue;
      waiting += end - next;
      const [first] = await log.read(topic, partition, {
        offset: next,
        recordsMax: 1,
        bytesMax: 1,
      });
      if (first) oldestMs = Math.min(oldestMs ?? Infinity, first.appendedAtMs);
    }
  }
  if (oldestMs === undefined) return { state: 'ok', says: 'everything in the log is written' };
  const behindMs = clock.now() - oldestMs;
  const says = `${waiting} records of the log are not written yet, the oldest of ${localDateTime(oldestMs)}`;
  if (behindMs <= BEHIND_MS_MAX) return { state: 'ok', says };
  return {
    state: 'warn',
    says,
    todo: 'start the product, which writes them; if it was running, its messages "writer.waiting" say what it waits for',
  };
}

function nextOf(
  topic: WrittenTopic,
  partition: number,
  written: readonly { target: string; log_partition: number; next: number }[],
): number {
  const targets: readonly string[] = TARGETS[topic];
  const nexts = written
    .filter((row) => row.log_partition === partition && targets.includes(row.target))
    .map(({ next }) => next);
  return nexts.length > 0 ? Math.max(...nexts) : 0;
}

async function checkAgreement({ olap, log }: LookDeps): Promise<Verdict> {
  let [segments, again, lost] = [0, 0, 0];
  for (const topic of WRITTEN_TOPICS) {
    const byPartition = await readSegments(olap, topic);
    for (let partition = 0; partition < log.partitions; partition++) {
      const own = byPartition.get(partition) ?? new Map();
      const plan = planRecovery(own, (await log.bounds(topic, partition)).start);
      segments += own.size;
      again += plan.wipe.length;
      lost += plan.incomplete.length;
    }
  }
  if (lost > 0) {
    return {
      state: 'bad',
      says: `${lost} segments have other rows than were written, and the log no longer has them`,
      todo: 'restore from a backup (docs/backup.md); figures of that time are wrong',
    };
  }
  const says = `${segments} segments have the rows that were noted`;
  if (again === 0) return { state: 'ok', says };
  return {
    state: 'warn',
    says: `${again} of ${segments} segments were cut short`,
    todo: 'nothing: they are written again from the log when the product starts',
  };
}

/** Days are counted within minutes while the product runs; today counts as it goes on. */
const MARKED_MS_MAX = 3_600_000;

async function checkRollups({ db, clock }: LookDeps): Promise<Verdict> {
  const counts = await rollupCounts(db);
  const says = counts
    .map(({ rollup, settled, dirty }) => `${rollup}: ${settled} days ready, ${dirty} to be counted`)
    .join('; ');
  const late = counts.filter(
    ({ oldestMarkMs }) => oldestMarkMs !== null && clock.now() - oldestMarkMs > MARKED_MS_MAX,
  );
  if (late.every(({ dirty }) => dirty <= 1)) return { state: 'ok', says };
  return {
    state: 'warn',
    says,
    todo: 'start the product, which counts them; until then figures are right, and slower. If it was running, "rollups.waiting" says why not',
  };
}

async function checkRetention({ olap, clock }: LookDeps, tracksMs: number): Promise<Verdict> {
  const cutoffMs = clock.now() - tracksMs;
  const over: string[] = [];
  for (const table of Object.keys(PERSONAL_TABLES) as PersonalTable[]) {
    const months = await monthsBefore(olap, { table, cutoffMs, keep: [] });
    const rows = months.reduce((sum, month) => sum + month.rows, 0);
    if (months.length > 0)
      over.push(`${table}: ${months.map(({ month }) => month).join(' ')} (${rows} rows)`);
  }
  if (over.length === 0) {
    return { state: 'ok', says: `no month is older than ${formatDuration(tracksMs)}` };
  }
  return {
    state: 'warn',
    says: `older than ${formatDuration(tracksMs)}: ${over.join('; ')}`,
    todo: 'npm run plumbline -- retention run deletes them, but for persons on hold (retention hold list)',
  };
}
