// What the loops of alerts/ share: turning until told to stop, waiting out what will pass, and bells by which
// one loop wakes another.

import { OperatingError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ioClock, sleep } from '../core/time.ts';

const PAUSE_MS_MAX = 5_000;

/** Turns until `stopping`; backs off from what will pass, rejects with anything else. */
export async function loop(
  { logger, random }: { logger: Logger; random: Random },
  stopping: AbortSignal,
  turn: () => Promise<unknown>,
): Promise<void> {
  for (let failures = 0; !stopping.aborted;) {
    try {
      await turn();
      failures = 0;
      // A loop with much to do lets everything else have its turn too.
      await new Promise((resolve) => setImmediate(resolve));
    } catch (error) {
      if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
      failures++;
      logger.warn('alerts.waiting', { code: error.code, failures });
      const pauseMs = Math.min(PAUSE_MS_MAX, 50 * 2 ** failures) * (0.5 + random.next() / 2);
      await sleep(ioClock, pauseMs, stopping).catch(() => {});
    }
  }
}

export type Bell = {
  ring(): void;
  /** Resolves at the next ring, at once when it rang while nobody listened, and after `pollMs` at last. */
  heard(): Promise<void>;
};

export function createBell(pollMs: number, stopping: AbortSignal): Bell {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async heard() {
      if (!isRung && !stopping.aborted) {
        await new Promise<void>((resolve) => {
          const timer = ioClock.after(pollMs, resolve);
          wake = () => {
            timer.cancel();
            resolve();
          };
        });
      }
      isRung = false;
    },
  };
}
