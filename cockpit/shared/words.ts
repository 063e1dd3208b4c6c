// Words both screens use. Every text a person reads is a Text in one of the catalogues, so that a switch
// of the language leaves nothing behind.

import type { PartHealth, StreamHealth } from '../../app/api/wall.ts';
import type { Level } from '../../core/finding.ts';
import type { SubjectClass } from '../../core/order.ts';
import { text, type Text } from '../../core/text.ts';

export const WORDS = {
  product: text('准绳', 'Plumbline'),
  productLine: text('社区矫正监督分析与分级预警', 'Supervision analytics and graded alerts'),
  skip: text('跳到主要内容', 'Skip to the main part'),
  wall: text('监督大屏', 'Supervision wall'),
  console: text('值守台', 'Duty console'),
  rules: text('预警规则', 'Alert rules'),
  reports: text('统计报告', 'Reports'),
  roster: text('值班表', 'Roster'),
  openByAge: text('未结督办', 'Open by age'),
  drills: text('预警演练', 'Drills'),
  watch: text('运行监视', 'Watchdog'),
  identities: text('身份查询', 'Identities'),
  bases: text('监管依据', 'Legal basis'),
  access: text('账户与权限', 'Accounts and rights'),
  account: text('我的账户', 'My account'),
  retention: text('留存与删除', 'Retention'),
  audit: text('审计', 'Audit'),
  workbench: text('分析工作台', 'Workbench'),
  laboratory: text('指数实验室', 'Index laboratory'),
  exports: text('文件导出', 'Exports'),
  sql: text('查询台', 'SQL console'),
  imports: text('数据导入', 'Import'),
  silences: text('静默', 'Silences'),
  pages: text('页面', 'Pages'),
  signIn: text('登录', 'Sign in'),
  signOut: text('退出', 'Sign out'),
  languageOther: text('English', '中文'),
  languageSwitch: text('切换为英文', 'Switch to Chinese'),
  themeLight: text('浅色', 'Light'),
  themeDark: text('深色', 'Dark'),
  themeSwitch: text('切换深浅色', 'Switch light and dark'),
  loading: text('正在读取', 'Loading'),
  noData: text('暂无数据', 'no data'),
  retry: text('重试', 'Try again'),
  live: text('实时', 'Live'),
  connecting: text('连接中', 'Connecting'),
  reconnecting: text('重连中', 'Reconnecting'),
  unreachable: text('连不上服务器', 'the server cannot be reached'),
  unreachableHint: text(
    '请检查网络；画面会自动重连。',
    'Check the network; the page reconnects by itself.',
  ),
  tooSlow: text('服务器没有及时答复', 'the server did not answer in time'),
  unreadable: text('服务器的答复读不懂', 'the answer of the server cannot be read'),
  crashed: text('画面出错了', 'This page failed'),
  crashedHint: text(
    '预警和数据不受影响。重新载入即可恢复。',
    'Alerts and data are not affected. Load the page again.',
  ),
  reload: text('重新载入', 'Load again'),
  noPage: text('没有这个页面', 'There is no such page'),
  toStart: text('回到首页', 'Go to the start'),
  mapCredit: text('边界为示意，非审定地图', 'Boundaries are sketches, not an approved map'),
  mapAway: text('这台机器画不出地图，请看列表', 'This machine cannot draw maps; see the lists'),
  unacknowledged: text('未确认', 'waiting'),
  acknowledged: text('已确认', 'acknowledged'),
  closed: text('已办结', 'closed'),
  cleared: text('情形已解除', 'condition ended'),
  reference: text('编号', 'Ref.'),
} as const;

/** `数据 12 秒前` and the like. */
export const dataAgeText = (seconds: number): Text =>
  text(`数据陈旧 ${spell(seconds, '秒', '分')}`, `Data ${spell(seconds, 's', 'min')} old`);

const spell = (seconds: number, s: string, min: string): string =>
  seconds < 120 ? `${seconds} ${s}` : `${Math.floor(seconds / 60)} ${min}`;

export const LEVEL_NAMES: Readonly<Record<Level, Text>> = {
  1: text('一级', 'Level 1'),
  2: text('二级', 'Level 2'),
  3: text('三级', 'Level 3'),
};

/** What each level asks of the officer. */
export const LEVEL_DUTIES: Readonly<Record<Level, Text>> = {
  1: text('立即处置', 'Act at once'),
  2: text('核查处置', 'Verify and act'),
  3: text('掌握处置', 'Note and follow'),
};

export const CLASS_NAMES: Readonly<Record<SubjectClass, Text>> = {
  cc: text('社区矫正', 'CC'),
  raKey: text('重点帮教', 'Key RA'),
  raOrdinary: text('一般帮教', 'RA'),
};

/** The person in a sentence. */
export const CLASS_PERSONS: Readonly<Record<SubjectClass, Text>> = {
  cc: text('社区矫正对象', 'community-corrections person'),
  raKey: text('重点安置帮教对象', 'key resettlement person'),
  raOrdinary: text('一般安置帮教对象', 'resettlement person'),
};

export const STREAM_STATES: Readonly<Record<StreamHealth['state'], Text>> = {
  ok: text('正常', 'ok'),
  quiet: text('空闲', 'quiet'),
  slow: text('迟缓', 'slow'),
  silent: text('静默', 'silent'),
};

export const PART_STATES: Readonly<Record<PartHealth['state'], Text>> = {
  ok: text('正常', 'ok'),
  behind: text('落后', 'behind'),
  down: text('停止', 'down'),
};
