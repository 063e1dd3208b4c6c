// A change of a rule against history: two engines over the same records, candidate and baseline, what they
// find kept apart on disk, and from time to time everything needed to go on after a kill.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Finding } from '../../core/finding.ts';
import { canonicalJson, contentHash } from '../../core/ids.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { elapsedMs } from '../../core/time.ts';
import type { Change } from './changes.ts';
import type { CompiledRule } from '../../rules/compile.ts';
import { createEngine, type Engine, type EngineSnapshot } from '../../rules/engine.ts';
import type { Surroundings } from '../../rules/kind.ts';
import { rulebookOf } from '../../rules/rulebook.ts';
import { inputOf } from '../../rules/run.ts';
import { MERGE_DEFAULTS } from '../../alerts/merge.ts';
import {
  REPORT_FORMAT,
  type BacktestReport,
  type MinutesPerLevel,
} from '../api/backtest-report.ts';
import { alertsOf } from '../replay/to-alerts.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { openFindingSpool, SIDES, type Side } from './finding-spool.ts';
import type { HistorySource, Place } from './history-source.ts';
import { digestOf, nothingSeen, seeFacts, seePositions, type Seen } from './observation-digest.ts';
import { createReduction } from './reduce.ts';

export type Backtest = {
  readonly candidate: CompiledRule;
  readonly baseline: CompiledRule | undefined;
  /** Event time: from ≤ t < until. What lies before builds the state at the start. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly minutesPerLevel: MinutesPerLevel;
};

export type BacktestDeps = Surroundings & {
  readonly source: HistorySource;
  /** Where findings and checkpoints lie while it runs. */
  readonly folder: string;
  readonly onProgress?: (so: { observations: number; share: number; reachedMs: number }) => void;
  /** Called when all is read, before the two sides are told apart. */
  readonly onCompare?: () => void;
  /** Given every alert that is not what it was. */
  readonly onChange?: (change: Change) => void;
  /** Looked at between records; where it stands is saved before it is heeded. */
  readonly signal?: AbortSignal | undefined;
};

export type BacktestOptions = {
  /** Go on from the checkpoint in the folder, if it is one of this backtest. */
  readonly resume: boolean;
  /** Time between checkpoints. */
  readonly checkpointMs: number;
};

export const BACKTEST_DEFAULTS: BacktestOptions = { resume: false, checkpointMs: 30_000 };

/** The event loop gets a turn this often. */
const TURN_MS = 50;

type Suppressed = Record<Side, Record<string, number>>;

/** Plain data. */
type Reached = {
  place: Place;
  engines: Record<Side, EngineSnapshot>;
  seen: Seen;
  suppressed: Suppressed;
  spooled: readonly number[];
};

/** Evaluates and reports. Rejects with the signal's reason when stopped. */
export async function runBacktest(
  deps: BacktestDeps,
  backtest: Backtest,
  options: BacktestOptions = BACKTEST_DEFAULTS,
): Promise<BacktestReport> {
  const { source, folder } = deps;
  const identity = identityOf(backtest, source);
  const saved = options.resume ? loadCheckpoint<Reached>(folder, identity) : undefined;
  const spool = openFindingSpool(folder, saved?.spooled);
  const seen = saved?.seen ?? nothingSeen();
  const suppressed: Suppressed = saved?.suppressed ?? { baseline: {}, candidate: {} };
  const open = openEngines(deps, backtest);
  let engines = open(saved?.engines);
  let place = saved?.place ?? (await source.begin());
  let savedAtMs = elapsedMs();

  const keep = (side: Side, finding: Finding) => {
    if (finding.atMs >= backtest.untilMs) return;
    if (finding.kind !== 'suppressed') spool.add(side, finding);
    else if (finding.atMs >= backtest.fromMs) {
      const counts = suppressed[side];
      counts[finding.because] = (counts[finding.because] ?? 0) + 1;
    }
  };

  const save = () => {
    saveCheckpoint<Reached>(folder, identity, {
      place,
      engines: { baseline: engines.baseline.snapshot(), candidate: engines.candidate.snapshot() },
      seen,
      suppressed,
      spooled: spool.lengths(),
    });
    savedAtMs = elapsedMs();
  };
  let turnedAtMs = elapsedMs();

  for await (const { entry, after, isRegister } of source.entries(place, backtest.untilMs)) {
    if (after.lane !== place.lane) engines = open();
    const input = inputOf(entry);
    if (!isRegister) {
      if (input.positions) seePositions(seen, input.positions, backtest);
      seeFacts(seen, input.facts ?? [], backtest);
    }
    for (const side of SIDES) {
      for (const finding of engines[side].step(input)) keep(side, finding);
    }
    place = after;
    const observations = seen.observations + seen.before;
    deps.onProgress?.({ observations, share: source.progress(), reachedMs: entry.watermarkMs });
    // A log read from memory never waits: nobody could stop it, or hear how far it is.
    if (elapsedMs() - turnedAtMs >= TURN_MS) {
      await nextTurn();
      turnedAtMs = elapsedMs();
    }
    if (deps.signal?.aborted) {
      save();
      deps.signal.throwIfAborted();
    }
    if (elapsedMs() - savedAtMs >= options.checkpointMs) save();
  }
  deps.onCompare?.();

  const reduction = createReduction(backtest, deps.onChange);
  for (const { baseline, candidate } of spool.parts()) {
    await nextTurn();
    deps.signal?.throwIfAborted();
    reduction.add({ baseline: alertsOf(baseline), candidate: alertsOf(candidate) });
  }
  return reportOf(backtest, { seen, suppressed, figures: reduction.figures() });
}

