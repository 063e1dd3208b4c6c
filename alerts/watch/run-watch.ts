// The watchdog: a loop apart from the pipeline that looks for what should have moved and did not, tells of each
// thing once, and tells when it moves again.

import { OperatingError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import { ioClock, sleep, type Clock, type EpochMs } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { StallTable } from '../../warehouse/records-schema.ts';
import type { Channel } from '../channels/channel.ts';
import type { DutyOfficers } from '../duty-officers.ts';
import { EVENT_TURN } from '../events.ts';
import { findStalls, WATCH_LIMITS, type WatchLimits } from './stalls.ts';
import { lastingStalls, noteTold, reconcileStalls, untoldStalls } from './stall-store.ts';
import { tellLeaders } from './tell-leaders.ts';
import { tellOperators, type Operator } from './tell-operators.ts';
import { readWatchRows, type WatchReadDeps } from './watch-rows.ts';

export type WatchDeps = Pick<WatchReadDeps, 'log' | 'hasCanaries' | 'overdueTasks'> & {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly dutyOfficers: DutyOfficers;
  readonly channels: readonly Channel[];
  /** Events were written: somebody should publish and send. */
  readonly onChanged: (alertIds: readonly string[]) => void;
};

export type WatchOptions = {
  readonly everyMs: number;
  readonly limits: WatchLimits;
  readonly operators: readonly Operator[];
};

export const WATCH_DEFAULTS: WatchOptions = {
  everyMs: 15_000,
  limits: WATCH_LIMITS,
  operators: [],
};

export type Watchdog = {
  /** When it last looked; null before the first time. */
  lookedAtMs(): number | null;
  /** What stood still then. */
  lasting(): readonly Pick<StallTable, 'kind' | 'level'>[];
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

/** Looks once; gives what stands still. Throws OperatingError when records or log are away. */
export async function watchOnce(
  deps: WatchDeps,
  { limits, operators }: WatchOptions,
  watchedSinceMs: number,
): Promise<readonly ReturnType<typeof findStalls>[number][]> {
  const { records, clock, logger } = deps;
  const nowAtMs = clock.now();
  const rows = await readWatchRows(
    { ...deps, db: records.db },
    { nowAtMs, watchedSinceMs },
    limits,
  );
  const found = findStalls(rows, nowAtMs, limits);
  await takeNote(deps, found, nowAtMs);
  const untold = await untoldStalls(records.db);
  if (untold.begun.length === 0 && untold.over.length === 0) return found;
  for (const { kind, alertId, level, what, sinceMs } of untold.begun) {
    logger.error('watch.stalled', { kind, alertId, level, what, sinceMs });
  }
  for (const { kind, alertId, level, what, overAtMs } of untold.over) {
    logger.warn('watch.moving-again', { kind, alertId, level, what, overAtMs });
  }
  // Noted afterwards: who is not told for certain is told again, under the same key.
  await tellOperators(deps, operators, untold);
  await noteTold(records.db, untold, clock.now());
  return found;
}

/** Episodes and what level 1 needs are one transaction, so that leaders are told once. */
async function takeNote(
  { records, dutyOfficers, onChanged }: WatchDeps,
  found: ReturnType<typeof findStalls>,
  nowAtMs: EpochMs,
): Promise<void> {
  // Most of the time nothing stands still, and nobody has to take turns to learn that.
  if (found.length === 0 && (await lastingStalls(records.db)).length === 0) return;
  const told = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const begun = await reconcileStalls(trx, found, nowAtMs);
    const grave = begun.filter(({ level, alertId }) => level === 1 && alertId !== null);
    if (grave.length === 0) return [];
    const roster = await dutyOfficers.read(trx, nowAtMs);
    const alertIds: string[] = [];
    for (const stall of grave) {
      if (stall.alertId && (await tellLeaders(trx, stall, { roster, atMs: nowAtMs })))
        alertIds.push(stall.alertId);
    }
    return alertIds;
  });
  if (told.length > 0) onChanged([...new Set(told)]);
}

export function startWatchdog(deps: WatchDeps, options: WatchOptions = WATCH_DEFAULTS): Watchdog {
  const stopping = new AbortController();
  const watchedSinceMs = deps.clock.now();
  let lookedAtMs: number | null = null;
  let lasting: Watchdog['lasting'] extends () => infer Found ? Found : never = [];
  const look = async () => {
    lasting = await watchOnce(deps, options, watchedSinceMs);
    lookedAtMs = deps.clock.now();
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        if (!(error instanceof OperatingError)) throw error;
        deps.logger.error('watch.blind', { code: error.code });
      }
      await sleep(ioClock, options.everyMs, stopping.signal).catch(() => {});
    }
  };
  const ended = run();
  return {
    lookedAtMs: () => lookedAtMs,
    lasting: () => lasting,
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
