// Words of the page of reports; those of the report itself are in models/report.

import { text } from '../../core/text.ts';

export const PAGE_WORDS = {
  choose: text('选择报告', 'Choose a report'),
  kind: text('周期', 'Period'),
  week: text('周报', 'Weekly'),
  month: text('月报', 'Monthly'),
  earlier: text('上一期', 'Earlier'),
  later: text('下一期', 'Later'),
  region: text('统计范围', 'Scope'),
  purpose: text('用途（印在水印上）', 'Purpose (in the watermark)'),
  purposeExample: text('如：局务会', 'e.g. weekly meeting'),
  keep: text('生成并存档', 'Make and keep'),
  keeping: text('正在生成', 'Making it'),
  take: text('下载', 'Take as a file'),
  print: text('打印', 'Print'),
  kept: text('已存档报告', 'Kept reports'),
  keptNone: text('还没有存档的报告', 'No report has been kept yet'),
  keptHint: text(
    '周报每周一、月报每月 1 日 9 时自动生成。',
    'Weekly reports are made on Mondays, monthly ones on the first, at 9:00.',
  ),
  bySchedule: text('自动生成', 'by schedule'),
  isKept: text('存档报告，数字不再变动', 'Kept: its numbers no longer change'),
  isLive: text('即时统计，尚未存档', 'Counted just now, not kept'),
  toLatest: text('查看最近一期周报', 'See the last weekly report'),
  fingerprint: text('校验码', 'Fingerprint'),
  sayPurpose: text('请先填写用途', 'Say what it is for first'),
} as const;

export const FORMAT_NAMES = {
  xlsx: text('Excel', 'Excel'),
  docx: text('Word', 'Word'),
  pdf: text('PDF', 'PDF'),
} as const;
