import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { createEngine, type EngineInput } from './engine.ts';
import { createPackWorld, recordsOfPack, type PackWorld } from './pack-world.fixture.ts';
import { loadRulebook } from './rulebook.ts';
import { derive, verifyAlert } from './verify.ts';
import { judgeWorld } from './world-oracle.fixture.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));
const calendar = createChinaCalendar();

/**
 * These worlds have orders and leaves, but no bases recorded beside them and nothing the gate refused. The two
 * rules about those are tried in their own files; the gate has its model in ingest/gate.property.test.ts.
 */
const BEYOND: ReadonlySet<string> = new Set(['basis-expiry', 'still-sending']);
const judged = {
  ...rulebook,
  rules: rulebook.rules.filter(({ rule }) => !BEYOND.has(rule.id)),
};

const run = (world: PackWorld, records: readonly EngineInput[]): Finding[] => {
  const engine = createEngine({ rulebook, areas: world.areas, calendar });
  return records.flatMap((record) => engine.step(record));
};

const kindOf = new Map(judged.rules.map(({ rule }) => [rule.id, rule.kind]));

/** A finding as the oracle writes it; what later knowledge corrects is judged in corrections.property. */
function linesOf(finding: Finding): string[] {
  if (finding.kind === 'corrected' || BEYOND.has(finding.ruleId)) return [];
  const { subject, ruleId, atMs } = finding;
  const what =
    finding.kind === 'suppressed'
      ? `suppressed ${finding.because}`
      : finding.kind === 'cleared'
        ? 'cleared'
        : `raised${finding.late ? ' late' : ''} ${finding.level}`;
  // Which fixes of two persons prove that they were together is not one thing only.
  const shown =
    finding.kind === 'suppressed' || kindOf.get(ruleId) === 'proximity' ? [] : finding.evidence;
  const instants = shown.filter(({ kind }) => kind !== 'order').map((one) => one.atMs);
  return [`${subject} ${ruleId} ${atMs} ${what} [${instants.join(' ')}]`];
}

const seeds = fc.nat(1_000_000_000);

const CHUNKS = 5;
const RUNS = 1_000 / CHUNKS;
const PROOF_RUNS = 60;
const LONG = { timeout: 240_000 };

describe('the Dazhou pack', () => {
  test.each(Array.from({ length: CHUNKS }, (_, index) => index + 1))(
    'says what the oracle says in random worlds, part %i',
    LONG,
    () => {
      const raised = new Map(judged.rules.map(({ rule }) => [rule.id, 0]));
      const kinds = new Map<string, number>();
      fc.assert(
        fc.property(seeds, fc.nat(1_000), (seed, cut) => {
          // Visits and terms want weeks; what happens by the minute has enough in some hours.
          const weeks = seed % 5 === 0;
          const world = createPackWorld(judged, seed, {
            persons: weeks ? 2 : 2 + (seed % 3),
            weeks,
          });
          const found = run(world, recordsOfPack(world, { seed: cut }));
          for (const { kind, ruleId } of found) {
            kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
            if (kind === 'raised' && !BEYOND.has(ruleId)) {
              raised.set(ruleId, (raised.get(ruleId) ?? 0) + 1);
            }
          }
          expect(found.flatMap(linesOf).sort()).toEqual(judgeWorld(world));
        }),
        { numRuns: RUNS },
      );
      expect(raised.size).toBe(19);
      for (const [ruleId, count] of raised) {
        expect(count, `alerts of ${ruleId}`).toBeGreaterThan(RUNS / 25);
      }
      for (const kind of ['raised', 'cleared', 'suppressed']) {
        expect(kinds.get(kind), `${kind} in all`).toBeGreaterThan(2 * RUNS);
      }
    },
  );

  test('proves every alert from its evidence alone, and needs each item of it', LONG, () => {
    let items = 0;
    fc.assert(
      fc.property(seeds, fc.nat(1_000), (seed, cut) => {
        const world = createPackWorld(judged, seed);
        const deps = { rulebook, areas: world.areas, calendar };
        for (const finding of run(world, recordsOfPack(world, { seed: cut }))) {
          if (finding.kind !== 'raised') continue;
          const { alertId, ruleId, level, values, evidence } = finding;
          expect(verifyAlert(finding, deps), ruleId).toMatchObject({
            proven: true,
            finding: { alertId, level, values },
          });
          const orders = evidence.filter(({ kind }) => kind === 'order').length;
          // Under several orders an earlier one can stand in for the one in force.
          for (const item of evidence.slice(orders > 1 ? 1 : 0)) {
            items++;
            const others = evidence.filter((other) => other !== item);
            const again = derive({ ...finding, evidence: others }, deps);
            // What an earlier paper of a term shows is from when the term is counted.
            const isThere = again.some(
              (one) =>
                one.alertId === alertId &&
                one.level === level &&
                isDeepStrictEqual(one.values, values),
            );
            expect(isThere, `${ruleId} without its ${item.kind}`).toBe(false);
          }
        }
      }),
      { numRuns: PROOF_RUNS },
    );
    expect(items).toBeGreaterThan(10 * PROOF_RUNS);
  });
});
