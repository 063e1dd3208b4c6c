import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerWheel } from './timer-wheel.ts';

type Action =
  | { do: 'set'; slot: number; dueMs: number }
  | { do: 'cancel'; slot: number }
  | { do: 'advance'; byMs: number }
  | { do: 'restart'; sparse: boolean };

const actions = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      slot: fc.nat(20),
      dueMs: fc.integer({ min: 0, max: 3_000 }),
    }),
    fc.record({ do: fc.constant('cancel' as const), slot: fc.nat(20) }),
    fc.record({ do: fc.constant('advance' as const), byMs: fc.nat(400) }),
    fc.record({ do: fc.constant('restart' as const), sparse: fc.boolean() }),
  ),
  { maxLength: 120 },
) as fc.Arbitrary<Action[]>;

test('fires what a plain map of due instants would, in order of instant and subject', () => {
  fc.assert(
    fc.property(actions, fc.integer({ min: 1, max: 500 }), (list, bucketMs) => {
      let wheel = new TimerWheel(bucketMs);
      const model = new Map<number, number>();
      let nowMs = 0;
      for (const action of list) {
        if (action.do === 'set') {
          wheel.set(action.slot, nowMs + action.dueMs);
          model.set(action.slot, nowMs + action.dueMs);
        } else if (action.do === 'cancel') {
          wheel.cancel(action.slot);
          model.delete(action.slot);
        } else if (action.do === 'restart') {
          const [saved, pending] = [wheel.snapshot(21), wheel.pending()];
          expect(new Map(pending)).toEqual(model);
          wheel = new TimerWheel(bucketMs);
          if (action.sparse) wheel.restorePending(pending);
          else wheel.restore(saved);
        } else {
          nowMs += action.byMs;
          const fired: string[] = [];
          wheel.advance(nowMs, (slot, dueMs) => fired.push(`${dueMs} ${slot}`));
          const expected = [...model]
            .filter(([, dueMs]) => dueMs <= nowMs)
            .sort(([a, dueA], [b, dueB]) => dueA - dueB || a - b);
          for (const [slot] of expected) model.delete(slot);
          expect(fired).toEqual(expected.map(([slot, dueMs]) => `${dueMs} ${slot}`));
        }
        for (let slot = 0; slot <= 20; slot++) {
          expect(wheel.dueOf(slot)).toBe(model.get(slot) ?? Infinity);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a timer set while firing fires in the same advance when it is due', () => {
  const wheel = new TimerWheel(10);
  wheel.set(1, 5);
  const fired: number[] = [];
  wheel.advance(100, (slot, dueMs) => {
    fired.push(dueMs);
    if (dueMs < 50) wheel.set(slot, dueMs + 20);
  });
  expect(fired).toEqual([5, 25, 45, 65]);
});
