import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  linesOf,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import { verifyAlert } from '../verify.ts';
import { nextPeriod } from './threshold.ts';

const MINUTE = 60_000;

const worlds = fc.record({
  above: fc.boolean(),
  hysteresis: fc.integer({ min: 0, max: 2 }),
  forPeriods: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(
    fc.record({
      index: fc.constantFrom('X', 'Y'),
      /** Months after January 2026; often one that has a value, or lies before one that has. */
      month: fc.nat(6),
      value: fc.integer({ min: 6, max: 14 }),
    }),
    { maxLength: 20 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const LIMIT = 10;

const rulebookFor = ({ above, hysteresis, forPeriods }: World) =>
  rulebookOf(
    ruleOf('threshold', {
      index: ['X', 'Y'],
      ...(above ? { above: LIMIT } : { below: LIMIT }),
      clearAt: above ? LIMIT - hysteresis : LIMIT + hysteresis,
      forPeriods,
    }),
  );

const periodOf = (month: number) => `2026-0${month + 1}`;

const arrivalsOf = ({ steps }: World): Arriving[] =>
  steps.map(({ index, month, value }, minute) => ({
    subject: 'P0',
    atMs: WORLD_START_MS + minute * MINUTE,
    content: { kind: 'index', indexId: index, period: periodOf(month), value, version: 'v1' },
  }));

/** The newest value of every month, looked through anew at every step. */
function oracle({ above, hysteresis, forPeriods, steps }: World): string[] {
  const lines: string[] = [];
  const months = { X: new Map<number, number>(), Y: new Map<number, number>() };
  const open = { X: false, Y: false };
  for (const [minute, { index, month, value }] of steps.entries()) {
    const values = months[index];
    values.set(month, value);
    const newest = Math.max(...values.keys());
    if (month === newest && open[index]) {
      const isBack = above ? value <= LIMIT - hysteresis : value >= LIMIT + hysteresis;
      if (isBack) lines.push(`P0 ${minute} cleared`);
      if (isBack) open[index] = false;
    }
    const kept = [...values.keys()].sort((a, b) => b - a).slice(0, forPeriods);
    const isRow = kept.every((one, at) => one === newest - at);
    const areBeyond = kept.every((one) => {
      const measured = values.get(one) as number;
      return above ? measured > LIMIT : measured < LIMIT;
    });
    if (kept.length < forPeriods || !isRow || !areBeyond || !kept.includes(month)) continue;
    if (open[index]) lines.push(`P0 ${minute} episode-open`);
    else lines.push(`P0 ${minute} raised${month === newest ? '' : ' late'}`);
    open[index] = true;
  }
  return lines.sort();
}

describe('threshold', () => {
  test('says what looking through all periods says', () => {
    const told = { raised: 0, late: 0, cleared: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runWorld(rulebookFor(world), arrivalsOf(world)));
        for (const word of ['raised', 'late', 'cleared'] as const) {
          told[word] += lines.filter((line) => line.includes(word)).length;
        }
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 2_000 },
    );
    expect(told.raised).toBeGreaterThan(500);
    expect(told.late).toBeGreaterThan(35);
    expect(told.cleared).toBeGreaterThan(120);
  });

  test('every alert proves itself', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rulebook = rulebookFor(world);
        for (const finding of runWorld(rulebook, arrivalsOf(world))) {
          if (finding.kind !== 'raised') continue;
          expect(verifyAlert(finding, { rulebook, ...surroundings })).toMatchObject({
            proven: true,
            finding: { values: finding.values },
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['2026', '2027'],
    ['2026-12', '2027-01'],
    ['2026-01', '2026-02'],
    ['2024-02-28', '2024-02-29'],
    ['2026-12-31', '2027-01-01'],
  ])('after %s comes %s', (period, next) => {
    expect(nextPeriod(period)).toBe(next);
  });
});
