// Values as YAML text, the way people write rule files: short collections in one line, longer ones in
// blocks, words without quotes where they stay words.

import { parse, Scalar } from 'yaml';

/** Longest line a collection is written in. */
const LINE_CHARS_MAX = 96;

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values as they are when written and read again: what is undefined is not there. */
export const entriesOf = (value: Record<string, unknown>): [string, unknown][] =>
  Object.entries(value).filter(([, one]) => one !== undefined);

/** The text of a scalar; `like` is how the one before it was written. */
export function scalarText(value: unknown, inFlow: boolean, like?: Scalar['type']): string {
  if (typeof value !== 'string') return String(value ?? null);
  const canBeSingle = !/[\p{Cc}\u2028\u2029\ufeff]/u.test(value);
  if (like === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  const isPlain = like !== Scalar.QUOTE_SINGLE && canBeSingle && staysAsItIs(value, inFlow);
  if (isPlain) return value;
  return canBeSingle ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** Times are words in YAML 1.2 and numbers in 1.1: quoted they are words to every reader. */
const LIKE_TIME = /^[+-]?\d+(:\d+)+$|^\+?\d+d \d/;

function staysAsItIs(word: string, inFlow: boolean): boolean {
  if (word === '' || LIKE_TIME.test(word)) return false;
  try {
    const read: unknown = parse(inFlow ? `{ k: ${word} }` : `k: ${word}\n`, { logLevel: 'error' });
    return isPlainObject(read) && read['k'] === word && Object.keys(read).length === 1;
  } catch {
    return false;
  }
}

/** The value in one line. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (!isPlainObject(value)) return scalarText(value, true);
  const pairs = entriesOf(value).map(
    ([name, one]) => `${scalarText(name, true)}: ${flowText(one)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** The value at a place where lines may be broken; lines after the first are indented. */
export function blockText(value: unknown, indent: number): string {
  if (staysInLine(value, indent)) {
    return typeof value === 'object' && value !== null ? flowText(value) : scalarText(value, false);
  }
  const margin = `\n${' '.repeat(indent)}`;
  if (Array.isArray(value)) {
    return value.map((one) => `- ${blockText(one, indent + 2)}`).join(margin);
  }
  return entriesOf(value as Record<string, unknown>)
    .map(([name, one]) => pairText(name, one, indent))
    .join(margin);
}

/** `name: value` in a block at `indent`. */
export function pairText(name: string, value: unknown, indent: number): string {
  const inside = staysInLine(value, indent + name.length)
    ? ` ${blockText(value, indent + name.length)}`
    : `\n${' '.repeat(indent + 2)}${blockText(value, indent + 2)}`;
  return `${scalarText(name, false)}:${inside}`;
}

/** True for what is written in one line: no list of groups, and short. */
export function staysInLine(value: unknown, indent: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (hasListOfGroups(value)) return false;
  return indent + flowText(value).length <= LINE_CHARS_MAX;
}

const hasListOfGroups = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some((one) => isPlainObject(one) || hasListOfGroups(one))
    : isPlainObject(value) && Object.values(value).some(hasListOfGroups);
