// Articles of law as rule files cite them, said in English where the reader wants it. A law that is not in
// the table keeps its own name.

import type { Text } from '../../core/text.ts';

const LAWS: Readonly<Record<string, string>> = {
  中华人民共和国社区矫正法: 'Community Corrections Law of the PRC',
  中华人民共和国社区矫正法实施办法: 'Implementing Measures of the Community Corrections Law',
  社区矫正法实施办法: 'Implementing Measures of the Community Corrections Law',
  中华人民共和国监狱法: 'Prison Law of the PRC',
  中华人民共和国刑法: 'Criminal Law of the PRC',
  中华人民共和国刑事诉讼法: 'Criminal Procedure Law of the PRC',
  中华人民共和国治安管理处罚法: 'Public Security Administration Punishments Law of the PRC',
  中华人民共和国个人信息保护法: 'Personal Information Protection Law of the PRC',
};

const DIGITS = '零一二三四五六七八九';

/** A Chinese numeral up to 999, for example 二十七; undefined when it is none. */
export function numeralOf(chinese: string): number | undefined {
  let total = 0;
  let digit = 0;
  for (const char of chinese.replaceAll('〇', '零')) {
    if (char === '百') {
      total += (digit || 1) * 100;
      digit = 0;
    } else if (char === '十') {
      total += (digit || 1) * 10;
      digit = 0;
    } else {
      digit = DIGITS.indexOf(char);
      if (digit < 0) return undefined;
    }
  }
  return total + digit;
}

const CITATION = /《([^》]+)》((?:第[零〇一二三四五六七八九十百]+[条款项])*)/g;
const PART = /第([零〇一二三四五六七八九十百]+)([条款项])/g;

/** `《中华人民共和国社区矫正法》第二十七条第二款` → `Community Corrections Law of the PRC, art. 27(2)`. */
export function articleText(article: string): Text {
  const cited = [...article.matchAll(CITATION)].map(([, law = '', parts = '']) => {
    const places = [...parts.matchAll(PART)].map(([, numeral = '', unit]) => {
      const number = numeralOf(numeral);
      return unit === '条' ? ` art. ${number}` : `(${number})`;
    });
    return `${LAWS[law] ?? `《${law}》`}${places.length > 0 ? `,${places.join('')}` : ''}`;
  });
  return { zh: article, en: cited.length > 0 ? cited.join('; ') : article };
}
