import { expect, test } from 'vitest';
import { contactPosition } from '../../core/contact-position.ts';
import { METRES_PER_DEGREE } from '../../core/geo.ts';
import { observationSchema, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import {
  linesOf,
  rulebookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from '../fact-world.fixture.ts';

const MINUTE = 60_000;

const rulebook = rulebookOf(
  ruleOf(
    'proximity',
    {
      radiusM: 100,
      rearmM: 100,
      lasts: '10m',
      gapMax: '6m',
      pairWithin: '2m',
      lostAfter: '30m',
      fixKinds: ['gnss'],
    },
    { cooldown: '2h' },
  ),
);

const fix = (subject: string, minute: number, eastM: number): Position => {
  const at = {
    source: 'phone/test',
    subject,
    atMs: WORLD_START_MS + minute * MINUTE,
    sequence: 0,
    lng: Math.round((eastM / METRES_PER_DEGREE) * 1e7) / 1e7,
    lat: 0,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(at),
    ...at,
    receivedAtMs: at.atMs,
    accuracyM: 5,
    labels: [],
  }) as Position;
};

const order = orderFact('B', {
  atMs: WORLD_START_MS - MINUTE,
  conditions: { noContactWith: ['A', 'C'] },
});

const minutes = (from: number, until: number) =>
  Array.from({ length: until - from + 1 }, (_, index) => from + index);

/** C is with B until the 11th minute and gone in the 12th; A is there from the 5th on. */
const own = minutes(0, 16).map((minute) => fix('B', minute, 0));
const others = [
  ...minutes(0, 11).map((minute) => fix('C', minute, 10)),
  fix('C', 12, 1_000),
  ...minutes(5, 16).map((minute) => fix('A', minute, 10)),
];

const inputOf = (position: Position, watermarkMs: number): EngineInput => {
  const batch = batchOf([position]);
  const of = position.subject;
  return of === 'B'
    ? { watermarkMs, positions: batch }
    : { watermarkMs, facts: [contactPosition(batch, 0, { subject: 'B', of })] };
};

test.each([
  ['one by one', true],
  ['all at once', false],
])('the quiet after an alert about one is a quiet for another, seen %s', (_, oneByOne) => {
  const engine = createEngine({ rulebook, ...surroundings });
  const fixes = [...own, ...others].toSorted((a, b) => a.atMs - b.atMs);
  const found = [
    { watermarkMs: 0, facts: [order] },
    ...fixes.map((one) => inputOf(one, oneByOne ? one.atMs - 1 : WORLD_START_MS - 1)),
    { watermarkMs: WORLD_START_MS + 40 * MINUTE },
  ].flatMap((input) => engine.step(input));
  expect(linesOf(found)).toEqual(['B 10 raised', 'B 12 cleared', 'B 15 cooldown']);
});
