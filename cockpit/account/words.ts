// Words of the pages about accounts: one's own, those of others, walls, and the proof before a sensitive act.

import { text } from '../../core/text.ts';

export const ACCOUNT_WORDS = {
  title: text('我的账户', 'My account'),
  proofTitle: text('请再次验证身份', 'Prove who you are again'),
  proofWhy: text(
    '此项操作较为敏感。验证后五分钟内不再询问。',
    'This act is sensitive. You are not asked again for five minutes.',
  ),
  proofField: text('密码或动态验证码', 'Password or code'),
  confirm: text('确认', 'Confirm'),
  cancel: text('取消', 'Cancel'),
  owesPassword: text(
    '您使用的是一次性密码，请先设置新密码，再办理其他事项。',
    'You signed in with a one-time password. Set a new one before anything else.',
  ),
  owesFactor: text(
    '您的角色须启用动态验证码，启用后方可办理其他事项。',
    'Your role needs a second factor. Set it up before anything else.',
  ),
  demo: text(
    '演示账号：密码公开，不要求动态验证码。',
    'A demo account: its password is public and no code is asked for.',
  ),
  password: text('修改密码', 'Change the password'),
  passwordRule: text(
    '至少 12 个字符，不限字符种类；一句便于记忆的话比“大小写加符号”更安全。常见密码不予采用。',
    'At least 12 characters of any kind. A sentence you remember is safer than signs and capitals. Common passwords are refused.',
  ),
  current: text('原密码', 'Present password'),
  next: text('新密码', 'New password'),
  again: text('再次输入新密码', 'New password again'),
  differ: text('两次输入的新密码不一致', 'The two new passwords differ.'),
  change: text('修改', 'Change'),
  changed: text('密码已修改，其他会话已退出。', 'The password is changed; other sessions ended.'),
  factor: text('动态验证码', 'Second factor'),
  factorOff: text('未启用', 'off'),
  factorOn: text('已启用', 'on'),
  factorSince: text('启用时间', 'since'),
  recoveryLeft: text('剩余恢复码', 'recovery codes left'),
  factorWhy: text(
    '登录时除密码外再输入手机验证器上的六位数字，密码泄露也无法登录。',
    'Signing in then takes six digits from your phone as well, so that a password alone opens nothing.',
  ),
  factorBegin: text('启用', 'Set up'),
  factorEnd: text('停用', 'Take off'),
  scan: text('用验证器应用扫描二维码', 'Scan this with an authenticator app'),
  orType: text('无法扫描时手工输入密钥', 'Or type the secret by hand'),
  firstCode: text('输入应用显示的六位数字', 'The six digits the app shows'),
  codes: text('恢复码', 'Recovery codes'),
  codesWhy: text(
    '手机遗失时每个恢复码可登录一次。请抄写后妥善保管，此页关闭后不再显示。',
    'Each signs you in once without your phone. Write them down: they are not shown again.',
  ),
  codesKept: text('我已抄写', 'I have written them down'),
  certificates: text('数字证书', 'Certificates'),
  certificatesHint: text(
    '由系统管理员绑定或解除；如证书介质遗失，请立即联系系统管理员。',
    'Bound and unbound by the system administrator. Tell them at once when a token is lost.',
  ),
  certificateBound: text('绑定', 'bound'),
  certificateEnded: text('已解除', 'unbound'),
  noCertificates: text('尚未绑定证书。', 'No certificate is bound.'),
  sessions: text('登录会话', 'Sessions'),
  thisOne: text('本次会话', 'this one'),
  began: text('登录', 'signed in'),
  lastSeen: text('最近使用', 'last used'),
  end: text('退出', 'End'),
  endOthers: text('退出其他全部会话', 'End all others'),
  unknownAgent: text('未知设备', 'unknown device'),
  purpose: text('查询用途', 'Purpose'),
  purposeShort: text('用途：', 'For: '),
  purposeWhy: text(
    '查看个人数据的每次请求都会记录所选用途。',
    'Every look at personal data is recorded with the chosen purpose.',
  ),
} as const;

export const FACTOR_NAMES = {
  password: text('密码', 'password'),
  'password-and-code': text('密码＋动态验证码', 'password and code'),
  certificate: text('数字证书', 'certificate'),
} as const;
