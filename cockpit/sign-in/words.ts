// Words of the sign-in page.

import type { Role } from '../../app/api/session.ts';
import { text, type Text } from '../../core/text.ts';

export const SIGN_IN_WORDS = {
  login: text('用户名', 'User name'),
  password: text('密码', 'Password'),
  code: text('动态验证码或恢复码', 'Code or recovery code'),
  submit: text('登录', 'Sign in'),
  submitting: text('正在登录', 'Signing in'),
  goOn: text('您已登录，直接进入', 'You are signed in; go on'),
  demoTitle: text('演示账号', 'Demo accounts'),
  demoHint: text(
    '数据均为虚构。选一个账号即可填入。',
    'All data is invented. Choose one to fill it in.',
  ),
  enrolWall: text('将本机登记为大屏', 'Enrol this screen as a wall'),
  traced: text('登录、查看和处置均留有记录。', 'Sign-in, reading and handling leave a record.'),
} as const;

export const ROLE_NAMES: Readonly<Record<Role, Text>> = {
  'city-officer': text('市级值班', 'City duty'),
  'county-officer': text('县级值班', 'County duty'),
  analyst: text('分析研判', 'Analysis'),
  'system-administrator': text('系统管理', 'System administration'),
  'security-administrator': text('安全管理', 'Security administration'),
  'audit-administrator': text('审计管理', 'Audit administration'),
  kiosk: text('大屏终端', 'Wall kiosk'),
};
