// Appends numbered batches of three until it is killed, telling its parent each number once the log has
// acknowledged it. Run by log-crash.contract.ts: node log-crash.ts <kind> <address> <first batch>, where the
// address is the path of an embedded log or `<topic prefix>@<broker>,<broker>` of one on Kafka.

import { AssertionError } from '../core/errors.ts';
import { DAY_MS } from '../core/local-time.ts';
import { silentLogger } from '../core/logger.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from './log-embedded.ts';
import { openKafkaLog } from './log-kafka.ts';
import type { Log } from './log.ts';

const [kind, address = '', first = '0'] = process.argv.slice(2);

async function open(): Promise<Log> {
  const deps = { clock: systemClock, logger: silentLogger };
  if (kind === 'embedded') return openEmbeddedLog(deps, { path: address, partitions: 1 });
  if (kind === 'kafka') {
    const [topicPrefix = '', brokers = ''] = address.split('@');
    return openKafkaLog(deps, {
      brokers: brokers.split(','),
      partitions: 1,
      topicPrefix,
      retentionMs: DAY_MS,
    });
  }
  throw new AssertionError(`no log of kind "${kind}"`);
}

const log = await open();
for (let batch = Number(first); ; batch++) {
  const entries = ['a', 'b', 'c'].map((part) => ({
    kind: 'lines' as const,
    watermarkMs: epochMs(batch),
    payload: Buffer.from(`${batch}:${part}`),
  }));
  await log.append('observations', [{ partition: 0, entries }]);
  process.send?.(batch);
}
