// A mapping taken apart into fields and put together again is the same; a draft that lacks something is none.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftOf, mappingOf, type Mapping } from './draft-mapping.ts';

const column = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((name) => name.trim() !== '' && name !== '__proto__');
const dates = fc.constantFrom<{ dates?: 'day-first' | 'month-first' }>(
  {},
  { dates: 'day-first' },
  { dates: 'month-first' },
);
const mappings: fc.Arbitrary<Mapping> = fc.oneof(
  fc
    .record({ region: column, at: column, kind: column, dates })
    .map(({ dates: how, ...rest }) => ({ as: 'incidents' as const, ...rest, ...how })),
  fc
    .record({ region: column, period: column, name: column, value: column, dates })
    .map(({ dates: how, ...rest }) => ({ as: 'measures' as const, ...rest, ...how })),
  fc
    .record({
      region: column,
      period: column,
      columns: fc.dictionary(column, column, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      dates,
    })
    .map(({ dates: how, ...rest }) => ({ as: 'measures' as const, ...rest, ...how })),
);

test('a mapping taken apart and put together is the same', () => {
  fc.assert(
    fc.property(mappings, (mapping) => {
      expect(mappingOf(draftOf(mapping))).toEqual(mapping);
    }),
  );
});

test.each([
  [draftOf(null)],
  [{ ...draftOf({ as: 'incidents', region: 'a', at: 'b', kind: 'c' }), kind: '' }],
  [draftOf({ as: 'measures', region: 'a', period: 'b' })],
  [draftOf({ as: 'measures', region: 'a', period: 'b', columns: { x: ' ' } })],
  [{ ...draftOf({ as: 'measures', region: 'a', period: 'b', name: 'c', value: 'd' }), value: '' }],
])('a draft that lacks something is no mapping', (draft) => {
  expect(mappingOf(draft)).toBeUndefined();
});
