// plumbline up: runs the product until it is told to stop; with --demo inside a synthetic city.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../../core/errors.ts';
import { createLogger } from '../../core/logger.ts';
import { systemClock } from '../../core/time.ts';
import { loadConfig, type Role } from '../config.ts';
import { startDemo } from '../demo.ts';
import type { DemoOptions } from '../demo-options.ts';
import { SCREENS_FOLDER } from '../http/server.ts';
import { tellLastWords } from '../last-words.ts';
import { leave } from '../leave.ts';
import type { Print } from '../print.ts';
import { startProduct } from '../wire.ts';
import { mustBeAsSealed } from './program.ts';

export type UpOptions = {
  readonly configFile?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
};

/** Runs the product. Resolves once it was stopped by SIGINT or SIGTERM. */
export async function runProduct(options: UpOptions, print: Print): Promise<void> {
  await buildScreens(print);
  const base = options.roles ? { roles: [...options.roles] } : {};
  const config = loadConfig({ file: options.configFile });
  tellLastWords(createLogger(config.logLevel));
  if (config.program) mustBeAsSealed(config.program);
  const product = await startProduct({ ...config, ...base }, { clock: systemClock });
  print(`准绳 Plumbline  ${product.address}`);
  await untilStopped(product.failed, product.stop, print);
}

/** Runs the demonstration likewise. */
export async function runDemo(options: DemoOptions, print: Print): Promise<void> {
  const building = buildScreens(print);
  const demo = await startDemo(options);
  await building;
  const { address } = demo.product;
  print(
    `准绳 Plumbline  ${address}  (大屏 wall ${address}/wall/supervision · 外呼短信演示网关 gateway ${demo.gatewayUrl})`,
  );
  await untilStopped(demo.product.failed, demo.stop, print);
}

/** How long stopping may take before the process ends anyway. */
const STOP_MS_MAX = 15_000;

async function untilStopped(
  failed: Promise<never>,
  stop: () => Promise<unknown>,
  print: Print,
): Promise<void> {
  // What was compiled for this start need not be for the next, however this process ends.
  flushCompileCache();
  const told = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await Promise.race([told, failed]);
  print('正在停止 stopping …');
  const late = systemClock.after(STOP_MS_MAX, () => leave(1));
  await stop();
  late.cancel();
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the screens when they are not there or older than their sources. */
async function buildScreens(print: Print): Promise<void> {
  if (!areScreensStale()) return;
  print('正在生成界面 building the screens …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve) => {
    let said = '';
    const child = spawn(process.execPath, [vite, 'build', 'cockpit', '--logLevel', 'warn'], {
      cwd: root,
    });
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('close', (exit) => resolve({ code: exit, output: said }));
  });
  if (code === 0) return;
  throw new OperatingError('source-unavailable', `the screens could not be built:\n${output}`, {
    retry: 'never',
  });
}

function areScreensStale(): boolean {
  const built = join(SCREENS_FOLDER, 'index.html');
  if (!existsSync(built)) return true;
  const builtAtMs = statSync(built).mtimeMs;
  const sources = [join(root, 'cockpit'), join(root, 'core'), join(root, 'app', 'api')];
  return sources.some((folder) => newestIn(folder) > builtAtMs);
}

/** When anything in the folder was last written, in ms; what is built or tested does not count. */
function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['dist', 'node_modules', 'fixtures', 'shots'].includes(entry.name)) continue;
    if (/\.(test|fixture)\./.test(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}
