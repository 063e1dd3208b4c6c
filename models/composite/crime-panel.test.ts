// Public data end to end: 90 counties over seven years, with ratios above 1 among the values. The file is not
// part of the product; PLUMBLINE_CRIME_PANEL says where it lies.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { evaluatePeriod } from './evaluate-period.ts';
import { planIndex } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { loadDefinition } from './load-definition.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const plan = planIndex(loadDefinition(here('../social-order/crime-panel.yaml')));
const file = process.env['PLUMBLINE_CRIME_PANEL'] ?? '';
const isThere = file !== '' && existsSync(file);
if (!isThere) {
  process.stderr.write('skipped: the crime panel, because PLUMBLINE_CRIME_PANEL is not set\n');
}

/** Columns of the definition by year; counties are in the order of the file. */
function panel(): Map<string, PeriodColumns> {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head.split(',').map((name) => name.replaceAll('"', ''));
  const rows = lines.map((line) => line.split(','));
  const cell = (row: readonly string[], name: string) => row[names.indexOf(name)] ?? '';
  const years = [...new Set(rows.map((row) => cell(row, 'year')))];
  return new Map(
    years.map((year) => {
      const own = rows.filter((row) => cell(row, 'year') === year);
      const columns = Object.keys(plan.definition.columns).map((name) => [
        name,
        Float64Array.from(own, (row) => Number(cell(row, name))),
      ]);
      return [year, { regions: own.length, columns: Object.fromEntries(columns) }];
    }),
  );
}

test.skipIf(!isThere)('ratios above 1 are held at 1, and every one of them is reported', () => {
  const reported = { ARREST: 0, CONVICT: 0 };
  for (const columns of panel().values()) {
    expect(columns.regions).toBe(90);
    const { indicators, nodes } = evaluatePeriod(plan, [columns]);
    for (const code of ['ARREST', 'CONVICT'] as const) {
      const { touched, values } = indicators.get(code) as NonNullable<
        ReturnType<typeof indicators.get>
      >;
      for (const { index, was, is } of touched) {
        expect([was > 1, is, values[index]]).toEqual([true, 1, 1]);
      }
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
      reported[code] += touched.length;
    }
    for (const figure of nodes.get('index') ?? []) {
      expect(figure).toBeGreaterThan(0);
      expect(figure).toBeLessThanOrEqual(100 + 1e-9);
    }
  }
  // As its documentation counts them: arrests in 5 of 630 rows, convictions in 71.
  expect(reported).toEqual({ ARREST: 5, CONVICT: 71 });
});
