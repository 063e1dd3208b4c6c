// The fast evaluation says what the naive one says, for random definitions and columns full of holes; and
// what must hold of any index.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { definitionSchema, type Definition } from './definition.ts';
import { evaluatePeriod, ranksOf } from './evaluate-period.ts';
import { freezeReference } from './freeze-reference.ts';
import { planIndex } from './index-plan.ts';
import { shrunkRates, type PeriodColumns } from './indicator-values.ts';
import { judgeIndex } from './naive-index.fixture.ts';

const words = text('某', 'some');
const COLUMNS = ['a', 'b', 'c', 'd'];

/** A random small index: two nodes under the top, every kind of goal and of missing value. */
function randomDefinition(seed: number, { isPlain = false } = {}): Definition {
  const random = createRandom(`definition ${seed}`);
  const indicators: Record<string, unknown> = {};
  const count = 2 + random.int(5);
  for (let i = 0; i < count; i++) {
    const kind = isPlain ? 3 : random.int(4);
    const positive = random.chance(0.5);
    const goal =
      kind === 0
        ? { best: [3, 5], low: 0, high: 9 }
        : kind === 1
          ? { peers: { reference: 'period' } }
          : positive
            ? { satisfactory: 8, notAllowed: 1 + random.int(3) }
            : { satisfactory: 1, notAllowed: 5 + random.int(3) };
    const isDerived = !isPlain && i > 0 && random.chance(0.2);
    indicators[`I${i}`] = {
      title: words,
      unit: words,
      direction: kind === 0 ? 'moderate' : positive ? 'positive' : 'negative',
      value: {
        of: isDerived ? `I${i - 1}` : random.pick(COLUMNS),
        ...(!isPlain &&
          random.chance(0.5) && { over: random.pick(COLUMNS), per: random.pick([1, 100]) }),
      },
      goal,
      treatment: random.chance(0.3) ? { kind: 'bounds', min: 1, max: 7 } : { kind: 'none' },
      missing: random.pick([
        { rule: 'leave-out' },
        { rule: 'carry', periodsMax: 2 },
        { rule: 'peer-median' },
        { rule: 'required' },
      ]),
      smoothing:
        !isDerived && random.chance(0.3) ? { kind: 'rolling', periods: 3 } : { kind: 'none' },
    };
  }
  const names = Object.keys(indicators);
  const cut = 1 + random.int(names.length - 1);
  const node = (of: string[]) => ({
    title: words,
    aggregation: random.pick(['arithmetic', 'geometric', 'harmonic']),
    parts: of.map((name) => ({ of: name, weight: 1 / of.length })),
  });
  return definitionSchema.parse({
    id: 'random',
    number: 1,
    title: words,
    meaning: words,
    owner: 'x',
    source: 'x',
    grain: 'month',
    missingShareMax: random.pick([0, 0.4, 1]),
    columns: Object.fromEntries(COLUMNS.map((name) => [name, { title: words, unit: words }])),
    indicators,
    top: 'top',
    nodes: {
      top: node(['left', 'right']),
      left: node(names.slice(0, cut)),
      right: node(names.slice(cut)),
    },
    grading: {
      bands: [
        { id: 'good', name: words, colour: 'blue', from: 80 },
        { id: 'poor', name: words, colour: 'red', from: null },
      ],
    },
  });
}

function randomHistory(seed: number, regions: number, periods = 4): PeriodColumns[] {
  const random = createRandom(`columns ${seed}`);
  return Array.from({ length: periods }, () => ({
    regions,
    columns: Object.fromEntries(
      COLUMNS.map((name) => [
        name,
        Float64Array.from({ length: regions }, () =>
          random.chance(0.15) ? Number.NaN : random.int(10),
        ),
      ]),
    ),
  }));
}

const planOf = (definition: Definition) => planIndex({ definition, version: '1@test' });
const seeds = fc.nat(1_000_000);

test('random indices agree with the naive judge, figure by figure', () => {
  let known = 0;
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, regions) => {
      const definition = randomDefinition(seed);
      const history = randomHistory(seed, regions);
      const { indicators, nodes } = evaluatePeriod(planOf(definition), history);
      for (const [name, expected] of judgeIndex(definition, history)) {
        const found = (nodes.get(name) ?? indicators.get(name)?.scores) as Float64Array;
        for (const [i, figure] of expected.entries()) {
          if (figure === undefined) expect(found[i], `${name} ${i}`).toBeNaN();
          else {
            known++;
            expect(found[i], `${name} ${i}`).toBeCloseTo(figure, 9);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(known).toBeGreaterThan(2_000);
});

test('the order of regions does not matter', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const definition = randomDefinition(seed);
      const history = randomHistory(seed, 7);
      const turned = history.map(({ regions, columns }) => ({
        regions,
        columns: Object.fromEntries(
          Object.entries(columns).map(([name, one]) => [name, one.toReversed()]),
        ),
      }));
      const [here, there] = [history, turned].map(
        (one) => evaluatePeriod(planOf(definition), one).nodes.get('top') as Float64Array,
      );
      for (const [i, figure] of here!.entries()) {
        if (Number.isNaN(figure)) expect(there![6 - i]).toBeNaN();
        else expect(there![6 - i]).toBeCloseTo(figure, 9);
      }
    }),
    { numRuns: 200 },
  );
});

