// Reach and needs by command: figures as published, receipts that hold to 1e-9 and fail when changed.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkReceipt } from './index-receipt.ts';
import { printNeeds, printReach } from './index-reach.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'plumbline-reach-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
type Written = { value?: number; points?: number; answers?: Record<string, string> };
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Written;
const heard = () => {
  const lines: string[] = [];
  return { lines, print: (line: string) => void lines.push(line) };
};

const WCI =
  'account,period,days,articles,reads,favourites,likes,headline_reads,headline_favourites,headline_likes,best_reads,best_favourites,best_likes\n';
const BCI =
  'account,period,posts,originals,forwards,comments,original_forwards,original_comments,likes\n';

test.each([
  ['wci', `${WCI}达州普法,2026-10,7,14,"70,000",350,700,42000,210,420,15000,80,160\n`, 898.86082],
  ['bci', `${BCI}达州普法,2026-10,100,60,500,300,400,250,1000\n`, 898.689191],
] as const)('%s of an account, with a receipt that holds', async (kind, content, expected) => {
  const { lines, print } = heard();
  const out = join(folder, `receipts-${kind}`);
  const file = fileOf(`${kind}.csv`, content);
  expect(await printReach({ file, kind, out }, print)).toBe(true);
  const receipt = join(out, readdirSync(out)[0] as string);
  const { value = 0 } = read(receipt);
  expect(value).toBeCloseTo(expected, 5);
  expect(checkReceipt(receipt, print)).toBe(true);
  for (const [change, says] of [
    [{ value: value + 1e-6 }, /computed again it is/],
    [{ period: '2026-11' }, /id of the figure/],
    [{ inputHash: 'x' }, /not the one of its hash/],
  ] as const) {
    const other = fileOf('other.json', JSON.stringify({ ...read(receipt), ...change }));
    expect(checkReceipt(other, print)).toBe(false);
    expect(lines.at(-1)).toMatch(says);
  }
});

test('rows without counts, columns that are not there and unknown versions are named', async () => {
  const { lines, print } = heard();
  const file = fileOf('bad.csv', `${BCI}a,2026-10,many,60,500,300,400,250,1000\n`);
  expect(await printReach({ file, kind: 'bci' }, print)).toBe(false);
  expect(lines[0]).toMatch(/line 2: posts .*no number/);
  await expect(printReach({ file, kind: 'wci' }, print)).rejects.toThrow(/lacks columns: .*days/);
  await expect(printReach({ file, kind: 'bci', parameters: '9' }, print)).rejects.toThrow(
    /no such version: "9"; there are 1, simplified/,
  );
});

test('a checklist is added up, and its receipt holds', () => {
  const { lines, print } = heard();
  const answers = fileOf('answers.yaml', 'no-home: yes\nno-work: yes\n');
  const out = join(folder, 'needs.json');
  printNeeds({ answers, out }, print);
  expect(lines[0]).toMatch(/^重点帮扶：13 \/ \d+ 分/);
  expect(checkReceipt(out, print)).toBe(true);
  const changed = { ...read(out), points: 12 };
  expect(checkReceipt(fileOf('less.json', JSON.stringify(changed)), print)).toBe(false);
  const stray = { ...read(out), answers: { nothing: 'yes' } };
  expect(checkReceipt(fileOf('stray.json', JSON.stringify(stray)), print)).toBe(false);
  expect(() => printNeeds({ answers: fileOf('x.yaml', 'no-cat: yes\n') }, print)).toThrow(
    /no such item: .*no-cat/,
  );
});
