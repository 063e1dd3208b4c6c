// Why an item of a partner's answer was passed over: it is counted under its reason, the page goes on.

import { text, type Text } from '../../core/text.ts';

/** Sorted; a test keeps it so. */
export const ITEM_REASONS = {
  'bad-time': text('时间无法识别', 'a time cannot be read'),
  'identity-as-subject': text(
    '人员引用是身份证号或手机号',
    'the person is an identity or phone number; a reference is expected',
  ),
  'unknown-region': text('未知行政区划', 'unknown region'),
  'unknown-station': text('未知车站', 'unknown station'),
  'unreadable-item': text('内容不合规格', 'the item is not as described'),
} as const satisfies Record<string, Text>;

export type ItemReason = keyof typeof ITEM_REASONS;

/** Why a page could not be had; the connector tries again. Sorted too. */
export const PULL_FAILURES = {
  broken: text('对方系统出错', 'the other side answered with an error'),
  busy: text('对方系统繁忙', 'the other side is busy'),
  refused: text('对方系统拒绝请求', 'the other side refused the request'),
  'timed-out': text('超时', 'no answer in time'),
  'too-large': text('返回内容过大', 'the answer is larger than is taken'),
  unauthorized: text('令牌无效', 'the token is not accepted'),
  unpublished: text('暂时无法保存', 'the log did not take it'),
  unreachable: text('无法连接', 'it cannot be reached'),
  unreadable: text('返回内容无法识别', 'the answer cannot be read'),
} as const satisfies Record<string, Text>;

export type PullFailure = keyof typeof PULL_FAILURES;
