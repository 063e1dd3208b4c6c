// The nightly upkeep of an installation: what is to be deleted is deleted, and a backup is made. Both are
// looked after once a minute, so that one that was cut short or asked for by hand goes on at once; sessions
// that have ended go with every look.

import { localDate, minuteOfDay } from '../../core/local-time.ts';
import { ioClock, systemClock } from '../../core/time.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import {
  carryOut,
  runRetention,
  type RetentionDeps,
} from '../../security/retention/run-retention.ts';
import { isUnsettled, openTasks } from '../../security/retention/tasks.ts';
import { loadCursor, saveCursor } from '../../warehouse/cursors.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { forgetEndedSessions } from '../../warehouse/sessions.ts';
import { BACKUP_ASKED } from '../backup/ask-for-backup.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { inDataFolder } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import { createIndexService } from '../indices/index-service.ts';
import { openRetention } from '../retention/open-retention.ts';

const LOOK_MS = 60_000;
/** A start is not the moment for it. */
const FIRST_LOOK_MS = 300_000;

const DELETED_ON = 'retention.ran-on';
const BACKED_UP_ON = 'backup.ran-on';

export type Upkeep = { stop(): Promise<void> };

/** Runs where the warehouse is written, which one process at a time does. */
export function startUpkeep(
  foundation: Foundation,
  { olap, audit }: { olap: Olap | undefined; audit: Audit },
): Upkeep {
  const { config, logger } = foundation;
  const retention = openRetention({ ...foundation, olap, audit, runs: true });
  let isStopped = false;
  let running = Promise.resolve();
  const look = async () => {
    try {
      await forgetEndedSessions({ clock: systemClock }, foundation.records.db);
      await lookAfterDeletion(foundation, retention);
      await lookAfterBackup(foundation, olap);
    } catch (error) {
      logger.error('upkeep.failed', { cause: String(error) });
    }
    if (!isStopped) timer = ioClock.after(LOOK_MS, next);
  };
  const next = () => {
    running = look();
  };
  let timer = ioClock.after(FIRST_LOOK_MS, next);
  logger.info('upkeep.started', { backups: config.backup !== undefined });
  return {
    async stop() {
      isStopped = true;
      timer.cancel();
      await running;
      retention.close();
    },
  };
}

async function lookAfterDeletion(foundation: Foundation, deps: RetentionDeps): Promise<void> {
  const { config, records } = foundation;
  const day = await dayOfWork(foundation, { at: config.retention.at, name: DELETED_ON });
  if (day !== undefined) {
    await runRetention(deps);
    await saveCursor(foundation, records.db, { name: DELETED_ON, value: day });
  } else if ((await openTasks(deps)).length > 0 || (await isUnsettled(records))) {
    await carryOut(deps);
  }
}

async function lookAfterBackup(foundation: Foundation, olap: Olap | undefined): Promise<void> {
  const { config, records } = foundation;
  if (!config.backup) return;
  const asked = await loadCursor(records.db, BACKUP_ASKED);
  const day = await dayOfWork(foundation, { at: config.backup.at, name: BACKED_UP_ON });
  if (day === undefined && (asked ?? '') === '') return;
  const own = config.warehouse.kind === 'chdb' ? (olap ?? null) : null;
  const source = {
    dataFolder: inDataFolder(config, '.'),
    records: config.records,
    log: config.log,
    olap: own,
    indices: own && {
      service: createIndexService({ olap: own, records, clock: foundation.clock }),
      db: records.db,
    },
  };
  await takeBackup(foundation, source, config.backup, { full: asked === 'full' });
  if (day !== undefined) {
    await saveCursor(foundation, records.db, { name: BACKED_UP_ON, value: day });
  }
  await saveCursor(foundation, records.db, { name: BACKUP_ASKED, value: '' });
}

/** Today, when its work is due and was not done; undefined otherwise. */
async function dayOfWork(
  { clock, records }: Foundation,
  { at, name }: { at: number; name: string },
): Promise<string | undefined> {
  const nowAtMs = clock.now();
  if (minuteOfDay(nowAtMs) < at) return undefined;
  const day = localDate(nowAtMs);
  return (await loadCursor(records.db, name)) === day ? undefined : day;
}
