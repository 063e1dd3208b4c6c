// What is wrong at a place of a duty file, in both languages and with what to do about it.

import type { z } from 'zod';
import { nearestWord } from '../../core/nearest-word.ts';
import { keysAt } from '../../core/schema-keys.ts';

/** Puts a mistake found by `schema` into words. The schema's own messages are bilingual where it has some. */
export const sayMistake =
  (schema: z.ZodType) =>
  (issue: z.core.$ZodIssue): string => {
    switch (issue.code) {
      case 'unrecognized_keys':
        return sayUnknownKey(issue.keys[0] ?? '', keysAt(schema, issue.path));
      case 'invalid_type':
        return issue.message.endsWith('received undefined')
          ? '缺少此项，请补上 is missing; add it'
          : `此处应为 ${NAMES[issue.expected] ?? issue.expected} should be ${issue.expected}`;
      case 'invalid_value': {
        const values = issue.values.map(String);
        return `只能是 ${values.join('、')} must be one of ${values.join(', ')}`;
      }
      case 'too_small':
        return `数目过少，至少 ${issue.minimum} too few; at least ${issue.minimum}`;
      case 'too_big':
        return `数目过多，至多 ${issue.maximum} too many; at most ${issue.maximum}`;
      default:
        return issue.message;
    }
  };

function sayUnknownKey(key: string, known: readonly string[]): string {
  const meant = nearestWord(key, known);
  return meant === undefined
    ? `没有"${key}"这一项，可用：${known.join('、')} unknown key "${key}"; known here: ${known.join(', ')}`
    : `没有"${key}"这一项，是否为"${meant}"? unknown key "${key}"; did you mean "${meant}"?`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: '文字(加引号)',
  number: '数字',
  boolean: 'true 或 false',
  array: '列表',
  object: '一组"名称: 值"',
};
