// Whatever becomes known late, in whatever order: what stands at the end is what a slow judge says who knows
// everything. Where a log may be cut is said in docs/adr/0009-corrections.md.

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findingSchema,
  type CorrectedFinding,
  type Finding,
  type RaisedFinding,
} from '../core/finding.ts';
import { takesBack, type Observation } from '../core/observation.ts';
import { sourceKindOf } from '../core/source.ts';
import { EVIDENCE_ORDERS, inputsOf, type EvidenceOrder } from './claim-inputs.ts';
import { createEngine, type EngineDeps, type EngineInput, type EngineSnapshot } from './engine.ts';
import { createFactStream, everyKind, everyKindSurroundings } from './every-kind.fixture.ts';
import { withLateKnowledge } from './late-knowledge.fixture.ts';
import { loadRulebook } from './rulebook.ts';
import { createStream, recordsOf, squareAreas, type Stream } from './stream.fixture.ts';

const dazhou = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));

const worlds: { name: string; deps: EngineDeps; streamOf: (seed: number) => Stream }[] = [
  {
    name: 'the Dazhou pack',
    deps: { rulebook: dazhou, areas: squareAreas },
    streamOf: (seed) =>
      withLateKnowledge(createStream(seed, { persons: 3, minutes: 300 }), seed, 0.03),
  },
  {
    name: 'rules of every kind',
    deps: { rulebook: everyKind, ...everyKindSurroundings },
    streamOf: (seed) => withLateKnowledge(createFactStream(seed, { persons: 3 }), seed),
  },
];

const seeds = fc.nat(1_000_000);

const textOf = (findings: readonly Finding[]) =>
  findings
    .map((finding) => `${finding.atMs} ${finding.id} ${JSON.stringify(finding)}`)
    .sort()
    .join('\n');

/** Which clock of the person an alert is about, where a rule has several. */
const matterOf = ({ values }: RaisedFinding | CorrectedFinding) => [
  values['leaveId'],
  values['caseId'],
  values['stage'],
];

const isCorrected = (finding: Finding): finding is CorrectedFinding => finding.kind === 'corrected';

