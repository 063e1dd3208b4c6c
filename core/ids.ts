// Identifiers. Content ids are hashes of what they name, so the same fact gets the same id on every
// run and at-least-once delivery ends in one effect. Chance ids are for sessions and tokens only.

import { hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_CHARS = 20;

/** 100 bits of SHA-256 over the parts, as 20 base-32 characters behind `prefix_`. */
export function contentId(prefix: string, parts: readonly (string | number)[]): string {
  return `${prefix}_${base32(hash('sha256', parts.join('\u001f'), 'buffer'), ID_CHARS)}`;
}

/** SHA-256 of a text in hexadecimal; the identity of a rule, a configuration or a file. */
export const contentHash = (content: string | Uint8Array): string => hash('sha256', content, 'hex');

/** JSON with object keys sorted at every depth and undefined left out: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Where ids that must not be guessed come from. */
export type ChanceIds = { next(prefix: string): string };

export const secureIds: ChanceIds = {
  next: (prefix) => `${prefix}_${base32(randomBytes(32), 40)}`,
};

/** Bytes nobody can guess, for keys. */
export const secretBytes = (count: number): Uint8Array => randomBytes(count);

/** Predictable ids for tests and simulation. */
export function createCountingIds(): ChanceIds {
  let count = 0;
  return { next: (prefix) => `${prefix}_${String(++count).padStart(6, '0')}` };
}

function base32(bytes: Uint8Array, chars: number): string {
  let out = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && out.length < chars) {
      bits -= 5;
      out += ALPHABET[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return out;
}
