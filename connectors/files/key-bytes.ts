// Subject keys as bytes: which bytes they are made of, and which of them would name a person.

import { isIdentity } from '../../core/subject.ts';

/** What a byte may be in a subject key: 3 stands anywhere, 1 anywhere but first, 0 nowhere. */
export const KEY_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[A-Za-z0-9]/.test(char)) return 3;
  return /[._-]/.test(char) ? 1 : 0;
});

export const KEY_BYTES_MAX = 64;

/** True where a key may begin. */
export const beginsKey = (byte: number): boolean => KEY_BYTES[byte] === 3;

/** True for the digits of an identity or mobile number; looked at only where the length fits one. */
export const isIdentityAt = (bytes: Uint8Array, start: number, end: number): boolean =>
  (end - start === 18 || end - start === 11) && isIdentity(asciiText(bytes, start, end));

/** The text of bytes known to be ASCII. */
export const asciiText = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
