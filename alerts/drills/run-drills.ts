// The loop behind drills: what an officer started is put into the findings log, from where it goes the way of a
// real finding; what nobody ended is ended when its time is up. Killed between two steps, it does them again to
// the same effect.

import type { Logger } from '../../core/logger.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import type { Random } from '../../core/random.ts';
import type { Clock, EpochMs } from '../../core/time.ts';
import { encodeLines, partitionOf, type Log } from '../../ingest/log.ts';
import type { Records } from '../../warehouse/records.ts';
import type { DrillTable } from '../../warehouse/records-schema.ts';
import { EVENT_TURN } from '../events.ts';
import { createBell, loop } from '../loops.ts';
import { BY_LIMIT } from './drill-desk.ts';
import { drillFinding } from './drill-finding.ts';
import { endDrill, lateDrills, noteAppended, runningDrills } from './drill-store.ts';

export type DrillLoopDeps = {
  readonly records: Records;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly onChanged: (alertIds: readonly string[]) => void;
};

export type DrillOptions = {
  /** After so long a drill ends by itself: its ladder is climbed without end as long as nobody answers. */
  readonly longestMs: number;
  readonly pollMs: number;
};

export const DRILL_DEFAULTS: DrillOptions = { longestMs: 2 * HOUR_MS, pollMs: 1_000 };

/** One look at the running drills; gives how many were put into the log or ended. */
export async function tendDrills(
  { records, log, clock, logger, onChanged }: Omit<DrillLoopDeps, 'random'>,
  { longestMs }: Pick<DrillOptions, 'longestMs'>,
): Promise<number> {
  let done = 0;
  const end = (drill: DrillTable, atMs: EpochMs) =>
    records.transaction(async (trx) => {
      await records.takeTurn(trx, EVENT_TURN);
      return endDrill(trx, drill, { by: drill.endedBy ?? BY_LIMIT, atMs });
    });
  for (const drill of await lateDrills(records.db)) {
    await end(drill, clock.now());
    onChanged([drill.alertId]);
    done++;
  }
  for (const drill of await runningDrills(records.db)) {
    const nowAtMs = clock.now();
    if (nowAtMs - drill.startedAtMs >= longestMs) {
      if (!(await end(drill, nowAtMs))) continue;
      logger.warn('alerts.drill-ended', { drill: drill.id, because: BY_LIMIT });
      onChanged([drill.alertId]);
      done++;
    } else if (drill.appendedAtMs === null) {
      const finding = drillFinding(drill);
      const partition = partitionOf(finding.subject, log.partitions);
      const payload = encodeLines([finding]);
      await log.append('findings', [
        { partition, entries: [{ kind: 'lines', watermarkMs: finding.atMs, payload }] },
      ]);
      await noteAppended(records.db, drill.id, clock.now());
      logger.info('alerts.drill-started', { drill: drill.id, level: drill.level });
      done++;
    }
  }
  return done;
}

/** Starts the loop; `wake` makes it look at once. */
export function startDrills(
  deps: DrillLoopDeps,
  options: DrillOptions = DRILL_DEFAULTS,
): { wake(): void; readonly ended: Promise<void>; stop(): Promise<void> } {
  const stopping = new AbortController();
  const bell = createBell(options.pollMs, stopping.signal);
  const ended = loop(deps, stopping.signal, async () => {
    if ((await tendDrills(deps, options)) === 0) await bell.heard();
  });
  return {
    wake: bell.ring,
    ended,
    async stop() {
      stopping.abort();
      bell.ring();
      await ended;
    },
  };
}
