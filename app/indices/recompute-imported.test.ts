// Files imported into the warehouse and an index computed from it: the same figures as from the files, changed
// by what is imported after, back to what they were when that is taken out; a frozen reference looks back.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig, type Config } from '../config.ts';
import { importFile, undoImportById } from '../verbs/import.ts';
import { freezeIndex, recomputeIndex, type IndexVerbOptions } from '../verbs/index-recompute.ts';
import {
  REGIONS,
  someIncidents,
  SMALL_INDEX,
  writeIndexFiles,
  type IndexFiles,
} from './incidents.fixture.ts';

const MONTHS = 8;
let folder = '';
let files: IndexFiles;
let config: Config;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-imported-'));
  files = writeIndexFiles(folder, someIncidents('imported', MONTHS, 60));
  config = loadConfig({ base: { dataFolder: join(folder, 'data'), logLevel: 'silent' } }, {});
});
afterAll(() => rmSync(folder, { recursive: true }));

const recomputed = async (out: string, change: Partial<IndexVerbOptions> = {}) => {
  const says: string[] = [];
  const hash = await recomputeIndex(
    {
      definition: files.definition,
      config: () => config,
      out: join(folder, out),
      quiet: true,
      ...change,
    },
    (line) => says.push(line),
  );
  return { hash, says: says.join('\n') };
};

const imported = async (file: string, as: 'incidents' | 'measures'): Promise<string> => {
  const says: string[] = [];
  const options = { file, as, dryRun: false };
  expect(
    await importFile(
      () => config,
      options,
      (line) => says.push(line),
    ),
  ).toBe(true);
  return /已导入 (\S+)，/.exec(says.join('\n'))?.[1] as string;
};

test('what was imported is what is computed, and what is taken out no longer is', async () => {
  await expect(recomputed('none')).rejects.toThrow(/no row of the input can be used/);
  await expect(recomputed('none', { measures: files.measures })).rejects.toThrow(/no incidents/);
  await imported(files.incidents, 'incidents');
  await imported(files.measures, 'measures');
  const first = await recomputed('warehouse');
  const { incidents: input, measures } = files;
  expect(first.hash).toBe((await recomputed('files', { input, measures })).hash);

  const late = join(folder, 'late.csv');
  writeFileSync(late, `region,at,kind\n${REGIONS[2]},2025-03-15 10:00:00,theft\n`);
  const id = await imported(late, 'incidents');
  expect((await recomputed('warehouse', { plan: true })).says).toMatch(
    /8 个月，需重算 1 个、14 个指标值，读取 1 个月：2025-03/,
  );
  const second = await recomputed('warehouse');
  expect(second.hash).not.toBe(first.hash);
  await undoImportById(config, id, () => {});
  expect((await recomputed('warehouse')).hash).toBe(first.hash);
});

test('a reference takes the months before its year into account', async () => {
  const definition = join(folder, 'rolling.yaml');
  writeFileSync(
    definition,
    SMALL_INDEX.replace(
      '{ reference: period } }',
      '{ satisfactory: p90, notAllowed: p10, reference: frozen } }',
    ).replace(
      'value: { of: fraud, over: people, per: 10000 }',
      'value: { of: fraud }\n    smoothing: { kind: rolling, periods: 3 }',
    ),
  );
  const { incidents: input, measures } = files;
  const frozen = (from: string) =>
    freezeIndex(
      { definition, input, measures, out: join(folder, 'reference.json'), from, to: '2025-06' },
      () => {},
    );
  const { goals, from } = await frozen('2025-04');
  expect(from).toBe('2025-04');
  // Each month of the year counts three: the two before April are not of the reference, and enter it.
  const goal = goals['FRAUD'] as { satisfactory: number };
  const counted = someIncidents('imported', MONTHS, 60);
  const sums = ['2025-04', '2025-05', '2025-06'].flatMap((_, i) =>
    REGIONS.map(
      (region) =>
        counted.filter(
          (one) =>
            one.region === region &&
            one.kind === 'fraud' &&
            ['2025-02', '2025-03', '2025-04', '2025-05', '2025-06']
              .slice(i, i + 3)
              .includes(one.month),
        ).length,
    ),
  );
  const sorted = sums.sort((a, b) => a - b);
  expect(goal.satisfactory).toBe(sorted[2]);
});
