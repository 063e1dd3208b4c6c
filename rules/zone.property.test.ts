import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../core/finding.ts';
import { createEngine, type EngineInput } from './engine.ts';
import { derive, verifyAlert } from './verify.ts';
import { judgeBySlowness } from './zone-oracle.fixture.ts';
import { createZoneWorld, recordsOfWorld, type ZoneWorld } from './zone-world.fixture.ts';

const run = (
  world: ZoneWorld,
  records: readonly EngineInput[],
  cut = records.length,
): Finding[] => {
  // The oracle judges what the rule says by itself.
  const alone = { ...world, corrects: false };
  const first = createEngine(alone);
  const before = records.slice(0, cut).flatMap((record) => first.step(record));
  const second = createEngine(alone, structuredClone(first.snapshot()));
  return [...before, ...records.slice(cut).flatMap((record) => second.step(record))];
};

/** A finding as the oracle writes it: instant, what, instants of the evidence. */
function lineOf(finding: Finding): string {
  const { atMs } = finding;
  if (finding.kind === 'suppressed') return `${atMs} suppressed ${finding.because} []`;
  const fixes = finding.evidence.filter(({ kind }) => kind === 'position').map((one) => one.atMs);
  if (finding.kind !== 'raised') return `${atMs} ${finding.kind} [${fixes.join(' ')}]`;
  const late = finding.late ? ' late' : '';
  return `${atMs} raised${late} ${finding.level} [${fixes.join(' ')}]`;
}

const linesOf = (findings: readonly Finding[]) => findings.map(lineOf).sort();

const seeds = fc.nat(1_000_000_000);
const cuts = fc.record({ seed: fc.nat(1_000), at: fc.double({ min: 0, max: 1, noNaN: true }) });

/** Thousands of small worlds take their time on a busy machine. */
const LONG = { timeout: 240_000 };

describe('a zone rule of any form', () => {
  test('agrees with the oracle, however the log is cut and wherever it is resumed', LONG, () => {
    fc.assert(
      fc.property(seeds, cuts, (worldSeed, { seed, at }) => {
        const world = createZoneWorld(worldSeed);
        const records = recordsOfWorld(world, seed);
        const found = run(world, records, Math.floor(at * records.length));
        expect(linesOf(found)).toEqual(judgeBySlowness(world.oracle, world.events));
      }),
      { numRuns: 1_000 },
    );
  });

  test('says something in these worlds, in every relation and of every zone', LONG, () => {
    const said = new Map<string, number>();
    for (let seed = 0; seed < 600; seed++) {
      const world = createZoneWorld(seed);
      const { zone, relation, schedule, crossing } = world.oracle.params;
      for (const finding of run(world, recordsOfWorld(world, seed))) {
        if (finding.kind !== 'raised') continue;
        const names = [
          relation,
          typeof zone === 'string' ? zone : 'named',
          ...(schedule ? ['schedule'] : []),
          ...(crossing && 'passedM' in finding.values ? ['passage'] : []),
          ...(finding.late ? ['late'] : []),
          ...(finding.evidence.some((one) => one.kind === 'position' && one.atMs === finding.atMs)
            ? []
            : ['at a window']),
        ];
        for (const name of names) said.set(name, (said.get(name) ?? 0) + 1);
      }
    }
    for (const name of [
      'outside',
      'inside',
      'enter',
      'exit',
      'order-area',
      'home',
      'prohibited',
      'named',
      'schedule',
      'passage',
      'late',
      'at a window',
    ]) {
      // The rare ones need a late fix or a window at the right moment.
      const least = name === 'late' ? 5 : name === 'at a window' ? 10 : 25;
      expect(said.get(name) ?? 0, name).toBeGreaterThanOrEqual(least);
    }
  });

  test('every alert is cleared once, at the latest when the order ends', LONG, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = createZoneWorld(seed);
        const found = run(world, recordsOfWorld(world, 1));
        const idsOf = (kind: string) =>
          found
            .flatMap((one) => (one.kind === kind && 'alertId' in one ? [one.alertId] : []))
            .sort();
        expect(idsOf('cleared')).toEqual(idsOf('raised'));
        for (const one of found) {
          if (one.kind !== 'cleared') continue;
          const raised = found.find(
            (other) => other.kind === 'raised' && other.alertId === one.alertId,
          );
          expect(one.atMs).toBeGreaterThanOrEqual(raised?.atMs as number);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('every alert proves itself from its evidence alone, and needs each item of it', LONG, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = createZoneWorld(seed);
        const raised = run(world, recordsOfWorld(world, 2)).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          expect(verifyAlert(finding, world)).toMatchObject({
            proven: true,
            finding: { level: finding.level, values: finding.values },
          });
          const orders = finding.evidence.filter(({ kind }) => kind === 'order').length;
          for (const [index, item] of finding.evidence.entries()) {
            // Where evidence came about under several orders, one may stand in for another.
            if (item.kind === 'order' && orders > 1) continue;
            const evidence = finding.evidence.filter((_, other) => other !== index);
            const again = derive({ ...finding, evidence }, world);
            expect(
              again.some(({ alertId }) => alertId === finding.alertId),
              `without its ${item.kind} of ${item.atMs}`,
            ).toBe(false);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('cell fixes alone never raise above level 3', LONG, () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = createZoneWorld(seed);
        for (const finding of run(world, recordsOfWorld(world, 3))) {
          if (finding.kind !== 'raised' || finding.level === 3) continue;
          const fixes = finding.evidence.flatMap((one) =>
            one.kind === 'position' ? [one.fix] : [],
          );
          expect(new Set(fixes)).not.toEqual(new Set(['cell']));
        }
      }),
      { numRuns: 300 },
    );
  });
});
