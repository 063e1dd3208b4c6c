// The files a program consists of, found in its folder: what is run, with the packages it runs, and nothing that
// is made or changed while it runs.

import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunningHash } from '../crypto/suite.ts';

/** Folders and files of the installation, relative to it. */
export const PROGRAM_PARTS = [
  'alerts',
  'app',
  'cockpit/dist',
  'connectors',
  'core',
  'datasets',
  'ingest',
  'models',
  'node_modules',
  'package-lock.json',
  'package.json',
  'rules',
  'security',
  'sim',
  'warehouse',
] as const;

/** Rules are data, changed by two persons each; caches are made while it runs. */
const LEFT_OUT = /^(?:rules\/packs|node_modules\/\.(?:cache|vite|vite-temp))(?:\/|$)/;

/** Paths with strokes, in order. Links are listed, and not followed but at the very top. */
export function programFiles(root: string): string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const inner = `${path}/${entry.name}`;
      if (LEFT_OUT.test(inner)) continue;
      if (entry.isDirectory()) walk(inner);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(inner);
    }
  };
  for (const part of PROGRAM_PARTS) {
    const at = join(root, part);
    if (!existsSync(at)) continue;
    if (statSync(at).isDirectory()) walk(part);
    else found.push(part);
  }
  return found.sort();
}

const PIECE_BYTES = 1024 * 1024;

/** The hash of a file's content, or of where a link leads, in hexadecimal. */
export function hashFile(root: string, path: string, startHash: () => RunningHash): string {
  const at = join(root, path);
  const hash = startHash();
  const link = linkAt(at);
  if (link !== undefined && !isPart(path)) hash.update(`link ${link}`);
  else {
    const piece = Buffer.alloc(PIECE_BYTES);
    const file = openSync(at, 'r');
    try {
      for (;;) {
        const count = readSync(file, piece);
        if (count === 0) break;
        hash.update(piece.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
  }
  return Buffer.from(hash.digest()).toString('hex');
}

const isPart = (path: string): boolean => (PROGRAM_PARTS as readonly string[]).includes(path);

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
