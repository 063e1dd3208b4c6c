// An index over files: the same figures as counted by hand, only what changed computed anew, the same table
// whatever the order and however often it is killed.

import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { freezeIndex, recomputeIndex, type IndexVerbOptions } from '../verbs/index-recompute.ts';
import {
  REGIONS,
  someIncidents,
  SMALL_INDEX,
  writeIndexFiles,
  type IndexFiles,
} from './incidents.fixture.ts';

const MONTHS = 24;
const incidents = someIncidents('incidents', MONTHS);
let folder = '';
let files: IndexFiles;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-recompute-'));
  files = writeIndexFiles(folder, incidents);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (out: string, change: Partial<IndexVerbOptions> = {}) => {
  const lines: string[] = [];
  const options = {
    definition: files.definition,
    input: files.incidents,
    measures: files.measures,
    out: join(folder, out),
    quiet: true,
    ...change,
  };
  const hash = await recomputeIndex(options, (line) => lines.push(line));
  return { hash, says: lines.join('\n') };
};

const tableOf = (out: string, month: string) => {
  const file = readdirSync(join(folder, out)).find((name) => name.startsWith(month));
  return arrow.tableFromIPC(readFileSync(join(folder, out, file as string)));
};

test('figures are those counted by hand, region by region and month by month', async () => {
  const { says } = await run('first');
  expect(says).toContain('24 个月，需重算 24 个');
  for (const month of ['2025-01', '2025-03', '2026-12']) {
    const table = tableOf('first', month);
    expect(Array.from(table.getChild('region')?.toArray() as Uint32Array)).toEqual(REGIONS);
    const people = REGIONS.map((region, i) =>
      month === '2025-03' && region === REGIONS[0] ? 10_000 : 20_000 + 5_000 * i,
    );
    const rate = (kind: string) =>
      REGIONS.map((region, i) => {
        const found = incidents.filter(
          (one) => one.region === region && one.kind === kind && one.month === month,
        );
        return (10_000 * found.length) / people[i]!;
      });
    const [theft, fraud] = [rate('theft'), rate('fraud')];
    const index = REGIONS.map((_, i) => {
      const d1 = Math.min(100, Math.max(0, 60 + (40 * (theft[i]! - 12)) / (1 - 12)));
      const [least, most] = [Math.min(...fraud), Math.max(...fraud)];
      const d2 = 60 + (40 * (fraud[i]! - most)) / (least - most);
      return Math.max(1, d1) ** 0.6 * Math.max(1, d2) ** 0.4;
    });
    const close = (name: string, expected: number[]) => {
      for (const [i, value] of expected.entries())
        expect(table.getChild(name)?.get(i)).toBeCloseTo(value, 9);
    };
    close('THEFT.value', theft);
    close('FRAUD.value', fraud);
    close('index', index);
    const best = index.indexOf(Math.max(...index));
    expect(table.getChild('index.rank')?.get(best)).toBe(1);
  }
});

test('nothing changed, nothing is computed; one late incident touches its month only', async () => {
  const { hash, says } = await run('first');
  expect(says).toContain('需重算 0 个');
  const late = join(folder, 'late.csv');
  writeFileSync(late, readFileSync(files.incidents));
  appendFileSync(late, `${REGIONS[2]},2025-07-09 10:00:00.000,theft\n`);
  const before = readdirSync(join(folder, 'first'));
  const after = await run('first', { input: late });
  expect(after.says).toContain('需重算 1 个、14 个指标值，读取 1 个月：2025-07');
  const changed = readdirSync(join(folder, 'first')).filter((name) => !before.includes(name));
  expect(changed).toHaveLength(1);
  expect(changed[0]).toMatch(/^2025-07\./);
  expect(after.hash).not.toBe(hash);
  expect(readdirSync(join(folder, 'first'))).toHaveLength(MONTHS);
});

test('a method that changed makes every month stale, another wording none', async () => {
  const definition = join(folder, 'other.yaml');
  writeFileSync(definition, SMALL_INDEX.replace('小指数', '指数'));
  expect((await run('method')).says).toContain('需重算 24 个');
  expect((await run('method', { definition })).says).toContain('需重算 0 个');
  writeFileSync(definition, SMALL_INDEX.replace('notAllowed: 12', 'notAllowed: 13'));
  expect((await run('method', { definition, plan: true })).says).toContain('需重算 24 个');
});

