// The real program as a process of its own, started from the command line as an operator would, with what
// a test needs to speak with it: where it listens, what it says of itself, how much memory it takes.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { ConfigInput } from '../app/config.ts';
import type { HealthAnswer } from '../app/http/operation-routes.ts';
import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import { startKeptProcess, type KeptProcess } from './kept-process.ts';

const PROGRAM = fileURLToPath(new URL('../app/main.ts', import.meta.url));

/** A folder of its own with a configuration, in which the program is started again and again. */
export type Site = {
  readonly folder: string;
  readonly dataFolder: string;
  readonly url: string;
  readonly terminalPort: number;
  /** Starts the program; resolves as soon as it runs, ready or not. */
  start(...words: readonly string[]): Promise<Running>;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
};

export type Running = KeptProcess & {
  /** Resolves once the program has printed where it is; rejects when it ends before. */
  ready(): Promise<void>;
  /** What it printed since its start, logs included. */
  printed(): Promise<string>;
  health(): Promise<HealthAnswer>;
  metrics(): Promise<string>;
  /** Resident memory in bytes. */
  memoryBytes(): Promise<number>;
};

/** As the scripts in package.json have it. */
const ENVIRONMENT = [
  'UV_THREADPOOL_SIZE=16',
  `NODE_COMPILE_CACHE=${fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url))}`,
];

const POLL_MS = 25;
const READY_MS_MAX = 90_000;

export async function createSite(config: ConfigInput = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-site-'));
  const dataFolder = join(folder, 'data');
  const [port, terminalPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const settings: ConfigInput = {
    dataFolder,
    http: { port },
    connectors: { jt808: { port: terminalPort } },
    ...config,
  };
  const configPath = join(folder, 'plumbline.yaml');
  await writeFile(configPath, stringify(settings));
  const started: KeptProcess[] = [];
  return {
    folder,
    dataFolder,
    url,
    terminalPort,
    async start(...words) {
      const logPath = join(folder, `${started.length}.log`);
      await writeFile(logPath, '');
      const program = [process.execPath, PROGRAM, ...words, '--config', configPath];
      const kept = await startKeptProcess(['env', ...ENVIRONMENT, ...program], logPath);
      started.push(kept);
      return watch(kept, { url, logPath });
    },
    async remove() {
      for (const kept of started) kept.signal('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function watch(kept: KeptProcess, { url, logPath }: { url: string; logPath: string }): Running {
  const printed = () => readFile(logPath, 'utf8');
  return {
    ...kept,
    printed,
    async ready() {
      const untilMs = elapsedMs() + READY_MS_MAX;
      while (!/准绳 Plumbline {2}http/.test(await printed())) {
        if (!kept.isRunning() || elapsedMs() > untilMs) {
          throw new Error(`the program did not come up; it said:\n${await printed()}`);
        }
        await sleep(ioClock, POLL_MS);
      }
    },
    async health() {
      return (await (await fetch(`${url}/health`)).json()) as HealthAnswer;
    },
    async metrics() {
      return (await fetch(`${url}/metrics`)).text();
    },
    async memoryBytes() {
      const status = await readFile(`/proc/${kept.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
    },
  };
}

/** A port nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The value of one labelled counter in what /metrics says; 0 when it is not there. */
export function counterOf(metrics: string, name: string, labels: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name}{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? 0);
}
