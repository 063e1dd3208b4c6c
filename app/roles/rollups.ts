// Keeps the warehouse's roll-ups: counts days again that something was written about, a few at a time, and
// clears away what was replaced. Runs where the warehouse is written.

import { ioClock } from '../../core/time.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { clearReplaced, countDue, noteDays } from '../../warehouse/rollup-count.ts';
import type { RollupMarks } from '../../warehouse/rollup-days.ts';
import { ROLLUP_IDS, type RollupId } from '../../warehouse/rollups.ts';
import type { Foundation } from '../foundation.ts';

const LOOK_MS = 20_000;
/** While days are waiting to be counted. */
const NEXT_MS = 500;
const CLEAR_MS = 3_600_000;

export type RollupKeeper = { stop(): Promise<void> };

export function startRollupKeeper(
  { records, clock, logger }: Foundation,
  { olap, marks }: { olap: Olap; marks: RollupMarks },
): RollupKeeper {
  const deps = { records, olap, marks, clock };
  const counting = new Map<RollupId, ReadonlySet<number>>();
  let isStopped = false;
  let areDaysNoted = false;
  let clearedAtMs: number | undefined;
  let running = Promise.resolve();

  const look = async () => {
    let pauseMs = LOOK_MS;
    try {
      if (!areDaysNoted) await noteDays(deps);
      areDaysNoted = true;
      const settled = await countDue(deps);
      if (settled > 0) {
        logger.info('rollups.counted', { days: settled });
        pauseMs = NEXT_MS;
      }
      const nowMs = ioClock.now();
      if (clearedAtMs === undefined || nowMs - clearedAtMs > CLEAR_MS) {
        for (const rollup of ROLLUP_IDS) {
          counting.set(rollup, await clearReplaced(deps, rollup, counting.get(rollup)));
        }
        clearedAtMs = nowMs;
      }
    } catch (error) {
      // Tried again: until then figures are counted from the rows themselves.
      logger.warn('rollups.waiting', { cause: String(error) });
    }
    if (!isStopped) timer = ioClock.after(pauseMs, next);
  };
  const next = () => {
    running = look();
  };
  let timer = ioClock.after(LOOK_MS, next);
  return {
    async stop() {
      isStopped = true;
      timer.cancel();
      await running;
    },
  };
}
