// Asks a time stamp authority over HTTP (RFC 3161, 3.4).

import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { OperatingError, UserError } from '../../core/errors.ts';
import { secretBytes } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Hashing } from '../audit/hashing.ts';
import { NONCE_BYTES, readTimeStamp, timeStampRequest, type Stamped } from './time-stamp.ts';

export type TimeStampSettings = {
  readonly url: string;
  readonly trusted: readonly X509Certificate[];
  /** Of the digest the authority is given. */
  readonly hashing: Hashing;
};

export type AskTimeStamp = (content: string) => Promise<Stamped>;

const WAIT_MS_MAX = 10_000;
/** Tokens have some thousand bytes. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** Rejects with OperatingError when the authority does not answer. */
export const createTimeStampClient =
  ({ url, trusted, hashing }: TimeStampSettings): AskTimeStamp =>
  async (content) => {
    const nonce = secretBytes(NONCE_BYTES);
    const body = timeStampRequest(content, { hashing, nonce });
    let answer: Uint8Array;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/timestamp-query' },
        body: Buffer.from(body),
        redirect: 'error',
        signal: AbortSignal.timeout(WAIT_MS_MAX),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      answer = await readWithin(response);
    } catch (cause) {
      throw new OperatingError('source-unavailable', 'the time stamp authority does not answer', {
        retry: 'backoff',
        cause,
      });
    }
    return readTimeStamp(answer, { content, nonce, trusted });
  };

async function readWithin(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new Error('more than a time stamp has');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The certificates in a PEM file. Throws UserError `bad-configuration` naming it. */
export function readTrusted(path: string): X509Certificate[] {
  try {
    const blocks = readFileSync(path, 'utf8').match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    );
    if (blocks) return blocks.map((block) => new X509Certificate(block));
  } catch {
    // Said below: whatever is wrong with it, it holds no certificate.
  }
  throw new UserError(
    'bad-configuration',
    text('时间戳机构的证书无法读取', 'the certificate of the time stamp authority is none'),
    {
      detail: path,
      hint: text(
        '请提供 PEM 格式的时间戳机构证书或其签发者证书',
        'Give the certificate of the authority, or of its issuer, in PEM.',
      ),
    },
  );
}
