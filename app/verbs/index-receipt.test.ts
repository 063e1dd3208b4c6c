// Receipts by command, and the same definition counted and computed by another engine in its own SQL.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptSchema, type Receipt } from '../../models/composite/receipt.ts';
import { loadDefinition } from '../../models/composite/load-definition.ts';
import { loadConfig } from '../config.ts';
import {
  REGIONS,
  someIncidents,
  writeIndexFiles,
  type IndexFiles,
} from '../indices/incidents.fixture.ts';
import { computed } from '../indices/index-service.ts';
import { checkReceipt, printUncertainty, writeReceipt } from './index-receipt.ts';
import { withInput } from './index-recompute.ts';

let folder = '';
let files: IndexFiles;
const config = loadConfig({});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-receipt-'));
  files = writeIndexFiles(folder, someIncidents('receipts', 24));
});
afterAll(() => rmSync(folder, { recursive: true }));

const source = () => ({
  definition: files.definition,
  input: files.incidents,
  measures: files.measures,
});

async function receiptOf(figure: string): Promise<{ file: string; receipt: Receipt }> {
  const file = join(folder, `${figure.replaceAll('/', '-')}.json`);
  await writeReceipt(config, { figure, out: file, ...source() }, () => {});
  return { file, receipt: receiptSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) };
}

test('a receipt by command holds, and one that was changed does not', async () => {
  const { file, receipt } = await receiptOf('small/2025-03/511724/index');
  const said: string[] = [];
  expect(checkReceipt(file, (line) => said.push(line))).toBe(true);
  const other = join(folder, 'changed.json');
  writeFileSync(other, JSON.stringify({ ...receipt, value: (receipt.value ?? 0) + 0.01 }));
  expect(checkReceipt(other, (line) => said.push(line))).toBe(false);
  expect(said.at(-1)).toMatch(/computed again it is/);
});

test.each([
  ['small/2025-03/511724', /no such figure/],
  ['small/2025-03/999999/index', /no such figure/],
  ['other/2025-03/511724/index', /no such figure/],
])('what is no figure is refused: %s', async (figure, expected) => {
  await expect(receiptOf(figure)).rejects.toThrow(expected);
});

test('ranks come with their intervals, and the same seed gives the same', async () => {
  const run = async (seed: string) => {
    const lines: string[] = [];
    await printUncertainty(
      config,
      { index: 'small', period: '2025-05', samples: 64, seed, ...source() },
      (line) => lines.push(line),
    );
    return lines.join('\n');
  };
  const first = await run('a');
  expect(first.match(/^ +\d+ {2}\[\d+, \d+\]/gm)).toHaveLength(REGIONS.length);
  expect(first).toContain('Sobol');
  expect(await run('a')).toBe(first);
});

/** The small index as DuckDB computes it, months and regions with no incident included. */
const duckSql = (incidents: string, measures: string) => `
WITH incident AS (
  SELECT region, strftime("at", '%Y-%m') AS month, kind
  FROM read_csv('${incidents}', header = true, columns = {'region': 'INTEGER', 'at': 'TIMESTAMP', 'kind': 'VARCHAR'})),
measure AS (SELECT * FROM read_csv('${measures}', header = true, columns = {'region': 'INTEGER', 'period': 'VARCHAR', 'column': 'VARCHAR', 'value': 'DOUBLE'})),
cell AS (
  SELECT r.region, m.month,
    10000 * count(i.kind) FILTER (i.kind = 'theft') AS theft,
    10000 * count(i.kind) FILTER (i.kind = 'fraud') AS fraud
  FROM (SELECT DISTINCT region FROM measure) r CROSS JOIN (SELECT DISTINCT month FROM incident) m
  LEFT JOIN incident i ON i.region = r.region AND i.month = m.month
  GROUP BY r.region, m.month),
rate AS (
  SELECT c.region, c.month, c.theft / p.value AS theft, c.fraud / p.value AS fraud
  FROM cell c, LATERAL (
    SELECT value FROM measure o WHERE o.region = c.region AND (o.period = c.month OR o.period = left(c.month, 4))
    ORDER BY length(o.period) DESC LIMIT 1) p),
points AS (
  SELECT region, month,
    least(100, greatest(0, 60 + 40 * (theft - 12) / (1 - 12))) AS theft,
    60 + 40 * (fraud - max(fraud) OVER w) / (min(fraud) OVER w - max(fraud) OVER w) AS fraud
  FROM rate WINDOW w AS (PARTITION BY month))
SELECT region, month, exp(0.6 * ln(greatest(theft, 1)) + 0.4 * ln(greatest(fraud, 1))) AS figure
FROM points ORDER BY month, region`;

test('another engine counts and computes the same figures to 1e-9', async () => {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(duckSql(files.incidents, files.measures));
  const rows = result.getRowObjects() as { region: number; month: string; figure: number }[];
  connection.closeSync();
  instance.closeSync();
  expect(rows).toHaveLength(24 * REGIONS.length);
  const lines: string[] = [];
  const versioned = loadDefinition(files.definition);
  await withInput(
    versioned.definition,
    { input: files.incidents, measures: files.measures },
    (input) => {
      const index = computed(versioned, input, { reference: undefined, isSynthetic: false });
      for (const { region, month, figure } of rows) {
        const [year, number] = month.split('-').map(Number) as [number, number];
        const own = index.resultOf(year * 12 + number - 1).nodes.get('index');
        const is = own?.[input.regions.indexOf(region)] as number;
        if (Math.abs(is - figure) > 1e-9) lines.push(`${month} ${region}: ${is} against ${figure}`);
      }
      return Promise.resolve();
    },
  );
  expect(lines).toEqual([]);
});
