import { expect, test } from 'vitest';
import { canonicalJson, contentHash, contentId, createCountingIds, secureIds } from './ids.ts';

test('content ids are the same for the same parts, and do not run parts together', () => {
  expect(contentId('al', ['a', 1])).toBe('al_gef13911tdrbwa6vavyy');
  expect(contentId('al', ['ab', 'c'])).not.toBe(contentId('al', ['a', 'bc']));
  expect(contentId('al', ['a'])).toMatch(/^al_[0-9a-hj-km-np-tv-z]{20}$/);
});

test('canonical JSON sorts keys at every depth and leaves undefined out', () => {
  expect(canonicalJson({ b: 1, a: [{ d: 1, c: undefined, b: null }] })).toBe(
    '{"a":[{"b":null,"d":1}],"b":1}',
  );
});

test('a content hash is SHA-256', () => {
  expect(contentHash('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('secure ids do not repeat, counting ids count', () => {
  const ids = Array.from({ length: 1_000 }, () => secureIds.next('s'));
  expect(new Set(ids).size).toBe(1_000);
  expect(ids[0]).toMatch(/^s_[0-9a-z]{40}$/);
  const counting = createCountingIds();
  expect([counting.next('x'), counting.next('y')]).toEqual(['x_000001', 'y_000002']);
});
