import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../core/finding.ts';
import { findingSchema } from '../core/finding.ts';
import type { Observation } from '../core/observation.ts';
import { createEngine, type EngineInput, type EngineSnapshot } from './engine.ts';
import { createFactStream, everyKind, everyKindSurroundings } from './every-kind.fixture.ts';
import { recordsOf } from './stream.fixture.ts';
import { derive, verifyAlert } from './verify.ts';

/** Rules that can say the same at the same instant for another reason. */
const SAID_OF_OTHERS: ReadonlySet<string> = new Set(['test-location-lost', 'test-deadline']);

const deps = { rulebook: everyKind, ...everyKindSurroundings };
const seeds = fc.nat(1_000_000);

const run = (records: readonly EngineInput[], snapshot?: EngineSnapshot): Finding[] => {
  const engine = createEngine(deps, snapshot);
  return records.flatMap((record) => engine.step(record));
};

const textOf = (findings: readonly Finding[]) =>
  findings
    .map((finding) => `${finding.atMs} ${finding.id} ${JSON.stringify(finding)}`)
    .sort()
    .join('\n');

describe('rules of every kind', () => {
  test('all speak in these streams, and what each can clear is cleared', () => {
    const findings = Array.from({ length: 15 }, (_, seed) =>
      run(recordsOf(createFactStream(seed))),
    ).flat();
    for (const finding of findings) findingSchema.parse(finding);
    const rulesThat = (kind: Finding['kind']) =>
      [...new Set(findings.flatMap((one) => (one.kind === kind ? [one.ruleId] : [])))].sort();
    const ids = everyKind.rules.map(({ rule }) => rule.id).sort();
    expect(rulesThat('raised')).toEqual(ids);
    expect(rulesThat('cleared')).toEqual(ids.filter((id) => id !== 'test-keyword'));
    expect(
      findings.some((finding) => finding.kind === 'suppressed' && finding.because === 'cooldown'),
    ).toBe(true);
  });

  test('no alert is cleared that was not raised before, none twice', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const open = new Set<string>();
        const ended = new Set<string>();
        for (const finding of run(recordsOf(createFactStream(seed)))) {
          if (finding.kind === 'raised') {
            expect(open.has(finding.alertId) || ended.has(finding.alertId)).toBe(false);
            open.add(finding.alertId);
          } else if (finding.kind === 'cleared') {
            expect(open.delete(finding.alertId), `${finding.ruleId} at ${finding.atMs}`).toBe(true);
            ended.add(finding.alertId);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('say the same however the log is cut into records, and with 1 and with 8 partitions', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 200 }), (seed, rowsMax) => {
        const stream = createFactStream(seed, { persons: 4 });
        const whole = textOf(run(recordsOf(stream)));
        expect(textOf(run(recordsOf(stream, { rowsMax })))).toBe(whole);
        const eight = Array.from({ length: 8 }, (_, partition) =>
          run(recordsOf(stream, { partition, partitions: 8 })),
        ).flat();
        expect(textOf(eight)).toBe(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('resumed from a snapshot taken anywhere they say the same', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
        const records = recordsOf(createFactStream(seed), { rowsMax: 8 });
        const cut = Math.floor(records.length * where);
        const engine = createEngine(deps);
        const before = records.slice(0, cut).flatMap((record) => engine.step(record));
        const after = run(records.slice(cut), structuredClone(engine.snapshot()));
        expect(textOf([...before, ...after])).toBe(textOf(run(records)));
      }),
      { numRuns: 40 },
    );
  });

  test('prove every alert from its evidence alone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const finding of run(recordsOf(createFactStream(seed)))) {
          if (finding.kind !== 'raised') continue;
          expect(verifyAlert(finding, deps), `${finding.ruleId} at ${finding.atMs}`).toMatchObject({
            proven: true,
            finding: { level: finding.level, values: finding.values },
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  test('evidence is minimal: without any one item the alert does not come', () => {
    const items = new Map<string, number>();
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const finding of run(recordsOf(createFactStream(seed)))) {
          if (finding.kind !== 'raised') continue;
          for (const needed of neededOf(finding)) {
            items.set(finding.ruleId, (items.get(finding.ruleId) ?? 0) + 1);
            const evidence = finding.evidence.filter((other) => !needed.includes(other));
            const again = derive({ ...finding, evidence }, deps).filter(
              ({ alertId, values }) =>
                alertId === finding.alertId &&
                // The same may be said of another reason: a place that was never known is lost as well, and a
                // clock that was stopped once less can warn at the same resumption. Then the values differ.
                (!SAID_OF_OTHERS.has(finding.ruleId) || isDeepStrictEqual(values, finding.values)),
            );
            expect(again, `${finding.ruleId} without its ${needed[0]?.kind}`).toEqual([]);
          }
        }
      }),
      { numRuns: 25 },
    );
    for (const { rule } of everyKind.rules) {
      expect(items.get(rule.id) ?? 0, `items of ${rule.id}`).toBeGreaterThan(25);
    }
  });
});

/** Each item alone; of several orders one can stand in for another, so these count together. */
function neededOf({ evidence }: RaisedFinding): readonly (readonly Observation[])[] {
  const orders = evidence.filter(({ kind }) => kind === 'order');
  const others = evidence.filter(({ kind }) => kind !== 'order');
  return [orders, ...others.map((one) => [one])];
}
