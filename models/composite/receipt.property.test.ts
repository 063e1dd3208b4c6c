// A receipt is enough to compute its figure again, also after it was written down and read; whatever is
// changed in it is noticed.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planIndex, type IndexPlan } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { freezeReference } from './freeze-reference.ts';
import { loadDefinition } from './load-definition.ts';
import { evaluatePeriod } from './evaluate-period.ts';
import { makeReceipt, receiptSchema, verifyReceipt, type Receipt } from './receipt.ts';

const file = new URL('../social-order/definition.yaml', import.meta.url).pathname;
const versioned = loadDefinition(file);
const { definition } = versioned;
const REGIONS = ['511702', '511703', '511722', '511724'];

/** Columns of some months full of holes; every definition's column may be unknown. */
const periods = fc.array(
  fc.tuple(
    ...Object.keys(definition.columns).map(() =>
      fc.array(
        fc.oneof(
          { weight: 9, arbitrary: fc.nat(5_000) },
          { weight: 1, arbitrary: fc.constant(Number.NaN) },
        ),
        {
          minLength: REGIONS.length,
          maxLength: REGIONS.length,
        },
      ),
    ),
  ),
  { minLength: 2, maxLength: 4 },
);

const historyFrom = (drawn: readonly (readonly number[][])[]): PeriodColumns[] =>
  drawn.map((columns) => ({
    regions: REGIONS.length,
    columns: Object.fromEntries(
      Object.keys(definition.columns).map((name, i) => [name, Float64Array.from(columns[i] ?? [])]),
    ),
  }));

function planFor(history: PeriodColumns[]): IndexPlan | undefined {
  const named = history.toReversed().map((columns, i) => ({ name: `2026-0${i + 1}`, columns }));
  const reference = freezeReference(versioned, named);
  try {
    return planIndex(versioned, reference);
  } catch {
    // Without a single value of some indicator there is no reference.
    return undefined;
  }
}

const receiptFor = (plan: IndexPlan, history: PeriodColumns[], node: string, region: string) =>
  makeReceipt(plan, history, {
    name: { index: definition.id, period: '2026-04', region, node },
    regions: REGIONS,
    sql: ['SELECT 1'],
  }) as Receipt;

const written = (receipt: Receipt): Receipt =>
  receiptSchema.parse(JSON.parse(JSON.stringify(receipt)));

const nodes = [...Object.keys(definition.nodes), ...Object.keys(definition.indicators)];

test('every figure follows from its receipt alone', () => {
  let checked = 0;
  fc.assert(
    fc.property(
      periods,
      fc.constantFrom(...nodes),
      fc.constantFrom(...REGIONS),
      (drawn, node, region) => {
        const history = historyFrom(drawn);
        const plan = planFor(history);
        if (!plan) return;
        checked++;
        const receipt = receiptFor(plan, history, node, region);
        const result = evaluatePeriod(plan, history);
        const figure = (result.nodes.get(node) ?? result.indicators.get(node)?.scores)?.[
          REGIONS.indexOf(region)
        ];
        expect(receipt.value ?? Number.NaN).toBe(figure);
        expect(verifyReceipt(written(receipt))).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
  expect(checked).toBeGreaterThan(10);
});

/** Figures that differ between regions, none unknown. */
const sample = historyFrom(
  Array.from({ length: 3 }, (_, month) =>
    Object.keys(definition.columns).map((name, i) =>
      REGIONS.map((_region, r) =>
        name === 'population' ? 40_000 + 9_000 * r : 20 + ((i * 7 + r * 13 + month * 5) % 40),
      ),
    ),
  ),
);

test.each([
  ['value', (receipt: Receipt) => ({ ...receipt, value: (receipt.value ?? 0) + 1e-6 }), 'value'],
  ['figure', (receipt: Receipt) => ({ ...receipt, period: '2026-03' }), 'figure-id'],
  ['version', (receipt: Receipt) => ({ ...receipt, version: '1@000000000000' }), 'version'],
  [
    'method',
    (receipt: Receipt) => ({ ...receipt, definition: { ...receipt.definition, number: 2 } }),
    'version',
  ],
  [
    'weights',
    (receipt: Receipt) => ({
      ...receipt,
      weights: receipt.weights.map(({ of }) => ({ of, weight: 0.5 })),
    }),
    'weights',
  ],
  [
    'input',
    (receipt: Receipt) => ({
      ...receipt,
      input: {
        ...receipt.input,
        columns: { ...receipt.input.columns, crimes_filed: [[1, 2, 3, 4]] },
      },
    }),
    'input-hash',
  ],
  [
    'reference',
    (receipt: Receipt) => ({
      ...receipt,
      reference: {
        ...(receipt.reference as NonNullable<Receipt['reference']>),
        goals: {
          ...receipt.reference?.goals,
          CRIM_110: { kind: 'between' as const, satisfactory: 0, notAllowed: 1e6 },
        },
      },
    }),
    'value',
  ],
])('a changed %s is noticed', (_what, change, code) => {
  const plan = planFor(sample) as IndexPlan;
  const receipt = receiptFor(plan, sample, 'index', '511722');
  expect(receipt.value).not.toBeNull();
  expect(verifyReceipt(written(receipt))).toEqual([]);
  expect(verifyReceipt(change(receipt) as Receipt).map((mistake) => mistake.code)).toContain(code);
});

test('the receipt of an indicator holds nothing but what it rests on', () => {
  const plan = planFor(sample) as IndexPlan;
  const receipt = receiptFor(plan, sample, 'CLEAR', '511702');
  expect(Object.keys(receipt.input.columns)).toEqual(['crimes_cleared', 'crimes_filed']);
  expect(receipt.formula).toHaveLength(1);
});
