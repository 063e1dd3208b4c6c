// Files into pieces and back. Pieces have a fixed length, so that in a database file only the pages that
// changed are kept anew.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { damaged, type Seal } from './seal.ts';
import { keepPiece, readPiece, type BackedUpFile } from './backup-folder.ts';

export const PIECE_BYTES = 256 * 1024;

type Place = { readonly folder: string; readonly chain: string; readonly seal: Seal };

/** Keeps a file under a path of the backup, piece by piece, between which other work gets its turn. */
export async function keepFile(
  place: Place,
  { from, path }: { from: string; path: string },
): Promise<{ file: BackedUpFile; addedBytes: number }> {
  const hash = createHash('sha256');
  const pieces: string[] = [];
  let [byteCount, addedBytes] = [0, 0];
  const source = openSync(from, 'r');
  try {
    for (;;) {
      const piece = readFully(source);
      if (piece.byteLength === 0) break;
      hash.update(piece);
      const kept = keepPiece(place, piece);
      pieces.push(kept.name);
      byteCount += piece.byteLength;
      addedBytes += kept.addedBytes;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    closeSync(source);
  }
  return { file: { path, byteCount, contentHash: hash.digest('hex'), pieces }, addedBytes };
}

/** Writes a file of the backup below `into`. Throws UserError `conflict` when it is not what was backed up. */
export function bringBack(place: Place, file: BackedUpFile, into: string): void {
  const target = join(into, file.path);
  mkdirSync(dirname(target), { recursive: true });
  const hash = createHash('sha256');
  let byteCount = 0;
  const out = openSync(target, 'wx', 0o600);
  try {
    for (const name of file.pieces) {
      const piece = readPiece(place, name);
      hash.update(piece);
      byteCount += piece.byteLength;
      for (let at = 0; at < piece.byteLength;) at += writeSync(out, piece, at);
    }
    fsyncSync(out);
  } finally {
    closeSync(out);
  }
  if (byteCount !== file.byteCount || hash.digest('hex') !== file.contentHash) {
    throw damaged(file.path);
  }
}

function readFully(source: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  while (filled < PIECE_BYTES) {
    const count = readSync(source, buffer, filled, PIECE_BYTES - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
