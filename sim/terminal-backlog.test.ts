import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBacklog } from './terminal-backlog.ts';

const pointsOf = (stored: readonly { point: number }[]) => stored.map(({ point }) => point);

describe('a backlog', () => {
  test('gives points in the order measured, stored and live ones apart', () => {
    const backlog = createBacklog<number>({ pointsMax: 10 });
    for (const [point, blindZone] of [
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ] as const) {
      backlog.record(point, blindZone);
    }
    expect(pointsOf(backlog.take(10))).toEqual([1, 2]);
    expect(pointsOf(backlog.take(10))).toEqual([3]);
    expect(pointsOf(backlog.take(10))).toEqual([4]);
    expect(backlog.take(10)).toEqual([]);
  });

  test('what the platform could not keep comes again first', () => {
    const backlog = createBacklog<number>({ pointsMax: 10 });
    for (const point of [1, 2, 3]) backlog.record(point, false);
    backlog.sent(7, backlog.take(2));
    backlog.putBack(7);
    expect(pointsOf(backlog.take(10))).toEqual([1, 2, 3]);
  });

  test('after a lost connection everything unanswered comes again in order', () => {
    const backlog = createBacklog<number>({ pointsMax: 10 });
    for (const point of [1, 2, 3, 4]) backlog.record(point, false);
    for (const serial of [0xffff, 0, 1]) backlog.sent(serial, backlog.take(1));
    backlog.settle(0, 'taken');
    backlog.putAllBack();
    expect(pointsOf(backlog.take(10))).toEqual([1, 3, 4]);
  });

  test('when the memory is full the oldest waiting point goes', () => {
    const backlog = createBacklog<number>({ pointsMax: 2 });
    for (const point of [1, 2, 3]) backlog.record(point, false);
    expect(pointsOf(backlog.take(10))).toEqual([2, 3]);
    expect(backlog.counts.forgotten).toBe(1);
  });
});

test('whatever happens, every point is waiting, in flight, settled or forgotten, and none twice', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('record' as const), blindZone: fc.boolean() }),
    fc.record({ kind: fc.constant('send' as const), most: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom('taken' as const, 'rejected' as const, 'failed' as const),
      serial: fc.nat(20),
    }),
    fc.record({ kind: fc.constant('lost' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const backlog = createBacklog<number>({ pointsMax: 5 });
      const settled: number[] = [];
      const flying = new Map<number, number[]>();
      let recorded = 0;
      let serial = 0;
      for (const act of actions) {
        if (act.kind === 'record') backlog.record(recorded++, act.blindZone);
        else if (act.kind === 'lost') {
          backlog.putAllBack();
          flying.clear();
        } else if (act.kind === 'send') {
          const stored = backlog.take(act.most);
          if (stored.length === 0) continue;
          backlog.sent(serial, stored);
          flying.set(serial++, pointsOf(stored));
        } else {
          if (act.kind === 'failed') backlog.putBack(act.serial);
          else {
            backlog.settle(act.serial, act.kind);
            settled.push(...(flying.get(act.serial) ?? []));
          }
          flying.delete(act.serial);
        }
        const inFlight = [...flying.values()].flat().length;
        const { taken, rejected, forgotten } = backlog.counts;
        expect(taken + rejected).toBe(settled.length);
        expect(backlog.waiting + inFlight + taken + rejected + forgotten).toBe(recorded);
        expect(backlog.inFlight).toBe(flying.size);
        expect(new Set(settled).size).toBe(settled.length);
      }
    }),
  );
});
