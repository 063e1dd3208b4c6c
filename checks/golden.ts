// Golden texts: what a stage makes of known input, kept as files a person reviews. Run with
// GOLDEN=update to rewrite them; the diff is then read as prose.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/**
 * Expects `text` to equal the file at `path`, line endings included. A missing file fails, unless
 * GOLDEN=update is set: then the file is written and the expectation holds.
 */
export function expectGolden(path: string | URL, text: string): void {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  if (process.env['GOLDEN'] === 'update') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(text, `differs from ${file}; GOLDEN=update rewrites it`).toBe(readGolden(file));
}

function readGolden(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
