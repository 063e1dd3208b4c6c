// Bad definitions are refused, each with file, line, what is wrong and what cures it.

import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { loadDefinition, parseDefinition } from './load-definition.ts';

const GOOD = `id: small
number: 1
title: { zh: 小指数, en: small index }
meaning: { zh: 测试, en: test }
owner: 测试
source: 测试
grain: month
columns:
  cases: { title: { zh: 案件, en: cases }, unit: { zh: 起, en: cases }, count: true }
  people: { title: { zh: 人口, en: people }, unit: { zh: 人, en: persons } }
indicators:
  RATE:
    title: { zh: 万人案件, en: 'cases per 10,000' }
    unit: { zh: 起/万人, en: 'per 10,000' }
    direction: negative
    value: { of: cases, over: people, per: 10000 }
    goal: { satisfactory: 2, notAllowed: 8 }
  CLEAR:
    title: { zh: 破案率, en: clearance }
    unit: { zh: '%', en: '%' }
    direction: positive
    value: { of: cases, over: people, per: 100 }
    goal: { satisfactory: 60, notAllowed: 20 }
top: index
nodes:
  index:
    title: { zh: 指数, en: index }
    parts:
      - { of: RATE, weight: 0.6 }
      - { of: CLEAR, weight: 0.4 }
grading:
  bands:
    - { id: good, name: { zh: 优, en: good }, colour: blue, from: 80 }
    - { id: poor, name: { zh: 差, en: poor }, colour: red, from: null }
`;

const mistakesOf = (content: string): string => {
  try {
    parseDefinition('small.yaml', content);
    return '';
  } catch (error) {
    if (error instanceof UserError) return error.detail ?? '';
    throw error;
  }
};

test('the good one is good, and its version follows its meaning only', () => {
  const { version } = parseDefinition('small.yaml', GOOD);
  expect(version).toMatch(/^1@[0-9a-f]{12}$/);
  expect(parseDefinition('small.yaml', GOOD.replace('小指数', '指数')).version).toBe(version);
  expect(
    parseDefinition('small.yaml', GOOD.replace('notAllowed: 8', 'notAllowed: 9')).version,
  ).not.toBe(version);
});

test.each([
  [
    'weights that do not sum to one',
    ['weight: 0.4', 'weight: 0.3'],
    /^small\.yaml:29:7: .*sum to 0\.9 instead of 1; divide each/,
  ],
  [
    'ends that are one',
    ['satisfactory: 2, notAllowed: 8', 'satisfactory: 8, notAllowed: 8'],
    /^small\.yaml:17:\d+: .*both 8, which divides by zero; move one/,
  ],
  [
    'ends the wrong way round',
    ['satisfactory: 2, notAllowed: 8', 'satisfactory: 8, notAllowed: 2'],
    /negative indicator must have its satisfactory value below .* exchange them/,
  ],
  [
    'an unknown indicator',
    ['of: CLEAR', 'of: CLAER'],
    /^small\.yaml:30:\d+: .*no indicator or node "CLAER" is defined \(did you mean "CLEAR"\?\)/,
  ],
  [
    'a missing denominator',
    ['over: people, per: 10000', 'over: peeple, per: 10000'],
    /^small\.yaml:16:\d+: .*no denominator "peeple" is defined \(did you mean "people"\?\)/,
  ],
  [
    'a factor without a denominator',
    ['over: people, per: 10000', 'per: 10000'],
    /has no denominator; say under "over"/,
  ],
  [
    'a circle of values',
    ['value: { of: cases, over: people, per: 100 }', 'value: { of: CLEAR, over: RATE }'],
    /needs itself: CLEAR → CLEAR; let one/,
  ],
  [
    'a key nobody knows',
    ['direction: positive', 'direktion: positive'],
    /small\.yaml:21:5: .*direktion/,
  ],
  [
    'a wrong word',
    ['direction: positive', 'direction: upwards'],
    /small\.yaml:21:\d+: indicators\.CLEAR\.direction/,
  ],
  [
    'a part that weighs twice',
    ['of: CLEAR, weight', 'of: RATE, weight'],
    /"RATE" is counted already under "index"/,
  ],
  [
    'a top that is not there',
    ['top: index', 'top: indax'],
    /no node "indax" is defined \(did you mean "index"\?\)/,
  ],
  ['grades out of order', ['from: 80', 'from: null'], /only the last grade may be without "from"/],
  [
    'a moderate indicator without an interval',
    ['direction: positive', 'direction: moderate'],
    /needs an interval: give best, low and high/,
  ],
])('%s', (_name, [from, to], expected) => {
  expect(GOOD).toContain(from);
  expect(mistakesOf(GOOD.replace(from as string, to as string))).toMatch(expected);
});

