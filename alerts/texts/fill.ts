// Fills a template: a name in braces stands for a value, everything else stands for itself.

import type { Variable } from './templates.ts';

export type Values = Readonly<Partial<Record<Variable, string>>>;

const SLOT = /\{([^{}]*)\}/g;

/** The text with its values; what has none is left out. */
export const fill = (template: string, values: Values): string =>
  template.replaceAll(SLOT, (_, name: string) => values[name.trim() as Variable] ?? '');

export type Slot = { readonly name: string; readonly at: number };

/** The names in braces, and braces that enclose nothing. */
export function slotsOf(template: string): { slots: readonly Slot[]; strays: readonly number[] } {
  const slots = [...template.matchAll(SLOT)].map((match) => ({
    name: (match[1] as string).trim(),
    at: match.index,
  }));
  const rest = template.replaceAll(SLOT, (whole) => ' '.repeat(whole.length));
  return { slots, strays: [...rest.matchAll(/[{}]/g)].map(({ index }) => index) };
}

/**
 * Fills a template with as much of the title as fits into `unitsMax` UTF-16 units, so that the reference and
 * what to do are never cut. A character of two units is kept or left out whole.
 */
export function fillFitting(template: string, values: Values, unitsMax: number): string {
  const whole = fill(template, values);
  const excess = whole.length - unitsMax;
  const { title } = values;
  if (excess <= 0 || title === undefined || !template.includes('{title}')) return whole;
  let kept = '';
  for (const character of title) {
    if (kept.length + character.length > title.length - excess - 1) break;
    kept += character;
  }
  return fill(template, { ...values, title: `${kept}…` });
}

/** The first items, joined, that fit into `unitsMax` units; with a sign that there are more. */
export function joinFitting(
  items: readonly string[],
  { separator, more, unitsMax }: { separator: string; more: string; unitsMax: number },
): string {
  for (let count = items.length; count > 0; count--) {
    const joined = items.slice(0, count).join(separator) + (count < items.length ? more : '');
    if (joined.length <= unitsMax || count === 1) return joined;
  }
  return '';
}
