// A telephone number as people write it, and as it is kept.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/**
 * The number without spaces and country code: a mobile as `13800000000`, a fixed line as `0818-2345678`.
 * Undefined when it is neither.
 */
export function plainNumber(written: string): string | undefined {
  const bare = written
    .normalize('NFKC')
    .replaceAll(/[\s()]/g, '')
    .replace(/^(\+|00)86-?/, '');
  const digits = bare.replaceAll('-', '');
  if (/^1[3-9]\d{9}$/.test(digits)) return digits;
  // Area codes of Beijing, Shanghai and their like have three digits, all others four.
  const fixed = /^(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})$/.exec(bare);
  return fixed ? `${fixed[1]}-${fixed[2]}` : undefined;
}

/** The same; throws UserError `bad-input`. */
export function readNumber(written: string): string {
  const number = plainNumber(written);
  if (number !== undefined) return number;
  throw new UserError(
    'bad-input',
    text('电话号码格式不对', 'this is not the form of a telephone number'),
    {
      detail: `"${written.slice(0, 40)}"`,
      hint: text(
        '手机号为 11 位，如 13800000000；座机须带区号，如 0818-2345678。',
        'A mobile number has 11 digits, such as 13800000000; a fixed line has its area code, such as 0818-2345678.',
      ),
    },
  );
}
