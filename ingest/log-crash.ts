// Appends numbered batches of three until it is killed, telling its parent each number once the log has
// acknowledged it. Run by log.contract.ts: node log-crash.ts <store arguments> <first batch>.

import { assert } from '../core/errors.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from './log-embedded.ts';
import type { Log } from './log.ts';

const [kind, address = '', first = '0'] = process.argv.slice(2);

async function open(): Promise<Log> {
  assert(kind === 'embedded', `no log of kind "${kind}"`);
  return openEmbeddedLog({ clock: systemClock }, { path: address, partitions: 1 });
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
