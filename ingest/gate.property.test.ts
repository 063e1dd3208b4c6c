// The gate against a model that knows nothing but a list of papers: for random orders and recorded bases,
// made in any order and between the reports, exactly those reports are kept that a paper of their own
// instant allows. And whatever is refused is nowhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { basisFact } from '../core/basis.fixture.ts';
import type { BasisFact, FactArrival, FrameFact, OrderFact } from '../core/observation.ts';
import { createOrderBook, effectiveAtMs } from '../core/order-book.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { decodePositions } from '../core/position-batch.ts';
import type { SourceKind } from '../core/source.ts';
import { epochMs } from '../core/time.ts';
import { decodeLines } from './log.ts';
import { createPipeline } from './pipeline.ts';

const START = Date.UTC(2026, 4, 1);
const DAY = 86_400_000;
const at = (day: number) => START + day * DAY;

const MOVEMENT: readonly SourceKind[] = ['rail', 'phone', 'bracelet'];
const SOURCES: readonly SourceKind[] = [...MOVEMENT, 'custody', 'roll-call'];

const day = fc.integer({ min: 0, max: 40 });
const sources = fc.subarray([...SOURCES], { minLength: 1 });
const span = fc.tuple(day, fc.integer({ min: 1, max: 30 }));

const basisOf = (
  names: readonly SourceKind[],
  [from, days]: readonly [number, number],
  id = 'b',
) => ({
  id,
  article: '第二十六条',
  documentNumber: '演示1号',
  approvedBy: '县局',
  sources: [...names],
  fromMs: at(from),
  untilMs: at(from + days),
});

const order = fc.record({
  kind: fc.constant('order' as const),
  made: day,
  action: fc.constantFrom('start', 'change', 'change', 'end'),
  category: fc.constantFrom('cc', 'ra'),
  from: fc.integer({ min: 0, max: 10 }),
  days: fc.integer({ min: 10, max: 60 }),
  bases: fc.array(fc.tuple(sources, span), { maxLength: 2 }),
});

const recorded = fc.record({
  kind: fc.constant('basis' as const),
  made: day,
  action: fc.constantFrom('start', 'start', 'renew', 'end'),
  basisId: fc.constantFrom('m1', 'm2'),
  sources: fc.oneof(
    sources,
    fc.constantFrom(...SOURCES).map((one) => [one]),
  ),
  span,
});

const report = fc.record({
  kind: fc.constant('report' as const),
  /** Half days, so that begins and ends are met exactly and missed. */
  halfDay: fc.integer({ min: 0, max: 90 }),
  source: fc.constantFrom(...SOURCES),
  as: fc.constantFrom('position', 'fact'),
});

type Step =
  | (typeof order extends fc.Arbitrary<infer T> ? T : never)
  | (typeof recorded extends fc.Arbitrary<infer T> ? T : never)
  | (typeof report extends fc.Arbitrary<infer T> ? T : never);

const first = orderFact('P', {
  atMs: at(0),
  sources: ['custody'],
  fromMs: at(0),
  untilMs: at(50),
});

test('keeps exactly what a paper of that very instant allows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(order, recorded, recorded, report, report, report), { maxLength: 40 }),
      (steps: Step[]) => {
        const pipeline = createPipeline(
          {
            orders: createOrderBook(),
            directory: { resolve: () => undefined },
            locator: () => 511_722,
          },
          { partitions: 1 },
        );
        const papers: FrameFact[] = [first];
        feed(pipeline, { facts: [first as unknown as FactArrival] });
        for (const [index, step] of steps.entries()) {
          if (step.kind !== 'report') {
            const paper = paperOf(step, index);
            papers.push(paper);
            feed(pipeline, { facts: [paper as unknown as FactArrival] });
            continue;
          }
          const atMs = at(step.halfDay / 2);
          const canary = `canary-${index}`;
          const kept = feed(pipeline, deliveryOf(step, { atMs, canary, index }));
          const allowed = modelOpens(papers, step.source, atMs);
          expect(kept.reports).toBe(allowed ? 1 : 0);
          if (allowed) continue;
          // Neither the log nor the dead letters know anything of it.
          expect(kept.everything).not.toContain(canary);
          expect(kept.everything).not.toContain(String(107.5 + index / 1_000));
          expect(kept.deadLetters).toBe(0);
        }
      },
    ),
    { numRuns: 300 },
  );
});

