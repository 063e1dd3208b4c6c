// How a refusal of the policy is said: what is not allowed and what to do about it.

import { UserError, type UserErrorCode } from '../../../core/errors.ts';
import { text, type Text } from '../../../core/text.ts';
import type { Because } from '../../../security/access/policy.ts';
import { PURPOSES } from '../../../security/access/purposes.ts';

type Said = { readonly code: UserErrorCode; readonly says: Text; readonly hint?: Text };

const CHOOSE = text(
  `请先在页面上选择查询用途；接口调用须带请求头 x-purpose，可选：${PURPOSES.map(({ code, name }) => `${code}（${name.zh}）`).join('、')}`,
  `Choose a purpose on the page; a program sends the header x-purpose with one of: ${PURPOSES.map(({ code }) => code).join(', ')}.`,
);

const SAID: Readonly<Record<Exclude<Because, 'granted'>, Said>> = {
  'outside-scope': {
    code: 'forbidden',
    says: text('不在您的数据范围内', 'this is outside your data scope'),
    hint: text(
      '如工作需要，请系统管理员申请调整数据范围',
      'If your work needs it, have the system administrator ask for another scope.',
    ),
  },
  'password-change-needed': {
    code: 'password-change-needed',
    says: text('请先修改一次性密码', 'the one-time password must be changed first'),
    hint: text('在“我的账户”中设置新密码', 'Set a new one under My account.'),
  },
  'purpose-missing': {
    code: 'purpose-needed',
    says: text('查询个人数据须说明用途', 'a request for personal data needs a purpose'),
    hint: CHOOSE,
  },
  'purpose-unfit': {
    code: 'purpose-needed',
    says: text('所选用途不能查询此项内容', 'this purpose does not fit what was asked for'),
    hint: CHOOSE,
  },
  'purpose-unknown': {
    code: 'purpose-needed',
    says: text('没有登记这一用途', 'there is no such purpose'),
    hint: CHOOSE,
  },
  'role-lacks-function': {
    code: 'forbidden',
    says: text('您的角色不能查看此内容', 'your role may not see or do this'),
  },
  'second-factor-missing': {
    code: 'second-factor-missing',
    says: text('您的角色须先启用动态验证码', 'your role needs a second factor first'),
    hint: text('在“我的账户”中启用动态验证码', 'Set one up under My account.'),
  },
  'state-forbids': {
    code: 'conflict',
    says: text('当前状态下不能修改此项', 'this cannot be changed in its present state'),
    hint: text(
      '预警已办结的，请先重新打开再修改',
      'If the alert is closed, open it again before you change it.',
    ),
  },
  'step-up-needed': {
    code: 'step-up-needed',
    says: text('此项操作须再次验证身份', 'this act needs a fresh proof of who you are'),
    hint: text('请再次输入密码或动态验证码', 'Give your password or a code again.'),
  },
};

export function refusalOf(because: Exclude<Because, 'granted'>): UserError {
  const { code, says, hint } = SAID[because];
  return new UserError(code, says, hint ? { hint } : {});
}

export const unauthenticated = () =>
  new UserError('unauthenticated', text('请先登录', 'sign in first'));
