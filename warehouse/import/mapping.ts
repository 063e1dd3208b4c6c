// Which column of somebody's file is what: guessed from headers and the first rows, saved as a file, given back
// by hand. Columns about persons are recognised and never mapped.

import { z } from 'zod';
import { text, type Text } from '../../core/text.ts';
import {
  hasNumberOfPerson,
  isNothing,
  plain,
  readInstant,
  readNumber,
  readPeriod,
  readRegion,
} from './values.ts';

export const IMPORT_KINDS = ['incidents', 'measures'] as const;

export type ImportKind = (typeof IMPORT_KINDS)[number];

const column = z.string().min(1).max(200);

export const mappingSchema = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('incidents'),
    region: column,
    at: column,
    kind: column,
    dates: z.enum(['day-first', 'month-first']).optional(),
  }),
  z.strictObject({
    as: z.literal('measures'),
    region: column,
    period: column,
    /** A column with the names and one with the figures, */
    name: column.optional(),
    value: column.optional(),
    /** or a column for each measure, and what it is to be called. */
    columns: z.record(column, z.string().min(1).max(100)).optional(),
    dates: z.enum(['day-first', 'month-first']).optional(),
  }),
]);

export type Mapping = z.infer<typeof mappingSchema>;

export type ColumnLook = {
  readonly name: string;
  /** Why it is about persons and is left out. */
  readonly personal: 'id-number' | 'phone' | 'name' | 'address' | undefined;
  /** First values, none of a personal column. */
  readonly samples: readonly string[];
};

const PERSONAL_HEADERS: readonly (readonly [NonNullable<ColumnLook['personal']>, RegExp])[] = [
  ['id-number', /身份证|证件号|公民身份|护照|id_?card|id_?number|passport|identity/i],
  ['phone', /手机|电话|联系方式|微信|phone|mobile|telephone/i],
  ['name', /姓名|名字|嫌疑人|当事人|受害人|被害人|报案人|对象姓名|full_?name|person_?name|^name$/i],
  ['address', /住址|家庭地址|户籍地|居住地|详细地址|address/i],
];

/** Headers as they are used: none empty, none twice (案由, 案由_2). */
export function uniqueHeaders(cells: readonly string[]): { headers: string[]; doubled: string[] } {
  const seen = new Set<string>();
  const doubled: string[] = [];
  const headers = cells.map((cell, i) => {
    const base = plain(cell).replaceAll(/\s+/g, ' ') || `column_${i + 1}`;
    let name = base;
    for (let n = 2; seen.has(name); n++) name = `${base}_${n}`;
    if (name !== base && !doubled.includes(base)) doubled.push(base);
    seen.add(name);
    return name;
  });
  return { headers, doubled };
}

const SAMPLES_SHOWN = 5;

export function lookAtColumns(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): ColumnLook[] {
  return headers.map((name, i) => {
    const values = rows.map((row) => row[i] ?? '').filter((value) => !isNothing(value));
    const personal = personalIn(name, values);
    const shown = values.filter((value) => !hasNumberOfPerson(value));
    return {
      name,
      personal,
      samples: personal ? [] : [...new Set(shown)].slice(0, SAMPLES_SHOWN).map(shorten),
    };
  });
}

const shorten = (value: string): string => (value.length > 40 ? `${value.slice(0, 39)}…` : value);

/** A column is about persons when its header says so, or a tenth of its values carry their numbers. */
function personalIn(name: string, values: readonly string[]): ColumnLook['personal'] {
  const said = PERSONAL_HEADERS.find(([, pattern]) => pattern.test(name))?.[0];
  if (said) return said;
  const numbers = values.filter((value) => hasNumberOfPerson(value));
  if (numbers.length === 0 || numbers.length * 10 < values.length) return undefined;
  return numbers.some((value) => /\d{15}/.test(value)) ? 'id-number' : 'phone';
}

