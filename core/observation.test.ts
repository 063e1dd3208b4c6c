import { describe, expect, test } from 'vitest';
import {
  arrivalSchema,
  factId,
  ARRIVAL_KINDS,
  OBSERVATION_KINDS,
  observationSchema,
  type FactArrival,
} from './observation.ts';

const booking = {
  kind: 'booking',
  subject: 'DZ-7K3Q9M',
  atMs: 1_772_400_000_000,
  source: 'rail/12306',
  bookingId: 'E1',
  carrier: 'rail',
  status: 'booked',
  from: '511702',
  to: '500000',
  departAtMs: 1_772_500_000_000,
};

const problemOf = (change: Record<string, unknown>) => {
  const result = arrivalSchema.safeParse({ ...booking, ...change });
  return result.success
    ? undefined
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};

describe('an arrival', () => {
  test('is taken as it is, with defaults filled in', () => {
    expect(arrivalSchema.parse(booking)).toEqual({ ...booking, sequence: 0 });
  });

  test.each([
    [{ atMs: 1_772_400_000 }, 'atMs: 1772400000 looks like seconds; instants are milliseconds'],
    [{ atMs: 12 }, 'atMs: 12 is not an instant between the years 2000 and 2100 in milliseconds'],
    [
      { subject: '511702199001011231' },
      'subject: a subject key must not be an identity or phone number',
    ],
    [{ subject: '13800000001' }, 'subject: a subject key must not be an identity or phone number'],
    [{ source: 'constructor/a' }, 'source: the kind of a source is one of'],
    [{ source: 'rail' }, 'source: a source reads kind/feed, for example bracelet/jt808'],
    [{ to: '5000' }, 'to: a GB/T 2260 code has six digits'],
    [{ extra: 1 }, ': Unrecognized key: "extra"'],
    [{ kind: 'shopping' }, 'kind: '],
  ])('with %o is refused with what is wrong and where', (change, problem) => {
    expect(problemOf(change)).toContain(problem);
  });

  test('may name its subject by an alias, an observation may not', () => {
    expect(problemOf({ subject: 'terminal:013800000001' })).toBeUndefined();
    const observation = { ...booking, id: 'ob_1', receivedAtMs: booking.atMs, sequence: 0 };
    expect(observationSchema.safeParse(observation).success).toBe(true);
    expect(observationSchema.safeParse({ ...observation, subject: 'terminal:0138' }).success).toBe(
      false,
    );
  });
});

test('every kind has both forms, but for those made here', () => {
  const kindsOf = (schema: { options: readonly { shape: { kind: { value: string } } }[] }) =>
    schema.options.map((option) => option.shape.kind.value).sort();
  expect(kindsOf(arrivalSchema)).toEqual([...ARRIVAL_KINDS].sort());
  expect(OBSERVATION_KINDS.filter((kind) => !ARRIVAL_KINDS.some((one) => one === kind))).toEqual([
    'contact-position',
    'refusal',
    'reading',
  ]);
  expect(kindsOf(observationSchema)).toEqual([...OBSERVATION_KINDS].sort());
});

test('the id of a fact is that of its content, whatever the order of its fields', () => {
  const fact = arrivalSchema.parse(booking) as FactArrival;
  const reversed = Object.fromEntries(Object.entries(fact).reverse()) as FactArrival;
  expect(factId(reversed)).toBe(factId(fact));
  expect(factId({ ...fact, sequence: 1 })).not.toBe(factId(fact));
  expect(factId(arrivalSchema.parse({ ...booking, status: 'cancelled' }) as FactArrival)).not.toBe(
    factId(fact),
  );
});
