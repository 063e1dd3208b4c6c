// The laboratory's arithmetic: it says what the service says, a variant as a file says what it said on the page,
// what drives a change adds up, also as it is shown, and a step is fast enough to follow a slider.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsAnswer, definitionAnswer } from '../../app/indices/index-answers.ts';
import { inventedCity } from '../../app/indices/invented-city.fixture.ts';
import { AGGREGATIONS } from '../../models/composite/aggregate.ts';
import type { EfficacyFunction } from '../../models/composite/efficacy.ts';
import { planIndex } from '../../models/composite/index-plan.ts';
import { parseDefinition } from '../../models/composite/load-definition.ts';
import { evaluatePeriod } from '../../models/composite/evaluate-period.ts';
import { monthBefore, movementBetween, ranksBy } from './compare.ts';
import { readDefinition, writeDefinition } from './definition-file.ts';
import {
  changesBetween,
  contributionsTo,
  planOf,
  shownParts,
  stepOf,
  variantOf,
  type Variant,
} from './lab-model.ts';
import { madeInput } from './made-input.fixture.ts';
import { inputOf } from './read-input.ts';
import { variantMistakes } from './variant-mistakes.ts';

const REGIONS = 40;
const input = madeInput(REGIONS);
const plain = variantOf(input);

const city = inventedCity();
const month = city.input.last;
const answer = definitionAnswer(city.versioned, city);
const cityInput = inputOf(answer, cellsAnswer(city, { from: month - 2, to: month, of: 'values' }));
const cityCells = (lookback: number) =>
  cellsAnswer(city, { from: month - lookback, to: month, of: 'columns' });

const points = fc.constantFrom<EfficacyFunction>(
  { kind: 'linear' },
  { kind: 'exponential' },
  { kind: 'logarithmic' },
  { kind: 'power', exponent: 1.5 },
);

const variantsOf = (
  base: Variant,
  goals: fc.Arbitrary<Variant['goals']> = fc.constant(base.goals),
) =>
  fc.record({
    aggregation: fc.constantFrom(...AGGREGATIONS),
    points,
    weights: fc.record(
      Object.fromEntries(
        Object.entries(base.weights).map(([node, weights]) => [
          node,
          fc.array(fc.integer({ min: 0, max: 40 }), {
            minLength: weights.length,
            maxLength: weights.length,
          }),
        ]),
      ) as Record<string, fc.Arbitrary<number[]>>,
    ),
    goals,
    bounds: fc.constant(base.bounds),
  });
const variants = variantsOf(plain);

test('the definition as it stands gives the figures of the service', () => {
  const step = stepOf(cityInput, variantOf(cityInput), 2);
  const figures = city.resultOf(month).nodes.get('index');
  expect(step.figures.length).toBe(7);
  for (const [i, figure] of step.figures.entries())
    expect(figure).toBeCloseTo(figures?.[i] ?? NaN, 9);
  const cells = cityCells(city.plan.lookback);
  expect([...ranksBy(city.plan, cells).figures]).toEqual([...(figures ?? [])]);
});

test('a variant kept as a definition file gives the same figures, without a reference, and is read back', () => {
  fc.assert(
    fc.property(variantsOf(variantOf(cityInput)), (variant) => {
      if (variantMistakes(cityInput.definition, variant).length > 0) return;
      const content = writeDefinition(cityInput, variant);
      const plan = planIndex(parseDefinition('variant.yaml', content));
      const kept = evaluatePeriod(plan, city.historyOf(month)).nodes.get('index') as Float64Array;
      const tried = stepOf(cityInput, variant, 2).figures;
      for (const [i, figure] of tried.entries()) {
        if (Number.isNaN(figure)) expect(kept[i]).toBeNaN();
        else expect(Math.abs((kept[i] as number) - figure)).toBeLessThan(1e-9);
      }
      const read = readDefinition(cityInput, 'variant.yaml', content);
      if (read.kind !== 'read' || !read.variant) throw new Error(JSON.stringify(read));
      const again = stepOf(cityInput, read.variant, 2).figures;
      tried.forEach((figure, i) => {
        if (!Number.isNaN(figure))
          expect(Math.abs((again[i] as number) - figure)).toBeLessThan(1e-9);
      });
      expect(
        movementBetween(
          ranksBy(read.plan, cityCells(read.plan.lookback)),
          stepOf(cityInput, variant, 2),
        ),
      ).toMatchObject({ regraded: 0 });
    }),
    { numRuns: 10 },
  );
});

