import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FormField, NamedField } from '../../app/api/rules.ts';
import { everyKind } from '../../rules/every-kind.fixture.ts';
import { parseRule } from '../../rules/rulebook.ts';
import { describeRuleForm } from '../../rules/rule-form.ts';
import { readRule, withValue, type RuleValues } from './read-rule.ts';
import { rewriteYaml } from './rewrite-yaml.ts';

const PACK = fileURLToPath(new URL('../../rules/packs/dazhou', import.meta.url));
const FILES = readdirSync(PACK).filter((name) => !['pack.yaml', 'grading.yaml'].includes(name));
const textOf = (file: string) => readFileSync(join(PACK, file), 'utf8');
const form = describeRuleForm();

function valuesOf(text: string): { values: RuleValues; params: FormField } {
  const rule = readRule(text, form);
  if (rule.kind === 'unreadable') throw new Error(`${rule.line}: ${rule.reason.en}`);
  return rule;
}

type Path = readonly (string | number)[];
type Leaf = { readonly path: Path; readonly field: FormField; readonly value: unknown };

/** Every single value a form shows of the rule. */
function leavesOf(value: unknown, field: FormField, path: Path): Leaf[] {
  if (value === undefined) return [];
  const named = (fields: readonly NamedField[]) =>
    fields.flatMap(({ name, field: one }) =>
      leavesOf((value as RuleValues)[name], one, [...path, name]),
    );
  if (field.type === 'group') return named(field.fields);
  if (field.type === 'by-name') {
    return named(field.names.map((name) => ({ name, isRequired: false, field: field.of })));
  }
  if (field.type === 'list') {
    return (value as unknown[]).flatMap((one, i) => leavesOf(one, field.of, [...path, i]));
  }
  if (field.type === 'forms') return [];
  // Where there is only one choice there is nothing to change to.
  if (field.type === 'choice' && field.options.length === 1) return [];
  return [{ path, field, value }];
}

const leavesIn = (text: string): Leaf[] => {
  const { values, params } = valuesOf(text);
  return [
    ...leavesOf(values, { type: 'group', fields: form.common }, []),
    ...leavesOf(values['params'], params, ['params']),
  ];
};

const otherValue = ({ field, value }: Leaf): fc.Arbitrary<unknown> => {
  const any: fc.Arbitrary<unknown> =
    field.type === 'choice'
      ? fc.constantFrom(...field.options)
      : field.type === 'number'
        ? fc.integer({ min: field.min ?? 0, max: field.max ?? 9_999 })
        : field.type === 'flag'
          ? fc.boolean()
          : field.type === 'duration'
            ? fc.constantFrom('5m', '90s', '3h', '7d')
            : fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a: b', '"x" # y', "'"));
  return any.filter((one) => one !== value);
};

