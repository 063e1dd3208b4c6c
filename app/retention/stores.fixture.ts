// An installation at rest with everything in its stores: the log of a few persons, what the rules said to it,
// the warehouse filled from it, and in every table of the records a row of each of two persons.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { silentLogger } from '../../core/logger.ts';
import { encodePositions } from '../../core/position-batch.ts';
import { createCountingIds, secureIds } from '../../core/ids.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { openLogRetention } from '../../ingest/log-retention.ts';
import { encodeLines, type Log, type LogEntry, type LogRecord } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { createEngine } from '../../rules/engine.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { inputOf, startRules } from '../../rules/run.ts';
import { createStream, recordsOf, squareAreas, START_MS } from '../../rules/stream.fixture.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { declaredIn, type Periods } from '../../security/retention/declaration.ts';
import type { RetentionDeps } from '../../security/retention/run-retention.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { settleDeleted } from '../../warehouse/forget.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { startWriter } from '../../warehouse/writer.ts';
import { caughtUp } from '../../warehouse/writer.fixture.ts';
import { DEFAULT_PACK } from '../config.ts';
import { createSnapshotStore } from '../roles/rule-snapshots.ts';
import {
  backtestFolders,
  logByAge,
  logPersons,
  rewriteSqlite,
  rulesAtRest,
  warehouseByAge,
  warehousePersons,
} from './stores.ts';

export const DAY_MS = 86_400_000;
export const GONE = 'cc-canary-7f3a91';
export const STAYS = 'cc-witness-55b';
export const CANARY = 'KANARIENVOGEL 金丝雀';
/** A longitude only the person who goes was ever at. */
export const CANARY_LNG = 107.612_345_678_9;

const PERIODS: Periods = {
  audit: 1_095 * DAY_MS,
  person: 180 * DAY_MS,
  alerts: 1_095 * DAY_MS,
  tracks: 180 * DAY_MS,
  log: 90 * DAY_MS,
  messages: 180 * DAY_MS,
  duty: 1_095 * DAY_MS,
  sessions: 30 * DAY_MS,
  backtests: 30 * DAY_MS,
};

const rulebook = loadRulebook(DEFAULT_PACK);
const surroundings = { areas: squareAreas };

/** The stream of the rules' own tests, with keys and places a search cannot miss. */
function entriesOf(): LogEntry[] {
  const renamed: Readonly<Record<string, string>> = { P0: GONE, P1: STAYS };
  const stream = createStream(3, { persons: 4, minutes: 300 });
  let number = 0;
  const events = stream.events.map((event) => {
    const subject = renamed[event.subject] ?? event.subject;
    const isGone = subject === GONE;
    return {
      ...event,
      subject,
      ...(event.fact
        ? {
            fact: {
              ...event.fact,
              id: isGone ? `ob_canary${number++}` : event.fact.id,
              subject,
              ...('place' in event.fact && isGone ? { place: CANARY } : {}),
            } as typeof event.fact,
          }
        : {}),
      ...(event.position
        ? {
            position: {
              ...event.position,
              subject: subject as typeof event.position.subject,
              ...(isGone ? { lng: CANARY_LNG } : {}),
            },
          }
        : {}),
    };
  });
  return recordsOf({ events, subjects: [] }, { rowsMax: 16 }).map(
    ({ watermarkMs, facts, positions }): LogEntry => {
      const at = epochMs(watermarkMs);
      if (facts) {
        // Others are forbidden to meet the one who goes.
        const bound = facts.map((fact) =>
          fact.kind === 'order' && fact.subject !== GONE
            ? { ...fact, conditions: { ...fact.conditions, noContactWith: [GONE] } }
            : fact,
        );
        return { kind: 'lines', watermarkMs: at, payload: encodeLines(bound) };
      }
      if (positions) {
        return { kind: 'positions', watermarkMs: at, payload: encodePositions(positions) };
      }
      return encodeTick(at);
    },
  );
}

