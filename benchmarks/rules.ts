// How many positions a second the rule engine takes, full Dazhou pack, from Arrow batches as they lie in
// the log, on one thread; against turf code and json-rules-engine on the same positions in the same loop.

import { contentHash } from '../core/ids.ts';
import { decodePositions } from '../core/position-batch.ts';
import { FIX_KINDS } from '../core/position-codes.ts';
import type { Finding, RaisedFinding } from '../core/finding.ts';
import { createEngine } from '../rules/engine.ts';
import { loadRulebook, type Rulebook } from '../rules/rulebook.ts';
import {
  describeMachine,
  rateCase,
  round,
  runInTurns,
  type BenchReport,
  type CaseResult,
  type Contender,
} from './bench.ts';
import { latencyCases, snapshotCases } from './rules-latency.ts';
import { runCel, runJsonRulesEngine, runTurf, type PlainPosition } from './rules-peers.ts';
import { createWorkload, indexOfPerson, maps, PACK, type Workload } from './rules-workload.ts';

const ROWS_PER_BATCH = 16_384;
/** The first are not timed: they ask once for everybody's order and alert about those who are away. */
const WARM_POSITIONS = 1_000_000;
const POSITIONS = 3_500_000;
/** Peers are slow: they get the first part of the same stream. */
const TURF_POSITIONS = 200_000;
const JSON_RULES_POSITIONS = 50_000;
const CEL_POSITIONS = 500_000;
/** turf takes ten minutes for everybody; it judges every fourth person, all the way. */
const JUDGED_SHARE = 4;

const rulebook = loadRulebook(PACK);
/** The rules the peers have too: their answers are compared. */
const COMPARED: ReadonlySet<string> = new Set(['area-exit', 'terminal-silent']);
const compared = {
  ...rulebook,
  rules: rulebook.rules.filter(({ rule }) => COMPARED.has(rule.id)),
};

export async function benchRules(runs: number, say: (line: string) => void): Promise<BenchReport> {
  const cases: CaseResult[] = [];
  say('building 3,500,000 positions of 10,000 persons');
  cases.push(...(await benchAgainstPeers(runs, say)));
  say('45 s of 5,000 positions a second');
  cases.push(...(await latencyCases(rulebook)));
  say('building 10,000,000 positions of 1,000,000 persons');
  cases.push(await benchManySubjects(runs, say));
  return { bench: 'rules', machine: describeMachine(), cases };
}

async function benchAgainstPeers(runs: number, say: (line: string) => void): Promise<CaseResult[]> {
  const workload = createWorkload({
    subjects: 10_000,
    positions: POSITIONS,
    rowsPerBatch: ROWS_PER_BATCH,
  });
  const plain = plainPositions(workload);
  say('asking turf for the right answer about every fourth person');
  const expected = answerOf(runTurf(workload.orders.filter(isJudged), plain.filter(isJudged)));
  const turfPart = plain.slice(0, TURF_POSITIONS);
  const jsonPart = plain.slice(0, JSON_RULES_POSITIONS);
  const celPart = plain.slice(0, CEL_POSITIONS);
  const trials = await runInTurns(
    [
      engineContender('engine, 10,000 persons', workload, { warmRows: WARM_POSITIONS, isJudged }),
      engineContender('engine, the two rules of the peers', workload, {
        book: compared,
        warmRows: WARM_POSITIONS,
        isJudged,
      }),
      {
        name: 'turf',
        units: turfPart.length,
        run: () => answerOf(runTurf(workload.orders, turfPart)),
      },
      {
        name: 'json-rules-engine',
        units: jsonPart.length,
        run: async () => answerOf(await runJsonRulesEngine(workload.orders, jsonPart)),
      },
      {
        name: 'conditions in CEL for every event',
        units: celPart.length,
        run: () =>
          answerOf(runCel(workload.orders, celPart, (county) => maps.areas.zoneOf([county]))),
      },
    ],
    runs,
    say,
  );
  const [engine, alone, turf, json, cel] = trials;
  if (!engine || !alone || !turf || !json || !cel) throw new Error('five contenders were given');
  const about = { metric: 'throughput', unit: 'positions/s' };
  const engineOn = (count: number) =>
    answerOf(runEngine(workload, plain[count - 1]?.atMs ?? 0, count));
  return [
    rateCase(engine, { ...about, expected, peers: [turf, json, cel] }),
    rateCase(alone, { ...about, expected, peers: [engine] }),
    rateCase(turf, { ...about, expected: engineOn(TURF_POSITIONS), peers: [] }),
    rateCase(json, { ...about, expected: engineOn(JSON_RULES_POSITIONS), peers: [] }),
    rateCase(cel, { ...about, expected: engineOn(CEL_POSITIONS), peers: [] }),
    ...(await snapshotCases(prepare(workload, workload.batches.length).engine, 10_000, runs)),
    stateCase(
      workload,
      engine.answers.every((answer) => answer === expected),
    ),
  ];
}

async function benchManySubjects(runs: number, say: (line: string) => void): Promise<CaseResult> {
  const workload = createWorkload({
    subjects: 1_000_000,
    positions: 10_000_000,
    rowsPerBatch: 65_536,
  });
  // The first minutes ask for every person's order once and raise 20,000 alerts about those who are away
  // from the start, which is not what this measures: 4,000,000 positions are timed once that is over.
  const contender = engineContender('engine, 1,000,000 persons', workload, {
    warmRows: 6_000_000,
  });
  const [trial] = await runInTurns([contender], Math.min(runs, 3), say);
  if (!trial) throw new Error('one contender was given');
  const expected = trial.answers[0] ?? '';
  return rateCase(trial, { metric: 'throughput', unit: 'positions/s', expected, peers: [] });
}

