import { expect, test } from 'vitest';
import { entryOf } from './rebuilt.ts';

test.each([
  [
    '<script type="module" crossorigin src="/assets/index-B1x.js"></script>',
    '/assets/index-B1x.js',
  ],
  ['<link rel="icon" href="/a.svg"><p>nothing</p>', undefined],
])('the entry of %s is %s', (html, entry) => {
  expect(entryOf(html)).toBe(entry);
});
