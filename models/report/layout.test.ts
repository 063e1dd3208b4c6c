import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { expectGolden } from '../../checks/golden.ts';
import { regionCode } from '../../core/region.ts';
import type { Language } from '../../core/text.ts';
import { buildReport, countsOnly } from './build-report.ts';
import { describeCell } from './describe-cell.ts';
import { layoutReport, type ReportDocument } from './layout.ts';
import { readPeriod } from './period.ts';
import { inventedInput } from './report.fixture.ts';

const NOW = Date.UTC(2026, 11, 1);
const week = readPeriod({ period: '2026-W47' }, NOW);
const golden = (name: string) => fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));

/** The whole document as plain text. */
function asText({ title, facts, notices, tables, footnotes }: ReportDocument, language: Language) {
  const lines = [title[language], ''];
  for (const { name, value } of facts) lines.push(`${name[language]}: ${value[language]}`);
  for (const notice of notices) lines.push(`! ${notice[language]}`);
  for (const table of tables) {
    lines.push('', `## ${table.title[language]}${table.note ? ` (${table.note[language]})` : ''}`);
    lines.push(table.columns.map(({ name }) => name[language]).join(' | '));
    for (const { cells } of table.rows)
      lines.push(cells.map((cell) => describeCell(cell)[language]).join(' | '));
  }
  return [...lines, '', ...footnotes.map((note) => `* ${note[language]}`), ''].join('\n');
}

test('the weekly report of a city', () => {
  const document = layoutReport(buildReport(inventedInput(week)));
  expectGolden(golden('city-week'), asText(document, 'zh'));
  expectGolden(golden('city-week-en'), asText(document, 'en'));
  expect(asText(document, 'en').replace(/=试验规则“引号”&<标签>/g, '')).not.toMatch(
    /\p{Script=Han}/u,
  );
});

test('a month that runs, of a county, where the record begins within, for eyes that see counts only', () => {
  const month = readPeriod({ period: '2026-11' }, NOW);
  const input = inventedInput(month, {
    asOfMs: Date.UTC(2026, 10, 20, 2),
    weeks: 3,
    region: regionCode('511722'),
  });
  const report = buildReport(input);
  expectGolden(golden('county-month'), asText(layoutReport(report), 'zh'));
  expectGolden(golden('county-month-counts'), asText(layoutReport(countsOnly(report)), 'zh'));
});

test('nothing on record is said to be nothing known', () => {
  const input = inventedInput(week);
  const empty = buildReport({ ...input, alerts: [], notices: [], knownSinceMs: null });
  const words = asText(layoutReport(empty), 'zh');
  expectGolden(golden('nothing-known'), words);
  expect(words).not.toMatch(/\| 0( \||$)/m);
});

test('every row has as many cells as its table has columns', () => {
  for (const { columns, rows } of layoutReport(buildReport(inventedInput(week))).tables)
    for (const { cells } of rows) expect(cells).toHaveLength(columns.length);
});
