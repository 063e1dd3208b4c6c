// Values as people write them: text NULLs, thousands separators, full-width digits, a dozen forms of dates,
// codes that a spreadsheet turned into numbers. Each reader gives the value, or the reason it cannot be used.

import { fromLocal } from '../../core/local-time.ts';
import { regionCodeSchema, regionOf, regionsWithin, regionCode } from '../../core/region.ts';

export type ValueFault =
  | 'ambiguous-date'
  | 'bad-date'
  | 'bad-encoding'
  | 'bad-number'
  | 'bad-period'
  | 'bad-region'
  | 'empty'
  | 'lost-digits'
  | 'personal-value'
  | 'too-long';

export type Read<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'wrong'; readonly fault: ValueFault };

const ok = <Value>(value: Value): Read<Value> => ({ kind: 'ok', value });
const wrong = (fault: ValueFault): Read<never> => ({ kind: 'wrong', fault });

const NULLS = new Set(
  [
    '',
    'null',
    '\\n',
    'none',
    'nan',
    'n/a',
    'na',
    '#n/a',
    '-',
    '--',
    '—',
    '——',
    '/',
    '无',
    '空',
  ].concat(['未知', '不详', '暂无', '缺失']),
);

/** Full-width forms become plain, the space around goes, an apostrophe that kept a code a text too. */
export const plain = (cell: string): string =>
  cell
    .normalize('NFKC')
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^'(?=\S)/, '');

/** True for what people write where there is nothing. */
export const isNothing = (cell: string): boolean => NULLS.has(plain(cell).toLowerCase());

/** A number; `1,234.5`, `1 234`, `３４`, `1.2万`. Never a percentage: whether it is a share is not known. */
export function readNumber(cell: string): Read<number> {
  if (isNothing(cell)) return wrong('empty');
  const text = plain(cell);
  const found = /^([+-]?)(\d{1,3}(?:[, ]\d{3})+|\d+)(\.\d+)?(e[+-]?\d{1,3})?(万|亿)?$/i.exec(text);
  if (!found) return /^[+-]?\.\d+$/.test(text) ? ok(Number(text)) : wrong('bad-number');
  const [, sign = '', whole = '', fraction = '', exponent = '', unit] = found;
  const value = Number(`${sign}${whole.replaceAll(/[, ]/g, '')}${fraction}${exponent}`);
  const scaled = value * (unit === '万' ? 1e4 : unit === '亿' ? 1e8 : 1);
  return Number.isFinite(scaled) ? ok(scaled) : wrong('bad-number');
}

/** Names of divisions, full and as they are said for short; one that two divisions share is none. */
const REGION_NAMES = (() => {
  const names = new Map<string, string | undefined>();
  const note = (name: string, code: string) =>
    names.set(name, names.has(name) && names.get(name) !== code ? undefined : code);
  for (let province = 11; province <= 82; province++) {
    const parent = regionOf(`${province}0000`);
    if (!parent) continue;
    for (const { code, name } of [parent, ...regionsWithin(regionCode(parent.code))]) {
      note(name.zh, code);
      const city = regionOf(`${code.slice(0, 4)}00`);
      if (city && city.code !== code) note(`${city.name.zh}${name.zh}`, code);
      if (code !== parent.code) {
        note(`${parent.name.zh}${name.zh}`, code);
        if (city && city.code !== code) note(`${parent.name.zh}${city.name.zh}${name.zh}`, code);
      }
    }
  }
  return names;
})();

/**
 * A GB/T 2260 code: six digits, the first six of the twelve of a village, what a spreadsheet made of either
 * (`511722.0`), or the name of a division. Codes that no longer exist become what they are today.
 */
export function readRegion(cell: string): Read<number> {
  if (isNothing(cell)) return wrong('empty');
  const text = plain(cell).replaceAll(/\s/g, '');
  const digits = /^(\d{6})(?:\d{6})?(?:\.0+)?$/.exec(text)?.[1];
  if (digits !== undefined) {
    const code = regionOf(digits)?.code ?? digits;
    const known = regionCodeSchema.safeParse(code).success && code >= '110000' && code <= '829999';
    return known ? ok(Number(code)) : wrong('bad-region');
  }
  if (/^\d+(\.\d+)?e\+?\d+$/i.test(text)) return wrong('lost-digits');
  const named = REGION_NAMES.get(text);
  return named === undefined ? wrong('bad-region') : ok(Number(named));
}