test('a better value of one region never lowers its index, where goals are fixed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const definition = randomDefinition(seed, { isPlain: true });
      const history = randomHistory(seed, 3, 1).map(({ columns }) => ({
        regions: 3,
        columns: Object.fromEntries(
          Object.entries(columns).map(([name, one]) => [
            name,
            one.map((v) => (Number.isNaN(v) ? 5 : v)),
          ]),
        ),
      }));
      const before = evaluatePeriod(planOf(definition), history).nodes.get('top')![0]!;
      for (const column of COLUMNS) {
        const directions = new Set(
          Object.values(definition.indicators)
            .filter(({ value }) => value.of === column)
            .map(({ direction }) => direction),
        );
        if (directions.size !== 1) continue;
        const better = structuredClone(history);
        better[0]!.columns[column]![0]! += directions.has('positive') ? 2 : -2;
        const after = evaluatePeriod(planOf(definition), better).nodes.get('top')![0]!;
        expect(after).toBeGreaterThanOrEqual(before - 1e-9);
      }
    }),
    { numRuns: 100 },
  );
});

describe('a frozen reference', () => {
  const frozen = (seed: number) => {
    const definition = structuredClone(randomDefinition(seed));
    for (const indicator of Object.values(definition.indicators)) {
      if ('peers' in indicator.goal) {
        indicator.goal.peers = {
          satisfactory: 'p90',
          notAllowed: 'p10',
          reference: 'frozen',
          whenEqual: 'full',
        };
      }
    }
    return { definition, version: '1@frozen' };
  };

  test('is asked for, and holds the ends where the year had them', () => {
    const versioned = frozen(5);
    Object.values(versioned.definition.indicators)[0]!.goal = {
      peers: { satisfactory: 'p90', notAllowed: 'p10', reference: 'frozen', whenEqual: 'full' },
    };
    Object.values(versioned.definition.indicators)[0]!.direction = 'negative';
    expect(() => planIndex(versioned)).toThrow(/needs a frozen reference/);
    const year = randomHistory(5, 9, 12).map((columns, i) => ({ name: `2025-${i + 1}`, columns }));
    const reference = freezeReference(versioned, year);
    expect(reference).toMatchObject({ from: '2025-1', until: '2025-12' });
    const plan = planIndex(versioned, reference);
    const goals = [1, 2].map(
      (seed) => evaluatePeriod(plan, randomHistory(seed, 9)).indicators.get('I0')?.goal,
    );
    expect(goals[0]).toEqual(goals[1]);
    expect(goals[0]).toEqual(reference.goals['I0']);
    // The same year again is the same reference; another is another.
    expect(freezeReference(versioned, year).id).toBe(reference.id);
    expect(freezeReference(versioned, year.slice(1)).id).not.toBe(reference.id);
  });

  test('gives data weights that sum to one', () => {
    for (const kind of ['entropy', 'critic'] as const) {
      const versioned = frozen(8);
      versioned.definition.nodes['left']!.weighting = { kind };
      versioned.definition.nodes['left']!.parts.forEach((part) => delete part.weight);
      const year = randomHistory(8, 20, 6).map((columns, i) => ({ name: `${i}`, columns }));
      const weights = freezeReference(versioned, year).weights['left'] ?? [];
      expect(weights).toHaveLength(versioned.definition.nodes['left']!.parts.length);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    }
  });
});

test('small populations are drawn to the rate of all, large ones keep their own', () => {
  const rates = shrunkRates(
    Float64Array.of(2, 0, 3_000, 800, Number.NaN),
    Float64Array.of(100, 100, 1_000_000, 500_000, 5),
    10_000,
  );
  const mean = (10_000 * 3_802) / 1_500_200;
  expect(rates[0]).toBeLessThan(200);
  expect(rates[1]).toBeGreaterThan(0);
  expect(Math.abs(rates[1]! - mean)).toBeLessThan(mean / 2);
  expect(rates[2]).toBeCloseTo(30, 0);
  expect(rates[4]).toBeNaN();
});

test('equal figures share a rank, and no figure has none', () => {
  expect([...ranksOf(Float64Array.of(70, 90, Number.NaN, 90, 10))]).toEqual([3, 1, 0, 1, 4]);
});
