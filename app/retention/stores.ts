// The stores of the configured product as the deletion asks for them: state of the rules, log, warehouse,
// files, and what brings deleted bytes off the disk.

import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Forgotten } from '../../core/forgotten.ts';
import type { Logger } from '../../core/logger.ts';
import { epochMs } from '../../core/time.ts';
import type { Log } from '../../ingest/log.ts';
import type { LogCount, LogRetention } from '../../ingest/log-retention.ts';
import { encodeForget, withoutPersons } from '../../rules/forget.ts';
import { decodeState, encodeState } from '../../rules/state-bytes.ts';
import type { AgedStore, PersonStore, Piece } from '../../security/retention/run-retention.ts';
import {
  countPersons,
  dropMonths,
  erasePersons,
  monthsBefore,
  PERSONAL_TABLES,
  type PersonalTable,
} from '../../warehouse/forget.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';

const DONE: Piece = { kind: 'done' };

/** Whoever holds the rules' state is told by a record of the log, and has saved a state without the person. */
export function rulesByMark({ log, records }: { log: Log; records: Records }): PersonStore {
  const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
  return {
    stage: 'rules',
    count: () => Promise.resolve({}),
    async erase({ persons, place }) {
      const snapshots = await records.db
        .selectFrom('snapshot')
        .select(['partition', 'nextOffset'])
        .where('consumer', '=', 'rules')
        .execute();
      if (snapshots.length === 0 && place === '') return DONE;
      if (place === '') {
        const marks: number[] = [];
        for (const partition of partitions) marks.push(await appendMark(log, partition, persons));
        return { kind: 'waiting', place: marks.join(' ') };
      }
      const marks = place.split(' ').map(Number);
      const isPast = (partition: number) =>
        snapshots.some(
          (one) => one.partition === partition && one.nextOffset > (marks[partition] as number),
        );
      const known = new Set(snapshots.map(({ partition }) => partition));
      if (![...known].every(isPast)) return { kind: 'waiting', place };
      for (const partition of known) {
        await records.db
          .deleteFrom('snapshot')
          .where('consumer', '=', 'rules')
          .where('partition', '=', partition)
          .where('nextOffset', '<=', marks[partition] as number)
          .execute();
      }
      return DONE;
    },
  };
}

/** Appends the mark; gives an offset at or after it. */
async function appendMark(
  log: Log,
  partition: number,
  persons: readonly Forgotten[],
): Promise<number> {
  const { end } = await log.bounds('observations', partition);
  const [last] =
    end > 0 ? await log.read('observations', partition, { offset: end - 1, recordsMax: 1 }) : [];
  const known = persons.map(({ subject, placeholder }) => ({ subject, placeholder }));
  const entries = [encodeForget(known, last?.watermarkMs ?? epochMs(0))];
  await log.append('observations', [{ partition, entries }]);
  return (await log.bounds('observations', partition)).end - 1;
}

/** While no rules run: their saved states are rewritten where they lie. */
export function rulesAtRest({ records }: { records: Records }): PersonStore {
  return {
    stage: 'rules',
    count: () => Promise.resolve({}),
    async erase({ persons }) {
      const rows = await records.db
        .selectFrom('snapshot')
        .select(['partition', 'nextOffset', 'body'])
        .where('consumer', '=', 'rules')
        .execute();
      for (const { partition, nextOffset, body } of rows) {
        const state = decodeState(body);
        const without = withoutPersons(state, persons);
        if (without === state) continue;
        const bytes = await encodeState({
          ...without,
          ...(state.rulebook ? { rulebook: state.rulebook } : {}),
        });
        await records.db
          .updateTable('snapshot')
          .set({ body: bytes })
          .where('consumer', '=', 'rules')
          .where('partition', '=', partition)
          .where('nextOffset', '=', nextOffset)
          .execute();
      }
      return DONE;
    },
  };
}

/** Pieces of the log that are looked at before the place is noted. */
const PIECES_PER_PASS = 8;

export function logPersons(
  log: LogRetention,
  { path, logger }: { path: string; logger: Logger },
): PersonStore {
  const pass = async (
    persons: readonly Forgotten[],
    from: string,
    { rewrite, found }: { rewrite: boolean; found: LogCount },
  ) => {
    let [at = 0, offset = 0] = from === '' ? [] : from.split(' ').map(Number);
    for (let piece = 0; piece < PIECES_PER_PASS; piece++) {
      const place = log.places[at];
      if (!place) return undefined;
      const next = log.cleanseFrom(place, { offset, rewrite }, persons, found);
      if (next === undefined) [at, offset] = [at + 1, 0];
      else offset = next;
      await turn();
    }
    return `${at} ${offset}`;
  };
  return {
    stage: 'log',
    async count(persons) {
      const found: LogCount = { records: 0, removed: 0, overwritten: 0 };
      for (let place: string | undefined = ''; place !== undefined;) {
        place = await pass(persons, place, { rewrite: false, found });
      }
      return { 'log.lines': found.removed, 'log.mentions': found.overwritten };
    },
    async erase({ persons, place }) {
      const found: LogCount = { records: 0, removed: 0, overwritten: 0 };
      const next = await pass(persons, place, { rewrite: true, found });
      if (next !== undefined) return { kind: 'more', place: next };
      // Logs of before pages were overwritten may keep a copy of their first records.
      if (!log.settle()) return { kind: 'waiting', place };
      if (!(await isInFile(path, persons))) return DONE;
      return (await rewriteSqlite(path, logger)) ? DONE : { kind: 'waiting', place };
    },
  };
}

