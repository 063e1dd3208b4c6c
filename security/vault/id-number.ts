// The resident identity number (GB 11643-1999): six digits of area, a birthday, a sequence and a check
// character. What is wrong with one is said by a code; the number itself goes into no message.

import { text, type Text } from '../../core/text.ts';

export type IdNumberFault = 'birthday' | 'characters' | 'check' | 'length';

export type ReadIdNumber =
  | { readonly kind: 'ok'; readonly idNumber: string }
  | { readonly kind: 'wrong'; readonly fault: IdNumberFault };

/**
 * Area codes from 98 on belong to no province (GB/T 2260): numbers of invented persons begin with them, so
 * that none of them can be anybody's.
 */
export const INVENTED_AREA = '98';

const CLEAN = /^\d{17}[\dX]$/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';
const ZERO_CODE = 48;
const FIRST_YEAR = 1880;

/** Spaces are dropped and a small x made large; then length, characters, birthday and check are looked at. */
export function readIdNumber(given: string, todayMs: number): ReadIdNumber {
  // Most come clean already; registers of a hundred thousand are read in one go.
  const idNumber = CLEAN.test(given)
    ? given
    : given.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
  const wrong = (fault: IdNumberFault) => ({ kind: 'wrong', fault }) as const;
  if (idNumber.length !== 18) return wrong('length');
  if (!CLEAN.test(idNumber)) return wrong('characters');
  if (!isBirthday(idNumber.slice(6, 14), todayMs)) return wrong('birthday');
  if (checkOf(idNumber) !== idNumber[17]) return wrong('check');
  return { kind: 'ok', idNumber };
}

/** The check character that belongs to the first 17 digits. */
export function checkOf(digits: string): string {
  const sum = WEIGHTS.reduce(
    (total, weight, at) => total + weight * (digits.charCodeAt(at) - ZERO_CODE),
    0,
  );
  return CHECKS[sum % 11] as string;
}

export const ID_NUMBER_FAULTS: Readonly<Record<IdNumberFault, Text>> = {
  birthday: text('第 7 至 14 位不是有效的出生日期', 'digits 7 to 14 are no birthday'),
  characters: text(
    '应为 17 位数字加 1 位校验码（数字或 X）',
    'it must be 17 digits and a check character (a digit or X)',
  ),
  check: text('校验码不符，请核对是否录错', 'the check character does not fit; look for a slip'),
  length: text('身份证号码应为 18 位', 'it must have 18 characters'),
};

function isBirthday(digits: string, todayMs: number): boolean {
  const year = Number(digits.slice(0, 4));
  const month = Number(digits.slice(4, 6));
  const day = Number(digits.slice(6));
  const atMs = Date.UTC(year, month - 1, day);
  return (
    year >= FIRST_YEAR &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    // The day begins earlier here than in Greenwich.
    atMs <= todayMs + 8 * 3_600_000
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