const HEADERS = {
  region:
    /^(region|region_?code|area|adcode|county|county_?code|district)$|行政区划|区划|地区|区县|县区|辖区|所属(区|县)/i,
  at: /^(at|time|date|datetime|occurred_?at|incident_?date)$|发生时间|发案时间|案发|报案时间|发生日期|日期|时间/i,
  kind: /^(kind|type|category|offence|crime)$|案由|类别|案件类型|罪名|性质|类型/i,
  period: /^(period|year|month|yearmonth)$|年份|年度|月份|期间|统计期|时期/i,
  name: /^(measure|column|indicator|metric|item)$|指标(名称)?$|项目$/i,
  value: /^(value|amount|figure|number)$|数值|指标值|^值$|数量$/i,
} as const;

/** The likeliest mapping; undefined with what is missing when no column fits a field. */
export function guessMapping(
  kind: ImportKind,
  columns: readonly ColumnLook[],
): { mapping: Mapping | undefined; missing: string[] } {
  const free = columns.filter(({ personal }) => personal === undefined);
  const taken = new Set<string>();
  const pick = (field: keyof typeof HEADERS, fits: (value: string) => boolean) => {
    const candidates = free.filter(({ name }) => !taken.has(name));
    const scored = candidates.map(({ name, samples }) => {
      const good = samples.filter(fits).length / Math.max(1, samples.length);
      return { name, score: (HEADERS[field].test(name) ? 1 : 0) + good };
    });
    const [best] = scored.sort((a, b) => b.score - a.score);
    if (!best || best.score < 1) return undefined;
    taken.add(best.name);
    return best.name;
  };
  const isOk = (read: (cell: string) => { kind: string }) => (value: string) =>
    read(value).kind === 'ok';
  const byHeader = (field: keyof typeof HEADERS) => {
    const found = free.find(({ name }) => !taken.has(name) && HEADERS[field].test(name));
    if (found) taken.add(found.name);
    return found?.name;
  };
  const region = pick('region', isOk(readRegion));
  if (kind === 'incidents') {
    const at = pick('at', isOk(readInstant));
    const what = byHeader('kind');
    const missing = missingOf({ region, at, kind: what });
    if (missing.length > 0) return { mapping: undefined, missing };
    return { mapping: { as: kind, region, at, kind: what } as Mapping, missing };
  }
  const period = byHeader('period') ?? pick('period', isOk(readPeriod));
  const name = byHeader('name');
  const value = name === undefined ? undefined : pick('value', isOk(readNumber));
  const rest = free.filter(
    ({ name: header, samples }) =>
      !taken.has(header) && samples.length > 0 && samples.every(isOk(readNumber)),
  );
  const missing = missingOf({ region, period, value: value ?? rest[0]?.name });
  if (missing.length > 0) return { mapping: undefined, missing };
  const figures =
    name !== undefined && value !== undefined
      ? { name, value }
      : { columns: Object.fromEntries(rest.map(({ name: header }) => [header, header])) };
  return { mapping: { as: kind, region, period, ...figures } as Mapping, missing };
}

const missingOf = (fields: Record<string, string | undefined>): string[] =>
  Object.entries(fields).flatMap(([field, found]) => (found === undefined ? [field] : []));

/** Columns a mapping names. */
export function columnsOf(mapping: Mapping): string[] {
  const named =
    mapping.as === 'incidents'
      ? [mapping.region, mapping.at, mapping.kind]
      : [
          mapping.region,
          mapping.period,
          mapping.name,
          mapping.value,
          ...Object.keys(mapping.columns ?? {}),
        ];
  return named.filter((name) => name !== undefined);
}

export const PERSONAL_WORDS: Readonly<Record<NonNullable<ColumnLook['personal']>, Text>> = {
  'id-number': text('身份证件号码', 'identity numbers'),
  phone: text('电话号码', 'telephone numbers'),
  name: text('姓名', 'names'),
  address: text('住址', 'addresses'),
};
