// What the log promises about crashes, run against every implementation: a process that appends is killed
// at moments of chance, and the log is read again.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRandom } from '../core/random.ts';
import { payloadsOf, readAll, type LogHarness } from './log.contract.ts';

/** More batches than a round appends, so that each round has numbers of its own. */
const ROUND = 1_000;

export function describeLogCrashes(name: string, harness: LogHarness): void {
  test(`${name} log, killed between append and commit: no acknowledged batch is lost, none is halved`, async () => {
    const store = await harness.createStore(1);
    const random = createRandom('log crash');
    const acknowledged: number[] = [];
    for (let round = 0; round < 3; round++) {
      const first = round * ROUND;
      const last = await appendUntilKilled(store.crashArguments, {
        first,
        afterBatches: 3 + random.int(20),
        extraMs: random.int(5),
      });
      for (let batch = first; batch <= last; batch++) acknowledged.push(batch);
      const log = await store.open();
      const batches = partsByBatch(payloadsOf(await readAll(log, 'observations', 0)));
      await log.close();
      for (const batch of acknowledged) {
        expect(batches.get(batch), `batch ${batch} after round ${round}`).toEqual(['a', 'b', 'c']);
      }
      // A batch under way when the writer died may come, even late, but only whole.
      for (const [batch, parts] of batches) {
        expect(parts, `unacknowledged batch ${batch}`).toEqual(['a', 'b', 'c']);
      }
    }
    await store.remove();
  }, 60_000);
}

function partsByBatch(payloads: readonly string[]): Map<number, string[]> {
  const batches = new Map<number, string[]>();
  for (const payload of payloads) {
    const [batch = '', part = ''] = payload.split(':');
    batches.set(Number(batch), [...(batches.get(Number(batch)) ?? []), part]);
  }
  return batches;
}

/** Runs log-crash.ts until it has acknowledged some batches, then kills it; gives the last acknowledged. */
function appendUntilKilled(
  crashArguments: readonly string[],
  { first, afterBatches, extraMs }: { first: number; afterBatches: number; extraMs: number },
): Promise<number> {
  const program = fileURLToPath(new URL('log-crash.ts', import.meta.url));
  const child = fork(program, [...crashArguments, String(first)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let last = first - 1;
  return new Promise((resolve, reject) => {
    child.on('message', (batch: number) => {
      last = batch;
      if (batch === first + afterBatches) setTimeout(() => child.kill('SIGKILL'), extraMs);
    });
    child.on('exit', (code) =>
      code ? reject(new Error(`log-crash.ts ended with ${code}`)) : resolve(last),
    );
  });
}
