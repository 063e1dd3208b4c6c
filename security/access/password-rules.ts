// Which passwords are taken (OWASP ASVS 5.0, 6.2): long ones of any characters, none that everybody tries first,
// none made of words of this system or of the account itself.

import type { Text } from '../../core/text.ts';
import { text } from '../../core/text.ts';

export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 128;

/** What has to be left of a password without the words an attacker would guess. */
const OWN_CHARS_MIN = 8;

/** Names and words of the product and its bureau. */
export const CONTEXT_WORDS = [
  'plumbline',
  '准绳',
  'zhunsheng',
  '司法局',
  '司法所',
  'sifaju',
  '达州',
  'dazhou',
];

export type PasswordFault =
  | 'too-short'
  | 'too-long'
  | 'too-common'
  | 'too-few-kinds'
  | 'context-word'
  | 'as-before';

export type PasswordContext = {
  readonly login: string;
  /** Names of the account, in both languages. */
  readonly names: readonly string[];
  readonly isCommon: (password: string) => boolean;
};

/** Why a password is not taken; undefined for a good one. Characters are counted, not bytes. */
export function passwordFault(
  password: string,
  context: PasswordContext,
): PasswordFault | undefined {
  const plain = password.normalize('NFC');
  const count = [...plain].length;
  if (count < PASSWORD_CHARS_MIN) return 'too-short';
  if (count > PASSWORD_CHARS_MAX) return 'too-long';
  if (context.isCommon(plain)) return 'too-common';
  if (new Set(plain.toLowerCase()).size < 4) return 'too-few-kinds';
  const words = [context.login, ...context.names, ...CONTEXT_WORDS]
    .map((word) => word.toLowerCase())
    .filter((word) => [...word].length > 1)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), plain.toLowerCase());
  if (rest.length < plain.length && [...rest].length < OWN_CHARS_MIN) return 'context-word';
  return undefined;
}

export const FAULT_TEXTS: Readonly<Record<PasswordFault, Text>> = {
  'too-short': text(
    `密码至少 ${PASSWORD_CHARS_MIN} 个字符，可用一句便于记忆的话`,
    `A password has at least ${PASSWORD_CHARS_MIN} characters; a sentence is easy to remember.`,
  ),
  'too-long': text(
    `密码最多 ${PASSWORD_CHARS_MAX} 个字符`,
    `A password has at most ${PASSWORD_CHARS_MAX} characters.`,
  ),
  'too-common': text('该密码属于常见密码，容易被猜中', 'Everybody tries this password first.'),
  'too-few-kinds': text('该密码重复字符过多', 'This password repeats a few characters.'),
  'context-word': text(
    '密码主要由用户名、姓名或系统名称组成，请换一个',
    'This password is made of the login, a name or a word of this system.',
  ),
  'as-before': text('新密码不能与原密码相同', 'The new password is the old one.'),
};
