// The hash functions of the trail, with the prefixes of RFC 6962 that keep leaves and nodes apart. Hashes
// are lower-case hexadecimal throughout.

import { hash } from 'node:crypto';

/** SM3 is GB/T 32905. */
export const HASHINGS = ['sha256', 'sm3'] as const;

export type Hashing = (typeof HASHINGS)[number];

export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Hash of a leaf: the function over a zero byte and the UTF-8 of the text. */
export const leafHash = (hashing: Hashing, body: string): string =>
  hash(hashing, `\u0000${body}`, 'hex');

/** Hash of a node: the function over a one byte and both children. */
export const nodeHash = (hashing: Hashing, left: string, right: string): string =>
  hash(hashing, Buffer.from(`01${left}${right}`, 'hex'), 'hex');

/** Plain hash of a text or bytes; of nothing it is the root of a tree without leaves. */
export const digest = (hashing: Hashing, content: string | Uint8Array): string =>
  hash(hashing, content, 'hex');
