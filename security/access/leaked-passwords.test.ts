import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLeakedPasswords } from './leaked-passwords.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-leaked-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hashOf = (password: string) =>
  createHash('sha1').update(password).digest('hex').toUpperCase();

const listOf = (content: string) => {
  const path = join(folder, 'list.txt');
  writeFileSync(path, content);
  return openLeakedPasswords(path);
};

test('a password is found when it is in the list, and no other is', () => {
  const many = fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 60 });
  const form = fc.record({
    end: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
    count: fc.constantFrom('', ':1', ':37359195'),
    small: fc.boolean(),
  });
  fc.assert(
    fc.property(many, many, form, (inside, outside, { end, last, count, small }) => {
      const lines = inside
        .map(hashOf)
        .sort()
        .map((hash) => (small ? hash.toLowerCase() : hash) + count);
      const isLeaked = listOf(lines.join(end) + (last ? end : ''));
      for (const password of inside) expect(isLeaked(password)).toBe(true);
      const others = outside.filter((password) => !inside.includes(password));
      for (const password of others) expect(isLeaked(password)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['nothing', ''],
  ['passwords themselves', '123456\npassword\n'],
  ['another hash', `${'a'.repeat(64)}\n`],
])('%s is no such list', (_, content) => {
  expect(() => listOf(content)).toThrow('of another form');
});

test('a list that is not there is said so, with what it should be', () => {
  expect(() => openLeakedPasswords(join(folder, 'none.txt'))).toThrow('missing');
});
