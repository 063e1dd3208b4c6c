import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../core/errors.ts';
import { createManualClock, systemClock } from '../core/time.ts';
import { describeLog, entry } from './log.contract.ts';
import { openEmbeddedLog } from './log-embedded.ts';

describeLog('embedded', {
  async createStore(partitions) {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
    const path = join(folder, 'log.sqlite');
    return {
      open: async () => openEmbeddedLog({ clock: systemClock }, { path, partitions }),
      crashArguments: ['embedded', path],
      remove: () => rm(folder, { recursive: true }),
    };
  },
});

test('the time of appending comes from the given clock', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
  const log = openEmbeddedLog(
    { clock: createManualClock(42) },
    { path: join(folder, 'log.sqlite'), partitions: 1 },
  );
  await log.append('observations', [{ partition: 0, entries: [entry('x')] }]);
  const [record] = await log.read('observations', 0, { offset: 0, recordsMax: 1 });
  expect(record?.appendedAtMs).toBe(42);
  await log.close();
  await rm(folder, { recursive: true });
});

test('a file with another number of partitions is refused with a reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
  const path = join(folder, 'log.sqlite');
  const deps = { clock: systemClock };
  await openEmbeddedLog(deps, { path, partitions: 2 }).close();
  expect(() => openEmbeddedLog(deps, { path, partitions: 8 })).toThrow(UserError);
  expect(() => openEmbeddedLog(deps, { path, partitions: 8 })).toThrow('has 2 partitions');
  await rm(folder, { recursive: true });
});