describe.each(worlds)('with $name', ({ deps, streamOf }) => {
  const run = (records: readonly EngineInput[], snapshot?: EngineSnapshot): Finding[] => {
    const engine = createEngine(deps, snapshot);
    return records.flatMap((record) => engine.step(record));
  };

  test('alerts are withdrawn, regraded and met again in these streams, for every reason', () => {
    const corrections = Array.from({ length: 60 }, (_, seed) => run(recordsOf(streamOf(seed))))
      .flat()
      .filter(isCorrected);
    for (const one of corrections) findingSchema.parse(one);
    const shares = (nameOf: (one: CorrectedFinding) => string) =>
      Map.groupBy(corrections, nameOf)
        .values()
        .map((group) => group.length)
        .toArray();
    const reasons = shares(({ because }) => because.reason);
    expect(reasons.length).toBeGreaterThan(3);
    expect(Math.min(...reasons)).toBeGreaterThanOrEqual(5);
    const turns = shares(({ outcome, was }) => `${outcome} ${was}`);
    expect(turns).toHaveLength(3);
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(10);
  });

  test('each correction is of an alert raised before, says what it was, and comes once', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const standing = new Map<string, { is: 'standing' | 'withdrawn'; level: number }>();
        const matters = new Map<string, unknown>();
        const ids = new Set<string>();
        for (const finding of run(recordsOf(streamOf(seed), { rowsMax: 1 }))) {
          if (finding.kind === 'raised') {
            expect(standing.has(finding.alertId), 'raised twice').toBe(false);
            standing.set(finding.alertId, { is: 'standing', level: finding.level });
            matters.set(finding.alertId, matterOf(finding));
          }
          if (!isCorrected(finding)) continue;
          expect(ids.has(finding.id)).toBe(false);
          ids.add(finding.id);
          const before = standing.get(finding.alertId);
          expect(before).toEqual({ is: finding.was, level: finding.wasLevel });
          if (finding.outcome === 'regraded') {
            expect(matterOf(finding)).toEqual(matters.get(finding.alertId));
          }
          const is = finding.outcome === 'withdrawn' ? 'withdrawn' : 'standing';
          standing.set(finding.alertId, { is, level: finding.level });
        }
      }),
      // An order recorded late ends a leave of before, another one would have taken it up again.
      { numRuns: 25, examples: [[660_753]] },
    );
  });

  test('the same is said with 1 and with 8 partitions, in any batches that begin with what changes the past, and twice told is told once', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 100 }), (seed, rowsMax) => {
        const stream = streamOf(seed);
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

  test('resumed from a snapshot taken anywhere the same is said', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
        const records = recordsOf(streamOf(seed), { rowsMax: 8 });
        const cut = Math.floor(records.length * where);
        const engine = createEngine(deps);
        const before = records.slice(0, cut).flatMap((record) => engine.step(record));
        const after = run(records.slice(cut), structuredClone(engine.snapshot()));
        expect(textOf([...before, ...after])).toBe(textOf(run(records)));
      }),
      { numRuns: 25 },
    );
  });

  test('what stands at the end is what one says who knows everything', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const stream = streamOf(seed);
        const records = recordsOf(stream, { rowsMax: 1 });
        const engine = createEngine(deps);
        const raised: { finding: RaisedFinding; record: number }[] = [];
        const last = new Map<string, CorrectedFinding>();
        const metAgain = new Set<string>();
        for (const [record, input] of records.entries()) {
          for (const finding of engine.step(input)) {
            if (finding.kind === 'raised') raised.push({ finding, record });
            if (!isCorrected(finding)) continue;
            last.set(finding.alertId, finding);
            if (finding.because.reason === 'met-again') metAgain.add(finding.alertId);
          }
        }
        for (const { finding, record } of raised) {
          // What was met again rests on what came later; cases of its own test that.
          if (metAgain.has(finding.alertId)) continue;
          const correction = last.get(finding.alertId);
          const level = correction ? correction.level : finding.level;
          const stands = correction?.outcome === 'withdrawn' ? 'withdrawn' : level;
          const judged = judge(finding, stream.events.slice(record - 1), { deps, stream });
          expect(stands, `${finding.ruleId} of ${finding.subject} at ${finding.atMs}`).toBe(judged);
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** The level at which an alert stands once everything is known, by going through everything again. */
function judge(
  finding: RaisedFinding,
  since: Stream['events'],
  { deps, stream }: { deps: EngineDeps; stream: Stream },
): RaisedFinding['level'] | 'withdrawn' {
  const compiled = deps.rulebook.rules.find(({ rule }) => rule.id === finding.ruleId);
  if (!compiled) throw new Error('a rule of the rulebook');
  const { rule } = compiled;
  const seen = finding.evidence.filter(({ kind }) => kind !== 'order');
  const oldestMs = Math.min(finding.atMs, ...seen.map(({ atMs }) => atMs));
  const knownMs = Math.max(finding.atMs, ...seen.map(({ receivedAtMs }) => receivedAtMs));
  const all = stream.events
    .filter(({ subject }) => subject === finding.subject)
    .map(({ fact, position }) => (fact ?? position) as Observation);
  const rest = since
    .filter(({ subject }) => subject === finding.subject)
    .map(({ fact, position }) => (fact ?? position) as Observation);
  const isSilence = rule.kind === 'absence' && 'sources' in rule.params;
  const bears = (one: Observation): boolean => {
    if (['order', 'leave', 'retraction'].includes(one.kind)) return false;
    if (isSilence && rule.kind === 'absence' && 'sources' in rule.params) {
      return rule.params.sources.includes(sourceKindOf(one.source));
    }
    if (rule.kind === 'deadline' && 'term' in rule.params) return false;
    const places =
      rule.kind === 'zone'
        ? rule.params
        : rule.kind === 'count' && 'visits' in rule.params
          ? rule.params.visits
          : undefined;
    if (!places) return one.kind !== 'position' && rule.kind !== 'keyword';
    return (
      one.kind === 'position' &&
      places.fixKinds.some((kind) => kind === one.fix) &&
      !one.labels.some((label) => ['noFix', 'impossibleSpeed', 'staleFix'].includes(label))
    );
  };
  const isNew = (one: Observation) => !finding.evidence.some(({ id }) => id === one.id);
  const added = rest
    .slice(1)
    .filter((one) => bears(one) && isNew(one))
    .filter(({ atMs }) => atMs >= oldestMs && atMs <= finding.atMs)
    .filter(({ kind, receivedAtMs }) => kind !== 'position' || receivedAtMs > knownMs);
  const after =
    rule.kind === 'zone' && !finding.late
      ? rest.filter((one) => bears(one) && isNew(one) && one.atMs > finding.atMs).slice(0, 8)
      : [];
  const retractions = all.filter((one) => one.kind === 'retraction');
  const counts = (one: Observation) =>
    isSilence || !retractions.some((retraction) => takesBack(retraction, one));
  const orders = all.filter((one) => one.kind === 'order' || one.kind === 'leave');
  const isExact = rule.kind === 'absence' || rule.kind === 'deadline';
  const again = (
    by: EvidenceOrder,
    known: typeof orders,
    seenThen: Observation[],
    more: Observation[],
  ) => {
    const engine = createEngine({
      ...deps,
      rulebook: { ...deps.rulebook, rules: [compiled] },
      corrects: false,
      known,
    });
    const untilMs =
      more.length === 0 ? finding.atMs : Math.max(finding.atMs, ...after.map(({ atMs }) => atMs));
    const raised = [
      ...inputsOf({ ...finding, evidence: seenThen }, by, more),
      { watermarkMs: untilMs },
    ]
      .flatMap((input) => engine.step(input))
      .filter((one) => one.kind === 'raised');
    return (
      raised.find(({ alertId }) => alertId === finding.alertId) ??
      raised.find(({ atMs }) => !isExact && atMs >= oldestMs)
    );
  };
  const by = EVIDENCE_ORDERS.find((one) => {
    const raised = again(one, [], finding.evidence, []);
    return raised?.alertId === finding.alertId && raised.level === finding.level;
  });
  // What cannot be proven cannot be disproven.
  if (!by) return finding.level;
  const evidence = finding.evidence.filter(counts);
  const more = [...added, ...after].filter(counts);
  return again(by, orders.filter(isNew), evidence, more)?.level ?? 'withdrawn';
}
