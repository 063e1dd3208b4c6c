// A number below a hundred in words, for a voice: digits are read one by one, or as something else.

import type { Language } from '../../core/text.ts';

export const spellCount = (count: number, language: Language): string =>
  language === 'zh' ? inChinese(count) : inEnglish(count);

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

function inChinese(count: number): string {
  const [tens, ones] = [Math.floor(count / 10), count % 10];
  const ten = tens === 0 ? '' : `${tens === 1 ? '' : DIGITS[tens]}十`;
  // Two of a thing are 两, twelve are 十二.
  return count === 2 ? '两' : `${ten}${DIGITS[ones]}`;
}

const BELOW_TWENTY = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
  'fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

function inEnglish(count: number): string {
  if (count < 20) return BELOW_TWENTY[count] as string;
  const [tens, ones] = [Math.floor(count / 10), count % 10];
  return ones === 0 ? (TENS[tens] as string) : `${TENS[tens]}-${BELOW_TWENTY[ones]}`;
}
