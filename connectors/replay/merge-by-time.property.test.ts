import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FactArrival } from '../../core/observation.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { collect, rowsOf } from '../files/reading.fixture.ts';
import { DELIVERY_FACTS_MAX, mergeByTime } from './merge-by-time.ts';

const sortedTimes = fc
  .array(fc.nat(30), { maxLength: 60 })
  .map((times) => times.sort((a, b) => a - b));

async function* batches(times: readonly number[], size: number) {
  const builder = createPositionBuilder(4);
  for (const [index, atMs] of times.entries()) {
    builder.add({
      subject: `s${index % 5}`,
      source: 'phone/app',
      atMs,
      lng: 1,
      lat: 2,
      sequence: index,
    });
    if (builder.length === size) yield builder.drain();
  }
  yield builder.drain();
}

async function* facts(times: readonly number[]) {
  for (const [number, atMs] of times.entries()) {
    yield { kind: 'device', atMs, number } as unknown as FactArrival;
  }
}

test('everything once, in order of time, facts before positions of the same instant', async () => {
  await fc.assert(
    fc.asyncProperty(
      sortedTimes,
      sortedTimes,
      fc.integer({ min: 1, max: 20 }),
      async (positionTimes, factTimes, size) => {
        const merged = await collect(mergeByTime(batches(positionTimes, size), facts(factTimes)));
        for (const delivery of merged) {
          expect(Object.keys(delivery)).toHaveLength(1);
          expect((delivery.positions?.length ?? 0) + (delivery.facts?.length ?? 0)).toBeGreaterThan(
            0,
          );
        }
        const seen = merged.flatMap(({ positions, facts: some }) => [
          ...(some ?? []).map((fact) => [
            fact.atMs,
            0,
            (fact as unknown as { number: number }).number,
          ]),
          ...rowsOf(positions ? [positions] : []).map(({ atMs, sequence, subject }) => {
            expect(subject).toBe(`s${Number(sequence) % 5}`);
            return [atMs, 1, sequence];
          }),
        ]);
        const expected = [
          ...factTimes.map((atMs, number) => [atMs, 0, number]),
          ...positionTimes.map((atMs, sequence) => [atMs, 1, sequence]),
        ] as [number, number, number][];
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
        expect(seen).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('deliveries of facts are bounded in number and in length', async () => {
  const many = await collect(
    mergeByTime(batches([], 1), facts(Array.from({ length: 2_500 }, () => 7))),
  );
  expect(many.map((delivery) => delivery.facts?.length)).toEqual([
    DELIVERY_FACTS_MAX,
    DELIVERY_FACTS_MAX,
    500,
  ]);
  const call = { kind: 'call', atMs: 1, segments: [{ text: 'x'.repeat(700_000) }] };
  const calls = async function* () {
    for (let i = 0; i < 3; i++) yield call as unknown as FactArrival;
  };
  const large = await collect(mergeByTime(batches([], 1), calls()));
  expect(large.map((delivery) => delivery.facts?.length)).toEqual([1, 1, 1]);
});