export type DateOrder = 'day-first' | 'month-first';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DIGITS = '〇一二三四五六七八九';
/** Day 0 of Excel's calendar, seen from after its 29 February 1900 that never was. */
const EXCEL_EPOCH = { year: 1899, month: 12, day: 30 };
const EXCEL_MIN = 18_264;
const EXCEL_MAX = 73_050;
const YEAR_MIN = 1950;
const YEAR_MAX = 2099;

/** An instant in ms; a time without a zone is China's. Days that could be months are refused unless told. */
export function readInstant(cell: string, order?: DateOrder): Read<number> {
  if (isNothing(cell)) return wrong('empty');
  const text = arabic(plain(cell));
  if (/^\d+(\.\d+)?$/.test(text)) return readDateNumber(text);
  if (/^\d{4}-\d\d-\d\d[T ][\d:.]+ ?(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text)) return readZoned(text);
  const { date, time } = splitTime(text);
  const clock = readTime(time);
  if (!clock) return wrong('bad-date');
  const yearFirst = /^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?$/.exec(date);
  if (yearFirst) return instantOf(yearFirst.slice(1).map(Number), clock);
  const named =
    /^(\d{1,2})[ -]([a-z]{3})[a-z]*[ -,]*(\d{4})$/i.exec(date) ??
    /^([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})$/i.exec(date);
  if (named) {
    const [, first = '', second = '', year] = named;
    const [day, name] = /^\d/.test(first) ? [first, second] : [second, first];
    return instantOf([Number(year), MONTHS.indexOf(name.toLowerCase()) + 1, Number(day)], clock);
  }
  const yearLast = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(date);
  if (!yearLast) return wrong('bad-date');
  const [a, b, year] = yearLast.slice(1).map(Number) as [number, number, number];
  const dayFirst = order ? order === 'day-first' : a > 12 ? true : b > 12 ? false : undefined;
  if (dayFirst === undefined && a !== b) return wrong('ambiguous-date');
  return instantOf(dayFirst ? [year, b, a] : [year, a, b], clock);
}

/** `20260102`, a spreadsheet's serial, seconds or milliseconds since 1970. */
function readDateNumber(text: string): Read<number> {
  const compact = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?(?:\.0+)?$/.exec(text);
  if (compact && Number(compact[1]) >= YEAR_MIN && Number(compact[1]) <= YEAR_MAX) {
    const [year, month, day, hour = 0, minute = 0, second = 0] = compact
      .slice(1)
      .map((part) => Number(part ?? 0));
    return instantOf([year as number, month as number, day as number], { hour, minute, second });
  }
  const value = Number(text);
  if (value >= EXCEL_MIN && value <= EXCEL_MAX) {
    const start = fromLocal(EXCEL_EPOCH) as number;
    return ok(Math.round((start + value * 86_400_000) / 1_000) * 1_000);
  }
  if (/^\d{13}(\.0+)?$/.test(text)) return ok(Math.trunc(value));
  if (/^\d{10}(\.0+)?$/.test(text)) return ok(Math.trunc(value) * 1_000);
  return wrong('bad-date');
}

function readZoned(text: string): Read<number> {
  const iso = text
    .replace(' ', 'T')
    .replace(/ ?([+-]\d\d)(\d\d)?$/, (_all, hours: string, minutes = '00') => `${hours}:${minutes}`)
    .replace(' ', '');
  const atMs = Date.parse(iso);
  return Number.isNaN(atMs) ? wrong('bad-date') : ok(atMs);
}

type TimeOfDay = { readonly hour: number; readonly minute: number; readonly second: number };

function splitTime(text: string): { date: string; time: string } {
  const found =
    /^(.*?\S)(?:T|\s+|(?<=[日号]))\s*((?:上午|下午|AM|PM|凌晨|晚上)?\s*\d{1,2}\s*(?::|时|点).*)$/i.exec(
      text,
    );
  return found
    ? { date: (found[1] as string).replaceAll(/\s*([年月])\s*/g, '$1'), time: found[2] as string }
    : { date: text.replaceAll(/\s*([年月])\s*/g, '$1'), time: '' };
}