test('a circle over two indicators and a node under itself are shown as they go', () => {
  const twisted = GOOD.replace(
    'value: { of: cases, over: people, per: 10000 }',
    'value: { of: CLEAR }',
  )
    .replace('value: { of: cases, over: people, per: 100 }', 'value: { of: RATE }')
    .replace('- { of: CLEAR, weight: 0.4 }', '- { of: index, weight: 0.4 }');
  expect(mistakesOf(twisted)).toMatch(/needs itself: CLEAR → RATE → CLEAR/);
  expect(mistakesOf(twisted)).toMatch(/is a part of itself: index → index/);
});

test.each([
  ['[[1, 3], [0.5, 1]]', /row 2, column 1 must be one by row 1, column 2/],
  ['[[1]]', /compares 2 parts and so needs 2 rows/],
])('comparisons that cannot be: %s', (matrix, expected) => {
  const compared = GOOD.replace(', weight: 0.6', '')
    .replace(', weight: 0.4', '')
    .replace('    parts:', `    weighting: { kind: pairwise, matrix: ${matrix} }\n    parts:`);
  expect(mistakesOf(compared)).toMatch(expected);
});

test('comparisons that contradict each other', () => {
  const three = GOOD.replace(
    '      - { of: RATE, weight: 0.6 }\n      - { of: CLEAR, weight: 0.4 }\n',
    '      - { of: RATE }\n      - { of: CLEAR }\n      - { of: rest }\n  rest:\n    title: { zh: 其他, en: rest }\n    parts: [{ of: OTHER, weight: 1 }]\n',
  )
    .replace(
      'top: index',
      '  OTHER:\n    title: { zh: 其他, en: other }\n    unit: { zh: 起, en: cases }\n    direction: negative\n    value: { of: cases }\n    goal: { satisfactory: 0, notAllowed: 9 }\ntop: index',
    )
    .replace(
      '    parts:',
      '    weighting: { kind: pairwise, matrix: [[1, 9, 0.111111], [0.111111, 1, 9], [9, 0.111111, 1]] }\n    parts:',
    );
  expect(mistakesOf(three)).toMatch(
    /contradict each other: consistency ratio \d\.\d+, must be below 0\.1; compare again/,
  );
});

test('every mistake of a file is told at once', () => {
  const bad = GOOD.replace('weight: 0.4', 'weight: 0.3').replace(
    'over: people, per: 10000',
    'over: peeple, per: 10000',
  );
  expect(mistakesOf(bad).split('\n')).toHaveLength(2);
});

test('the definition that ships is good, and is said to be a proposal', () => {
  const file = fileURLToPath(new URL('../social-order/definition.yaml', import.meta.url));
  const { definition } = loadDefinition(file);
  expect(Object.keys(definition.indicators)).toHaveLength(25);
  expect(definition.source).toContain('proposal');
  expect(readFileSync(file, 'utf8')).toContain('建议值');
});

test('a file that is not there is told', () => {
  expect(() => loadDefinition('/nowhere/index.yaml')).toThrow(
    /cannot be read: \/nowhere\/index\.yaml \(ENOENT\)/,
  );
});
