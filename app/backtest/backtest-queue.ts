// The backtests of one server: one runs, the others wait in the order they were asked for. What runs when the
// product ends is interrupted, and goes on when somebody says so; what waits then goes on waiting.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { elapsedMs, type Clock } from '../../core/time.ts';
import type { BacktestReport } from '../api/backtest-report.ts';
import type { BacktestProgress, BacktestState } from '../api/backtests.ts';
import type { Problem } from '../api/session.ts';
import {
  createJobFolder,
  readJobs,
  saveJob,
  type BacktestJob,
  type RuleTexts,
} from './backtest-job.ts';

export type RunEnd =
  | { readonly kind: 'done'; readonly history: BacktestReport['history'] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: Problem };

/** A backtest that runs, wherever that is. `done` never rejects. */
export type BacktestRun = {
  readonly ended: Promise<RunEnd>;
  /** Saves where it stands and ends. */
  stop(): void;
};

export type StartRun = (
  folder: string,
  onProgress: (progress: BacktestProgress) => void,
) => BacktestRun;

export type BacktestQueue = {
  /** Newest first. */
  list(): readonly BacktestJob[];
  find(id: string): BacktestJob | undefined;
  /** How many are served before this one. */
  ahead(id: string): number;
  folderOf(id: string): string;
  /** Throws UserError `conflict` when too many wait. */
  add(job: NewJob, texts: RuleTexts): BacktestJob;
  /** These throw UserError `conflict` where the state does not allow it. */
  stop(id: string): Promise<BacktestJob>;
  resume(id: string): BacktestJob;
  discard(id: string): Promise<void>;
  /** What runs is interrupted. */
  close(): Promise<void>;
};

export type NewJob = Omit<BacktestJob, 'state' | 'progress' | 'failure' | 'endedAtMs' | 'history'>;

export const WAITING_MAX = 8;

/** Of those that ended, so many are kept; the oldest go first. */
export const ENDED_MAX = 40;

/** How far it is is written down no more often. */
const NOTE_MS_MIN = 5_000;

export function openBacktestQueue(deps: {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly start: StartRun;
}): BacktestQueue {
  const { clock, logger } = deps;
  const folderOf = (id: string) => join(deps.folder, id);
  const jobs = new Map<string, BacktestJob>();
  /** In the order in which they are served. */
  let waiting: string[] = [];
  let running: { id: string; run: BacktestRun; settled: Promise<void> } | undefined;
  let stoppedByHand: string | undefined;
  let closed = false;

  const keep = (job: BacktestJob): BacktestJob => {
    jobs.set(job.id, job);
    saveJob(folderOf(job.id), job);
    return job;
  };
  const change = (id: string, to: Partial<BacktestJob>): BacktestJob =>
    keep({ ...(jobs.get(id) as BacktestJob), ...to });

  const serve = () => {
    if (running || closed) return;
    const id = waiting.shift();
    if (id === undefined) return;
    change(id, { state: 'running', failure: null, endedAtMs: null });
    let notedAtMs = elapsedMs();
    const run = deps.start(folderOf(id), (progress) => {
      const job = { ...(jobs.get(id) as BacktestJob), progress };
      jobs.set(id, job);
      if (elapsedMs() - notedAtMs < NOTE_MS_MIN) return;
      notedAtMs = elapsedMs();
      saveJob(folderOf(id), job);
    });
    const settled = run.ended.then((end) => settle(id, end));
    running = { id, run, settled };
  };

  const settle = (id: string, end: RunEnd) => {
    running = undefined;
    const endedAtMs = clock.now();
    if (end.kind === 'done') change(id, { state: 'done', endedAtMs, history: end.history });
    else if (end.kind === 'failed') {
      change(id, { state: 'failed', endedAtMs, failure: end.failure });
      logger.warn('backtest.failed', { backtest: id, code: end.failure.code });
    } else change(id, { state: stoppedByHand === id ? 'stopped' : 'interrupted', endedAtMs });
    stoppedByHand = undefined;
    dropOldest();
    serve();
  };

  const dropOldest = () => {
    const ended = newestFirst().filter(({ state }) => !isUnderWay(state));
    for (const { id } of ended.slice(ENDED_MAX)) {
      jobs.delete(id);
      void rm(folderOf(id), { recursive: true, force: true });
    }
  };

  const newestFirst = () =>
    [...jobs.values()].sort((a, b) => b.askedAtMs - a.askedAtMs || (a.id < b.id ? -1 : 1));

  const enqueue = (id: string): BacktestJob => {
    if (waiting.length >= WAITING_MAX) throw new UserError('conflict', TOO_MANY);
    waiting.push(id);
    serve();
    return jobs.get(id) as BacktestJob;
  };

  for (const job of readJobs(deps.folder)) {
    jobs.set(job.id, job);
    if (job.state === 'running') change(job.id, { state: 'interrupted' });
  }
  waiting = newestFirst()
    .filter(({ state }) => state === 'queued')
    .map(({ id }) => id)
    .reverse();
  serve();

  return {
    list: newestFirst,
    find: (id) => jobs.get(id),
    ahead: (id) => {
      const at = waiting.indexOf(id);
      return at < 0 ? 0 : at + (running ? 1 : 0);
    },
    folderOf,
    add(asked, texts) {
      const known = jobs.get(asked.id);
      if (known) return known;
      if (waiting.length >= WAITING_MAX) throw new UserError('conflict', TOO_MANY);
      createJobFolder(folderOf(asked.id), texts);
      const fresh = { progress: null, failure: null, endedAtMs: null, history: null };
      keep({ ...asked, ...fresh, state: 'queued' });
      return enqueue(asked.id);
    },
    async stop(id) {
      const { state } = jobs.get(id) as BacktestJob;
      if (state === 'queued') {
        waiting = waiting.filter((other) => other !== id);
        return change(id, { state: 'stopped', endedAtMs: clock.now() });
      }
      if (running?.id !== id) throw new UserError('conflict', NOT_UNDER_WAY);
      const { run, settled } = running;
      stoppedByHand = id;
      run.stop();
      await settled;
      return jobs.get(id) as BacktestJob;
    },
    resume(id) {
      const { state } = jobs.get(id) as BacktestJob;
      if (isUnderWay(state) || state === 'done') throw new UserError('conflict', NOT_RESUMABLE);
      if (waiting.length >= WAITING_MAX) throw new UserError('conflict', TOO_MANY);
      change(id, { state: 'queued', failure: null, endedAtMs: null });
      return enqueue(id);
    },
    async discard(id) {
      const { state } = jobs.get(id) as BacktestJob;
      if (isUnderWay(state)) throw new UserError('conflict', STILL_UNDER_WAY);
      jobs.delete(id);
      await rm(folderOf(id), { recursive: true, force: true });
    },
    async close() {
      closed = true;
      running?.run.stop();
      await running?.settled;
    },
  };
}

const isUnderWay = (state: BacktestState): boolean => state === 'queued' || state === 'running';

const TOO_MANY = text(
  `排队的回测已达 ${WAITING_MAX} 个，请稍后再试`,
  `${WAITING_MAX} backtests are waiting already; try again later`,
);
const NOT_UNDER_WAY = text('这个回测没有在运行', 'this backtest does not run');
const NOT_RESUMABLE = text('这个回测无需继续', 'there is nothing to resume');
const STILL_UNDER_WAY = text('请先停止这个回测', 'stop this backtest first');
