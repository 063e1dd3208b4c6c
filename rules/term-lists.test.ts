import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../core/errors.ts';
import { createEngine } from './engine.ts';
import {
  factOf,
  ordersFor,
  rulebookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from './fact-world.fixture.ts';
import { termMatcherOf } from './term-lists.ts';

let pack: string;

const ESCAPE = `title: { zh: 脱逃, en: Escape }
terms:
  - { id: E1, category: 脱逃, level: 1, text: 翻墙 }
  - { id: E2, category: 脱逃, level: 2, text: 出去, meaning: 离开监区 }
`;

beforeAll(async () => {
  pack = await mkdtemp(join(tmpdir(), 'plumbline-terms-'));
  await mkdir(join(pack, 'terms'));
  await writeFile(join(pack, 'terms', 'escape.yaml'), ESCAPE);
  await writeFile(
    join(pack, 'terms', 'money.yaml'),
    'title: { zh: 钱款, en: Money }\nterms:\n  - { id: M1, category: 钱款, level: 3, text: 打钱 }\n',
  );
  await writeFile(
    join(pack, 'terms', 'wrong.yaml'),
    `title: { zh: 错, en: Wrong }
terms:
  - { id: A, category: x, level: 4, text: 甲 }
  - { id: A, category: x, level: 1, text: 乙, sense: 丙 }
`,
  );
});

afterAll(() => rm(pack, { recursive: true }));

test('finds the terms of the named lists and of no other, and names lists and content', () => {
  const one = termMatcherOf(pack)(['escape']);
  expect(one.scan('翻墙出去打钱').map(({ termId, start }) => [termId, start])).toEqual([
    ['E1', 0],
    ['E2', 2],
  ]);
  const both = termMatcherOf(pack)(['escape', 'money']);
  expect(both.scan('翻墙出去打钱').map(({ termId }) => termId)).toEqual(['E1', 'E2', 'M1']);
  expect(one.version).toMatch(/^escape@[0-9a-z]{12}$/);
  expect(both.version).not.toBe(one.version);
});

test('a keyword rule speaks by the lists of its pack', () => {
  const rulebook = rulebookOf(ruleOf('keyword', { lists: ['escape'], levelMin: 2 }));
  const engine = createEngine({ rulebook, ...surroundings, matcherOf: termMatcherOf(pack) });
  engine.step(ordersFor(['P0']));
  const call = factOf({
    subject: 'P0',
    atMs: WORLD_START_MS,
    source: 'prison-call',
    content: {
      kind: 'call',
      callId: 'C1',
      channel: 'visit',
      durationMs: 1_000,
      segments: [{ speaker: 'relative', offsetMs: 0, text: '他说要翻墙' }],
    },
  });
  const found = engine.step({ watermarkMs: WORLD_START_MS - 1, facts: [call] });
  expect(found).toMatchObject([{ kind: 'raised' }]);
  expect(JSON.stringify(found)).toContain('escape@');
});

test.each([
  [['prison'], 'terms/prison.yaml: there is no such list; there are escape, money, wrong'],
  [['wrong'], /terms\/wrong\.yaml:3:34: terms\.0\.level: a level is 1, 2 or 3[^]*4:46: .*"sense"/],
] as const)('the lists %j are refused with their place', (lists, says) => {
  expect(() => termMatcherOf(pack)(lists)).toThrow(says);
  expect(() => termMatcherOf(pack)(lists)).toThrow(UserError);
});

test('a pack without lists says so', () => {
  expect(() => termMatcherOf(join(pack, 'nowhere'))(['escape'])).toThrow('the pack has no lists');
});
