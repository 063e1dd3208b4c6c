// What nobody caught: told to the log of the product before the process ends, as it would anyway. Nothing goes on
// after a mistake of ours; whoever runs the process starts it again, and the log is read on from where it stood.

import type { Logger } from '../core/logger.ts';

/** For the process that runs the product, once. */
export function tellLastWords(logger: Logger): void {
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    logger.error('process.failed', { origin, cause: error.stack ?? String(error) });
  });
}
