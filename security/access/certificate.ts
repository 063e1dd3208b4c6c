// Proofs by certificate. A reverse proxy that checked a client's X.509 certificate says so in headers it signs; an
// SM2 key answers a challenge, by GB/T 32918 with the standard user id.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

/** How long what the proxy signed is believed. */
const PROXY_SAYS_MS = 60_000;

export type ProxyWord = {
  /** SHA-256 of the client's certificate, in hexadecimal. */
  readonly fingerprint: string;
  readonly atMs: string;
  readonly signature: string;
};

/** What the proxy signs: the certificate and the instant. */
export const signProxyWord = (
  secret: Uint8Array,
  { fingerprint, atMs }: Omit<ProxyWord, 'signature'>,
): string =>
  createHmac('sha256', secret)
    .update(`${normalFingerprint(fingerprint)}\n${atMs}`)
    .digest('hex');

/** The fingerprint the proxy vouches for; undefined when it does not, or did so too long ago. */
export function readProxyWord(
  word: ProxyWord,
  { secret, nowMs }: { secret: Uint8Array; nowMs: number },
): string | undefined {
  const fingerprint = normalFingerprint(word.fingerprint);
  if (!isFingerprint(fingerprint) || !/^\d{1,15}$/.test(word.atMs)) return undefined;
  if (Math.abs(nowMs - Number(word.atMs)) > PROXY_SAYS_MS) return undefined;
  const expected = Buffer.from(signProxyWord(secret, word));
  const given = Buffer.from(word.signature.toLowerCase());
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected))
    return undefined;
  return fingerprint;
}

/** `AA:BB:…` and `aabb…` are the same. */
export const normalFingerprint = (fingerprint: string): string =>
  fingerprint.replaceAll(':', '').toLowerCase();

export const isFingerprint = (fingerprint: string): boolean => /^[0-9a-f]{64}$/.test(fingerprint);

/** An uncompressed point of the curve in hexadecimal. */
export const isSm2PublicKey = (key: string): boolean =>
  /^04[0-9a-f]{128}$/i.test(key) && sm2.verifyPublicKey(key);

/** True when the key of `publicKey` signed the challenge; false for anything that is no signature. */
export function signedChallenge(
  challenge: string,
  { signature, publicKey }: { signature: string; publicKey: string },
): boolean {
  if (!/^[0-9a-f]{128}$/i.test(signature)) return false;
  try {
    return sm2.doVerifySignature(challenge, signature, publicKey, { hash: true });
  } catch {
    // Points that are not on the curve.
    return false;
  }
}
