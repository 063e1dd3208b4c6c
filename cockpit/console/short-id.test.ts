import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copiedText, shortId, splitAround } from './short-id.ts';

test.each([
  ['m0001', 'm0001'],
  ['123456789012', '123456789012'],
  ['sms-nt_01JD7Z3M9Q4W', 'sms-nt_0…'],
])('%s is shown as %s', (id, shown) => expect(shortId(id)).toBe(shown));

test('a sentence is put together again from its parts, and copied with the whole id', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ minLength: 1 }),
      fc.string().filter((after) => !after.includes('…')),
      (before, id, after) => {
        const split = splitAround(before + id + after, id);
        expect(split && split.before + split.id + split.after).toBe(before + id + after);
        if (split && !split.before.includes(shortId(id)))
          expect(copiedText(split.before + shortId(id) + split.after, id)).toBe(
            before + id + after,
          );
      },
    ),
  );
  expect(splitAround('已受理', 'm1')).toBeUndefined();
  expect(splitAround('已受理', undefined)).toBeUndefined();
  // `$&` in an id is no pattern.
  expect(copiedText('编号 $&$&$&$&…', '$&$&$&$&$&$&$&')).toBe('编号 $&$&$&$&$&$&$&');
});
