import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../core/finding.ts';
import { findingSchema } from '../core/finding.ts';
import { createEngine, type EngineInput, type EngineSnapshot } from './engine.ts';
import { loadRulebook } from './rulebook.ts';
import { createStream, recordsOf, squareAreas as areas } from './stream.fixture.ts';
import { derive, verifyAlert } from './verify.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));
const deps = { rulebook, areas };
const seeds = fc.nat(1_000_000);

const run = (records: readonly EngineInput[], snapshot?: EngineSnapshot): Finding[] => {
  const engine = createEngine(deps, snapshot);
  return records.flatMap((record) => engine.step(record));
};

/** The canonical text of findings: order of event time, then id. */
const textOf = (findings: readonly Finding[]) =>
  findings
    .map((finding) => `${finding.atMs} ${finding.id} ${JSON.stringify(finding)}`)
    .sort()
    .join('\n');

describe('the engine', () => {
  test('says something in these streams: each kind of finding and most rules occur', () => {
    const findings = Array.from({ length: 40 }, (_, seed) =>
      run(recordsOf(createStream(seed))),
    ).flat();
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(
      new Set(['raised', 'cleared', 'suppressed', 'corrected']),
    );
    const raisedBy = new Set(
      findings.filter(({ kind }) => kind === 'raised').map(({ ruleId }) => ruleId),
    );
    expect([...raisedBy].sort()).toEqual([
      'area-exit',
      'curfew',
      'detention',
      'device-tamper',
      'key-venue',
      'leave-expiry',
      'prohibited-zone',
      'terminal-silent',
      'ticket-outside',
    ]);
    for (const finding of findings) findingSchema.parse(finding);
  });

  test('gives the same findings on every run and however the log is cut into batches', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 200 }), (seed, rowsMax) => {
        const stream = createStream(seed);
        const whole = textOf(run(recordsOf(stream)));
        expect(textOf(run(recordsOf(stream)))).toBe(whole);
        expect(textOf(run(recordsOf(stream, { rowsMax })))).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('gives the same findings with 1 and with 8 partitions', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const stream = createStream(seed, { persons: 12 });
        const one = textOf(run(recordsOf(stream)));
        const eight = Array.from({ length: 8 }, (_, partition) =>
          run(recordsOf(stream, { partition, partitions: 8 })),
        ).flat();
        expect(textOf(eight)).toBe(one);
      }),
      { numRuns: 40 },
    );
  });

  test('a snapshot taken anywhere carries on as if never stopped', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
        const records = recordsOf(createStream(seed), { rowsMax: 16 });
        const cut = Math.floor(records.length * where);
        const engine = createEngine(deps);
        const before = records.slice(0, cut).flatMap((record) => engine.step(record));
        const snapshot = structuredClone(engine.snapshot());
        const after = run(records.slice(cut), snapshot);
        expect(textOf([...before, ...after])).toBe(textOf(run(records)));
      }),
      { numRuns: 60 },
    );
  });

  test('every alert proves itself from its evidence alone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const finding of run(recordsOf(createStream(seed)))) {
          if (finding.kind !== 'raised') continue;
          expect(verifyAlert(finding, deps), `${finding.ruleId} at ${finding.atMs}`).toMatchObject({
            proven: true,
            finding: { alertId: finding.alertId, level: finding.level, values: finding.values },
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('evidence is minimal: without any one item the alert does not come', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const raised = run(recordsOf(createStream(seed))).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          for (const [index, item] of finding.evidence.entries()) {
            const evidence = finding.evidence.filter((_, other) => other !== index);
            const again = derive({ ...finding, evidence }, deps);
            expect(
              again.some(({ alertId }) => alertId === finding.alertId),
              `${finding.ruleId} without its ${item.kind}`,
            ).toBe(false);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('an order or leave that comes twice changes nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const records = recordsOf(createStream(seed), { rowsMax: 8 });
        const repeated = records.flatMap((record) => {
          const frames = (record.facts ?? []).filter(
            ({ kind }) => kind === 'order' || kind === 'leave',
          );
          return frames.length > 0 ? [record, { ...record, facts: frames }] : [record];
        });
        expect(textOf(run(repeated))).toBe(textOf(run(records)));
      }),
      { numRuns: 20 },
    );
  });

  test("time during which the platform was away is nobody's silence", () => {
    const stream = createStream(7, { persons: 1, minutes: 10 });
    const records = recordsOf(stream);
    const endMs = records.at(-1)?.watermarkMs as number;
    const HOUR = 3_600_000;
    const away = {
      watermarkMs: endMs + 5 * HOUR,
      gap: { fromMs: endMs, untilMs: endMs + 5 * HOUR },
    };
    const silent = (input: EngineInput[]) =>
      run([...records, ...input]).filter(
        ({ ruleId, kind }) => ruleId === 'terminal-silent' && kind === 'raised',
      );
    expect(silent([away])).toHaveLength(0);
    expect(silent([{ watermarkMs: endMs + 5 * HOUR }])).toHaveLength(1);
    const [raised] = silent([away, { watermarkMs: endMs + 8 * HOUR }]);
    expect(verifyAlert(raised as RaisedFinding, deps)).toMatchObject({ proven: true });
  });
});
