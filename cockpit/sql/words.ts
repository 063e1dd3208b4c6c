// The words of the SQL console.

import { text, type Text } from '../../core/text.ts';

export const SQL_WORDS = {
  hint: text(
    '只读：一条 SELECT，只能查询下列视图，限本辖区。每条语句连同事由留痕。',
    'Read only: one SELECT over the views below, within your area. Every statement is kept with its purpose.',
  ),
  statement: text('查询语句', 'Statement'),
  statementHint: text(
    '例如 SELECT month, sum(incidents) FROM incidents_by_month GROUP BY month ORDER BY month',
    'As in SELECT month, sum(incidents) FROM incidents_by_month GROUP BY month ORDER BY month',
  ),
  purpose: text('事由', 'Purpose'),
  purposeHint: text('用于何项工作，勿写个人信息', 'What for; no personal data'),
  run: text('执行', 'Run'),
  runHint: text('Ctrl + Enter 执行', 'Ctrl + Enter runs it'),
  running: text('正在执行…', 'running …'),
  cancel: text('取消', 'Cancel'),
  views: text('可查询的视图', 'Views'),
  view: text('视图名', 'name of the view'),
  insert: text('插入', 'Insert'),
  limits: (rows: number, seconds: number, floor: number): Text =>
    text(
      `最多 ${rows} 行、${seconds} 秒；低于 ${floor} 的计数为空。`,
      `At most ${rows} rows and ${seconds} seconds; counts below ${floor} are empty.`,
    ),
  answer: text('查询结果', 'Answer'),
  answerRows: text('结果行', 'Rows of the answer'),
  rows: (rows: number, ms: number): Text =>
    text(`${rows} 行，用时 ${ms} 毫秒`, `${rows} rows in ${ms} ms`),
  cut: text('结果超过上限，已截断。', 'There was more than may be shown; the answer is cut.'),
  noRows: text('没有符合条件的行', 'No row matches'),
  noAnswer: text('执行后在此显示结果', 'The answer will stand here'),
  empty: text('空', 'empty'),
  export: text('导出结果', 'Export the answer'),
  history: text('我的查询记录', 'What I asked'),
  noHistory: text('尚无记录', 'Nothing yet'),
  reuse: text('重新编辑', 'Edit again'),
  mayNot: text('您的账号不能使用查询台', 'Your account has no console'),
  mayNotHint: text('查询台供分析研判人员使用。', 'It is for analysts.'),
} as const;

/** What became of a statement; a code nobody named is shown as it is. */
export const OUTCOME_NAMES: Readonly<Record<string, Text>> = {
  done: text('完成', 'done'),
  cancelled: text('已取消', 'cancelled'),
  'bad-input': text('语句被拒', 'refused'),
  'too-large': text('超时或过大', 'too large'),
  'too-many': text('已有查询在执行', 'another one was running'),
  'not-found': text('未配置数据仓库', 'no warehouse'),
  failed: text('执行失败', 'failed'),
};
