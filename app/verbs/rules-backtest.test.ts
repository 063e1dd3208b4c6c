// The command: killed and taken up, stopped by hand, asked wrongly.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { writeCityFiles, type CityFiles } from '../../sim/city/write-files.ts';
import { configSchema, DEFAULT_PACK } from '../config.ts';
import { StoppedByHand } from '../stopped-by-hand.ts';
import { backtest, type BacktestVerbOptions } from './rules-backtest.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);

let folder = '';
let city: CityFiles;
let rule = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-backtest-verb-'));
  city = await writeCityFiles(
    { areas: createAreas(), locate: createLocator() },
    {
      seed: 'verb',
      size: 600,
      bracelets: 40,
      startAtMs: START_MS,
      folder: join(folder, 'city'),
      lengthMs: 30 * 60_000,
    },
  );
  rule = join(folder, 'area-exit.yaml');
  const source = await readFile(join(DEFAULT_PACK, 'area-exit.yaml'), 'utf8');
  await writeFile(
    rule,
    source.replace(/^number: \d+/m, 'number: 9').replace('{ cc: 2,', '{ cc: 1,'),
  );
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const optionsFor = (out: string): BacktestVerbOptions => ({
  rule,
  from: '2026-03-10 10:00',
  to: '2026-03-10 10:30',
  rules: DEFAULT_PACK,
  against: DEFAULT_PACK,
  positions: city.positions,
  orders: city.orders,
  facts: city.facts,
  positionsSource: 'phone/replay',
  minutes: '1=45,2=20,3=5',
  out: join(folder, out),
  resume: false,
});

const config = () => configSchema.parse({ dataFolder: join(folder, 'nothing') });

const filesOf = async (out: string) =>
  (await readdir(folder)).filter((name) => name.startsWith(out));

const run = async (options: BacktestVerbOptions) => {
  const said: string[] = [];
  await backtest(config(), options, (line) => said.push(line));
  return { said, bytes: await readFile(options.out, 'utf8') };
};

let plain = '';

test('the report is written, nothing else is left, and the terminal says what changes', async () => {
  const { said, bytes } = await run(optionsFor('plain.json'));
  plain = bytes;
  expect(await filesOf('plain')).toEqual(['plain.json']);
  expect(said.join('\n')).toMatch(/area-exit: \d+@\w+ → 9@\w+/);
  expect(said.join('\n')).toMatch(/0 added, 0 removed, [1-9]\d* regraded/);
  expect(bytes).not.toMatch(/ s$/m);
});

test('a process that is killed outright is gone on with', async () => {
  const out = join(folder, 'killed.json');
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const options = optionsFor('killed.json');
  const args = ['rules', 'backtest', rule, '--from', options.from, '--to', options.to];
  const files = ['positions', 'orders', 'facts'] as const;
  const given = files.flatMap((name) => [`--${name}`, options[name] ?? '']);
  const child = spawn(process.execPath, [
    main,
    ...args,
    ...given,
    '--against',
    DEFAULT_PACK,
    '--out',
    out,
  ]);
  // Killed as soon as it has begun to work; it may have got anywhere.
  while (!existsSync(`${out}.progress`) && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  expect(existsSync(out)).toBe(false);
  expect((await run({ ...options, resume: true })).bytes).toBe(plain);
  expect(await filesOf('killed')).toEqual(['killed.json']);
}, 60_000);

test('stopped by hand it leaves nothing, and what was there before stays', async () => {
  await writeFile(join(folder, 'stopped.json'), 'before');
  const stopping = new AbortController();
  const running = run({ ...optionsFor('stopped.json'), checkpointMs: 0, signal: stopping.signal });
  setTimeout(() => stopping.abort(new StoppedByHand()), 30);
  await expect(running).rejects.toThrow('stopped');
  expect(await filesOf('stopped')).toEqual(['stopped.json']);
  expect(await readFile(join(folder, 'stopped.json'), 'utf8')).toBe('before');
});

test.each<[string, Partial<BacktestVerbOptions>, string]>([
  ['a time that is none', { from: 'yesterday' }, 'this is no date and time'],
  ['times the wrong way round', { to: '2026-03-10 09:00' }, '--from is not before --to'],
  ['minutes of two levels', { minutes: '1=45,2=20' }, '--minutes is not right'],
  ['a rule nobody knows', { rule: 'area-exti' }, 'there is no such rule'],
  ['the active version of no product', { against: 'active' }, 'there is no product data'],
  [
    'the log of no product',
    { positions: undefined, orders: undefined, facts: undefined },
    'there is no log',
  ],
])('%s is refused', async (_name, change, message) => {
  await expect(run({ ...optionsFor('refused.json'), ...change })).rejects.toThrow(message);
  expect(await filesOf('refused')).toEqual([]);
});
