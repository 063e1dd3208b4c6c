import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EARLIEST_MS, LATEST_MS } from '../../core/instant.ts';
import { arrivalSchema } from '../../core/observation.ts';
import {
  areWithinLimits,
  faultOfNumber,
  faultOfNumbers,
  faultOfSubject,
  NUMBER_FIELDS,
} from './position-fields.ts';

const SOUND = { atMs: EARLIEST_MS, lng: 107, lat: 31 };

/** Numbers at, about and far from every limit. */
const number = fc.oneof(
  fc.constantFrom(
    ...NUMBER_FIELDS.flatMap(({ min, max }) => [min, max, min - 1, max + 1, min + 0.5, max - 0.5]),
    0,
    -0,
    EARLIEST_MS / 1_000,
    LATEST_MS / 1_000,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

test('the limits are those of the schema, field by field', () => {
  fc.assert(
    fc.property(fc.constantFrom(...NUMBER_FIELDS), number, (field, value) => {
      const parsed = arrivalSchema.safeParse({
        kind: 'position',
        subject: 'A',
        source: 'phone/app',
        ...SOUND,
        [field.name]: value,
      });
      expect(faultOfNumber(field, value) === undefined).toBe(parsed.success);
      const numbers = Float64Array.from(NUMBER_FIELDS, ({ name }) =>
        name === field.name ? value : ((SOUND as Record<string, number>)[name] ?? Number.NaN),
      );
      expect(areWithinLimits(numbers)).toBe(parsed.success);
      expect(faultOfNumbers(numbers) === undefined).toBe(parsed.success);
    }),
    { numRuns: 2_000 },
  );
});

test('the subjects are those of the schema', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 70 }),
    fc.string({ unit: fc.constantFrom(...'aZ09._-:'), maxLength: 130 }),
    fc.constantFrom('110101199001011234', '13800000001', 'terminal:13800000001', 'a:', ':a'),
  );
  fc.assert(
    fc.property(text, (subject) => {
      const parsed = arrivalSchema.safeParse({
        kind: 'position',
        subject,
        source: 'phone/app',
        ...SOUND,
      });
      expect(faultOfSubject(subject) === undefined).toBe(parsed.success);
    }),
    { numRuns: 1_000 },
  );
});

test('a row without what it needs says which', () => {
  const numbers = new Float64Array(NUMBER_FIELDS.length).fill(Number.NaN);
  expect(areWithinLimits(numbers)).toBe(false);
  expect(faultOfNumbers(numbers)).toEqual({ reason: 'missing-value', field: 'atMs' });
});
