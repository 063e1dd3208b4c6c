import { expect, test } from 'vitest';
import type { FormField, NamedField } from '../../app/api/rules.ts';
import { describeRuleForm } from '../../rules/rule-form.ts';
import { choiceName, KINDS, paramWords } from './param-words.ts';

const form = describeRuleForm();

type Found = { readonly path: readonly string[]; readonly options: readonly (string | number)[] };

function fieldsIn(field: FormField, path: readonly string[]): Found[] {
  const named = (fields: readonly NamedField[]) =>
    fields.flatMap(({ name, field: one }) => [
      { path: [...path, name], options: [] },
      ...fieldsIn(one, [...path, name]),
    ]);
  switch (field.type) {
    case 'group':
      return named(field.fields);
    case 'forms':
      return field.forms.flatMap((one) => fieldsIn(one, path));
    case 'list':
      return fieldsIn(field.of, path);
    case 'choice':
      return [{ path, options: field.options }];
    default:
      return [];
  }
}

test('every parameter of every kind, and every choice, has words in both languages', () => {
  const found = [
    ...Object.entries(form.kinds).flatMap(([kind, field]) => fieldsIn(field, [kind])),
    // The page asks for classes, levels and articles in a table of its own.
    ...fieldsIn({ type: 'group', fields: form.common }, []).filter(
      ({ path }) => !['id', 'who', 'level', 'article'].includes(path[0] as string),
    ),
  ];
  expect(found.length).toBeGreaterThan(80);
  const without = found.flatMap(({ path, options }) => [
    ...(paramWords(path) ? [] : [path.join('.')]),
    ...options
      .filter((option) => choiceName(path, option).zh === String(option))
      .map((option) => `${path.join('.')} = ${option}`),
  ]);
  expect(without).toEqual([]);
  expect(Object.keys(KINDS).sort()).toEqual(Object.keys(form.kinds).sort());
});
