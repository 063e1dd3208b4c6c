// Signs what goes to a provider and checks what comes from it: HMAC-SHA-256 over instant, method, path and
// body, under a secret both know. An old signature is worth nothing, so a recorded request cannot be played
// again later; within its time the notice id keeps it from having a second effect.

import { createHmac, timingSafeEqual } from 'node:crypto';

export const TIMESTAMP_HEADER = 'x-plumbline-timestamp';
export const SIGNATURE_HEADER = 'x-plumbline-signature';

/** How far the clocks of the two sides may be apart. */
export const SIGNATURE_AGE_MS_MAX = 5 * 60_000;

export type SignedRequest = {
  readonly method: string;
  /** Path with query, as it stands in the request line. */
  readonly path: string;
  readonly body: string;
};

/** The headers that sign a request at `atMs`, by the time of the outside world. */
export const signatureHeaders = (
  secret: string,
  request: SignedRequest,
  atMs: number,
): Record<string, string> => ({
  [TIMESTAMP_HEADER]: String(atMs),
  [SIGNATURE_HEADER]: `sha256=${digest(secret, request, String(atMs)).toString('hex')}`,
});

export type SignatureProblem = 'unsigned' | 'expired' | 'wrong';

/** What is wrong with the signature of a request, if anything. Headers are in lower case. */
export function signatureProblem(
  secret: string,
  request: SignedRequest & { readonly headers: Readonly<Record<string, unknown>> },
  nowAtMs: number,
): SignatureProblem | undefined {
  const timestamp = request.headers[TIMESTAMP_HEADER];
  const signature = request.headers[SIGNATURE_HEADER];
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return 'unsigned';
  if (!/^\d{1,15}$/.test(timestamp) || !/^sha256=[0-9a-f]{64}$/.test(signature)) return 'wrong';
  const given = Buffer.from(signature.slice('sha256='.length), 'hex');
  if (!timingSafeEqual(given, digest(secret, request, timestamp))) return 'wrong';
  return Math.abs(nowAtMs - Number(timestamp)) > SIGNATURE_AGE_MS_MAX ? 'expired' : undefined;
}

const digest = (secret: string, { method, path, body }: SignedRequest, timestamp: string): Buffer =>
  createHmac('sha256', secret).update(`${timestamp}\n${method} ${path}\n${body}`).digest();
