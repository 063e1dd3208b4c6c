// The bytes of a request within bounds, unpacked when they came as gzip.

import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type BodyLimits = {
  /** Bytes on the wire. */
  readonly bytesMax: number;
  /** Bytes once unpacked: what a small bomb may grow to. */
  readonly inflatedBytesMax: number;
};

export const BODY_LIMITS: BodyLimits = {
  bytesMax: 64 * 1024 * 1024,
  inflatedBytesMax: 256 * 1024 * 1024,
};

/**
 * The content of a body. `encoding` is the request's Content-Encoding. Throws UserError `bad-input` for an
 * encoding or gzip we cannot read and for a body that breaks off, `too-large` beyond the limits.
 */
export function readBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limits: BodyLimits = BODY_LIMITS,
): AsyncIterable<Uint8Array> {
  const bytes = bounded(unbroken(body), limits.bytesMax);
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
    case '':
      return bytes;
    case 'gzip':
    case 'x-gzip':
      return bounded(inflated(bytes), limits.inflatedBytesMax);
    default:
      throw new UserError(
        'bad-input',
        text('不支持此内容编码', 'this content encoding is not supported'),
        { hint: text('只接受 gzip 或不压缩。', 'Send gzip or nothing.') },
      );
  }
}

async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (count > bytesMax) {
      throw new UserError('too-large', text('请求内容过大', 'the body is too large'), {
        detail: `more than ${bytesMax} bytes`,
        hint: text('请分成多个请求。', 'Send it in several requests.'),
      });
    }
    yield chunk;
  }
}

/** A connection that dies while its body is read is the sender's trouble, and may come again. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new UserError('bad-input', text('请求内容中断', 'the body broke off'), {
      detail: (cause as { code?: string }).code ?? 'connection lost',
    });
  }
}

async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feeding = pipeline(bytes, gunzip);
  // Seen again by whoever reads from `gunzip`.
  feeding.catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await feeding;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof UserError || !code?.startsWith('Z_')) throw cause;
    throw new UserError('bad-input', text('gzip 内容已损坏', 'the gzip is damaged'), {
      detail: code,
    });
  } finally {
    gunzip.destroy();
  }
}
