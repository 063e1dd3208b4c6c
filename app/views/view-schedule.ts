// Looks at the start and every minute whether a scheduled view is due. What fails is tried with the next look.

import { MINUTE_MS } from '../../core/local-time.ts';
import type { Timer } from '../../core/time.ts';
import { countDueViews, type ViewScheduleDeps } from './scheduled-views.ts';

export function startViewSchedule(deps: ViewScheduleDeps): { stop(): Promise<void> } {
  const { clock, logger } = deps;
  let timer: Timer | undefined;
  let stopped = false;
  let running: Promise<void>;
  const again = async () => {
    await countDueViews(deps).catch((error: unknown) => {
      logger.error('view-report.not-made', { cause: String(error) });
    });
    if (!stopped) timer = clock.after(MINUTE_MS, () => void (running = again()));
  };
  running = again();
  return {
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}
