import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedTimers } from './keyed-timers.ts';

const slot = fc.nat(3);
const key = fc.constantFrom('a', 'b', '');

const actions = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), slot, key, dueMs: fc.nat(300) }),
    fc.record({ do: fc.constant('cancel' as const), slot, key }),
    fc.record({ do: fc.constant('advance' as const), byMs: fc.nat(100) }),
    fc.record({ do: fc.constant('restart' as const) }),
  ),
  { maxLength: 200 },
);

test('fires what a plain list would, in order of instant, subject and key', () => {
  fc.assert(
    fc.property(actions, (list) => {
      let timers = new KeyedTimers();
      let model: { slot: number; key: string; dueMs: number }[] = [];
      let nowMs = 0;
      for (const action of list) {
        if (action.do === 'set' || action.do === 'cancel') {
          model = model.filter((one) => one.slot !== action.slot || one.key !== action.key);
        }
        if (action.do === 'set') {
          const dueMs = nowMs + action.dueMs;
          timers.set(action.slot, action.key, dueMs);
          model.push({ slot: action.slot, key: action.key, dueMs });
        } else if (action.do === 'cancel') timers.cancel(action.slot, action.key);
        else if (action.do === 'restart') {
          const saved = structuredClone(timers.snapshot());
          timers = new KeyedTimers();
          timers.restore(saved);
        } else {
          nowMs += action.byMs;
          const fired: unknown[] = [];
          timers.advance(nowMs, (firedSlot, firedKey, dueMs) =>
            fired.push({ slot: firedSlot, key: firedKey, dueMs }),
          );
          const due = model.filter(({ dueMs }) => dueMs <= nowMs);
          model = model.filter(({ dueMs }) => dueMs > nowMs);
          expect(fired).toEqual(
            due.sort((a, b) => a.dueMs - b.dueMs || a.slot - b.slot || (a.key < b.key ? -1 : 1)),
          );
        }
        for (const one of model) expect(timers.dueOf(one.slot, one.key)).toBe(one.dueMs);
      }
    }),
    { numRuns: 500 },
  );
});
