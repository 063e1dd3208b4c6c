import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OperatingError, UserError } from '../core/errors.ts';
import { createManualClock, systemClock } from '../core/time.ts';
import { describeLog, entry, type LogHarness } from './log.contract.ts';
import { describeLogCrashes } from './log-crash.contract.ts';
import { describeLogModel } from './log-model.contract.ts';
import { openEmbeddedLog } from './log-embedded.ts';

const harness: LogHarness = {
  async createStore(partitions) {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
    const path = join(folder, 'log.sqlite');
    return {
      open: async () => openEmbeddedLog({ clock: systemClock }, { path, partitions }),
      async trim(topic, partition, before) {
        const database = new DatabaseSync(path);
        database.exec(`DELETE FROM ${topic}_${partition} WHERE id <= ${before}`);
        database.close();
      },
      crashArguments: ['embedded', path],
      remove: () => rm(folder, { recursive: true }),
    };
  },
};

describeLog('embedded', harness);
describeLogModel('embedded', harness);
describeLogCrashes('embedded', harness);

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

test('a file that is no log is an operating error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
  const path = join(folder, 'log.sqlite');
  await writeFile(path, 'this is not a database, however long it is looked at'.repeat(20));
  const opened = () => openEmbeddedLog({ clock: systemClock }, { path, partitions: 1 });
  expect(opened).toThrow(OperatingError);
  expect(opened).toThrow('could not be opened');
  await rm(folder, { recursive: true });
});

test('several processes may create the same file at the same moment', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-log-'));
  const path = join(folder, 'log.sqlite');
  const program = fileURLToPath(new URL('log-crash.ts', import.meta.url));
  const children = Array.from({ length: 3 }, () => fork(program, ['embedded', path, '0']));
  const firstSeen = children.map(
    (child) =>
      new Promise<string>((resolve) => {
        child.on('message', () => resolve('appended'));
        child.on('exit', (code) => resolve(`ended with ${code}`));
      }),
  );
  expect(await Promise.all(firstSeen)).toEqual(['appended', 'appended', 'appended']);
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
  await rm(folder, { recursive: true });
});