function readTime(text: string): TimeOfDay | undefined {
  if (text === '') return { hour: 0, minute: 0, second: 0 };
  const found =
    /^(上午|下午|AM|PM|凌晨|晚上)?\s*(\d{1,2})\s*(?::|时|点)\s*(?:(\d{1,2})\s*分?(?::?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)?\s*(AM|PM)?$/i.exec(
      text,
    );
  if (!found) return undefined;
  const half = (found[1] ?? found[5] ?? '').toUpperCase();
  let hour = Number(found[2]);
  if (/^(下午|晚上|PM)$/.test(half) && hour < 12) hour += 12;
  if (/^(上午|凌晨|AM)$/.test(half) && hour === 12) hour = 0;
  return { hour, minute: Number(found[3] ?? 0), second: Number(found[4] ?? 0) };
}

function instantOf(date: readonly number[], time: TimeOfDay): Read<number> {
  const [year = 0, month = 0, day = 0] = date;
  if (year < YEAR_MIN || year > YEAR_MAX) return wrong('bad-date');
  const atMs = fromLocal({ year, month, day, ...time });
  return atMs === undefined ? wrong('bad-date') : ok(atMs);
}

/** 二〇二六年十一月三日 in the digits of the rest. */
function arabic(text: string): string {
  if (!/[〇○零一二三四五六七八九十]/.test(text)) return text;
  return text.replaceAll(/[○零]/g, '〇').replaceAll(/[〇一二三四五六七八九十]+/g, (word) => {
    const ten = word.indexOf('十');
    if (ten === -1) return [...word].map((char) => DIGITS.indexOf(char)).join('');
    const tens = ten === 0 ? 1 : DIGITS.indexOf(word[0] as string);
    const ones = ten + 1 < word.length ? DIGITS.indexOf(word[ten + 1] as string) : 0;
    return String(tens * 10 + ones);
  });
}

/** A year `2026` or a month `2026-01`, as the index takes it; a day stands for its month. */
export function readPeriod(cell: string, order?: DateOrder): Read<string> {
  if (isNothing(cell)) return wrong('empty');
  const text = arabic(plain(cell)).replaceAll(/\s/g, '');
  const year = /^(\d{4})(?:年|年度|\.0+)?$/.exec(text)?.[1];
  if (year !== undefined) {
    return Number(year) >= YEAR_MIN && Number(year) <= YEAR_MAX ? ok(year) : wrong('bad-period');
  }
  const month = /^(\d{4})(?:[-/.]|年)?(\d{1,2})月?份?$/.exec(text);
  if (month && Number(month[1]) >= YEAR_MIN && Number(month[1]) <= YEAR_MAX) {
    const number = Number(month[2]);
    if (number >= 1 && number <= 12) return ok(`${month[1]}-${String(number).padStart(2, '0')}`);
    if (text.length === 6 || /[-/.年]/.test(text)) return wrong('bad-period');
  }
  const instant = readInstant(cell, order);
  if (instant.kind === 'wrong') {
    return wrong(instant.fault === 'ambiguous-date' ? 'ambiguous-date' : 'bad-period');
  }
  return ok(new Date(instant.value + 8 * 3_600_000).toISOString().slice(0, 7));
}

const WORD_CHARS_MAX = 100;

/** A word that names a kind or a measure. What could name a person is refused. */
export function readWord(cell: string): Read<string> {
  if (isNothing(cell)) return wrong('empty');
  const text = plain(cell);
  if (text.includes('\uFFFD')) return wrong('bad-encoding');
  if (text.length > WORD_CHARS_MAX) return wrong('too-long');
  return hasNumberOfPerson(text) ? wrong('personal-value') : ok(text);
}

/** A resident identity number or a mobile number stands in it. */
export const hasNumberOfPerson = (text: string): boolean =>
  /(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![\dA-Za-z])/.test(
    text.normalize('NFKC').replaceAll(/(?<=\d)[ -](?=\d)/g, ''),
  );
