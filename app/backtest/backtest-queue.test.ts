// The queue without processes: what runs is ended by the test.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { createManualClock } from '../../core/time.ts';
import type { BacktestProgress } from '../api/backtests.ts';
import {
  ENDED_MAX,
  openBacktestQueue,
  WAITING_MAX,
  type BacktestQueue,
  type RunEnd,
} from './backtest-queue.ts';

type Started = {
  readonly id: string;
  readonly end: (how: RunEnd) => void;
  readonly progress: (so: BacktestProgress) => void;
};

let folder = '';
let runs: Started[] = [];
let queue: BacktestQueue;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-backtest-queue-'));
  runs = [];
  queue = open();
});
afterEach(async () => {
  await queue.close();
  await rm(folder, { recursive: true, force: true });
});

const clock = createManualClock(1_000);

const open = () =>
  openBacktestQueue({
    folder,
    clock,
    logger: silentLogger,
    start(path, onProgress) {
      let end: (how: RunEnd) => void = () => {};
      const ended = new Promise<RunEnd>((resolve) => {
        end = resolve;
      });
      runs.push({ id: basename(path), end, progress: onProgress });
      return { ended, stop: () => end({ kind: 'stopped' }) };
    },
  });

const add = (id: string) => {
  clock.advance(1);
  return queue.add(
    {
      id: `bt_${id}`,
      ruleId: 'area-exit',
      candidate: { version: '3@abc', status: 'active' },
      baseline: null,
      fromMs: 0,
      untilMs: 1,
      startedBy: text('分析员', 'Analyst'),
      askedAtMs: clock.now(),
    },
    { candidate: 'id: area-exit', baseline: undefined },
  );
};

const history = { observations: 1, before: 0, firstMs: 0, lastMs: 0, digest: '00' };
const PROGRESS = {
  phase: 'reading',
  share: 0.4,
  observations: 10,
  perSecond: 5,
  reachedMs: 1,
  leftMs: 2_000,
} as const;

const stateOf = (id: string) => queue.find(`bt_${id}`)?.state;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('one runs, the others wait in their order and are served when it ends', async () => {
  for (const id of ['a', 'b', 'c']) add(id);
  expect(runs.map(({ id }) => id)).toEqual(['bt_a']);
  expect(['a', 'b', 'c'].map(stateOf)).toEqual(['running', 'queued', 'queued']);
  expect(['bt_a', 'bt_b', 'bt_c'].map(queue.ahead)).toEqual([0, 1, 2]);
  runs[0]?.progress(PROGRESS);
  expect(queue.find('bt_a')?.progress).toEqual(PROGRESS);
  runs[0]?.end({ kind: 'done', history });
  await settled();
  expect(['a', 'b', 'c'].map(stateOf)).toEqual(['done', 'running', 'queued']);
  expect(queue.ahead('bt_c')).toBe(1);
  expect(queue.list().map(({ id }) => id)).toEqual(['bt_c', 'bt_b', 'bt_a']);
});

test('what waits or runs is stopped, gone on with, and thrown away only once it is not under way', async () => {
  for (const id of ['a', 'b']) add(id);
  await expect(queue.discard('bt_a')).rejects.toThrow('stop this backtest first');
  expect((await queue.stop('bt_b')).state).toBe('stopped');
  expect((await queue.stop('bt_a')).state).toBe('stopped');
  await expect(queue.stop('bt_a')).rejects.toThrow('does not run');
  expect(queue.resume('bt_b').state).toBe('running');
  expect(queue.resume('bt_a').state).toBe('queued');
  expect(() => queue.resume('bt_a')).toThrow('nothing to resume');
  await queue.stop('bt_a');
  await queue.discard('bt_a');
  expect(queue.find('bt_a')).toBeUndefined();
  expect(await readdir(folder)).toEqual(['bt_b']);
});

test('a failure is told, and the next one is served', async () => {
  for (const id of ['a', 'b']) add(id);
  const failure = { code: 'internal', says: text('意外', 'unexpected') };
  runs[0]?.end({ kind: 'failed', failure });
  await settled();
  expect(queue.find('bt_a')).toMatchObject({ state: 'failed', failure });
  expect(stateOf('b')).toBe('running');
  runs[1]?.end({ kind: 'done', history });
  await settled();
  expect(queue.resume('bt_a')).toMatchObject({ state: 'running', failure: null });
  expect(() => queue.resume('bt_b')).toThrow('nothing to resume');
});

test('when the product ends, what ran is interrupted, and what waited goes on waiting', async () => {
  for (const id of ['a', 'b']) add(id);
  await queue.close();
  queue = open();
  expect(['a', 'b'].map(stateOf)).toEqual(['interrupted', 'running']);
  expect(queue.resume('bt_a').state).toBe('queued');
});

test('a product that was killed leaves the same', async () => {
  for (const id of ['a', 'b']) add(id);
  const killed = queue;
  queue = open();
  expect(['a', 'b'].map(stateOf)).toEqual(['interrupted', 'running']);
  await killed.close();
});

test('so many may wait and no more, and the oldest that ended go first', async () => {
  for (let index = 0; index <= WAITING_MAX; index++) add(`w${index}`);
  expect(() => add('more')).toThrow('are waiting already');
  expect(await readdir(folder)).toHaveLength(WAITING_MAX + 1);
  for (let count = 0; count < ENDED_MAX + 4; count++) {
    runs.at(-1)?.end({ kind: 'done', history });
    await settled();
    add(`n${count}`);
  }
  const ended = queue.list().filter(({ state }) => state === 'done');
  expect(ended).toHaveLength(ENDED_MAX);
  expect(queue.find('bt_w0')).toBeUndefined();
});
