// The process a backtest of the console runs in, with the lowest priority. It is told what to do by the
// product that started it, and ends with it.

import { rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { assert } from '../../core/errors.ts';
import { elapsedMs } from '../../core/time.ts';
import { loadRulebook, parseRule } from '../../rules/rulebook.ts';
import { MINUTES_PER_LEVEL } from '../api/backtest-report.ts';
import type { BacktestProgress } from '../api/backtests.ts';
import type { Config } from '../config.ts';
import { createSurroundings } from '../surroundings.ts';
import { readJob, readTexts, saveResult, workFolder } from './backtest-job.ts';
import type { RunEnd } from './backtest-queue.ts';
import { collectChanges } from './changes.ts';
import { failureOf } from './failure.ts';
import { openHistory } from './open-history.ts';
import { createProgressReport } from './progress-report.ts';
import { BACKTEST_DEFAULTS, runBacktest } from './run-backtest.ts';

export type ToProcess =
  | { readonly kind: 'start'; readonly config: Config; readonly folder: string }
  | { readonly kind: 'stop' };

export type FromProcess =
  | { readonly kind: 'progress'; readonly progress: BacktestProgress }
  | RunEnd;

const stopping = new AbortController();

const tell = (message: FromProcess) =>
  new Promise<void>((resolve) => {
    if (process.send && process.connected) process.send(message, () => resolve());
    else resolve();
  });

process.on('message', (message: ToProcess) => {
  if (message.kind === 'stop') stopping.abort();
  else void run(message).then(end);
});
// Ctrl-C and a service manager tell every process of the product.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
// The product is gone: what was saved last is where it goes on.
process.once('disconnect', () => process.exit(1));
if (!process.connected) process.exit(1);

async function end(how: RunEnd): Promise<void> {
  await tell(how);
  process.exit(0);
}

async function run({ config, folder }: ToProcess & { kind: 'start' }): Promise<RunEnd> {
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    return await evaluate(config, folder);
  } catch (error) {
    if (stopping.signal.aborted && error === stopping.signal.reason) return { kind: 'stopped' };
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    return { kind: 'failed', failure: failureOf(error) };
  }
}

async function evaluate(config: Config, folder: string): Promise<RunEnd> {
  const job = readJob(folder);
  const texts = readTexts(folder);
  const { pack } = loadRulebook(config.rules.pack);
  const parse = (source: string) => parseRule(`${job.ruleId}.yaml`, source, pack);
  const candidate = parse(texts.candidate);
  const baseline = texts.baseline === undefined ? undefined : parse(texts.baseline);
  assert(candidate.version === job.candidate.version, 'a text has the version it was asked with');
  // The warehouse of a running product belongs to the product.
  const { source, close } = await openHistory(config, {
    source: 'log',
    positionsSource: '',
    fromMs: job.fromMs,
    folder: workFolder(folder),
  });
  const changes = collectChanges();
  const progress = createProgressReport(
    elapsedMs,
    (so) => void tell({ kind: 'progress', progress: so }),
  );
  try {
    const report = await runBacktest(
      {
        source,
        ...createSurroundings(config.rules.pack),
        folder: workFolder(folder),
        onProgress: progress.reading,
        onCompare: progress.comparing,
        onChange: changes.take,
        signal: stopping.signal,
      },
      {
        candidate,
        baseline,
        fromMs: job.fromMs,
        untilMs: job.untilMs,
        minutesPerLevel: MINUTES_PER_LEVEL,
      },
      { ...BACKTEST_DEFAULTS, resume: true },
    );
    saveResult(folder, { report, changes: changes.all() });
    rmSync(workFolder(folder), { recursive: true, force: true });
    return { kind: 'done', history: report.history };
  } finally {
    await close();
  }
}