export type Installation = {
  readonly folder: string;
  readonly records: Records;
  readonly log: Log;
  readonly olap: Olap;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly audit: AuditEntry[];
  readonly deps: RetentionDeps;
  /** Runs the writer of the warehouse until it has everything; gives segments that do not agree. */
  write(): Promise<number>;
  close(): Promise<void>;
  remove(): Promise<void>;
};

export async function createInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-forget-'));
  const clock = createManualClock(START_MS + DAY_MS);
  const random = createRandom('forget');
  const logger = silentLogger;
  const records = await openRecords(
    { logger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const path = join(folder, 'log.sqlite');
  const log = openEmbeddedLog({ clock }, { path, partitions: 1 });
  const retention = openLogRetention(path, 1);
  const openWarehouse = () =>
    openOlap({ logger }, { kind: 'chdb', folder: join(folder, 'warehouse') });
  const fresh = await openWarehouse();
  await migrateWarehouse({ clock, logger }, fresh);
  // New tables clear away seldom until they are opened again.
  await fresh.close();
  const olap = await openWarehouse();
  const audit: AuditEntry[] = [];

  await log.append('observations', [{ partition: 0, entries: entriesOf() }]);
  const dead = [GONE, STAYS].map((subject) => ({
    reason: 'no-time',
    detail: subject === GONE ? CANARY : '',
    observation: { subject },
  }));
  await log.append('dead-letters', [
    {
      partition: 0,
      entries: [{ kind: 'lines', watermarkMs: epochMs(0), payload: encodeLines(dead) }],
    },
  ]);
  await judge({ log, records, clock });
  await seedRecords(records);
  mkdirSync(join(folder, 'backtests', 'bt_1', 'work'), { recursive: true });
  mkdirSync(join(folder, 'backtests', 'bt_2'), { recursive: true });
  writeFileSync(join(folder, 'backtests', 'bt_1', 'work', 'spool'), `${GONE} ${CANARY}`);
  writeFileSync(join(folder, 'backtests', 'bt_2', 'changes.json'), `["${STAYS}"]`);

  let isClosed = false;
  const installation: Installation = {
    folder,
    records,
    log,
    olap,
    clock,
    audit,
    deps: {
      records,
      clock,
      ids: secureIds,
      logger,
      periods: PERIODS,
      unconfirmedMs: 3 * DAY_MS,
      audit: {
        record: (_trx, entry) => {
          audit.push(entry);
          return Promise.resolve();
        },
      },
      persons: [
        rulesAtRest({ records }),
        logPersons(retention, { path, logger }),
        warehousePersons(olap),
        backtestFolders(join(folder, 'backtests')),
      ],
      aged: [
        logByAge(retention, () => Promise.resolve(Infinity), true),
        warehouseByAge(olap),
        backtestFolders(join(folder, 'backtests')),
      ],
      settle: async () =>
        (await settleDeleted(olap)) &&
        retention.settle() &&
        (await rewriteSqlite(join(folder, 'records.sqlite'), logger)),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    },
    async write() {
      const writer = startWriter({ log, olap, clock, random, logger });
      await caughtUp(writer);
      const lanes = await writer.status();
      await writer.stop();
      return lanes.reduce((sum, { incompleteSegments }) => sum + incompleteSegments, 0);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      retention.close();
      await log.close();
      await records.close();
      await olap.close();
    },
    async remove() {
      await installation.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await installation.write();
  return installation;
}

/** The rules as they run in the product, until they have seen everything. */
async function judge({ log, records, clock }: Pick<Installation, 'log' | 'records' | 'clock'>) {
  const { end } = await log.bounds('observations', 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const rules = await startRules({
    log,
    rulebook,
    surroundings,
    snapshots: createSnapshotStore(records, { clock }),
    logger: silentLogger,
    onTurn: () => setImmediate(() => (rules.status()[0]?.nextOffset ?? 0) >= end && resolve()),
  });
  await promise;
  await rules.stop();
}

/** What an engine that was never stopped says to the log, as it is now. */
export async function judgeAgain(log: Log): Promise<string[]> {
  const engine = createEngine({ rulebook, ...surroundings });
  return (await allOf(log)).flatMap((record) =>
    engine.step(inputOf(record)).map((finding) => JSON.stringify(finding)),
  );
}

async function allOf(log: Log): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (let offset = 0; ;) {
    const some = await log.read('observations', 0, { offset, recordsMax: 1_000 });
    const last = some.at(-1);
    if (!last) return all;
    all.push(...some);
    offset = last.offset + 1;
  }
}

/** Tables in the order rows go in. */
const ORDER = declaredIn('records')
  .filter(({ personal }) => personal !== undefined)
  .map(({ name }) => name)
  .filter(
    (name) =>
      // The audit trail may not be altered: persons stay in it by their key alone.
      !name.startsWith('audit') &&
      !['snapshot', 'retentionTask', 'retentionCertificate', 'retentionHold'].includes(name),
  )
  .reverse();

/** A row of each person in every table that can hold one, with a canary in every text that is free. */
async function seedRecords({ db }: Records): Promise<void> {
  const ids = createCountingIds();
  await sql`PRAGMA foreign_keys = OFF`.execute(db);
  for (const subject of [GONE, STAYS]) {
    const isGone = subject === GONE;
    const alertId = `al_of_${isGone ? 'canary' : 'witness'}`;
    const noticeId = `no_of_${isGone ? 'canary' : 'witness'}`;
    const rest: Readonly<Record<string, unknown>> = {
      subject,
      alert_id: alertId,
      notice_id: noticeId,
      officer_id: `of_${isGone ? 1 : 2}`,
      account_id: `ac_${isGone ? 1 : 2}`,
      silence_id: `si_${isGone ? 1 : 2}`,
      note_id: `rn_${isGone ? 1 : 2}`,
      report_id: null,
      action: 'start',
      status: 'closed',
      order_id: 'order-1',
    };
    const own: Readonly<Record<string, string>> = {
      alert: alertId,
      outbox: noticeId,
      officer: `of_${isGone ? 1 : 2}`,
      account: `ac_${isGone ? 1 : 2}`,
      silence: `si_${isGone ? 1 : 2}`,
      rosterNote: `rn_${isGone ? 1 : 2}`,
    };
    for (const name of ORDER) {
      const table = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const { rows: columns } = await sql<{ name: string; type: string; pk: number }>`
        SELECT name, type, pk FROM pragma_table_info(${table})`.execute(db);
      // Only what names a supervised person is of a person; what is of officers names nobody here.
      const declared = declaredIn('records').find((one) => one.name === name)?.personal;
      const mine = declared?.person !== undefined;
      const words = isGone && mine ? CANARY : `${name} words`;
      const jsonColumns = [...(declared?.mentions ?? []), ...(declared?.pruned ?? [])];
      // A document of the other's that names the person who goes, and the other way round.
      const json = JSON.stringify({
        samples: [
          { subject: GONE, words: declared?.pruned ? CANARY : 'near' },
          { subject: STAYS, words: 'near' },
        ],
        named: [GONE],
      });
      const values = columns.map((column) => {
        const camel = column.name.replace(/_([a-z])/g, (_all, letter: string) =>
          letter.toUpperCase(),
        );
        if (column.name === 'seq') return null;
        if (column.name === 'id') return own[name] ?? ids.next(`${isGone ? 'canary' : 'witness'}`);
        if (jsonColumns.includes(camel)) return json;
        if (column.name in rest) return rest[column.name];
        if (column.type.toLowerCase() === 'text') {
          return column.pk > 0 || column.name.endsWith('_id') || column.name.endsWith('_hash')
            ? ids.next('key')
            : `${words} ${ids.next('w')}`;
        }
        return column.type.toLowerCase() === 'blob' ? Buffer.from(words) : START_MS;
      });
      await sql`INSERT INTO ${sql.raw(table)} VALUES (${sql.join(values)})`.execute(db);
    }
  }
  await sql`PRAGMA foreign_keys = ON`.execute(db);
}

/** Files of a folder that hold one of the texts or bytes anywhere. */
export function grep(folder: string, needles: readonly (string | Buffer)[]): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const bytes = readFileSync(path);
      return needles
        .filter((needle) => bytes.includes(needle))
        .map((needle) => `${path.slice(folder.length)}: ${needle.toString('utf8')}`);
    });
}
