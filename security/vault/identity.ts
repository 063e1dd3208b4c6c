// What the vault keeps of a person, the form it is kept in, and what of it is shown before anybody gave a
// reason.

import { UserError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';
import { IDENTITY_FIELDS, type IdentityField } from '../../warehouse/records-vault.ts';
import { ID_NUMBER_FAULTS, readIdNumber } from './id-number.ts';

/** Fields that are missing are not known; null takes one out. */
export type IdentityChange = Readonly<Partial<Record<IdentityField, string | null>>>;

export type Identity = Readonly<Partial<Record<IdentityField, string>>>;

export type ReadField =
  | { readonly kind: 'ok'; readonly value: string }
  | { readonly kind: 'wrong'; readonly says: Text };

const CHARS_MAX: Readonly<Record<IdentityField, number>> = {
  name: 100,
  'id-number': 18,
  phone: 20,
  address: 300,
  face: 300,
};

const FIELD_NAMES: Readonly<Record<IdentityField, Text>> = {
  name: text('姓名', 'name'),
  'id-number': text('身份证号码', 'ID number'),
  phone: text('电话号码', 'phone number'),
  address: text('住址', 'address'),
  face: text('人脸照片存放处', 'face picture reference'),
};

/** The value in the form it is kept and looked up in, or what is wrong with it. Never repeats the value. */
export function readField(field: IdentityField, given: string, todayMs: number): ReadField {
  const value = given.normalize('NFC').trim();
  const wrong = ({ zh, en }: Text) => {
    const name = FIELD_NAMES[field];
    return { kind: 'wrong', says: text(`${name.zh}有误：${zh}`, `${name.en}: ${en}`) } as const;
  };
  if (value === '') return wrong(text('不能为空', 'it is empty'));
  if (field === 'id-number') {
    const read = readIdNumber(value, todayMs);
    return read.kind === 'ok'
      ? { kind: 'ok', value: read.idNumber }
      : wrong(ID_NUMBER_FAULTS[read.fault]);
  }
  if (field === 'phone') {
    const digits = phoneDigits(value);
    return digits === undefined
      ? wrong(text('应为 7 至 15 位数字，可带区号', 'it must be 7 to 15 digits'))
      : { kind: 'ok', value: digits };
  }
  if (value.length > CHARS_MAX[field]) {
    return wrong(text(`不能超过 ${CHARS_MAX[field]} 个字`, `over ${CHARS_MAX[field]} characters`));
  }
  if (/\p{Cc}/u.test(value)) return wrong(text('含有控制字符', 'it has control characters'));
  return { kind: 'ok', value };
}

/** Every given field read; throws UserError `bad-input` with all that is wrong. */
export function readChange(change: IdentityChange, todayMs: number): IdentityChange {
  const out: Partial<Record<IdentityField, string | null>> = {};
  const faults: Text[] = [];
  for (const field of IDENTITY_FIELDS) {
    const given = change[field];
    if (given === undefined) continue;
    const read = given === null ? undefined : readField(field, given, todayMs);
    if (read?.kind === 'wrong') faults.push(read.says);
    else out[field] = read?.value ?? null;
  }
  if (faults.length === 0) return out;
  throw new UserError(
    'bad-input',
    text(faults.map(({ zh }) => zh).join('；'), faults.map(({ en }) => en).join('; ')),
  );
}

/** Digits only, and without the country's own code before a mobile number. */
function phoneDigits(given: string): string | undefined {
  // Most come clean already; the country's own code makes more than eleven digits.
  if (/^\d{7,11}$/.test(given)) return given;
  const plain = given.normalize('NFKC').replaceAll(/[\s()\-.]/g, '');
  if (!/^\+?\d+$/.test(plain)) return undefined;
  const digits = plain.replace(/^\+/, '').replace(/^(00)?86(?=1\d{10}$)/, '');
  return digits.length >= 7 && digits.length <= 15 ? digits : undefined;
}

/** What is shown at first: enough to tell two persons apart, too little to find one. */
export function mask(field: IdentityField, value: string): string {
  const chars = [...value];
  const stars = (count: number) => '*'.repeat(Math.max(1, count));
  switch (field) {
    case 'name':
      return chars.length < 3
        ? `${chars[0]}*`
        : `${chars[0]}${stars(chars.length - 2)}${chars.at(-1)}`;
    case 'id-number':
      return `${value.slice(0, 4)}${stars(value.length - 8)}${value.slice(-4)}`;
    case 'phone':
      return value.length < 11
        ? `${stars(value.length - 2)}${value.slice(-2)}`
        : `${value.slice(0, 3)}${stars(value.length - 7)}${value.slice(-4)}`;
    case 'address':
      return `${/^.{2,12}?[县区]/u.exec(value)?.[0] ?? chars.slice(0, 2).join('')}****`;
    case 'face':
      return '****';
  }
}
