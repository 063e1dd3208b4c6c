// Reads a partition of the log from an offset on and hands over what is new, for consumers that keep
// their own place. A log that is away is waited for.

import { OperatingError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { ioClock, sleep } from '../core/time.ts';
import type { Log, LogRecord, Topic } from './log.ts';

export type Following = {
  readonly topic: Topic;
  readonly partition: number;
  readonly fromOffset: number;
  readonly recordsMax?: number;
};

const PAUSE_MS_MAX = 5_000;

/**
 * Calls `take` with records in order until `signal` aborts. A `take` that rejects with an
 * OperatingError is called again with the same records; any other error ends the following.
 */
export async function followLog(
  deps: { log: Log; logger: Logger },
  { topic, partition, fromOffset, recordsMax = 256 }: Following,
  take: (records: readonly LogRecord[]) => Promise<void> | void,
  signal: AbortSignal,
): Promise<void> {
  let offset = fromOffset;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const records = await deps.log.read(topic, partition, {
        offset,
        recordsMax,
        waitMs: 1_000,
        signal,
      });
      const last = records.at(-1);
      if (last) await take(records);
      if (last) offset = last.offset + 1;
      failures = 0;
    } catch (error) {
      if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
      deps.logger.warn('log.follow-retry', { topic, partition, failures, code: error.code });
      await sleep(ioClock, Math.min(PAUSE_MS_MAX, 50 * 2 ** failures++));
    }
  }
}
