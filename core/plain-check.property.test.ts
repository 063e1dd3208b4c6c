import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { orderArrivalSchema } from './observation.ts';
import { orderFact } from './order.fixture.ts';
import { createPlainCheck } from './plain-check.ts';
import { subjectKeySchema } from './subject.ts';

const {
  id: _id,
  receivedAtMs: _received,
  ...order
} = orderFact('cc-000001', { atMs: Date.UTC(2026, 5) });
const full = orderArrivalSchema.parse({
  ...order,
  correction: 'parole',
  conditions: {
    curfew: { from: '22:00', until: '06:00', home: { lng: 107.5, lat: 31.2, radiusM: 200 } },
    noContactWith: ['cc-000002'],
  },
});

const bag = z.strictObject({
  kind: z.literal('bag'),
  subject: subjectKeySchema,
  atMs: instantSchema.optional(),
  fields: z.partialRecord(z.enum(['name', 'phone']), z.string().max(3)),
  flags: z.array(z.boolean()).max(2).default([]),
});

const CASES = [
  { name: 'an order', schema: orderArrivalSchema, values: [orderArrivalSchema.parse(order), full] },
  {
    name: 'a bag of fields',
    schema: bag,
    values: [
      {
        kind: 'bag',
        subject: 'a1',
        atMs: Date.UTC(2026, 0),
        fields: { phone: '12' },
        flags: [true],
      },
      { kind: 'bag', subject: 'a1', fields: {}, flags: [] },
    ],
  },
];

/** What may stand in the place of something. */
const spoilt = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom('', 'x', '2026', '510000', '13800000000', 'a:b', 'phone/feed', 'order', 'end'),
  fc.constantFrom(-1, 0, 1.5, 1e20, Date.UTC(2026, 5), 2 ** 32, Number.NaN, undefined),
  fc.string({ maxLength: 220 }),
);

type Turn = {
  readonly at: number;
  readonly what: 'drop' | 'extra' | 'last' | 'put';
  with: unknown;
};

const turns = fc.array(
  fc.record({
    at: fc.nat(1_000),
    what: fc.constantFrom('drop', 'extra', 'last', 'put'),
    with: spoilt,
  }) as fc.Arbitrary<Turn>,
  { maxLength: 2 },
);

/** One place anywhere in the value is dropped, replaced, moved behind the others, or joined by another. */
function turn(value: unknown, { at, what, with: other }: Turn): unknown {
  const copy = structuredClone(value);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const look = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key });
      look((holder as Record<string, unknown>)[key]);
    }
  };
  look(copy);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return other;
  const { holder, key } = place;
  const held = holder[key];
  if (what === 'extra') holder[typeof other === 'string' ? other : 'more'] = 1;
  else if (what === 'put') holder[key] = other;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  if (what === 'last' && !Array.isArray(holder)) holder[key] = held;
  return copy;
}

test.each(CASES)('$name passes quickly only where the schema gives the very same', (one) => {
  const isPlain = createPlainCheck(one.schema);
  for (const value of one.values) expect(isPlain(value)).toBe(true);
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...one.values), turns, (value, changes) => {
      const changed = changes.reduce<unknown>(turn, value);
      const said = one.schema.safeParse(changed);
      if (!isPlain(changed)) {
        refused++;
        return;
      }
      expect(said.error).toBeUndefined();
      // As text, so that the order of the fields counts.
      expect(JSON.stringify(said.data)).toBe(JSON.stringify(changed));
    }),
    { numRuns: 1_000 },
  );
  expect(refused).toBeGreaterThan(200);
});

test.each([
  ['a string turned into something', z.strictObject({ a: z.string().trim() }), { a: ' x ' }],
  ['an open object', z.object({ a: z.string() }), { a: 'x' }],
  ['a coerced number', z.strictObject({ a: z.coerce.number() }), { a: 1 }],
  ['a transformed field', z.strictObject({ a: z.string().transform(Number) }), { a: '1' }],
  ['a format', z.strictObject({ a: z.email() }), { a: 'a@b.cn' }],
  ['a default left to be filled in', z.strictObject({ a: z.number().default(1) }), {}],
])(
  'what may not pass as it stands, or is not understood, is left to the schema: %s',
  (_, schema, value) => {
    expect(createPlainCheck(schema)(value)).toBe(false);
  },
);
