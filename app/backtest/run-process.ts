// A backtest in a process of its own, so that hours of it hold nothing up: the product goes on on its own
// event loop and memory, and the other one gives way on a busy machine.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../core/logger.ts';
import { ioClock } from '../../core/time.ts';
import type { Config } from '../config.ts';
import type { RunEnd, StartRun } from './backtest-queue.ts';
import type { FromProcess, ToProcess } from './backtest-process.ts';
import { failureOf } from './failure.ts';

const PROCESS = fileURLToPath(new URL('backtest-process.ts', import.meta.url));

/** So long it may take to save where it stands; after that it goes on from the checkpoint before. */
const STOP_MS_MAX = 5_000;
const COMPLAINT_CHARS_MAX = 4_000;

export const runInProcess =
  (deps: { readonly config: Config; readonly logger: Logger }): StartRun =>
  (folder, onProgress) => {
    const child = fork(PROCESS, [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const tell = (message: ToProcess) => void (child.connected && child.send(message));
    let end: RunEnd | undefined;
    let stopping = false;
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-COMPLAINT_CHARS_MAX);
    });
    child.on('message', (message: FromProcess) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else end = message;
    });
    const ended = new Promise<RunEnd>((resolve) => {
      const settle = (cause: string) => {
        // Killed while it was to stop, it goes on from the checkpoint before.
        end ??= stopping ? { kind: 'stopped' } : { kind: 'failed', failure: failureOf(undefined) };
        if (end.kind === 'failed') deps.logger.error('backtest.ended', { cause });
        resolve(end);
      };
      child.once('error', (error) => settle(error.message));
      child.once('close', (code, signal) =>
        settle(`${signal ?? `exit code ${code}`} ${complaint}`.trim()),
      );
    });
    tell({ kind: 'start', config: deps.config, folder });
    return {
      ended,
      stop() {
        stopping = true;
        tell({ kind: 'stop' });
        const late = ioClock.after(STOP_MS_MAX, () => child.kill('SIGKILL'));
        void ended.then(() => late.cancel());
      },
    };
  };