const SEARCH_BYTES = 4 * 1024 * 1024;

/** Whether a key of the persons lies anywhere in the file. */
async function isInFile(path: string, persons: readonly Forgotten[]): Promise<boolean> {
  const longest = Math.max(...persons.map(({ subject }) => subject.length));
  let before = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: SEARCH_BYTES })) {
    const bytes = Buffer.concat([before, chunk as Buffer]);
    if (persons.some(({ subject }) => bytes.includes(subject))) return true;
    before = bytes.subarray(Math.max(0, bytes.length - longest));
  }
  return false;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Records nobody needs to read any more: the offset every consumer has passed, by topic and partition. Undefined
 * where it is not known, so that nothing goes.
 */
export type ReadTo = (topic: string, partition: number) => Promise<number>;

const RECORDS_PER_DROP = 2_000;

export function logByAge(log: LogRetention, readTo: ReadTo, keepsHeld: boolean): AgedStore {
  const placesOf = (name: string) => log.places.filter(({ topic }) => topic === name);
  return {
    store: 'log',
    async countBefore({ name, cutoffMs, keep }) {
      // Without a warehouse the log alone has what must be kept of a held person.
      if (keep.length > 0 && !keepsHeld) return 0;
      let count = 0;
      for (const at of placesOf(name)) {
        const beforeOffset = await readTo(at.topic, at.partition);
        count += log.countBefore(at, { cutoffMs, beforeOffset });
      }
      return count;
    },
    async dropBefore({ name, cutoffMs, keep }) {
      if (keep.length > 0 && !keepsHeld) return DONE;
      for (const at of placesOf(name)) {
        const beforeOffset = await readTo(at.topic, at.partition);
        const limit = { cutoffMs, beforeOffset, recordsMax: RECORDS_PER_DROP };
        if (log.dropBefore(at, limit) > 0) return { kind: 'more', place: '' };
      }
      return DONE;
    },
  };
}

export function warehousePersons(olap: Olap): PersonStore {
  return {
    stage: 'warehouse',
    async count(persons) {
      const counts = await countPersons(olap, persons);
      return Object.fromEntries(
        Object.entries(counts).flatMap(([table, { rows, mentions }]) => [
          ...(rows > 0 ? [[`warehouse.${table}`, rows] as const] : []),
          ...(mentions > 0 ? [[`warehouse.${table}.body`, mentions] as const] : []),
        ]),
      );
    },
    async erase({ persons }) {
      await erasePersons(olap, persons);
      return DONE;
    },
  };
}

export function warehouseByAge(olap: Olap): AgedStore {
  const isTable = (name: string): name is PersonalTable => name in PERSONAL_TABLES;
  return {
    store: 'warehouse',
    async countBefore({ name, cutoffMs, keep }) {
      if (!isTable(name)) return 0;
      const months = await monthsBefore(olap, { table: name, cutoffMs, keep });
      return months.reduce((sum, { rows }) => sum + rows, 0);
    },
    async dropBefore({ task, name, cutoffMs, keep }) {
      if (isTable(name)) await dropMonths(olap, { task, table: name, cutoffMs, keep });
      return DONE;
    },
  };
}

/** Backtests somebody started: folders that can be made again, so they go as a whole. */
export function backtestFolders(folder: string): PersonStore & AgedStore {
  const jobs = () => (existsSync(folder) ? readdirSync(folder) : []);
  const filesIn = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const names = async (job: string, persons: readonly Forgotten[]) => {
    for (const file of filesIn(join(folder, job))) if (await isInFile(file, persons)) return true;
    return false;
  };
  const drop = (job: string) => rmSync(join(folder, job), { recursive: true, force: true });
  const newestMs = (job: string) =>
    filesIn(join(folder, job)).reduce((ms, file) => Math.max(ms, statSync(file).mtimeMs), 0);
  const old = (cutoffMs: number) => jobs().filter((job) => newestMs(job) < cutoffMs);
  return {
    stage: 'files',
    store: 'files',
    async count(persons) {
      let found = 0;
      for (const job of jobs()) if (await names(job, persons)) found++;
      return found > 0 ? { 'files.backtests': found } : {};
    },
    async erase({ persons }) {
      for (const job of jobs()) if (await names(job, persons)) drop(job);
      return DONE;
    },
    async countBefore({ cutoffMs }) {
      return old(cutoffMs).length;
    },
    async dropBefore({ cutoffMs }) {
      for (const job of old(cutoffMs)) drop(job);
      return DONE;
    },
  };
}

/** A larger file is rewritten by hand, while the product rests: it would hold up writing for too long. */
const VACUUM_BYTES_MAX = 4 * 1024 ** 3;

/**
 * Rewrites a SQLite file, so that nothing is left where rows once lay, and empties its write-ahead log. In a
 * thread: only who writes meanwhile waits.
 */
export async function rewriteSqlite(path: string, logger: Logger): Promise<boolean> {
  if (statSync(path).size > VACUUM_BYTES_MAX) {
    logger.warn('retention.records-too-large-to-rewrite', { bytes: statSync(path).size });
    return true;
  }
  const worker = new Worker(new URL('./rewrite-thread.ts', import.meta.url), { workerData: path });
  return new Promise((resolve, reject) => {
    worker.once('message', (isDone: boolean) => resolve(isDone));
    worker.once('error', reject);
  });
}
