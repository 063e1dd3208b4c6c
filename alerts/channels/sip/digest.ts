// Digest authentication (RFC 2617 and 7616; RFC 8760 for SIP): MD5 and SHA-256, with and without qop=auth.

import { createHash } from 'node:crypto';

export type Challenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly qop: 'auth' | undefined;
  readonly opaque: string | undefined;
  /** The nonce was too old, the password may be right. */
  readonly stale: boolean;
};

/** The strongest of the challenges we can answer; undefined when there is none. */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  const readable = values.flatMap((value) => parseChallenge(value) ?? []);
  return readable.find(({ algorithm }) => algorithm === 'SHA-256') ?? readable[0];
}

function parseChallenge(value: string): Challenge | undefined {
  const scheme = /^\s*digest\s+/i.exec(value);
  if (!scheme) return undefined;
  const fields = new Map<string, string>();
  const pattern = /([A-Za-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g;
  for (const [, name = '', quoted, bare] of value.slice(scheme[0].length).matchAll(pattern)) {
    fields.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
  }
  const realm = fields.get('realm');
  const nonce = fields.get('nonce');
  const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  const qops = fields
    .get('qop')
    ?.split(',')
    .map((option) => option.trim().toLowerCase());
  if (realm === undefined || nonce === undefined) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  if (qops && !qops.includes('auth')) return undefined;
  return {
    realm,
    nonce,
    algorithm,
    qop: qops ? 'auth' : undefined,
    opaque: fields.get('opaque'),
    stale: fields.get('stale')?.toLowerCase() === 'true',
  };
}

export type Proof = {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly cnonce: string;
  /** How often this nonce was used, this time included. */
  readonly count: number;
};

/** The value of Authorization or Proxy-Authorization. */
export function answerChallenge(challenge: Challenge, proof: Proof): string {
  const { realm, nonce, algorithm, qop, opaque } = challenge;
  const fields = [
    `username=${quote(proof.user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(proof.uri)}`,
    `response="${digestResponse(challenge, proof)}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop ? [`cnonce=${quote(proof.cnonce)}`, `qop=${qop}`, `nc=${countText(proof.count)}`] : []),
  ];
  return `Digest ${fields.join(', ')}`;
}

/** RFC 7616, section 3.4.1; without qop as RFC 2069 had it. */
export function digestResponse(challenge: Challenge, proof: Proof): string {
  const { realm, nonce, algorithm, qop } = challenge;
  const { user, password, method, uri, cnonce, count } = proof;
  const hash = (...parts: readonly string[]) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(parts.join(':'))
      .digest('hex');
  const secret = hash(user, realm, password);
  const asked = hash(method, uri);
  return qop
    ? hash(secret, nonce, countText(count), cnonce, qop, asked)
    : hash(secret, nonce, asked);
}

const countText = (count: number): string => count.toString(16).padStart(8, '0');

const quote = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
