import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SubjectTable } from './subject-table.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

const keys = fc.array(
  fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('A', 'AA', 'AB', '人')),
  { maxLength: 200 },
);

test('numbers keys as a Map would, from texts and from dictionaries', () => {
  fc.assert(
    fc.property(keys, (list) => {
      const table = new SubjectTable();
      const model = new Map<string, number>();
      const expectedOf = (key: string) => {
        if (!model.has(key)) model.set(key, model.size);
        return model.get(key);
      };
      for (const key of list.slice(0, 20)) expect(table.slotOf(key)).toBe(expectedOf(key));
      const rest = list.slice(20);
      expect([...table.slotsOf(Utf8Dictionary.of(rest))]).toEqual(rest.map(expectedOf));
      expect(table.size).toBe(model.size);
      expect(table.keys()).toEqual([...model.keys()]);
      for (const key of model.keys()) expect(table.find(key)).toBe(model.get(key));
      expect(table.find('never seen before')).toBe(-1);
      expect(table.toDictionary().toArray()).toEqual([...model.keys()]);
      table.clear();
      expect([table.size, ...rest.map((key) => table.find(key))]).toEqual([
        0,
        ...rest.map(() => -1),
      ]);
      for (const key of rest.toReversed()) table.slotOf(key);
      expect(table.keys()).toEqual([...new Set(rest.toReversed())]);
    }),
  );
});

test('holds a hundred thousand keys', () => {
  const table = new SubjectTable();
  const all = Array.from({ length: 100_000 }, (_, index) => `DZ-${index.toString(36)}`);
  const slots = table.slotsOf(Utf8Dictionary.of(all));
  expect(slots[99_999]).toBe(99_999);
  expect(table.keyOf(54_321)).toBe(all[54_321]);
});