describe.each(FILES)('%s', (file) => {
  const text = textOf(file);
  const { values } = valuesOf(text);

  test('text to form to text gives the same bytes', () => {
    expect(rewriteYaml(text, structuredClone(values))).toBe(text);
  });

  test('a changed field changes its own line and no other; changed back it is the same bytes', () => {
    const leaves = leavesIn(text);
    expect(leaves.length).toBeGreaterThan(10);
    fc.assert(
      fc.property(
        fc.constantFrom(...leaves).chain((leaf) => fc.tuple(fc.constant(leaf), otherValue(leaf))),
        ([leaf, value]) => {
          const changed = withValue(values, leaf.path, { value });
          const next = rewriteYaml(text, changed);
          const [before, after] = [text.split('\n'), next.split('\n')];
          expect(after.length).toBe(before.length);
          expect(after.filter((line, i) => line !== before[i]).length).toBe(1);
          const back = withValue(changed, leaf.path, { value: leaf.value });
          expect(rewriteYaml(text, back)).toBe(text);
          // From the changed text it says the same again, too.
          expect(valuesOf(rewriteYaml(next, values)).values).toEqual(values);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('what is taken away takes its own line along, and put back it is the same bytes', () => {
    for (const { name, isRequired } of form.common) {
      if (isRequired || values[name] === undefined) continue;
      const without = withValue(values, [name], { value: undefined });
      const lines = rewriteYaml(text, without).split('\n');
      expect(lines.length).toBe(text.split('\n').length - 1);
      expect(text).toContain(lines.join('\n').slice(0, 40));
      const back = withValue(without, [name], { value: values[name] });
      expect(rewriteYaml(text, back)).toBe(text);
    }
  });
});

describe('the form', () => {
  const device = (event: string) => ({ fact: 'device', when: `fact.event == "${event}"` });
  const EXAMPLES: Readonly<Record<string, readonly unknown[]>> = {
    zone: [valuesOf(textOf('key-period-away.yaml')).values['params']],
    match: [valuesOf(textOf('ticket-outside.yaml')).values['params']],
    proximity: [valuesOf(textOf('no-contact.yaml')).values['params']],
    absence: [
      { sources: ['bracelet'], silentFor: '20m', heed: 'placed' },
      { after: device('sos'), until: device('restored'), within: '40m', key: 'fact.device' },
    ],
    count: [{ ...device('tamper'), factsMin: 3, within: '2h', distinct: 'fact.device' }],
    sequence: [
      {
        steps: [
          { name: 'tamper', ...device('tamper') },
          { name: 'off', ...device('power-off') },
        ],
        order: [['tamper'], ['off']],
        within: '1h',
        without: device('restored'),
        clearAfter: '2h',
      },
    ],
    keyword: [{ lists: ['demo'], levelMin: 2 }],
    threshold: [{ index: ['X'], above: 5, clearAt: 4, forPeriods: 2 }],
    deadline: [
      {
        start: ['opened'],
        end: ['closed'],
        period: { amount: 2, unit: 'hour' },
        rollOver: 'none',
        excludeFirstDay: false,
        extensions: [{ milestone: 'extended', add: { amount: 1, unit: 'hour' } }],
        suspensions: [{ from: 'stopped', to: 'resumed' }],
        warnings: [{ left: '1h', level: 3 }],
      },
    ],
  };

  test.each(Object.keys(form.kinds))('has a field for everything in a rule of kind %s', (kind) => {
    for (const params of EXAMPLES[kind] ?? []) {
      const text = rewriteYaml(textOf('area-exit.yaml'), {
        ...valuesOf(textOf('area-exit.yaml')).values,
        exceptions: undefined,
        kind,
        params,
      });
      // It is a rule, so that the example cannot be right for the form alone.
      expect(parseRule('area-exit.yaml', text, everyKind.pack).rule.kind).toBe(kind);
      expect(valuesOf(text).values['params']).toEqual(params);
    }
    expect(EXAMPLES[kind]?.length).toBeGreaterThan(0);
  });

  test('puts something new where the form has it', () => {
    const text = textOf('area-exit.yaml');
    const order = form.common.map(({ name }) => name);
    const next = rewriteYaml(
      text,
      withValue(valuesOf(text).values, ['cooldown'], { value: '2h', order }),
    );
    expect(next).toContain('order them back and record why.\ncooldown: 2h\nexceptions: [leave]\n');
  });

  test.each<[what: string, from: string, to: string, reason: string]>([
    ['broken YAML', 'kind: zone', 'kind: [zone', 'YAML'],
    ['an unknown name', '  fixesMin: 3', '  fixesLeast: 3', '没有“fixesLeast”这一项'],
    ['an unknown kind', 'kind: zone', 'kind: zones', '没有“zones”这一类规则'],
    ['a value that is none of the choices', 'outside\n', 'beyond\n', '“beyond”'],
    ['a word for a number', 'fixesMin: 3', 'fixesMin: three', '写法不对'],
  ])('waits when the text has %s, and says where', (_what, from, to, reason) => {
    const text = textOf('area-exit.yaml');
    expect(text).toContain(from);
    const changed = text.replace(from, to);
    const line = changed.slice(0, changed.indexOf(to)).split('\n').length;
    const rule = readRule(changed, form);
    expect(rule).toMatchObject({ kind: 'unreadable' });
    if (rule.kind === 'readable') return;
    expect(rule.reason.zh).toContain(reason);
    expect(Math.abs(rule.line - line)).toBeLessThanOrEqual(1);
  });
});
