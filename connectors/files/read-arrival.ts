// One JSON line, read the plain way: JSON.parse, then the schema. Slower than a line template and the
// judge of what is right. Turns what the schema says into words that name the field.

import { z } from 'zod';
import { arrivalSchema, ARRIVAL_KINDS, type Arrival } from '../../core/observation.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import { sourceSchema } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import { faultOfNumber, faultOfPlace, faultOfSubject, NUMBER_FIELDS } from './position-fields.ts';
import { quotable, type ReadFault } from './read-report.ts';

export type LineReading =
  | { readonly kind: 'arrival'; readonly arrival: Arrival }
  | { readonly kind: 'blank' }
  | { readonly kind: 'fault'; readonly fault: ReadFault };

/** What one line says. `defaultSource` is put in where a line names no source. */
export function readArrivalLine(line: string, defaultSource?: string): LineReading {
  if (line.trim() === '') return { kind: 'blank' };
  const value = parseObject(line);
  if ('fault' in value) return { kind: 'fault', fault: value.fault };
  const { object } = value;
  if (defaultSource !== undefined && object['source'] === undefined) {
    object['source'] = defaultSource;
  }
  const parsed = arrivalSchema.safeParse(object);
  return parsed.success
    ? { kind: 'arrival', arrival: parsed.data }
    : { kind: 'fault', fault: faultOf(object, parsed.error) };
}

type JsonObject = Record<string, unknown>;

function parseObject(line: string): { object: JsonObject } | { fault: ReadFault } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    return { fault: { reason: 'not-json', ...wherein(cause) } };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { object: value as JsonObject }
    : { fault: { reason: 'not-json' } };
}

/** Where the parser stopped, if it says. Never its words: they quote the line. */
function wherein(cause: unknown): { says?: Text } {
  const at = /at position (\d+)/.exec((cause as Error).message)?.[1];
  if (at === undefined) return {};
  const character = Number(at) + 1;
  return { says: text(`第 ${character} 个字符处不是 JSON`, `not JSON at character ${character}`) };
}

/** The first thing wrong, by the sharpest name there is for it. */
function faultOf(object: JsonObject, error: z.ZodError): ReadFault {
  const kind = object['kind'];
  if (typeof kind !== 'string' || !(ARRIVAL_KINDS as string[]).includes(kind)) {
    return faultOfKind(kind);
  }
  const issue = error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.map(String);
  const value = issue.path.reduce<unknown>(
    (inner, step) => (inner as JsonObject | undefined)?.[step as string],
    object,
  );
  if (issue.code === 'unrecognized_keys') return faultOfUnknownKey(kind, path, issue.keys);
  const field = [kind, ...path].join('.');
  if (value === undefined) return { reason: 'missing-value', field };
  const own = faultOfCommonField(object, path, value);
  if (own) return { ...own, field };
  return { reason: 'invalid-fact', field, says: wordsOf(object, issue) };
}

function faultOfKind(kind: unknown): ReadFault {
  if (kind === undefined) return { reason: 'missing-value', field: 'kind' };
  const list = ARRIVAL_KINDS.join(', ');
  const meant = typeof kind === 'string' ? nearestWord(kind.slice(0, 40), ARRIVAL_KINDS) : '';
  const shown = typeof kind === 'string' ? quotable(kind) : undefined;
  return {
    reason: 'unknown-kind',
    field: 'kind',
    ...(shown === undefined ? {} : { value: shown }),
    says: text(
      `${meant ? `是否应为 ${meant}？` : ''}种类应为 ${list} 之一`,
      `${meant ? `did you mean ${meant}? ` : ''}kinds are ${list}`,
    ),
  };
}

function faultOfUnknownKey(kind: string, path: string[], keys: readonly string[]): ReadFault {
  const key = keys[0] as string;
  const shown = quotable(key);
  const meant = path.length === 0 ? nearestWord(key.slice(0, 40), fieldsOf(kind)) : undefined;
  const zh = `未知字段${meant ? `，是否应为 ${meant}？` : ''}`;
  const en = `unknown field${meant ? `; did you mean ${meant}?` : ''}`;
  const field = [kind, ...path, ...(shown === undefined ? [] : [shown])].join('.');
  return { reason: 'invalid-fact', field, says: text(zh, en) };
}

const fieldsOf = (kind: string): string[] =>
  Object.keys(
    arrivalSchema.options.find((option) => option.shape.kind.value === kind)?.shape ?? {},
  );

/** Fields every kind has, and those of a position, have reasons of their own. */
function faultOfCommonField(
  object: JsonObject,
  path: readonly string[],
  value: unknown,
): ReadFault | undefined {
  if (path.length !== 1) return undefined;
  const [name] = path;
  if (name === 'subject' && typeof value === 'string') return faultOfSubject(value);
  if (name === 'source') {
    const issue = sourceSchema.safeParse(value).error?.issues[0];
    return { reason: 'bad-source', ...(issue ? { says: text(issue.message, issue.message) } : {}) };
  }
  const isPlain = object['kind'] === 'position' || name === 'atMs';
  const field = isPlain ? NUMBER_FIELDS.find((candidate) => candidate.name === name) : undefined;
  if (!field) return undefined;
  if (typeof value !== 'number') return { reason: 'not-a-number' };
  const { lng, lat } = object;
  const place =
    (name === 'lng' || name === 'lat') && typeof lng === 'number' && typeof lat === 'number'
      ? faultOfPlace(lng, lat)
      : undefined;
  return place ?? faultOfNumber(field, value);
}

const chinese = z.locales.zhCN().localeError;

/** What the schema says about the issue. Its own sentences name the limits, never the value. */
function wordsOf(object: JsonObject, issue: z.core.$ZodIssue): Text {
  const inChinese = arrivalSchema.safeParse(object, { error: chinese }).error?.issues[0];
  return text(inChinese?.message ?? issue.message, issue.message);
}
