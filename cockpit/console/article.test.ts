import { expect, test } from 'vitest';
import { articleText, numeralOf } from './article.ts';

test.each([
  ['七', 7],
  ['十', 10],
  ['十二', 12],
  ['二十七', 27],
  ['一百', 100],
  ['一百零三', 103],
  ['二百五十六', 256],
  ['甲', undefined],
])('the numeral %s is %s', (chinese, number) => {
  expect(numeralOf(chinese)).toBe(number);
});

test.each([
  ['《中华人民共和国社区矫正法》第二十七条', 'Community Corrections Law of the PRC, art. 27'],
  ['《中华人民共和国监狱法》第三十七条第一款', 'Prison Law of the PRC, art. 37(1)'],
  [
    '《中华人民共和国社区矫正法》第二十九条、《社区矫正法实施办法》第三十七条',
    'Community Corrections Law of the PRC, art. 29; Implementing Measures of the Community Corrections Law, art. 37',
  ],
  ['《某某条例》第三条', '《某某条例》, art. 3'],
  ['内部规定', '内部规定'],
])('%s reads %s', (article, en) => {
  expect(articleText(article)).toEqual({ zh: article, en });
});
