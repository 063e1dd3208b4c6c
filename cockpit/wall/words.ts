// Words of the supervision wall.

import { text, type Text } from '../../core/text.ts';

export const WALL_WORDS = {
  title: text('达州市社区矫正监督', 'Dazhou supervision'),
  map: text('全市监督一张图', 'The city on one map'),
  openAlerts: text('未结预警', 'Open alerts'),
  byLevel: text('未结预警 · 按等级', 'Open alerts by level'),
  byAge: text('未结预警 · 按时长', 'Open alerts by age'),
  counties: text('各县市区', 'Counties'),
  persons: text('在管', 'Persons'),
  located: text('在线', 'Located'),
  county: text('县市区', 'County'),
  feed: text('未结预警 · 待处置', 'Open alerts to handle'),
  more: text('另有', 'and'),
  today: text('今日处置', 'Today'),
  opened: text('新增预警', 'New alerts'),
  closedToday: text('已办结', 'Closed'),
  confirmed: text('其中属实', 'of them true'),
  onLeave: text('请假覆盖', 'Covered by leave'),
  acknowledgeTime: text('确认用时', 'Time to ack'),
  acknowledgeQuantiles: text('中位 / 九成', 'P50 / P90'),
  latency: text('预警时延', 'Alert latency'),
  latencyQuantiles: text('中位 / 九成九', 'P50 / P99'),
  streams: text('数据来源', 'Sources'),
  perMinute: text('条/分', '/min'),
  admitted: text('接入', 'In'),
  refused: text('拒收', 'Refused'),
  lastHeard: text('最近', 'Last'),
  state: text('状态', 'State'),
  admittedChart: text('每分钟接入', 'Admitted per minute'),
  refusedChart: text('每分钟拒收（无法定依据）', 'Refused per minute (no legal basis)'),
  nothingKnown: text('无数据', 'no data'),
  parts: text('系统各部分', 'Parts of the system'),
  pointNormal: text('在线', 'Located'),
  pointStale: text('超时未报', 'Overdue'),
  pointLeave: text('请假外出', 'On leave'),
  newAlert: text('等待确认', 'Waiting'),
  wholeCity: text('全市', 'Whole city'),
  resetView: text('回到全市', 'Back to the city'),
  acknowledged: text('已确认', 'acked'),
  noAlerts: text('没有未结预警', 'No open alerts'),
  sessionEnded: text(
    '登录已失效，画面停在最后的数据',
    'The session has ended; this is the last data',
  ),
  signInAgain: text('重新登录', 'Sign in again'),
  stoppedAt: text('数据停于', 'Data as of'),
  unreachable: text('读不到大屏数据', 'The wall’s data cannot be read'),
  time: text('北京时间', 'Beijing time'),
  sum: text('合计', 'Total'),
} as const;

/** The five ages of the contract. */
export const AGE_NAMES: readonly Text[] = [
  text('5 分内', '≤5 min'),
  text('30 分内', '≤30 min'),
  text('2 时内', '≤2 h'),
  text('24 时内', '≤24 h'),
  text('更久', 'older'),
];

/** `另有 17 起` / `and 17 more`. */
export const moreText = (count: number): Text => text(`另有 ${count} 起`, `and ${count} more`);

/** `滞后 41 秒` / `41 s behind`. */
export const behindText = (span: Text): Text => text(`滞后 ${span.zh}`, `${span.en} behind`);

/** `未确认 3` / `3 not acknowledged`. */
export const unacknowledgedText = (count: number): Text =>
  count === 0
    ? text('均已确认', 'all acknowledged')
    : text(`${count} 起未确认`, `${count} to acknowledge`);
