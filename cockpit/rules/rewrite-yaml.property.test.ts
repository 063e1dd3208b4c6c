import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { describe, expect, test } from 'vitest';
import { rewriteYaml } from './rewrite-yaml.ts';

const PACK = fileURLToPath(new URL('../../rules/packs/dazhou', import.meta.url));
const FILES = readdirSync(PACK).filter((name) => name.endsWith('.yaml'));
const textOf = (file: string) => readFileSync(join(PACK, file), 'utf8');
const read = (text: string): unknown => {
  const document = parseDocument(text);
  expect(document.errors).toEqual([]);
  return document.toJS();
};

const EXAMPLE = `# head
id: one # the id
params:
  # about a
  a: 5m
  list: [x, 'y', "z"]
  group: { zh: 中文, en: "two: words" } # behind
  block:
    - name: first
      when: fact.a == "b" && !c
    # between
    - { name: second, when: x }
  text: |
    line one
    line two
empty:
last: 'it''s'
`;

describe('a text rewritten', () => {
  test.each(FILES)('%s stays byte for byte when it says the same', (file) => {
    const text = textOf(file);
    expect(rewriteYaml(text, read(text))).toBe(text);
  });

  const value = fc.letrec((tie) => ({
    scalar: fc.oneof(
      fc.constantFrom(
        '',
        '5m',
        '22:00',
        'a: b',
        ' # x',
        "it's",
        '"',
        '[',
        '- a',
        'null',
        '1',
        '是',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.integer({ min: -1_000, max: 1_000 }),
      fc.boolean(),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }),
    group: fc.dictionary(fc.constantFrom('a', 'name', 'when', 'zh', 'en', 'x-y'), tie('any'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    any: fc.oneof({ depthSize: 'small' }, tie('scalar'), tie('list'), tie('group')),
  })).any;

  test('says what is wanted, whatever is changed in it, and keeps the comments around', () => {
    const base = read(EXAMPLE) as Record<string, unknown>;
    const params = base['params'] as Record<string, unknown>;
    const names = ['a', 'list', 'group', 'block', 'text', 'new'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.option(value), (name, next) => {
        const wanted = { ...base, params: { ...params, [name]: next ?? undefined } };
        const text = rewriteYaml(EXAMPLE, wanted);
        if (next === null) delete (wanted.params as Record<string, unknown>)[name];
        expect(read(text)).toEqual(wanted);
        expect(text).toMatch(/^# head\nid: one # the id\nparams:\n {2}# about a\n/);
        expect(text.endsWith("empty:\nlast: 'it''s'\n")).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('lists and groups change entry by entry, wherever something is added or removed', () => {
    const block = (read(EXAMPLE) as { params: { block: unknown[] } }).params.block;
    fc.assert(
      fc.property(fc.subarray([...block, 'x', { name: 'third' }, [1, 2]]), value, (some, last) => {
        for (const wanted of [some, [...some, last], [last, ...some]]) {
          const base = read(EXAMPLE) as { params: Record<string, unknown> };
          const target = { ...base, params: { ...base.params, block: wanted, list: wanted } };
          const text = rewriteYaml(EXAMPLE, target);
          expect(read(text)).toEqual(target);
          expect(text).toContain('# head');
        }
      }),
      { numRuns: 80 },
    );
  });

  test.each<
    [what: string, change: (rule: Record<string, never>) => unknown, from: string, to: string]
  >([
    ['a word', (rule) => ({ ...rule, id: 'two' }), 'id: one # the id', 'id: two # the id'],
    ['quotes stay', (rule) => ({ ...rule, last: 'plain' }), "last: 'it''s'", "last: 'plain'"],
    ['nothing becomes something', (rule) => ({ ...rule, empty: 3 }), 'empty:\n', 'empty: 3\n'],
    [
      'an entry in braces',
      (rule) => ({ ...rule, params: { ...(rule['params'] as object), group: { zh: '新' } } }),
      '{ zh: 中文, en: "two: words" } # behind',
      '{ zh: 新 } # behind',
    ],
    [
      'a list in brackets',
      (rule) => ({ ...rule, params: { ...(rule['params'] as object), list: ['y', 'z'] } }),
      `[x, 'y', "z"]`,
      `['y', "z"]`,
    ],
  ])('%s', (_what, change, from, to) => {
    expect(EXAMPLE).toContain(from);
    const wanted = change(read(EXAMPLE) as Record<string, never>);
    expect(rewriteYaml(EXAMPLE, wanted)).toBe(EXAMPLE.replace(from, to));
  });
});
