// The loop around the engine: log records in, findings out, a snapshot now and then. One engine per
// partition. Findings are appended before the snapshot that includes them is saved, so after a crash some
// are appended again, with the same ids, and none is missing. Rules change only where a record of the log
// says so, hence at the same offset whenever it is read.

import { OperatingError, UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Forgotten } from '../core/forgotten.ts';
import type { Logger } from '../core/logger.ts';
import type { Fact } from '../core/observation.ts';
import { decodePositions } from '../core/position-batch.ts';
import { text } from '../core/text.ts';
import { elapsedMs, epochMs, ioClock, sleep, type EpochMs } from '../core/time.ts';
import { decodeLines, encodeLines, type Log, type LogEntry } from '../ingest/log.ts';
import { decodeTick } from '../ingest/watermark.ts';
import { createEngine, type Engine, type EngineInput } from './engine.ts';
import type { Watches } from './corrections.ts';
import { decodeForget, withoutPersons } from './forget.ts';
import type { Surroundings } from './kind.ts';
import { decodeRulebook, encodeMark, encodeRulebook, runningVersion } from './rulebook-mark.ts';
import type { Rulebook } from './rulebook.ts';
import { createSettling, type Settling } from './settle.ts';
import { decodeState, encodeState } from './state-bytes.ts';

/** Where the state of the engines is kept, each with the offset it belongs to. */
export type SnapshotStore = {
  load(partition: number): Promise<{ nextOffset: number; body: Uint8Array } | undefined>;
  save(partition: number, snapshot: { nextOffset: number; body: Uint8Array }): Promise<void>;
};

export type RulesOptions = {
  /** Records taken at a time; findings of one turn share an append. */
  recordsMax: number;
  /** Time between snapshots; after a crash so much of the log is evaluated again. */
  snapshotMs: number;
  /** True: holds everything until the watermark has passed it (settle.ts). */
  settles?: boolean;
};

export const RULES_DEFAULTS: RulesOptions = { recordsMax: 256, snapshotMs: 120_000 };

export type RulesDeps = {
  log: Log;
  /** The rules in force at the start; where a snapshot has others, a mark in the log changes them. */
  rulebook: Rulebook;
  surroundings: Surroundings;
  snapshots: SnapshotStore;
  logger: Logger;
  /** Called after each turn with what was found; for metrics. */
  onTurn?: (turn: { partition: number; findings: readonly Finding[] }) => void;
};

export type RulesRunner = {
  status(): readonly PartitionStatus[];
  /**
   * Has what is appended from now on evaluated with these rules: a mark goes into every partition that
   * has other rules. Resolves once the marks are in the log; rejects with OperatingError when they are not.
   */
  adopt(rulebook: Rulebook): Promise<void>;
  /** Finishes the turn, saves a snapshot and stops. */
  stop(): Promise<void>;
};

export type PartitionStatus = {
  readonly partition: number;
  readonly nextOffset: number;
  /** Event time the partition is complete to. */
  readonly watermarkMs: number;
  /** When the newest record taken was appended. */
  readonly appendedAtMs: number;
  /** Withdrawn alerts watched, and those given up since the log began. */
  readonly watches: Watches;
  /** What the partition is evaluated with, as `runningVersion` names it. */
  readonly rulebookVersion: string;
};

