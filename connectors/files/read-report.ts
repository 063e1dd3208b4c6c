// What was wrong with an input, for the person who brought it: counts by reason and the first examples
// with line number, field and value. Values that may name a person are withheld.

import type { Language, Text } from '../../core/text.ts';
import { READ_REASONS, type ReadReason } from './reasons.ts';

/** What is wrong with one line, or with one field of it. */
export type ReadFault = {
  readonly reason: ReadReason;
  /** Column of a table, or path into a fact such as `booking.to`. */
  readonly field?: string;
  /** As it stands in the input, cut short; left out where it may name a person. */
  readonly value?: string;
  /** Says more than the reason alone. */
  readonly says?: Text;
};

/** A fault with its line: the first line of a file is 1, the first row of an Arrow stream too. */
export type ReadError = ReadFault & { readonly line: number };

export type ReadReport = {
  /** Lines of data looked at, blank ones and the header not counted. */
  lines: number;
  /** Observations taken over. */
  taken: number;
  readonly errors: number;
  readonly byReason: ReadonlyMap<ReadReason, number>;
  /** The first errors in input order. */
  readonly examples: readonly ReadError[];
  add(line: number, fault: ReadFault): void;
};

export const EXAMPLES_MAX = 100;

export function createReadReport(examplesMax: number = EXAMPLES_MAX): ReadReport {
  const byReason = new Map<ReadReason, number>();
  const examples: ReadError[] = [];
  let errors = 0;
  return {
    lines: 0,
    taken: 0,
    get errors() {
      return errors;
    },
    byReason,
    examples,
    add(line, fault) {
      errors++;
      byReason.set(fault.reason, (byReason.get(fault.reason) ?? 0) + 1);
      if (examples.length < examplesMax) examples.push({ line, ...fault });
    },
  };
}

/** `line 12: lat: out of range: "131.2"`. */
export function describeReadError(error: ReadError, language: Language): string {
  const says = (error.says ?? READ_REASONS[error.reason])[language];
  const [line, colon] =
    language === 'zh' ? [`第 ${error.line} 行`, '：'] : [`line ${error.line}`, ': '];
  const value = error.value === undefined ? [] : [`"${error.value}"`];
  return [line, ...(error.field === undefined ? [] : [error.field]), says, ...value].join(colon);
}

const VALUE_CHARS_MAX = 40;

/** Plain words and numbers: what a mistyped cell mostly holds. */
const HARMLESS = /^[\w ./:+-]*$/;

/** An identity or phone number anywhere in the text. */
const NUMBER_OF_A_PERSON = /(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)/;

/** A value fit to be shown and logged, or undefined when it may name a person. */
export function quotable(value: string): string | undefined {
  if (!HARMLESS.test(value) || NUMBER_OF_A_PERSON.test(value)) return undefined;
  return value.length <= VALUE_CHARS_MAX ? value : `${value.slice(0, VALUE_CHARS_MAX)}…`;
}