/** Steps a fresh engine through the batches; the first `warmRows` rows are not timed. */
function engineContender(
  name: string,
  workload: Workload,
  {
    warmRows,
    book = rulebook,
    isJudged = () => true,
  }: {
    warmRows: number;
    book?: Rulebook;
    /** Whose alerts are held against those of a peer. */
    isJudged?: (about: { subject: string }) => boolean;
  },
): Contender {
  const warmBatches = Math.ceil(warmRows / (workload.positions / workload.batches.length));
  let prepared: ReturnType<typeof prepare>;
  return {
    name,
    units: workload.positions - Math.min(workload.positions, rowsIn(workload, warmBatches)),
    prepare() {
      prepared = prepare(workload, warmBatches, book);
    },
    run() {
      const { engine, alerts } = prepared;
      let lastAtMs = 0;
      for (const bytes of workload.batches.slice(warmBatches)) {
        const positions = decodePositions(bytes);
        const watermarkMs = (positions.atMs[0] as number) - 1;
        collect(alerts, engine.step({ watermarkMs, positions }));
        lastAtMs = positions.atMs[positions.length - 1] as number;
      }
      collect(alerts, engine.step({ watermarkMs: lastAtMs }));
      return answerOf(linesOf(alerts.filter(isJudged)));
    },
  };
}

const rowsIn = (workload: Workload, batches: number) =>
  workload.batches.slice(0, batches).reduce((sum, bytes) => sum + decodePositions(bytes).length, 0);

/** An engine that knows the orders and has taken the first batches. */
function prepare(workload: Workload, warmBatches: number, book: Rulebook = rulebook) {
  const engine = createEngine({ rulebook: book, ...maps });
  const alerts: RaisedFinding[] = [];
  engine.step({ watermarkMs: 0, facts: workload.orders });
  for (const bytes of workload.batches.slice(0, warmBatches)) {
    const positions = decodePositions(bytes);
    collect(alerts, engine.step({ watermarkMs: (positions.atMs[0] as number) - 1, positions }));
  }
  return { engine, alerts };
}

/** The engine's alerts on the first `count` positions, position by position. */
function runEngine(workload: Workload, untilMs: number, count: number): string[] {
  const { engine, alerts } = prepare(workload, 0);
  let left = count;
  for (const bytes of workload.batches) {
    const positions = decodePositions(bytes);
    positions.length = Math.min(left, positions.length);
    left -= positions.length;
    if (positions.length === 0) break;
    collect(alerts, engine.step({ watermarkMs: (positions.atMs[0] as number) - 1, positions }));
  }
  collect(alerts, engine.step({ watermarkMs: untilMs }));
  return linesOf(alerts);
}

function collect(alerts: RaisedFinding[], findings: readonly Finding[]): void {
  for (const finding of findings) {
    if (finding.kind === 'raised' && COMPARED.has(finding.ruleId)) alerts.push(finding);
  }
}

const linesOf = (alerts: readonly RaisedFinding[]): string[] =>
  alerts.map(({ ruleId, subject, atMs }) => `${ruleId} ${subject} ${atMs}`).sort();

const isJudged = ({ subject }: { subject: string }): boolean =>
  indexOfPerson(subject) % JUDGED_SHARE === 0;

const answerOf = (lines: readonly string[]): string =>
  `${lines.length} ${contentHash(lines.join('\n')).slice(0, 16)}`;

function plainPositions(workload: Workload): PlainPosition[] {
  return workload.batches.flatMap((bytes) => {
    const batch = decodePositions(bytes);
    return Array.from({ length: batch.length }, (_, row) => ({
      subject: batch.subjects.at(batch.subject[row] as number),
      atMs: batch.atMs[row] as number,
      lng: batch.lng[row] as number,
      lat: batch.lat[row] as number,
      accuracyM: batch.accuracyM[row] as number,
      fix: FIX_KINDS[batch.fix[row] as number] as string,
    }));
  });
}

/** Kinds whose rules keep something about everyone whose positions come. */
const POSITION_KINDS: ReadonlySet<string> = new Set(['zone', 'absence', 'proximity']);

/** Bytes of a snapshot without the orders, per subject and rule that looks at positions. */
function stateCase(workload: Workload, answerOk: boolean): CaseResult {
  const { engine } = prepare(workload, workload.batches.length);
  const { rules, frame } = engine.snapshot();
  const bytes = bytesIn(rules) + bytesIn(frame);
  const looking = rulebook.rules.filter(({ rule }) => POSITION_KINDS.has(rule.kind)).length;
  const perSubjectAndRule = bytes / workload.subjects / looking;
  return {
    name: 'state per person and rule',
    metric: 'memory',
    unit: 'bytes',
    value: round(perSubjectAndRule),
    runs: 1,
    spread: 0,
    answerOk,
    vs: {},
  };
}

/** Bytes of typed arrays, numbers and texts anywhere inside a value. */
function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 8;
  const parts = value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
  return parts.reduce((sum: number, part) => sum + bytesIn(part), 0);
}
