// Words of the page on accounts and rights.

import { text } from '../../core/text.ts';

export const ACCESS_WORDS = {
  title: text('账户与权限', 'Accounts and rights'),
  accounts: text('账户', 'Accounts'),
  walls: text('大屏终端', 'Walls'),
  matrix: text('权限矩阵', 'Access matrix'),
  login: text('用户名', 'Login'),
  name: text('姓名', 'Name'),
  nameEn: text('英文名', 'Name in English'),
  role: text('角色', 'Role'),
  unit: text('单位', 'Unit'),
  scope: text('数据范围', 'Data scope'),
  scopeOfRole: text('按角色', 'that of the role'),
  factor: text('动态验证码', 'Second factor'),
  factorOn: text('已启用', 'on'),
  factorOff: text('未启用', 'off'),
  factorDemo: text('演示免用', 'demo, none'),
  state: text('状态', 'State'),
  active: text('启用', 'active'),
  disabled: text('停用', 'disabled'),
  waiting: text('待审批', 'waits for approval'),
  mustChange: text('待改密码', 'password to be changed'),
  seen: text('最近使用', 'Last used'),
  never: text('无会话', 'no session'),
  newAccount: text('开设账户', 'New account'),
  create: text('开设', 'Create'),
  reason: text('事由', 'Reason'),
  createdHint: text(
    '账户须经安全管理员审批后方可登录。',
    'The account opens nothing until a security administrator approves.',
  ),
  once: text('一次性密码（仅显示这一次）', 'One-time password (shown this once)'),
  onceHint: text(
    '请当面或电话告知本人；首次登录须修改。',
    'Tell it in person or by phone; it has to be changed at the first sign-in.',
  ),
  change: text('申请变更权限', 'Ask for other rights'),
  ask: text('提交申请', 'Ask'),
  asked: text('申请', 'asked by'),
  approve: text('批准', 'Approve'),
  refuse: text('不予批准', 'Refuse'),
  disable: text('停用', 'Disable'),
  enable: text('恢复启用', 'Enable'),
  reset: text('重置密码', 'Reset the password'),
  resetFactor: text('重置密码并停用动态验证码', 'Reset the password, take the second factor off'),
  endSessions: text('强制退出', 'End its sessions'),
  choose: text('选择左侧账户办理。', 'Choose an account.'),
  self: text('这是您自己的账户。', 'This is your own account.'),
  units: text('指定单位代码（逗号分隔）', 'Codes of units, by commas'),
  wallName: text('位置名称', 'Where it hangs'),
  wallCode: text('大屏上的登记码', 'The code on the wall'),
  enrol: text('登记', 'Enrol'),
  enrolHint: text(
    '在大屏浏览器打开 /wall/enrol 即显示登记码。终端只能看到统计数字和约一公里精度的点位。',
    'Open /wall/enrol on the wall for its code. A wall sees counts and places about a kilometre coarse.',
  ),
  enrolled: text('登记', 'enrolled'),
  revoke: text('撤销', 'Revoke'),
  revoked: text('已撤销', 'revoked'),
  noWalls: text('尚未登记大屏终端。', 'No wall is enrolled.'),
  fn: text('功能', 'Function'),
  kind: text('性质', 'Kind'),
  personal: text('个人数据', 'personal'),
  proof: text('须验证', 'proof'),
  legend: text(
    '“个人数据”须说明用途并留痕；“须验证”指五分钟内验证过身份。本表由权限策略直接生成。',
    'Personal data needs a purpose and leaves a trace; proof means the password or a code within five minutes. This table is made from the policy itself.',
  ),
} as const;

export const OPERATION_NAMES = {
  read: text('查看', 'read'),
  write: text('办理', 'write'),
  approve: text('审批', 'approve'),
  export: text('导出', 'export'),
} as const;

export const SCOPE_WORDS = {
  own: text('本人', 'own'),
  unit: text('本单位', 'unit'),
  'unit-and-below': text('本单位及下级', 'unit and below'),
  list: text('指定单位', 'listed units'),
  all: text('全部', 'all'),
} as const;

export const POLICY_ROLE_NAMES = {
  'city-officer': text('市级值班', 'City duty'),
  'city-leader': text('市局领导', 'City leader'),
  'county-officer': text('县级值班', 'County duty'),
  'county-leader': text('县局领导', 'County leader'),
  analyst: text('分析研判', 'Analysis'),
  'system-administrator': text('系统管理', 'System administration'),
  'security-administrator': text('安全管理', 'Security administration'),
  'audit-administrator': text('审计管理', 'Audit administration'),
  kiosk: text('大屏终端', 'Wall kiosk'),
} as const;
