// The text of a rule as values a form can show. A text the form has no field for is not shown half: the
// form says why and waits until the text is right again.

import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { FormField, NamedField, RuleForm } from '../../app/api/rules.ts';
import { text, type Text } from '../../core/text.ts';
import { isPlainObject } from './yaml-text.ts';

export type RuleValues = Readonly<Record<string, unknown>>;

export type ReadRule =
  | { readonly kind: 'readable'; readonly values: RuleValues; readonly params: FormField }
  | { readonly kind: 'unreadable'; readonly line: number; readonly reason: Text };

export function readRule(source: string, form: RuleForm): ReadRule {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    const says = (error.message.split('\n')[0] ?? '').replace(/ at line.*$/, '');
    return { kind: 'unreadable', line, reason: text(`YAML 格式不正确：${says}`, says) };
  }
  const values: unknown = document.toJS();
  const misfit = misfitOf(values, form);
  if (misfit) {
    const { path, reason } = misfit;
    return { kind: 'unreadable', line: lineOf(document, lines, path), reason };
  }
  const rule = values as RuleValues;
  return {
    kind: 'readable',
    values: rule,
    params: form.kinds[rule['kind'] as keyof RuleForm['kinds']],
  };
}

type Path = readonly (string | number)[];
type Misfit = { readonly path: Path; readonly reason: Text };

function misfitOf(values: unknown, form: RuleForm): Misfit | undefined {
  if (!isPlainObject(values)) {
    return { path: [], reason: text('这里不是一条规则', 'this is no rule') };
  }
  const { kind, params, tests, ...common } = values;
  const fields = { type: 'group', fields: form.common } as const;
  const misfit = misfitIn(common, fields, []);
  if (misfit) return misfit;
  if (typeof kind !== 'string' || !(kind in form.kinds)) {
    return {
      path: ['kind'],
      reason: text(`没有“${String(kind)}”这一类规则`, `there is no kind "${String(kind)}"`),
    };
  }
  if (tests !== undefined && !Array.isArray(tests)) return wrongForm(['tests']);
  return misfitIn(params ?? {}, form.kinds[kind as keyof RuleForm['kinds']], ['params']);
}

/** What of the value has no place in the field; nothing when the form can show it, right or wrong. */
function misfitIn(value: unknown, field: FormField, path: Path): Misfit | undefined {
  switch (field.type) {
    case 'group':
      return isPlainObject(value) ? misfitInGroup(value, field.fields, path) : wrongForm(path);
    case 'by-name': {
      if (!isPlainObject(value)) return wrongForm(path);
      const fields = field.names.map((name) => ({ name, isRequired: false, field: field.of }));
      return misfitInGroup(value, fields, path);
    }
    case 'list':
      if (!Array.isArray(value)) return wrongForm(path);
      return firstOf(value.map((one, i) => misfitIn(one, field.of, [...path, i])));
    case 'forms': {
      const misfits = field.forms.map((form) => misfitIn(value, form, path));
      // The one it comes nearest to says what is wrong with it.
      return misfits.includes(undefined)
        ? undefined
        : misfits.toSorted((a, b) => (b?.path.length ?? 0) - (a?.path.length ?? 0))[0];
    }
    case 'choice':
      if (field.options.includes(value as string)) return undefined;
      return {
        path,
        reason: text(
          `“${nameOf(path)}”没有“${String(value)}”这个取值`,
          `${nameOf(path)} cannot be "${String(value)}"`,
        ),
      };
    case 'flag':
      return typeof value === 'boolean' ? undefined : wrongForm(path);
    case 'number':
      return typeof value === 'number' ? undefined : wrongForm(path);
    default:
      return typeof value === 'string' ? undefined : wrongForm(path);
  }
}

function misfitInGroup(
  group: Record<string, unknown>,
  fields: readonly NamedField[],
  path: Path,
): Misfit | undefined {
  const stray = Object.keys(group).find((name) => !fields.some((field) => field.name === name));
  if (stray !== undefined) {
    return {
      path: [...path, stray],
      reason: text(`没有“${stray}”这一项`, `there is no "${stray}" here`),
    };
  }
  return firstOf(
    fields.map(({ name, field }) =>
      group[name] === undefined ? undefined : misfitIn(group[name], field, [...path, name]),
    ),
  );
}

const firstOf = (misfits: readonly (Misfit | undefined)[]): Misfit | undefined =>
  misfits.find((misfit) => misfit !== undefined);

const nameOf = (path: Path): string => path.join('.') || 'rule';

const wrongForm = (path: Path): Misfit => ({
  path,
  reason: text(`“${nameOf(path)}”的写法不对`, `${nameOf(path)} is written in another form`),
});

function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown =
      depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
      : undefined;
    const node = isScalar(pair?.key)
      ? pair.key
      : (document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] });
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The values with the one at `path` set, or taken away when undefined; `order` is that of the form. */
export function withValue(
  values: unknown,
  path: Path,
  { value, order = [] }: { value: unknown; order?: readonly string[] },
): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof name === 'number') {
    const list = Array.isArray(values) ? values : [];
    const next = withValue(list[name], rest, { value, order });
    return next === undefined ? list.toSpliced(name, 1) : list.with(name, next);
  }
  const group = isPlainObject(values) ? values : {};
  const next = withValue(group[name], rest, { value, order });
  if (next === undefined) {
    const { [name]: _gone, ...others } = group;
    return others;
  }
  if (name in group) return { ...group, [name]: next };
  return inOrder({ ...group, [name]: next }, name, order);
}

/** Puts the new name behind those that come before it in the form. */
function inOrder(
  group: Record<string, unknown>,
  name: string,
  order: readonly string[],
): Record<string, unknown> {
  const { [name]: value, ...others } = group;
  const earlier = order.slice(0, Math.max(0, order.indexOf(name)));
  const names = Object.keys(others);
  const at = Math.max(-1, ...earlier.map((one) => names.indexOf(one))) + 1;
  const behind = order.includes(name) ? at : names.length;
  return Object.fromEntries(
    [...names.slice(0, behind), name, ...names.slice(behind)].map((one) => [
      one,
      one === name ? value : others[one],
    ]),
  );
}
