// Pieces come out in order and faults at their place, opened where they are read or on a thread of their own.

import { expect, test } from 'vitest';
import { secretBytes } from '../../core/ids.ts';
import { createPieceSealer } from '../crypto/sealed-stream.ts';
import { SUITE_NAMES } from '../crypto/suite.ts';
import { createSuites } from '../crypto/suites.ts';
import { openPieces, type NextPiece, type Sealed } from './open-pieces.ts';

/** The thread is there for the last ones at the latest. */
const PIECES = 26;
const suites = createSuites();

type File = NextPiece<'cut-off'>[];

const swapped = (file: File, [one, other]: [number, number]): File =>
  file.map((piece, at) => file[at === one ? other : at === other ? one : at] ?? piece);

function altered(file: File, at: number): File {
  const { sealed, isLast } = file[at] as Sealed;
  const other = Buffer.from(sealed);
  other[other.length >> 1] = (other[other.length >> 1] as number) ^ 1;
  return file.with(at, { sealed: other, isLast });
}

/** The number in each opened piece, or the fault. */
async function outcomes(name: (typeof SUITE_NAMES)[number], change: (file: File) => File) {
  const [key, bound] = [secretBytes(32), secretBytes(32)];
  const sealer = createPieceSealer(suites[name], key, bound);
  const file = change(
    Array.from({ length: PIECES }, (_, at) => {
      const isLast = at === PIECES - 1;
      return { sealed: sealer.seal(Buffer.from(`piece ${at}`), isLast), isLast };
    }),
  );
  let at = 0;
  const next = () => Promise.resolve(file[at++] ?? ({ fault: 'cut-off' } as const));
  const found: string[] = [];
  for await (const piece of openPieces({ suite: suites[name], key, bound }, next)) {
    found.push('fault' in piece ? piece.fault : Buffer.from(piece.plain).toString());
  }
  return found;
}

const upTo = (count: number, ...then: string[]) => [
  ...Array.from({ length: count }, (_, at) => `piece ${at}`),
  ...then,
];

const CASES: [string, (file: File) => File, string[]][] = [
  ['whole', (file) => file, upTo(PIECES)],
  ['an early piece altered', (file) => altered(file, 2), upTo(2, 'altered')],
  ['a late piece altered', (file) => altered(file, 21), upTo(21, 'altered')],
  ['the last piece altered', (file) => altered(file, 25), upTo(25, 'altered')],
  ['cut off early', (file) => file.slice(0, 3), upTo(3, 'cut-off')],
  ['cut off late', (file) => file.slice(0, 22), upTo(22, 'cut-off')],
  ['altered before it is cut off', (file) => altered(file, 20).slice(0, 22), upTo(20, 'altered')],
  ['two exchanged', (file) => swapped(file, [19, 20]), upTo(19, 'altered')],
  ['one given twice', (file) => file.toSpliced(18, 0, file[17] as Sealed), upTo(18, 'altered')],
  [
    'one said to be the last',
    (file) => file.with(22, { ...(file[22] as Sealed), isLast: true }),
    upTo(22, 'altered'),
  ],
];

test.each(CASES)('%s', async (_name, change, wanted) => {
  for (const suite of SUITE_NAMES) expect(await outcomes(suite, change), suite).toEqual(wanted);
});
