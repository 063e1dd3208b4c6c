// What a report calls things: the words of its tables and of the files made of them.

import type { Weekday } from '../../core/calendar.ts';
import type { Level } from '../../core/finding.ts';
import { text, type Text } from '../../core/text.ts';
import { FORECAST_WEEKS } from './load.ts';
import type { Forecast, Report } from './report.ts';
import { VALUES_MIN } from './statistics.ts';

export const REPORT_WORDS = {
  week: text('周报', 'weekly report'),
  month: text('月报', 'monthly report'),
  days: text('专报', 'report'),
  period: text('报告周期', 'Period'),
  scope: text('统计范围', 'Scope'),
  asOf: text('数据截至', 'Read at'),
  comparedWith: text('对比期', 'Compared with'),
  noData: text('暂无数据', 'no data'),
  overview: text('预警总体情况', 'Alerts by level'),
  results: text('核查结果', 'What officers found'),
  byRule: text('各规则预警及准确率', 'Rules and their precision'),
  byCounty: text('各县市区情况', 'Counties'),
  acknowledgement: text('确认用时', 'Time to acknowledge'),
  openByAge: text('未结预警时长', 'Open alerts by age'),
  objections: text('异议办理情况', 'Objections of supervised persons'),
  load: text('值班负荷', 'Load of officers on duty'),
  forecast: text('未来七天负荷预测', 'Load expected in the next seven days'),
  level: text('等级', 'Level'),
  rule: text('规则', 'Rule'),
  county: text('县市区', 'County'),
  bureau: text('单位', 'Bureau'),
  all: text('合计', 'All'),
  raised: text('预警数', 'Alerts'),
  before: text('上期', 'Before'),
  change: text('增减', 'Change'),
  withdrawn: text('已撤回', 'Withdrawn'),
  acknowledged: text('已确认', 'Acknowledged'),
  waiting: text('未确认', 'Waiting'),
  closed: text('已办结', 'Closed'),
  unjudged: text('未反馈', 'No feedback'),
  true: text('属实', 'True'),
  judged: text('已反馈', 'Feedback'),
  precision: text('准确率', 'Precision'),
  interval: text('95% 区间', '95% interval'),
  precisionBefore: text('上期准确率', 'Precision before'),
  precisionCorrected: text('订正后准确率', 'Precision corrected'),
  upheldAlerts: text('异议撤回', 'Withdrawn on objection'),
  recorded: text('登记', 'Recorded'),
  decided: text('已决定', 'Decided'),
  upheld: text('成立', 'Upheld'),
  rejected: text('不成立', 'Rejected'),
  undecided: text('未决定', 'Undecided'),
  overdue: text('超期', 'Overdue'),
  pending: text('期末未决', 'Pending at the end'),
  p50: text('中位用时', 'P50'),
  p50Before: text('上期中位', 'P50 before'),
  p90: text('九成用时', 'P90'),
  p90Before: text('上期九成', 'P90 before'),
  shifts: text('班次', 'Shifts'),
  mean: text('平均', 'Mean'),
  median: text('中位', 'Median'),
  most: text('最多', 'Most'),
  over: text('超限班次', 'Over target'),
  day: text('日期', 'Day'),
  verdict: text('研判', 'Verdict'),
  countsOnly: text(
    '按您的权限，本报告只含数量，不含用时与值班负荷。',
    'With your rights this report holds counts only, no times and no load of officers.',
  ),
  precisionNote: text(
    '准确率 = 属实 ÷ 已反馈；没有反馈时为“暂无数据”，不是零',
    'precision = true ÷ feedback given; without feedback there is no data, which is not zero',
  ),
  objectionsNote: text(
    '按登记时间计入周期；超期 = 到期未决定或逾期决定',
    'by when they were taken down; overdue = not decided by the end of their time, or after it',
  ),
  forecastNote: text(
    '每日最忙一班的预警数（八成区间，即区间之外仍有两成可能）；▲ 预计超限，△ 可能超限',
    'alerts in the busiest shift of the day (80% range: two days in ten lie outside); ▲ expected over, △ may exceed',
  ),
  howCounted: text(
    '预警按系统登记时间计入周期，时间均为北京时间；周从星期一起算。核查结果以数据截至时的反馈为准。演练不计入。',
    'An alert belongs to the period in which it was recorded, China time; weeks begin on Monday. Feedback is as given by the time of reading. Drills are not counted.',
  ),
  howWithdrawn: text(
    '已撤回的预警计入预警数并单列，不计入属实、误报和准确率。',
    'Withdrawn alerts are among the alerts raised and counted apart: neither true nor false, not in the precision.',
  ),
  howPrecision: text(
    '准确率区间为 95% 威尔逊区间：样本少时区间宽，不宜据以评价规则。',
    'The interval of the precision is Wilson’s at 95%: where it is wide, the rule is not to be judged by it.',
  ),
  howCorrected: text(
    '订正后准确率将因异议成立而撤回的预警计为误报：属实 ÷（已反馈 + 异议撤回）。',
    'The corrected precision counts alerts withdrawn on an objection as wrong: true ÷ (feedback given + withdrawn on objection).',
  ),
  howObjections: text(
    '异议的决定情况以数据截至时为准；“期末未决”含以前各期登记、统计期末仍未决定的异议。',
    'What became of objections is as of the time of reading; those pending at the end include objections of earlier periods.',
  ),
  howTimed: text(
    '确认用时为登记到全部应确认方确认完毕；只计已确认的预警，未确认的单列。',
    'Time to acknowledge runs from recording to the last acknowledgement needed; alerts still waiting are counted apart.',
  ),
  howLoaded: ({ budget, shiftsBy }: NonNullable<Report['load']>): Text =>
    shiftsBy === 'roster'
      ? text(
          `值班负荷按值班表的值班员班次统计：班内收到通知的不同预警数；${budget} 件及以上为超限。过去班次按现行值班表推算。`,
          `Load counts the different alerts an officer was told of in a shift of the duty roster; ${budget} or more is over the target. Past shifts follow the present roster.`,
        )
      : text(
          `未配置值班表：每名在岗值班员每日算一班，统计当日收到通知的不同预警数；${budget} 件及以上为超限。`,
          `Without a duty roster each active officer has one shift a day: the different alerts told of in it; ${budget} or more is over the target.`,
        ),
  howForecast: text(
    `预测取过去 ${FORECAST_WEEKS} 周同一星期几的平均值，区间按其离散程度推算（t 分布，单侧 90%）；少于 ${VALUES_MIN} 个样本不预测。节假日、规则变化不在其内。`,
    `The forecast is the mean of the same weekday in the past ${FORECAST_WEEKS} weeks, its range follows from their spread (Student’s t, 90% to each side); fewer than ${VALUES_MIN} such days give none. It knows no holidays and no changes of rules.`,
  ),
} as const;

export const LEVEL_TITLES: Readonly<Record<Level, Text>> = {
  1: text('一级', 'Level 1'),
  2: text('二级', 'Level 2'),
  3: text('三级', 'Level 3'),
};

export const VERDICTS: Readonly<Record<Forecast['verdict'], Text>> = {
  within: text('正常', 'within target'),
  'may-exceed': text('可能超限', 'may exceed'),
  exceeds: text('预计超限', 'expected over'),
  unknown: text('样本不足', 'not enough data'),
};

export const WEEKDAY_NAMES: Readonly<Record<Weekday, Text>> = {
  monday: text('星期一', 'Mon'),
  tuesday: text('星期二', 'Tue'),
  wednesday: text('星期三', 'Wed'),
  thursday: text('星期四', 'Thu'),
  friday: text('星期五', 'Fri'),
  saturday: text('星期六', 'Sat'),
  sunday: text('星期日', 'Sun'),
};
