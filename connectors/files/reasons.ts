// Why something in a file, a push or a partner's answer could not be taken in, as one list from which
// counters, messages and the reference page derive. Where ingest has the same reason it has this name.

import { text, type Text } from '../../core/text.ts';

/** Sorted; a test keeps it so. */
export const READ_REASONS = {
  'bad-source': text('来源格式不对', 'the source is not well-formed'),
  'bad-subject': text('对象标识格式不对', 'the subject is not well-formed'),
  'cell-count': text('列数与表头不符', 'not as many cells as the header has columns'),
  'coordinates-swapped': text('经纬度颠倒', 'longitude and latitude look swapped'),
  'identity-as-subject': text(
    '对象标识是身份证号或手机号',
    'the subject is an identity or phone number; use a pseudonymous key',
  ),
  'invalid-fact': text('内容不合规格', 'the content is not as described'),
  'kind-not-allowed': text('此处不收这类数据', 'this kind is not taken here'),
  'line-too-long': text('行过长，已跳过', 'the line is longer than 1 MiB and was left out'),
  'missing-value': text('缺少必填值', 'a required value is missing'),
  'not-a-number': text('应为数字', 'a plain decimal number is expected'),
  'not-an-instant': text(
    '应为 2000 至 2100 年间的毫秒时间戳',
    'expected whole milliseconds since 1970, between the years 2000 and 2100',
  ),
  'not-json': text('不是 JSON 对象', 'not a JSON object'),
  'not-utf-8': text('不是 UTF-8 编码', 'not UTF-8'),
  'off-earth': text('坐标超出范围', 'coordinates outside the world'),
  'out-of-range': text('超出允许范围', 'out of range'),
  'seconds-not-milliseconds': text(
    '时间像是秒，应为毫秒',
    'looks like seconds; instants are milliseconds',
  ),
  'source-not-allowed': text('不得推送此来源', 'this source is not yours to push'),
  'too-many-sources': text('来源种类过多', 'more different sources than one input may have'),
  'unclosed-quote': text('引号未闭合', 'a quote is not closed on its line'),
  'unknown-fix': text('未知定位方式', 'unknown kind of fix'),
  'unknown-kind': text('未知数据种类', 'unknown kind of observation'),
} as const satisfies Record<string, Text>;

export type ReadReason = keyof typeof READ_REASONS;
