// The tables of controls say where each is met and which test shows it: that the test is there, that what is not
// met has a reason, and that nothing is told twice, is checked here.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCsv } from './csv.ts';
import { readRows } from './document-table.ts';
import { testTitles } from './test-titles.ts';

const at = (path: string) => new URL(`../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

const titlesIn = new Map<string, Set<string>>();
function hasTest(file: string, title: string): boolean {
  if (!existsSync(at(file))) return false;
  const titles = titlesIn.get(file) ?? testTitles(read(file));
  titlesIn.set(file, titles);
  return titles.has(title);
}

/** Files a row names in backticks-free words: a path with a slash and an ending. */
const filesIn = (words: string) =>
  [...words.matchAll(/(?<![\w./-])[\w.-]+(?:\/[\w.-]+)+\.(?:tsx?|md|txt|yaml|css|html)\b/g)].map(
    ([path]) => path,
  );

type Control = {
  readonly id: string;
  readonly status: string;
  readonly where: string;
  readonly file: string;
  readonly title: string;
};

function faultsOf({ id, status, where, file, title }: Control): string[] {
  const missing = filesIn(where)
    .filter((path) => !existsSync(at(path)))
    .map((path) => `${id}: ${path} is not there`);
  if (!['met', 'partly', 'not met', 'not applicable'].includes(status)) {
    return [...missing, `${id}: "${status}" is no status`];
  }
  if (where.trim().length < 10) missing.push(`${id}: neither where nor why not`);
  const wantsTest = status === 'met' || status === 'partly';
  if (!wantsTest) {
    if (file !== '' || title !== '') missing.push(`${id}: a test of what is not met`);
  } else if (!hasTest(file, title)) missing.push(`${id}: ${file} has no test "${title}"`);
  return missing;
}

/** Numbers of a control, compared one by one. */
const byNumber = (one: string, other: string): number => {
  const [a, b] = [one, other].map((id) => id.split('.').map(Number)) as [number[], number[]];
  const index = a.findIndex((part, place) => part !== b[place]);
  return index < 0 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? 0);
};

/** How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has. */
const LEVEL_1_AND_2 = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7];

/** Of level 3, those that are part of what was promised. */
const LEVEL_3 = ['2.3.5', '2.4.2', '7.5.3', '8.3.2', '14.2.7', '16.5.4'];

describe.each(['asvs', 'mlps'] as const)('docs/%s.csv', (name) => {
  const rows = readCsv(read(`docs/${name}.csv`));

  test('names each control once, in order', () => {
    const ids = rows.map(({ id = '' }) => id);
    expect(ids).toEqual([...new Set(ids)].sort(byNumber));
    expect(rows.filter(({ asks = '' }) => asks.length < 5)).toEqual([]);
  });

  test('every control that is met names a test that is there; every other a reason', () => {
    const faults = rows.flatMap((row) =>
      faultsOf({
        id: row['id'] ?? '',
        status: row['status'] ?? '',
        where: row['where or why not'] ?? '',
        file: row['test file'] ?? '',
        title: row['test'] ?? '',
      }),
    );
    expect(faults).toEqual([]);
  });
});

test('ASVS 5.0.0 is there as a whole at levels 1 and 2', () => {
  const rows = readCsv(read('docs/asvs.csv'));
  const counts = LEVEL_1_AND_2.map(
    (_, index) =>
      rows.filter(({ id = '', level }) => id.startsWith(`${index + 1}.`) && level !== '3').length,
  );
  expect(counts).toEqual(LEVEL_1_AND_2);
  const third = rows.filter(({ level }) => level === '3').map(({ id }) => id);
  expect(third).toEqual(expect.arrayContaining(LEVEL_3));
});

test('the eight modules of cryptography are there, each with where it stands', () => {
  const rows = readRows(read('docs/cryptography.md'), 'module');
  expect(rows.map(([module = '']) => Number(module.split(' ')[0]))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
  const faults = rows.flatMap(([id = '', , status = '', where = '', file = '', title = '']) =>
    faultsOf({
      id,
      status,
      where: where.replaceAll('`', ''),
      file: file.replaceAll('`', ''),
      title,
    }),
  );
  expect(faults).toEqual([]);
});

test('each algorithm is shown by the example it is said to be shown by', () => {
  const rows = readRows(read('docs/cryptography.md'), 'algorithm');
  const vectors = read('security/crypto/vectors.test.ts');
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.filter(([, , , , title = '']) => !vectors.includes(`'${title}'`))).toEqual([]);
});
