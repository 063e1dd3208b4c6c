// What the bench says.

import { text, type Text } from '../../../core/text.ts';

export const BENCH_WORDS = {
  track: text('轨迹', 'Track'),
  ways: text('轨迹来源', 'Where the track comes from'),
  drawn: text('绘制', 'Draw'),
  past: text('历史人日', 'Past day'),
  map: text('试验地图', 'Map of the bench'),
  drawHint: text(
    '点击地图添加点，拖动可移动；选中的点可用方向键移动、Delete 键删除',
    'Click the map to add points, drag to move; arrow keys move a chosen point, Delete removes it',
  ),
  firstDay: text('日期', 'Date'),
  start: text('起始时刻', 'Start'),
  speed: text('速度（公里/时）', 'Speed (km/h)'),
  add: text('添加一点', 'Add a point'),
  clear: text('清空', 'Clear'),
  retime: text('按速度重算时刻', 'Time anew by speed'),
  number: text('序号', 'No.'),
  time: text('时刻', 'Time'),
  lng: text('经度', 'Longitude'),
  lat: text('纬度', 'Latitude'),
  accuracy: text('误差（米）', 'Error (m)'),
  fix: text('定位方式', 'Fix'),
  remove: text('删除', 'Remove'),
  none: text('还没有点。点击地图，或用“添加一点”。', 'No points yet. Click the map or add one.'),
  person: text('试验对象', 'Test person'),
  class: text('类别', 'Class'),
  county: text('执行县', 'County'),
  source: text('定位来源', 'Source'),
  leave: text('外出请假', 'Leave'),
  leaveHint: text('已批准，覆盖全程', 'approved, covers the whole track'),
  curfew: text('夜间管控', 'Curfew'),
  curfewHint: text('住处为第 1 点周围 300 米', 'home is 300 m around point 1'),
  from: text('起', 'from'),
  until: text('止', 'until'),
  closed: text('禁止进入', 'Closed zone'),
  noZone: text('无', 'none'),
  watch: text('末点后再观察（小时）', 'Watch on for (hours)'),
  subject: text('假名编号', 'Pseudonymous key'),
  date: text('日期', 'Date'),
  read: text('读取并试验', 'Read and run'),
  pastHint: text(
    '只读日志保留期内、您数据范围内的人员；查看会留下记录。',
    'Only days the log keeps, of persons in your data scope; looking is recorded.',
  ),
  onlyAnalysts: text('只有分析员可以用历史轨迹试验。', 'Only analysts run a rule on a past day.'),
  result: text('试验结果', 'Result'),
  onChanged: text('按改动后的规则', 'with the changed rule'),
  onText: text('按现有规则', 'with the rule as it is'),
  running: text('正在试验', 'Running'),
  waits: text('画出轨迹后即显示结果', 'Results show once a track is drawn'),
  nothing: text('规则没有任何反应', 'The rule says nothing'),
  points: text('依据点', 'Evidence'),
  findings: text('规则的反应', 'What the rule says'),
  keep: text('存为测试', 'Save as test'),
  keepName: text('测试名称', 'Name of the test'),
  kept: text(
    '已写入规则文本的 tests，校验后可提议。',
    'Written to the tests of the text; check, then propose.',
  ),
  keepHint: text(
    '把这条轨迹和以上反应写进规则自带的测试',
    'Writes track and result into the tests of the rule',
  ),
  ruleView: text('规则', 'Rule'),
  bench: text('试验台', 'Bench'),
  view: text('视图', 'View'),
} as const;

export const FINDING_KINDS: Readonly<Record<string, Text>> = {
  raised: text('预警', 'raised'),
  cleared: text('解除', 'cleared'),
  suppressed: text('不报，只记录', 'suppressed'),
  corrected: text('更正', 'corrected'),
};

export const REASONS: Readonly<Record<string, Text>> = {
  leave: text('外出请假覆盖', 'covered by leave'),
  'episode-open': text('同一情形未解除', 'already open'),
  ungraded: text('该类人员未定级', 'class without a level'),
  cooldown: text('解除后静默期内', 'in the cooldown'),
  'rule-changed': text('规则变更', 'rule changed'),
  order: text('监管令变更', 'order changed'),
  retraction: text('来源撤回报送', 'taken back'),
  'late-fact': text('迟到的事实', 'late fact'),
  'met-again': text('情形再次成立', 'met again'),
};

/** Values of findings with their meaning; others are shown by name. */
export const VALUES: Readonly<Record<string, Text>> = {
  outsideM: text('界外', 'outside'),
  outsideMs: text('在外', 'outside for'),
  insideM: text('深入', 'inside'),
  insideMs: text('停留', 'inside for'),
  awayM: text('相距', 'away'),
  awayMs: text('离开', 'away for'),
  silentMs: text('无数据', 'silent for'),
  openMs: text('历时', 'open for'),
  fixes: text('定位次数', 'fixes'),
  zone: text('场所', 'zone'),
};
