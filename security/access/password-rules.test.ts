import { expect, test } from 'vitest';
import { createBreachList } from '../../datasets/passwords.ts';
import { passwordFault } from './password-rules.ts';

const context = {
  login: 'xuanhan',
  names: ['宣汉值班员', 'Xuanhan officer'],
  isCommon: createBreachList(),
};

test.each([
  ['短密码', 'too-short'],
  ['elevenchars', 'too-short'],
  ['长'.repeat(129), 'too-long'],
  ['woaini5201314', 'too-common'],
  ['Password123456', 'too-common'],
  ['zhongguo123456', 'too-common'],
  ['aaaaaaaaaaaaaaaa', 'too-few-kinds'],
  ['ababababababab', 'too-few-kinds'],
  ['plumbline2026', 'context-word'],
  ['Xuanhan-准绳-2026', 'context-word'],
  ['宣汉值班员达州司法局2026', 'context-word'],
  ['四面荷花三面柳一城山色', 'too-short'],
  ['四面荷花三面柳一城山色半城湖', undefined],
  ['correct horse battery staple', undefined],
  ['xuanhan walks the dog at six', undefined],
  ['长'.repeat(1) + 'tk9 vj3 mmq2 zz', undefined],
] as const)('%s: %s', (password, fault) => {
  expect(passwordFault(password, context)).toBe(fault);
});
