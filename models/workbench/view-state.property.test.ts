// A link is the whole view: what is written into an address is read back, and nothing in an address breaks a page.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GRAINS, bucketOf, bucketsIn } from './buckets.ts';
import { askOf, CHARTS, firstView, periodOf, queryOf, viewOf, type View } from './view-state.ts';

const NOW_MS = 1_795_000_000_000;
const first = firstView(NOW_MS, { id: 'alerts-raised', grains: ['day'], coveredFromMs: null });

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
    where: fc.uniqueArray(
      fc.record({ dimension: name, values: fc.array(words, { minLength: 1, maxLength: 3 }) }),
      { maxLength: 3, selector: ({ dimension }) => dimension },
    ),
    compare: fc.constantFrom('previous' as const, 'last-year' as const, undefined),
    chart: fc.constantFrom(...CHARTS),
    notes: fc.array(fc.record({ at: words, says: words }), { maxLength: 5 }),
  })
  .map(({ days: [from, to], ...view }) => ({ ...view, from: from!, to: to! }));

test('a view goes into an address and comes out the same', () => {
  fc.assert(
    fc.property(views, (view) => {
      const filled = Object.entries(queryOf(view)).filter(([, value]) => value !== '');
      expect(viewOf(`?${new URLSearchParams(filled)}`, first)).toEqual(view);
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

test('a first view begins no earlier than anything is known', () => {
  const coveredFromMs = Date.UTC(2026, 10, 12, 3);
  const nowMs = Date.UTC(2026, 10, 22, 3);
  const metric = { id: 'alerts-raised', grains: ['hour', 'day'] as const, coveredFromMs };
  expect(firstView(nowMs, metric)).toMatchObject({
    from: '2026-11-12',
    to: '2026-11-22',
    grain: 'day',
  });
  const ahead = { ...metric, grains: [], coveredFromMs: nowMs + 10 * 86_400_000 };
  expect(firstView(nowMs, ahead)).toMatchObject({ from: '2026-11-22', to: '2026-11-22' });
});

test('a map asks for one figure per county over the whole time', () => {
  const view = { ...first, metrics: ['a', 'b'], by: ['level'], chart: 'map' as const };
  expect(askOf(view, 'p')).toMatchObject({ metrics: ['a'], by: ['county'] });
  expect(askOf(view, 'p').grain).toBeUndefined();
});

test('buckets cover a time without gaps or overlap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...GRAINS),
      fc.integer({ min: 0, max: 2_000_000_000 }),
      fc.integer({ min: 1, max: 40 * 86_400 }),
      (grain, fromS, lengthS) => {
        const span = { fromMs: fromS * 1_000, untilMs: (fromS + lengthS) * 1_000 };
        const starts = bucketsIn(grain, span, 1_000);
        if (!starts) return;
        const buckets = starts.map((atMs) => bucketOf(grain, atMs));
        expect(buckets[0]!.fromMs).toBeLessThanOrEqual(span.fromMs);
        expect(buckets.at(-1)!.untilMs).toBeGreaterThanOrEqual(span.untilMs);
        for (const [i, bucket] of buckets.entries()) {
          expect(bucket.fromMs).toBe(starts[i]);
          if (i > 0) expect(bucket.fromMs).toBe(buckets[i - 1]!.untilMs);
        }
      },
    ),
    { numRuns: 150 },
  );
});
