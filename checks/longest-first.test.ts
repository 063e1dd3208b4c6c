import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import { LONG, longFirst } from './longest-first.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const specOf = (file: string) => ({ moduleId: `${root}${file}` }) as TestSpecification;

test('every long test file is there', () => {
  expect(LONG.filter((file) => !existsSync(root + file))).toEqual([]);
});

test('long files come first, the others stay in their order', () => {
  const files = ['core/b.test.ts', LONG[1], 'core/a.test.ts', LONG[0]];
  expect(longFirst(files.map(specOf)).map(({ moduleId }) => moduleId.slice(root.length))).toEqual([
    LONG[0],
    LONG[1],
    'core/b.test.ts',
    'core/a.test.ts',
  ]);
});