/** What makes two backtests the same one. */
const identityOf = (backtest: Backtest, { identity }: HistorySource): string => {
  const { candidate, baseline, fromMs, untilMs } = backtest;
  const versions = [candidate.version, candidate.rule.status, baseline?.version ?? null];
  return contentHash(canonicalJson([candidate.rule.id, versions, fromMs, untilMs, identity]));
};

function openEngines(surroundings: Surroundings, { candidate, baseline }: Backtest) {
  const engine = (rule: CompiledRule | undefined, snapshot?: EngineSnapshot): Engine => {
    const active = rule && { ...rule, rule: { ...rule.rule, status: 'active' as const } };
    const rulebook = rulebookOf(candidate.pack, active ? [{ compiled: active, source: '' }] : []);
    return createEngine({ ...surroundings, rulebook }, snapshot);
  };
  // A rule is retired by a candidate that says so: nothing is left to evaluate.
  const after = candidate.rule.status === 'retired' ? undefined : candidate;
  return (snapshots?: Record<Side, EngineSnapshot>): Record<Side, Engine> => ({
    baseline: engine(baseline, snapshots?.baseline),
    candidate: engine(after, snapshots?.candidate),
  });
}

function reportOf(
  { candidate, baseline, fromMs, untilMs, minutesPerLevel }: Backtest,
  found: {
    seen: Seen;
    suppressed: Suppressed;
    figures: ReturnType<ReturnType<typeof createReduction>['figures']>;
  },
): BacktestReport {
  const { seen, suppressed, figures } = found;
  const { observations, before, firstMs, lastMs } = seen;
  const sorted = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const content: Omit<BacktestReport, 'id'> = {
    format: REPORT_FORMAT,
    ruleId: candidate.rule.id,
    candidate: {
      version: candidate.version,
      status: candidate.rule.status === 'retired' ? 'retired' : 'active',
    },
    baseline: baseline ? { version: baseline.version } : null,
    span: { fromMs, untilMs, days: Math.round(((untilMs - fromMs) / DAY_MS) * 1_000) / 1_000 },
    history: { observations, before, firstMs, lastMs, digest: digestOf(seen) },
    parameters: { minutesPerLevel, mergeWithinMs: MERGE_DEFAULTS.mergeWithinMs },
    ...figures,
    suppressed: {
      baseline: sorted(suppressed.baseline),
      candidate: sorted(suppressed.candidate),
    },
  };
  const { format, ...rest } = content;
  return { format, id: reportId(content), ...rest };
}

/** The id of a report: the hash of everything else in it. */
export const reportId = (report: Omit<BacktestReport, 'id'> & { readonly id?: string }): string => {
  const { id: _id, ...content } = report;
  return contentHash(canonicalJson(content));
};