/** Runs the rules on the given partitions, all by default, from their snapshots. */
export async function startRules(
  deps: RulesDeps,
  options: RulesOptions = RULES_DEFAULTS,
  partitions: readonly number[] = Array.from({ length: deps.log.partitions }, (_, index) => index),
): Promise<RulesRunner> {
  const stopping = new AbortController();
  const runs = await Promise.all(partitions.map((partition) => openRun(deps, partition, options)));
  const running = Promise.all(runs.map((run) => loop(deps, run, options, stopping.signal)));
  return {
    status: () =>
      runs.map(({ partition, nextOffset, watermarkMs, appendedAtMs, rulebook, engine }) => ({
        partition,
        nextOffset,
        watermarkMs,
        appendedAtMs,
        rulebookVersion: runningVersion(rulebook),
        watches: engine.watches(),
      })),
    async adopt(rulebook) {
      for (const run of runs) await mark(deps.log, run, rulebook);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

type Run = {
  partition: number;
  engine: Engine;
  settling: Settling;
  rulebook: Rulebook;
  /** The version of the newest mark this program appended, or else of `rulebook`. */
  markedVersion: string;
  nextOffset: number;
  watermarkMs: EpochMs;
  appendedAtMs: number;
};

async function openRun(
  deps: RulesDeps,
  partition: number,
  { settles = false }: RulesOptions,
): Promise<Run> {
  const saved = await deps.snapshots.load(partition);
  const snapshot = saved && decodeState(saved.body);
  const rulebook = snapshot?.rulebook ? decodeRulebook(snapshot.rulebook) : deps.rulebook;
  const engine = createEngine({ rulebook, ...deps.surroundings }, snapshot);
  const nextOffset = saved?.nextOffset ?? 0;
  const { start, end } = await deps.log.bounds('observations', partition);
  if (end < nextOffset) {
    throw new UserError(
      'conflict',
      text(
        '日志比规则状态短，日志可能被替换或丢失',
        'the log is shorter than what the rules have read',
      ),
      { detail: `partition ${partition}: the log ends at ${end}, the rules are at ${nextOffset}` },
    );
  }
  if (start > nextOffset) {
    deps.logger.error('rules.records-missing', { partition, nextOffset, start });
  }
  const run: Run = {
    partition,
    engine,
    settling: createSettling({ settles }, snapshot?.settling),
    rulebook,
    // A log that begins here says from its first record on by which rules it is evaluated.
    markedVersion: end === 0 ? '' : runningVersion(rulebook),
    nextOffset,
    watermarkMs: epochMs(snapshot?.watermarkMs ?? 0),
    appendedAtMs: 0,
  };
  await retrying(deps.logger, undefined, () => mark(deps.log, run, deps.rulebook));
  return run;
}

/** Appends a mark unless the rules are in force or marked already; twice the same mark changes nothing. */
async function mark(log: Log, run: Run, rulebook: Rulebook): Promise<void> {
  const version = runningVersion(rulebook);
  if (version === run.markedVersion) return;
  const entries = [encodeMark(rulebook, run.watermarkMs)];
  await log.append('observations', [{ partition: run.partition, entries }]);
  run.markedVersion = version;
}

/** Goes on with other rules; gives what is to be said about episodes nobody watches any more. */
function changeRules(deps: RulesDeps, run: Run, rulebook: Rulebook): Finding[] {
  if (rulebook.version === runningVersion(run.rulebook)) return [];
  const snapshot = run.engine.snapshot();
  const engine = createEngine({ rulebook, ...deps.surroundings }, snapshot);
  const ended = run.engine.abandon(rulebook);
  run.engine = engine;
  run.rulebook = rulebook;
  deps.logger.info('rules.changed', { partition: run.partition, rulebook: rulebook.version });
  return ended;
}

/** Goes on as if these persons had never been. */
function forgetPersons(deps: RulesDeps, run: Run, persons: readonly Forgotten[]): Finding[] {
  if (persons.length === 0) return [];
  const snapshot = withoutPersons(run.engine.snapshot(), persons);
  run.engine = createEngine({ rulebook: run.rulebook, ...deps.surroundings }, snapshot);
  run.settling.drop(new Set(persons.map(({ subject }) => subject)));
  deps.logger.info('rules.forgot', { partition: run.partition, persons: persons.length });
  return [];
}

async function loop(
  deps: RulesDeps,
  run: Run,
  options: RulesOptions,
  stopping: AbortSignal,
): Promise<void> {
  let savedAtMs = elapsedMs();
  let savedOffset = run.nextOffset;
  const save = async () => {
    if (run.nextOffset === savedOffset) return;
    const rulebook = encodeRulebook(run.rulebook);
    const settling = run.settling.snapshot();
    const body = await encodeState({ ...run.engine.snapshot(), settling, rulebook });
    await deps.snapshots.save(run.partition, { nextOffset: run.nextOffset, body });
    savedAtMs = elapsedMs();
    savedOffset = run.nextOffset;
  };
  while (!stopping.aborted) {
    await retrying(deps.logger, stopping, () => turn(deps, run, options.recordsMax, stopping));
    if (elapsedMs() - savedAtMs >= options.snapshotMs) {
      await retrying(deps.logger, stopping, save);
    }
  }
  await save();
}

/**
 * Reads some records, steps the engine, appends what it found. The engine only steps once the records
 * are here, and a failed append is retried with the same findings, so no record is stepped twice.
 */
async function turn(
  deps: RulesDeps,
  run: Run,
  recordsMax: number,
  signal: AbortSignal,
): Promise<void> {
  const records = await deps.log.read('observations', run.partition, {
    offset: run.nextOffset,
    recordsMax,
    waitMs: 1_000,
    signal,
  });
  const last = records.at(-1);
  if (!last) return;
  const { hurried } = run.settling.status();
  const findings = records.flatMap((record) =>
    record.kind === 'rulebook'
      ? changeRules(deps, run, decodeRulebook(record.payload))
      : record.kind === 'forget'
        ? forgetPersons(deps, run, decodeForget(record.payload))
        : run.settling.take(inputOf(record)).flatMap((input) => run.engine.step(input)),
  );
  const more = run.settling.status().hurried - hurried;
  if (more > 0) deps.logger.warn('rules.settling-full', { partition: run.partition, judged: more });
  if (findings.length > 0) {
    const entry = {
      kind: 'lines' as const,
      watermarkMs: last.watermarkMs,
      payload: encodeLines(findings),
    };
    await retrying(deps.logger, undefined, () =>
      deps.log.append('findings', [{ partition: run.partition, entries: [entry] }]),
    );
  }
  run.nextOffset = last.offset + 1;
  run.watermarkMs = last.watermarkMs;
  run.appendedAtMs = last.appendedAtMs;
  deps.onTurn?.({ partition: run.partition, findings });
}

/** What the engine takes from a log record. */
export function inputOf(record: LogEntry): EngineInput {
  const { watermarkMs, payload } = record;
  switch (record.kind) {
    case 'positions':
      return { watermarkMs, positions: decodePositions(payload) };
    case 'lines':
      return { watermarkMs, facts: decodeLines<Fact>(payload) };
    case 'tick':
      return { watermarkMs, gap: decodeTick(payload) };
    case 'tally':
    case 'rulebook':
    case 'forget':
      return { watermarkMs };
  }
}

const PAUSE_MS_MAX = 5_000;

/** Runs until it succeeds; gives up on errors that will not pass, and when asked to stop. */
async function retrying(
  logger: Logger,
  signal: AbortSignal | undefined,
  run: () => Promise<void>,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
      logger.warn('rules.retry', { attempt, code: error.code });
      if (signal?.aborted) return;
      await sleep(ioClock, Math.min(PAUSE_MS_MAX, 50 * 2 ** attempt));
    }
  }
}
