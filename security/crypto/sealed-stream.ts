// A long content sealed piece by piece: each piece is bound to the whole, to its number and to whether it is
// the last one, so that pieces cannot be left out, repeated, exchanged or cut off unnoticed (the STREAM
// construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, with random nonces).

import type { Suite } from './suite.ts';

export type PieceSealer = { seal(plain: Uint8Array, isLast: boolean): Uint8Array };

/** Undefined for a piece that is not the next one, or altered. */
export type PieceOpener = { open(sealed: Uint8Array, isLast: boolean): Uint8Array | undefined };

/** `bound` is what the whole is bound to, such as the hash of a head. Use each key for one content only. */
export function createPieceSealer(suite: Suite, key: Uint8Array, bound: Uint8Array): PieceSealer {
  let number = 0;
  return { seal: (plain, isLast) => suite.seal(key, plain, tagOf(bound, number++, isLast)) };
}

/** Opens from the piece of that number on. */
export function createPieceOpener(
  suite: Suite,
  key: Uint8Array,
  { bound, number: first }: { bound: Uint8Array; number: number },
): PieceOpener {
  let number = first;
  return { open: (sealed, isLast) => suite.open(key, sealed, tagOf(bound, number++, isLast)) };
}

function tagOf(bound: Uint8Array, number: number, isLast: boolean): Uint8Array {
  const tail = Buffer.alloc(9);
  tail.writeBigUInt64BE(BigInt(number));
  tail[8] = isLast ? 1 : 0;
  return Buffer.concat([bound, tail]);
}
