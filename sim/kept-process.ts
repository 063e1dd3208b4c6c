// A program that never outlives the process that started it, however that ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type KeptProcess = {
  readonly pid: number;
  /** The exit code, -1 after a signal. */
  readonly ended: Promise<number>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
};

/**
 * A shell that waits on a pipe from us: when we end, even by SIGKILL, the pipe closes and the shell kills
 * the program. It prints the program's process id first.
 */
const KEEPER = `
log=$1; shift
exec 3<&0
"$@" </dev/null 3<&- >>"$log" 2>&1 &
program=$!
echo "$program"
exec >&-
(cat <&3 >/dev/null; kill -KILL "$program" 2>/dev/null) &
wait "$program"`;

/** Starts a program; what it prints is added to the file at `logPath`. */
export async function startKeptProcess(
  command: readonly string[],
  logPath: string,
): Promise<KeptProcess> {
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', logPath, ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(keeper, 'exit').then(([code]) => {
    keeper.stdin.destroy();
    return (code as number | null) ?? -1;
  });
  const [pidLine] = (await once(keeper.stdout, 'data')) as [Buffer];
  const pid = Number(pidLine.toString());
  const isRunning = () => keeper.exitCode === null && keeper.signalCode === null;
  return {
    pid,
    ended,
    isRunning,
    signal(name) {
      try {
        if (isRunning()) process.kill(pid, name);
      } catch (error) {
        // It ended by itself and we have not heard yet.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  };
}