test('what the page calls a mistake is what the check of definitions calls one', () => {
  const figure = fc.oneof(fc.integer({ min: -2, max: 30 }), fc.constant(0));
  const goals = fc
    .record(
      Object.fromEntries(
        Object.entries(plain.goals).map(([name, goal]) => [
          name,
          // Most goals stay right, so that there are variants without a mistake.
          fc.oneof(
            { weight: 40, arbitrary: fc.constant(undefined) },
            {
              weight: 1,
              arbitrary:
                goal.kind === 'between'
                  ? fc.record({
                      kind: fc.constant('between' as const),
                      satisfactory: figure,
                      notAllowed: figure,
                    })
                  : fc.record({
                      kind: fc.constant('interval' as const),
                      from: figure,
                      to: figure,
                      low: figure,
                      high: figure,
                    }),
            },
          ),
        ]),
      ),
    )
    .map((odd) =>
      Object.fromEntries(
        Object.entries(plain.goals).map(([name, goal]) => [name, odd[name] ?? goal]),
      ),
    );
  const odd = fc
    .tuple(
      variantsOf(plain, goals),
      fc.array(fc.integer({ min: 60, max: 100 }), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([variant, bounds, isOdd, isLog]): Variant => ({
      ...variant,
      ...(isOdd && { bounds }),
      ...(isLog && { points: { kind: 'log-value' } }),
    }));
  let right = 0;
  fc.assert(
    fc.property(odd, (variant) => {
      // Weights of zero have shares all the same: a definition of them is whole, but nobody meant it.
      const mistakes = variantMistakes(input.definition, variant).filter(
        ({ place }) => !place.startsWith('weights/'),
      );
      const read = readDefinition(input, 'variant.yaml', writeDefinition(input, variant));
      expect([read.kind, mistakes]).toEqual([mistakes.length === 0 ? 'read' : 'refused', mistakes]);
      if (mistakes.length === 0) right++;
    }),
    { numRuns: 30 },
  );
  expect(right).toBeGreaterThan(0);
});

test('a file that is none, of other data, or of another shape, is told apart', () => {
  const read = (content: string) => readDefinition(input, 'some.yaml', content);
  const none = read('a: [1');
  expect(none).toMatchObject({
    kind: 'refused',
    mistakes: [expect.stringContaining('some.yaml:1:')],
  });
  const written = writeDefinition(input, plain);
  const counted = read(written.replaceAll('crimes_filed', 'crimes_seen'));
  expect(counted).toMatchObject({ kind: 'refused', mistakes: ['crimes_seen'] });
  const other = read(written.replace('missingShareMax: 0.4', 'missingShareMax: 0.2'));
  expect(other).toMatchObject({ kind: 'read', variant: undefined });
  expect(read(written)).toMatchObject({ kind: 'read', variant: { aggregation: 'arithmetic' } });
});

test('what drives a change between two periods adds up to it, and as it is shown', () => {
  fc.assert(
    fc.property(variants, fc.integer({ min: 0, max: REGIONS - 1 }), (variant, region) => {
      const { before, after, changes } = changesBetween(input, variant, { region, from: 0, to: 2 });
      expect(before).toBe(stepOf(input, variant, 0).figures[region]);
      if (Number.isNaN(before) || Number.isNaN(after)) return;
      const parts = changes.map((change) => change.points);
      const sum = parts.reduce((all, part) => all + part, 0);
      expect(Math.abs(sum - (after - before))).toBeLessThan(1e-9);
      const shown = shownParts(parts, { before, after });
      const shownSum = shown.reduce((all, part) => all + Math.round(part * 100), 0);
      expect(shownSum).toBe(Math.round(after * 100) - Math.round(before * 100));
      shown.forEach((part, i) => expect(Math.abs(part - parts[i]!)).toBeLessThan(0.01 + 1e-9));
    }),
    { numRuns: 60 },
  );
});

test('contributions add up to the index', () => {
  fc.assert(
    fc.property(variants, fc.integer({ min: 0, max: REGIONS - 1 }), (variant, region) => {
      const step = stepOf(input, variant, 1);
      const parts = contributionsTo(planOf(input, variant), step, region);
      const figure = step.figures[region] as number;
      if (Number.isNaN(figure)) {
        expect(parts).toEqual([]);
        return;
      }
      expect(Math.abs(parts.reduce((all, part) => all + part.points, 0) - figure)).toBeLessThan(
        1e-9,
      );
    }),
    { numRuns: 60 },
  );
});

test('weights count by their shares: ten times as much of everything changes nothing', () => {
  const larger = {
    ...plain,
    weights: Object.fromEntries(
      Object.entries(plain.weights).map(([node, weights]) => [node, weights.map((w) => 10 * w)]),
    ),
  };
  const [a, b] = [stepOf(input, plain, 0), stepOf(input, larger, 0)];
  a.figures.forEach((figure, i) => expect(b.figures[i]).toBeCloseTo(figure, 9));
  expect([...b.ranks]).toEqual([...a.ranks]);
});

test('a higher bound never gives a better grade, and leaves every figure as it was', () => {
  const low = stepOf(input, plain, 0);
  const high = stepOf(input, { ...plain, bounds: plain.bounds.map((bound) => bound + 4) }, 0);
  expect([...high.figures]).toEqual([...low.figures]);
  low.grades.forEach((grade, i) => expect(high.grades[i]).toBeGreaterThanOrEqual(grade));
  expect([...high.grades]).not.toEqual([...low.grades]);
  const { regraded, moved, agreement } = movementBetween(high, low);
  expect([regraded > 0, moved]).toEqual([true, 0]);
  expect(agreement).toBeCloseTo(1, 12);
});

test('months are counted back over the turn of the year', () => {
  expect([0, 1, 12].map((months) => monthBefore('2026-01', months))).toEqual([
    '2026-01',
    '2025-12',
    '2025-01',
  ]);
});

test('a step over 2,800 regions: how long it takes is printed', () => {
  const large = madeInput(2_800, 1);
  const { top } = large.definition;
  const times: number[] = [];
  for (let run = 0; run < 30; run++) {
    const variant = {
      ...plain,
      weights: { ...plain.weights, [top]: [0.3 + run / 100, 0.7 - run / 100] },
    };
    const startedMs = performance.now();
    const { ranks } = stepOf(large, variant, 0);
    times.push(performance.now() - startedMs);
    expect(Math.max(...ranks)).toBeGreaterThan(2_000);
  }
  times.sort((a, b) => a - b);
  const [p50, p95] = [times[15] as number, times[28] as number];
  process.stdout.write(
    `laboratory: a step over 2,800 regions × ${Object.keys(large.definition.indicators).length} indicators p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms\n`,
  );
});