test('the table is the same whatever the order of months and of rows', async () => {
  const whole = (await run('whole')).hash;
  await run('parts', { from: '2026-03' });
  await run('parts', { to: '2025-05' });
  expect((await run('parts')).hash).toBe(whole);
  const turned = join(folder, 'turned.csv');
  const [head, ...rows] = readFileSync(files.incidents, 'utf8').trim().split('\n');
  writeFileSync(turned, `${[head, ...rows.toReversed()].join('\n')}\n`);
  expect((await run('turned', { input: turned })).hash).toBe(whole);
});

test('rows that cannot be used are counted by reason, and the rest counts', async () => {
  const odd = join(folder, 'odd.csv');
  writeFileSync(
    odd,
    [
      'region,at,kind',
      '511702,2025-01-31 23:59:59.999,theft',
      '5117,2025-01-01 10:00:00,theft',
      ',2025-01-01 10:00:00,theft',
      '511702,yesterday,theft',
      '511702,2025-01-03 10:00:00,arson',
    ].join('\n'),
  );
  const { says } = await run('odd', { input: odd });
  expect(says).toMatch(/2 {2}行政区划代码有误/);
  expect(says).toMatch(/1 {2}时间无法识别/);
  expect(says).toMatch(/1 {2}定义中没有的案件类别/);
  expect(tableOf('odd', '2025-01').getChild('THEFT.value')?.get(0)).toBe(0.5);
});

test.each([
  [{ input: 'nowhere.csv' }, /file is not there: nowhere\.csv/],
  [{ from: '2025-13' }, /not a month: "2025-13"/],
  [{ reference: 'nowhere.json' }, /no file of a reference: nowhere\.json/],
])('bad input is refused: %j', async (change, expected) => {
  await expect(run('bad', change)).rejects.toThrow(expected);
});

test('a file without the columns says which it has', async () => {
  const other = join(folder, 'columns.csv');
  writeFileSync(other, 'district,time\n1,2\n');
  await expect(run('bad', { input: other })).rejects.toThrow(
    /lacks columns: .*region, at, kind; it has district, time/,
  );
});

test('a frozen reference holds the ends, and results say which', async () => {
  const definition = join(folder, 'frozen.yaml');
  writeFileSync(
    definition,
    SMALL_INDEX.replace(
      '{ reference: period }',
      '{ satisfactory: p90, notAllowed: p10, reference: frozen }',
    ),
  );
  await expect(run('frozen', { definition })).rejects.toThrow(/needs a frozen reference/);
  const reference = join(folder, 'reference.json');
  const options = { definition, input: files.incidents, measures: files.measures, out: reference };
  const frozen = await freezeIndex({ ...options, from: '2025-01', to: '2025-12' }, () => {});
  expect(frozen.goals['FRAUD']).toMatchObject({ kind: 'between' });
  expect((await run('frozen', { definition, reference })).says).toContain('需重算 24 个');
  await freezeIndex({ ...options, from: '2026-01', to: '2026-12' }, () => {});
  expect((await run('frozen', { definition, reference })).says).toContain('需重算 24 个');
  await expect(
    freezeIndex({ ...options, from: '2024-01', to: '2024-12' }, () => {}),
  ).rejects.toThrow(/does not cover it: 2024-01 … 2024-12; the data has 2025-01 … 2026-12/);
});

test('killed twenty times in the middle and started again: the same table', async () => {
  const clean = (await run('clean')).hash;
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const random = createRandom('kills');
  const out = join(folder, 'killed');
  const start = () =>
    spawn(
      process.execPath,
      [
        main,
        'index',
        'recompute',
        '--definition',
        files.definition,
        '--input',
        files.incidents,
        '--measures',
        files.measures,
        '--out',
        out,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  let killed = 0;
  for (let attempt = 0; attempt < 20; attempt++) {
    const program = start();
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      program.once('exit', (_code, signal) => resolve(signal));
    });
    const wanted = random.int(MONTHS);
    // Killed at once when so many months are there: in the middle of writing the next one, as likely as not.
    const watch = setInterval(() => {
      const there = readdirSync(folder).includes('killed') ? readdirSync(out).length : 0;
      if (there >= wanted && there < MONTHS) program.kill('SIGKILL');
    }, 2);
    const signal = await ended;
    clearInterval(watch);
    if (signal === 'SIGKILL') killed++;
    if (readdirSync(out).filter((name) => name.endsWith('.arrow')).length === MONTHS) {
      rmSync(out, { recursive: true });
    }
  }
  expect(killed).toBeGreaterThan(5);
  expect((await run('killed')).hash).toBe(clean);
});