function modelOpens(papers: readonly FrameFact[], source: SourceKind, atMs: number): boolean {
  const begun = papers
    .filter((paper): paper is OrderFact => paper.kind === 'order')
    .filter((paper) => effectiveAtMs(paper) <= atMs)
    .toSorted(
      (a, b) => effectiveAtMs(a) - effectiveAtMs(b) || a.atMs - b.atMs || (a.id > b.id ? 1 : -1),
    );
  const inForce = begun.at(-1);
  if (!inForce || inForce.action === 'end' || atMs >= inForce.untilMs) return false;
  const isClosedByDefault = inForce.category === 'ra' && MOVEMENT.includes(source);
  const runs = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }) =>
    fromMs <= atMs && atMs < untilMs;
  const listed = inForce.bases.some((basis) => basis.sources.includes(source) && runs(basis));
  if (listed && !isClosedByDefault) return true;
  const versions = papers.filter((paper): paper is BasisFact => paper.kind === 'basis');
  return versions.some(
    (paper) =>
      paper.action !== 'end' &&
      paper.sources.includes(source) &&
      runs(paper) &&
      (!isClosedByDefault || paper.sources.length === 1) &&
      !versions.some(
        (other) => other.action === 'end' && other.basisId === paper.basisId && other.atMs <= atMs,
      ),
  );
}

/** No two are made at one instant: which of two counts then is up to the ids ingest gives them. */
function paperOf(step: Exclude<Step, { kind: 'report' }>, place: number): FrameFact {
  const atMs = at(step.made) + place + 1;
  if (step.kind === 'order') {
    return orderFact('P', {
      atMs,
      action: step.action,
      category: step.category,
      bases: step.bases.map(([names, days], index) => basisOf(names, days, `b${index}`)),
      fromMs: at(step.from),
      untilMs: at(step.from + step.days),
    });
  }
  const [from, days] = step.span;
  return basisFact('P', {
    atMs,
    action: step.action,
    basisId: step.basisId,
    sources: step.sources,
    fromMs: at(from),
    untilMs: at(from + days),
  });
}

function deliveryOf(
  { source, as }: Extract<Step, { kind: 'report' }>,
  { atMs, canary, index }: { atMs: number; canary: string; index: number },
) {
  const common = { subject: 'P', atMs: epochMs(atMs), source: `${source}/feed` };
  if (as === 'position') {
    const builder = createPositionBuilder();
    builder.add({ ...common, lng: 107.5 + index / 1_000, lat: 31.3 });
    return { positions: builder.drain() };
  }
  return {
    facts: [
      {
        kind: 'lodging',
        ...common,
        sequence: index,
        lodgingId: canary,
        action: 'in',
        place: canary,
        at: '511722',
      } as unknown as FactArrival,
    ],
  };
}

function feed(pipeline: ReturnType<typeof createPipeline>, delivery: object) {
  const processed = pipeline.process([delivery], { watermarkMs: epochMs(START) });
  const entries = processed.batches.flatMap((batch) => batch.entries);
  const facts = entries
    .filter(({ kind }) => kind === 'lines')
    .flatMap(({ payload }) => decodeLines<{ kind: string }>(payload));
  const positions = entries
    .filter(({ kind }) => kind === 'positions')
    .map(({ payload }) => decodePositions(payload));
  const placed = positions.reduce((sum, batch) => sum + batch.length, 0);
  const places = positions.flatMap((batch) => [...batch.lng.subarray(0, batch.length)]);
  return {
    reports: placed + facts.filter(({ kind }) => kind === 'lodging').length,
    deadLetters: processed.deadLetters.length,
    everything: JSON.stringify([facts, places, processed.tallies, processed.receipts]),
  };
}
