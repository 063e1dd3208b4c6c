// Fetches time stamps for the seals that have none yet. A file leaves at once, its seal is stamped shortly after:
// an authority that does not answer holds nobody up, and what is missing is asked for again.

import type { Logger } from '../../core/logger.ts';
import { epochMs, type Clock, type Timer } from '../../core/time.ts';
import type { AskTimeStamp } from '../../security/exports/ask-time-stamp.ts';
import { stampedLines, withTimeStamp } from '../../security/exports/export-seal.ts';
import type { Records } from '../../warehouse/records.ts';

export type StampDeps = {
  readonly records: Pick<Records, 'db'>;
  readonly logger: Logger;
  readonly ask: AskTimeStamp;
};

/** So many in one look; the rest are there at the next. */
const SEALS_MAX = 100;

/** Stamps what waits, the oldest first; gives how many. Rejects when the authority fails. */
export async function stampSeals({ records, logger, ask }: StampDeps): Promise<number> {
  const waiting = await records.db
    .selectFrom('exportSeal')
    .innerJoin('exportFile', 'exportFile.number', 'exportSeal.number')
    .select(['exportSeal.number', 'exportSeal.seal'])
    .where('exportSeal.stampedAtMs', 'is', null)
    .orderBy('exportFile.madeAtMs')
    .limit(SEALS_MAX)
    .execute();
  let stamped = 0;
  for (const { number, seal } of waiting) {
    const found = await ask(stampedLines(seal));
    if (found.is !== 'stamped') {
      // Nothing it answers now is taken; whoever runs the site has to look.
      logger.error('exports.stamp-refused', { because: found.is });
      return stamped;
    }
    await records.db
      .updateTable('exportSeal')
      .set({ seal: withTimeStamp(seal, found.token), stampedAtMs: epochMs(found.atMs) })
      .where('number', '=', number)
      .where('seal', '=', seal)
      .execute();
    stamped++;
  }
  return stamped;
}

/** Looks at the start and every `everyMs`. */
export function startStamping(
  deps: StampDeps & { readonly timer: Clock; readonly everyMs: number },
): { stop(): Promise<void> } {
  let timer: Timer | undefined;
  let isStopped = false;
  let running: Promise<void>;
  const look = async () => {
    try {
      await stampSeals(deps);
    } catch (error) {
      deps.logger.warn('exports.not-stamped', { cause: String(error) });
    }
    if (!isStopped) timer = deps.timer.after(deps.everyMs, () => void (running = look()));
  };
  running = look();
  return {
    async stop() {
      isStopped = true;
      timer?.cancel();
      await running;
    },
  };
}
