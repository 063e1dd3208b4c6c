// Why bytes from a terminal were not taken, as one list: counters, tests and the reference page all
// read it. One refused thing is counted once, under the gravest of its reasons.

import { text, type Text } from '../../core/text.ts';

/** What may be wrong with one frame, gravest first: the first that applies is the one counted. */
export const FRAME_DEFECTS = {
  'frame-too-short': text('短于消息头加校验码', 'shorter than a header and a checksum'),
  'bad-escape': text('7D 之后不是 01 或 02', '7D is followed by neither 01 nor 02'),
  'bad-checksum': text(
    '校验码不等于各字节异或',
    'the checksum is not the XOR of the bytes before it',
  ),
  'unsupported-encryption': text('消息体已加密', 'the body is encrypted'),
  'unknown-version': text('协议版本号不是 1', 'the protocol version byte is not 1'),
  'bad-phone': text('终端手机号不是 BCD 码', 'the terminal number is not BCD'),
  'length-mismatch': text('消息体长度与消息头不符', 'the body is not as long as the header says'),
  'bad-split': text('分包序号不在总包数之内', 'the packet index is not within the packet total'),
} as const satisfies Record<string, Text>;

export type FrameDefect = keyof typeof FRAME_DEFECTS;

/** What may be wrong with the byte stream between frames. */
export const STREAM_DEFECTS = {
  'frame-too-long': text('未见结束标识，超过最大帧长', 'no closing flag within the longest frame'),
  'outside-frame': text('首个标识位之前的字节', 'bytes before the first flag'),
} as const satisfies Record<string, Text>;

export type StreamDefect = keyof typeof STREAM_DEFECTS;

/** What may keep a split message from being put together. */
export const SPLIT_DEFECTS = {
  'split-overflow': text('未收齐的分包过多', 'more unfinished split messages than are kept'),
  'split-timeout': text('分包未在时限内收齐', 'packets of a split message did not arrive in time'),
} as const satisfies Record<string, Text>;

export type SplitDefect = keyof typeof SPLIT_DEFECTS;

/** What may be wrong with a body whose frame is sound. */
export const BODY_DEFECTS = {
  'bad-coordinates': text('已定位但坐标不在地球上', 'a fix whose coordinates are not on the earth'),
  'bad-time': text('时间不是有效的 BCD 时刻', 'the time is not an instant in BCD'),
  'body-too-short': text('消息体短于其字段', 'the body ends before its fields do'),
  'item-overrun': text('批量项长度超出消息体', 'an item of a batch is longer than what is left'),
} as const satisfies Record<string, Text>;

export type BodyDefect = keyof typeof BODY_DEFECTS;

/** Why a sound message was not acted on. */
export const SESSION_REFUSALS = {
  'bad-auth-code': text('鉴权码不符', 'the authentication code is wrong'),
  'not-authenticated': text('鉴权之前的消息', 'a message before authentication'),
  'other-terminal': text(
    '同一连接上的另一终端',
    'a terminal other than the one of this connection',
  ),
  'slow-reader': text('终端长时间不读取应答', 'the terminal does not read its answers'),
  'too-many-connections': text('连接数已满', 'no room for another connection'),
  'unknown-terminal': text('未登记的终端', 'a terminal nobody registered'),
  'unsupported-message': text('平台不支持的消息', 'a message this platform has no use for'),
} as const satisfies Record<string, Text>;

export type SessionRefusal = keyof typeof SESSION_REFUSALS;

export const REASONS: Readonly<Record<Reason, Text>> = {
  ...FRAME_DEFECTS,
  ...STREAM_DEFECTS,
  ...SPLIT_DEFECTS,
  ...BODY_DEFECTS,
  ...SESSION_REFUSALS,
};

export type Reason = FrameDefect | StreamDefect | SplitDefect | BodyDefect | SessionRefusal;
