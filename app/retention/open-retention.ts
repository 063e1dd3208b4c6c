// Puts the deletion together for the configured product: while it runs, or at rest from the command line.

import { existsSync } from 'node:fs';
import { secureIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { Clock } from '../../core/time.ts';
import type { Log } from '../../ingest/log.ts';
import { openLogRetention, type LogRetention } from '../../ingest/log-retention.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import type { OldestIn } from '../../security/retention/plan.ts';
import type { RetentionDeps } from '../../security/retention/run-retention.ts';
import { archiveOldTrail } from '../../security/retention/trail-period.ts';
import {
  oldestRow,
  PERSONAL_TABLES,
  settleDeleted,
  type PersonalTable,
} from '../../warehouse/forget.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { inDataFolder, type Config } from '../config.ts';
import type { RetentionConfig } from './retention-config.ts';
import {
  backtestFolders,
  logByAge,
  logPersons,
  rewriteSqlite,
  rulesAtRest,
  rulesByMark,
  warehouseByAge,
  warehousePersons,
  type ReadTo,
} from './stores.ts';

export type RetentionParts = {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: Records;
  readonly log: Log;
  readonly olap: Olap | undefined;
  readonly audit: Audit;
  /** Rules may be running somewhere: they are told by the log. */
  readonly runs: boolean;
};

export const periodsOf = (config: RetentionConfig): RetentionDeps['periods'] => {
  const { person, alerts, tracks, log, messages, duty, sessions, backtests, audit } = config;
  return { person, alerts, tracks, log, messages, duty, sessions, backtests, audit };
};

/** The oldest row of a table of the warehouse, for the page. */
export const oldestIn =
  (olap: Olap | undefined): OldestIn =>
  async ({ store, name }) =>
    olap && store === 'warehouse' && name in PERSONAL_TABLES
      ? oldestRow(olap, name as PersonalTable)
      : undefined;

/** Close it when it is not needed any more. */
export function openRetention(parts: RetentionParts): RetentionDeps & { close(): void } {
  const { config, records, log, olap, logger, clock } = parts;
  const logPath = inDataFolder(config, 'log.sqlite');
  const embedded: LogRetention | undefined =
    config.log.kind === 'embedded' ? openLogRetention(logPath, config.log.partitions) : undefined;
  const backtests = backtestFolders(inDataFolder(config, 'backtests'));
  const recordsPath = inDataFolder(config, 'records.sqlite');
  return {
    records,
    clock,
    logger,
    ids: secureIds,
    audit: parts.audit,
    periods: periodsOf(config.retention),
    unconfirmedMs: config.retention.unconfirmedHold,
    persons: [
      parts.runs ? rulesByMark({ log, records }) : rulesAtRest({ records }),
      ...(embedded ? [logPersons(embedded, { path: logPath, logger })] : []),
      ...(olap ? [warehousePersons(olap)] : []),
      backtests,
    ],
    aged: [
      ...(embedded ? [logByAge(embedded, readByAll(parts), olap !== undefined)] : []),
      ...(olap ? [warehouseByAge(olap)] : []),
      backtests,
    ],
    async settle() {
      if (olap && !(await settleDeleted(olap))) return false;
      if (embedded && !embedded.settle()) return false;
      if (config.records.kind !== 'sqlite' || !existsSync(recordsPath)) return true;
      return rewriteSqlite(recordsPath, logger);
    },
    archiveTrail: (old) =>
      archiveOldTrail({ records, engine: config.records.kind, clock, audit: parts.audit }, old),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    close: () => embedded?.close(),
  };
}

/** Up to where a topic was read by everybody who keeps what they read; nothing where somebody has not begun. */
function readByAll({ records, olap, config }: RetentionParts): ReadTo {
  return async (topic, partition) => {
    if (topic === 'dead-letters') return Infinity;
    const offsets = await records.db
      .selectFrom('consumerOffset')
      .select('nextOffset')
      .where('topic', '=', topic as 'observations')
      .where('partition', '=', partition)
      .execute();
    const reached = offsets.map(({ nextOffset }) => nextOffset);
    if (topic === 'observations') {
      const states = await records.db
        .selectFrom('snapshot')
        .select('nextOffset')
        .where('consumer', '=', 'rules')
        .where('partition', '=', partition)
        .execute();
      reached.push(...states.map(({ nextOffset }) => nextOffset));
      if (states.length === 0) reached.push(0);
    }
    if (olap) reached.push(await writtenTo(olap, topic, partition));
    else if (config.warehouse.kind !== 'none') reached.push(0);
    return reached.length === 0 ? 0 : Math.min(...reached);
  };
}

const TARGET_OF: Readonly<Record<string, string>> = {
  observations: 'observation_record',
  findings: 'finding',
  'alert-events': 'alert_event',
};

async function writtenTo(olap: Olap, topic: string, partition: number): Promise<number> {
  const [row] = await olap.rows<{ next: number }>(
    `SELECT max(next_offset) AS next FROM writer_progress
     WHERE target = {target:String} AND log_partition = {partition:UInt16}`,
    { target: TARGET_OF[topic] ?? '', partition },
  );
  return row?.next ?? 0;
}
