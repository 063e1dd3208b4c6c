// ② The body of a frame as a value, by message id, and back again. The table is the list of what this
// connector speaks; whatever it does not name is `unsupported`.

import { drop, ok, type Outcome } from '../../core/outcome.ts';
import { text, type Text } from '../../core/text.ts';
import {
  decodeAnswer,
  encodeAnswer,
  type PlatformAnswer,
  type TerminalAnswer,
} from './body-answer.ts';
import {
  decodeTimeAnswer,
  decodeTimeSyncAnswer,
  encodeTimeAnswer,
  encodeTimeSyncAnswer,
  type TimeAnswer,
  type TimeSyncAnswer,
} from './body-clock.ts';
import {
  decodeLocation,
  decodeLocationBatch,
  encodeLocation,
  encodeLocationBatch,
  type LocationBatchBody,
  type LocationBody,
} from './body-location.ts';
import {
  decodeAuthenticate,
  decodeRegister,
  decodeRegisterAnswer,
  encodeAuthenticate,
  encodeRegister,
  encodeRegisterAnswer,
  type Authenticate,
  type Register,
  type RegisterAnswer,
} from './body-registration.ts';
import type { FrameHeader, ProtocolVersion } from './frame.ts';
import type { BodyDefect } from './reasons.ts';

/** A body without fields. */
type Bare<Kind extends string> = { readonly kind: Kind };

/** 0x0900: bytes a vendor and its platform understand. We do not. */
export type Transparent = {
  readonly kind: 'transparent';
  readonly type: number;
  readonly hex: string;
};

export type TerminalBody =
  | TerminalAnswer
  | Bare<'heartbeat'>
  | Bare<'logout'>
  | Bare<'time-query'>
  | Register
  | Authenticate
  | Bare<'time-sync'>
  | LocationBody
  | LocationBatchBody
  | Transparent;

export type PlatformBody = PlatformAnswer | TimeAnswer | RegisterAnswer | TimeSyncAnswer;

export type Body = TerminalBody | PlatformBody;

export type Unsupported = { readonly kind: 'unsupported' };

type Codec<Kind extends Body['kind']> = {
  readonly messageId: number;
  readonly title: Text;
  readonly decode: (
    bytes: Uint8Array,
    version: ProtocolVersion,
  ) => Outcome<Extract<Body, { kind: Kind }>, BodyDefect>;
  readonly encode: (body: Extract<Body, { kind: Kind }>, version: ProtocolVersion) => Uint8Array;
};

const NO_BYTES = new Uint8Array(0);

/** Message ids with the name of each and how its body is read and written. */
export const MESSAGES: { readonly [Kind in Body['kind']]: Codec<Kind> } = {
  'terminal-answer': {
    messageId: 0x0001,
    title: text('终端通用应答', 'terminal general answer'),
    decode: decodeAnswer('terminal-answer'),
    encode: encodeAnswer,
  },
  heartbeat: {
    messageId: 0x0002,
    title: text('终端心跳', 'heartbeat'),
    decode: () => ok({ kind: 'heartbeat' }),
    encode: () => NO_BYTES,
  },
  logout: {
    messageId: 0x0003,
    title: text('终端注销', 'log-out'),
    decode: () => ok({ kind: 'logout' }),
    encode: () => NO_BYTES,
  },
  'time-query': {
    messageId: 0x0004,
    title: text('查询服务器时间', 'time query'),
    decode: () => ok({ kind: 'time-query' }),
    encode: () => NO_BYTES,
  },
  register: {
    messageId: 0x0100,
    title: text('终端注册', 'registration'),
    decode: decodeRegister,
    encode: encodeRegister,
  },
  authenticate: {
    messageId: 0x0102,
    title: text('终端鉴权', 'authentication'),
    decode: decodeAuthenticate,
    encode: encodeAuthenticate,
  },
  'time-sync': {
    messageId: 0x0109,
    title: text('时间同步请求', 'time synchronisation'),
    decode: () => ok({ kind: 'time-sync' }),
    encode: () => NO_BYTES,
  },
  location: {
    messageId: 0x0200,
    title: text('位置信息汇报', 'location'),
    decode: decodeLocation,
    encode: encodeLocation,
  },
  'location-batch': {
    messageId: 0x0704,
    title: text('定位数据批量上传', 'locations in a batch'),
    decode: decodeLocationBatch,
    encode: encodeLocationBatch,
  },
  transparent: {
    messageId: 0x0900,
    title: text('数据上行透传', 'transparent data'),
    decode: (bytes) =>
      bytes.length === 0
        ? drop('body-too-short')
        : ok({
            kind: 'transparent',
            type: bytes[0] as number,
            hex: Buffer.from(bytes.subarray(1)).toString('hex'),
          }),
    encode: ({ type, hex }) => Uint8Array.of(type, ...Buffer.from(hex, 'hex')),
  },
  'platform-answer': {
    messageId: 0x8001,
    title: text('平台通用应答', 'platform general answer'),
    decode: decodeAnswer('platform-answer'),
    encode: encodeAnswer,
  },
  'time-answer': {
    messageId: 0x8004,
    title: text('查询服务器时间应答', 'answer to a time query'),
    decode: decodeTimeAnswer,
    encode: encodeTimeAnswer,
  },
  'register-answer': {
    messageId: 0x8100,
    title: text('终端注册应答', 'answer to a registration'),
    decode: decodeRegisterAnswer,
    encode: encodeRegisterAnswer,
  },
  'time-sync-answer': {
    messageId: 0x8109,
    title: text('时间同步应答', 'answer to a time synchronisation'),
    decode: decodeTimeSyncAnswer,
    encode: encodeTimeSyncAnswer,
  },
};

const CODECS = new Map(Object.values(MESSAGES).map((codec) => [codec.messageId, codec] as const));

const UNSUPPORTED = ok<Unsupported>({ kind: 'unsupported' });

/** The body of a sound frame. Arrays inside may be views of `bytes`. */
export function decodeBody(
  { messageId, version }: Pick<FrameHeader, 'messageId' | 'version'>,
  bytes: Uint8Array,
): Outcome<Body | Unsupported, BodyDefect> {
  return CODECS.get(messageId)?.decode(bytes, version) ?? UNSUPPORTED;
}

/** The bytes of a body as `version` writes them; the message id is `MESSAGES[body.kind].messageId`. */
export function encodeBody(body: Body, version: ProtocolVersion): Uint8Array {
  return codecOf(body).encode(body, version);
}

/** Guarantee: the table has under each kind the codec of that kind, which TypeScript cannot follow. */
const codecOf = <Kind extends Body['kind']>(body: Extract<Body, { kind: Kind }>) =>
  MESSAGES[body.kind as Kind] as unknown as {
    messageId: number;
    encode: (body: Body, version: ProtocolVersion) => Uint8Array;
  };
