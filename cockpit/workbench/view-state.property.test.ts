// A link is the whole view: what is written into an address is read back, and nothing in an address breaks a page.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf } from '../shared/router.ts';
import { GRAINS } from './contract.ts';
import { askOf, CHARTS, firstView, periodOf, queryOf, viewOf, type View } from './view-state.ts';

const NOW_MS = 1_795_000_000_000;
const first = firstView(NOW_MS, 'alerts-raised');

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const day = fc
  .integer({ min: 0, max: 4_000 })
  .map((days) => new Date(Date.UTC(2020, 0, 1 + days)).toISOString().slice(0, 10));
const words = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });

const views: fc.Arbitrary<View> = fc
  .record({
    metrics: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    by: fc.uniqueArray(name, { maxLength: 2 }),
    grain: fc.option(fc.constantFrom(...GRAINS), { nil: undefined }),
    days: fc.tuple(day, day).map((two) => two.toSorted()),
    where: fc.array(
      fc.record({ dimension: name, values: fc.array(words, { minLength: 1, maxLength: 3 }) }),
      { maxLength: 3 },
    ),
    compare: fc.constantFrom('previous' as const, 'last-year' as const, undefined),
    chart: fc.constantFrom(...CHARTS),
    notes: fc.array(fc.record({ at: words, says: words }), { maxLength: 5 }),
  })
  .map(({ days: [from, to], ...view }) => ({ ...view, from: from!, to: to! }));

test('a view goes into an address and comes out the same', () => {
  fc.assert(
    fc.property(views, (view) => {
      const address = addressOf('/workbench', queryOf(view), '?still=1');
      expect(viewOf(new URL(address, 'http://here').search, first)).toEqual(view);
    }),
    { numRuns: 200 },
  );
});

test('any address gives a view that can be asked for', () => {
  const keys = fc.constantFrom(
    'm',
    'by',
    'grain',
    'from',
    'to',
    'where',
    'compare',
    'chart',
    'notes',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.string({ maxLength: 30 }))), (given) => {
      const view = viewOf(`?${new URLSearchParams(given)}`, first);
      const { fromMs, toMs } = askOf(view, 'inspection');
      expect(toMs).toBeGreaterThan(fromMs);
      expect(CHARTS).toContain(view.chart);
      expect(view.by.length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 200 },
  );
});

test('both days of a period count in full, in China', () => {
  expect(periodOf({ from: '2026-11-01', to: '2026-11-01' })).toEqual({
    fromMs: Date.UTC(2026, 9, 31, 16),
    toMs: Date.UTC(2026, 10, 1, 16),
  });
});
