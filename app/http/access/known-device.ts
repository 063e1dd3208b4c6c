// Remembers on a device that a login was used on it: a signed cookie that opens nothing, but counts its failed
// sign-ins apart from those of strangers.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentHash, type ChanceIds } from '../../../core/ids.ts';
import { cookieName } from './session-cookie.ts';

const COOKIE = 'plumbline_device';
const LASTS_S = 180 * 86_400;

const signatureOf = (key: Uint8Array, login: string, nonce: string): string =>
  createHmac('sha256', key).update(`${login.toLowerCase()}\u001f${nonce}`).digest('hex');

/** What the device is called, when the login was used on it before. */
export function knownDevice(
  request: FastifyRequest,
  { key, login, secure }: { key: Uint8Array; login: string; secure: boolean },
): string | undefined {
  const [nonce = '', signature = ''] = (request.cookies[cookieName(COOKIE, secure)] ?? '').split(
    '.',
  );
  const expected = Buffer.from(signatureOf(key, login, nonce));
  const given = Buffer.from(signature);
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected))
    return undefined;
  return contentHash(nonce);
}

export function rememberDevice(
  reply: FastifyReply,
  { key, login, ids, secure }: { key: Uint8Array; login: string; ids: ChanceIds; secure: boolean },
): void {
  const nonce = ids.next('device');
  void reply.setCookie(cookieName(COOKIE, secure), `${nonce}.${signatureOf(key, login, nonce)}`, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: LASTS_S,
  });
}
