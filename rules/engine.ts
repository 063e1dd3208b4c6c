// ④ The rule engine: a state machine over log records. No clock, no chance, no I/O: the same records and
// the same rulebook give the same findings, and a snapshot taken anywhere carries on as if never stopped.

import { AssertionError, never } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { isFrameFact, type Fact, type FrameFact } from '../core/observation.ts';
import { createOrderBook, effectiveAtMs, type OrderBook } from '../core/order-book.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { SubjectTable, type SavedKeys } from '../core/subject-table.ts';
import { isRunning, type CompiledRule } from './compile.ts';
import { createCorrections, type Watches } from './corrections.ts';
import { Emitter } from './emitter.ts';
import { Frame } from './frame.ts';
import type { KindDeps, RuleMachine, Surroundings } from './kind.ts';
import { migrated } from './migration.ts';
import { runsOutMs } from './run-out.ts';
import { placeOf, savedRule, takesOver, type SavedRule } from './rule-state.ts';
import { createAbsenceMachine } from './kinds/absence.ts';
import { createCountMachine } from './kinds/count.ts';
import { createDeadlineMachine } from './kinds/deadline.ts';
import { createKeywordMachine } from './kinds/keyword.ts';
import { createMatchMachine } from './kinds/match.ts';
import { createProximityMachine } from './kinds/proximity.ts';
import { createSequenceMachine } from './kinds/sequence.ts';
import { createThresholdMachine } from './kinds/threshold.ts';
import { createZoneMachine } from './kinds/zone.ts';
import type { RuleOf } from './rule.ts';
import type { Rulebook } from './rulebook.ts';
import { TimerWheel } from './timer-wheel.ts';
import { ZoneScan } from './zone-scan.ts';

const DAY_MS = 86_400_000;

/**
 * One record of the log as the engine takes it. The watermark counts before the content: everything up
 * to it was in earlier records, so timers due by then fire first. That makes the findings independent of
 * how subjects are spread over partitions.
 */
export type EngineInput = {
  readonly watermarkMs: number;
  readonly facts?: readonly Fact[];
  readonly positions?: PositionBatch;
  readonly gap?: { readonly fromMs: number; readonly untilMs: number } | undefined;
};

export type Engine = {
  /** Takes one record and gives what the rules say, in order of event time. */
  step(input: EngineInput): Finding[];
  /** Everything remembered, as structured-clonable data. */
  snapshot(): EngineSnapshot;
  /**
   * Ends the episodes of rules whose state an engine with the rulebook `next` would not take over, as of
   * now, and gives what is to be said about it. Take the snapshot before; the engine is not used again.
   */
  abandon(next: Rulebook): Finding[];
  /** Withdrawn alerts that are watched, for those who run it. */
  watches(): Watches;
  /** The legal frames as the engine knows them. */
  readonly orders: OrderBook;
  /** Everyone heard of, in the order of their numbers. */
  subjects(): readonly string[];
};

export type EngineSnapshot = {
  readonly format: 1;
  /** The keys end to end, or as texts in states of before. */
  readonly subjects: SavedKeys | readonly string[];
  readonly orders: readonly Fact[];
  readonly frame: unknown;
  readonly watermarkMs: number;
  /** Not there in states of before orders were seen to run out. */
  readonly orderEnds?: Float64Array;
  /** By the rule's place; see rule-state.ts for who may take a state over. */
  readonly rules: Readonly<Record<string, SavedRule>>;
  /** Not there in states of before alerts were corrected. */
  readonly corrections?: unknown;
};

export type EngineDeps = Surroundings & {
  readonly rulebook: Rulebook;
  /** False for an engine that derives single alerts: they stay as they come. */
  readonly corrects?: boolean;
  /** Orders, leaves and bases that count from the start, without having come at any time. */
  readonly known?: readonly FrameFact[];
};

type Running = { compiled: CompiledRule; machine: RuleMachine; emitter: Emitter };

/**
 * Runs the active and shadow rules of a rulebook, from `snapshot` if given; the snapshot may be that of an
 * engine with another rulebook. A rule id may be there twice: active, and shadow in another version. Throws
 * UserError `rule-invalid` when a rule needs a calendar or term lists that are not given.
 */
export function createEngine(deps: EngineDeps, snapshot?: EngineSnapshot): Engine {
  const orders = createOrderBook(deps.known);
  const subjects = new SubjectTable();
  const frame = new Frame({
    orders,
    subjects,
    areas: deps.areas,
    sameCityDistricts: deps.rulebook.pack.sameCityDistricts,
  });
  const scan = new ZoneScan();
  let found: Finding[] = [];
  const corrections =
    deps.corrects === false
      ? undefined
      : createCorrections({
          rulebook: deps.rulebook,
          orders,
          subjects,
          out: (finding) => found.push(finding),
          start: (compiled, from) => startAlone(deps, compiled, from),
        });
  const rules: Running[] = deps.rulebook.rules.filter(isRunning).map((compiled) => {
    const out = (finding: Finding) => {
      found.push(finding);
      corrections?.heard(finding, subjects.slotOf(finding.subject));
    };
    const emitter = new Emitter({ compiled, orders, subjects, out });
    const kindDeps = { compiled, frame, orders, subjects, emitter, scan, surroundings: deps };
    return { compiled, emitter, machine: createMachine(kindDeps) };
  });
  /** When the order of each person runs out. */
  const ends = new TimerWheel(DAY_MS);
  let watermarkMs = 0;
  if (snapshot) restore(snapshot);

  function restore(saved: EngineSnapshot): void {
    if (saved.format !== 1) throw new AssertionError('a snapshot of another format');
    subjects.restore(saved.subjects);
    for (const fact of saved.orders) {
      if (isFrameFact(fact)) orders.apply(fact);
    }
    frame.restore(saved.frame);
    watermarkMs = saved.watermarkMs;
    if (saved.orderEnds) ends.restore(saved.orderEnds);
    else for (const subject of orders.subjects()) noteEnd(subject, watermarkMs);
    for (const { compiled, machine, emitter } of rules) {
      const state = saved.rules[placeOf(compiled)];
      if (takesOver(compiled, state)) {
        machine.restore(migrated(compiled, state));
        if (state.emitted) emitter.restore(state.emitted);
      } else introduce(machine, saved.orders);
    }
    if (saved.corrections !== undefined) corrections?.restore(saved.corrections);
  }

  /** A rule that starts in the middle learns who is under which order: from now on it listens. */
  function introduce(machine: RuleMachine, known: readonly Fact[]): void {
    for (const fact of known) {
      if (!isFrameFact(fact)) continue;
      const slot = subjects.slotOf(fact.subject);
      const atMs = Math.max(toldAtMs(fact), watermarkMs);
      if (fact.kind === 'leave') {
        machine.leaveChanged?.(slot, fact, Math.max(fact.atMs, watermarkMs));
      } else machine.orderChanged?.(slot, atMs, watermarkMs);
    }
  }

  function noteEnd(subject: string, fromMs: number): void {
    let endMs = runsOutMs(orders, subject, fromMs);
    // Of ends that lie behind us only the last is of meaning.
    for (let next = endMs; next <= watermarkMs;) {
      next = runsOutMs(orders, subject, endMs);
      if (next < Infinity) endMs = next;
    }
    const slot = subjects.slotOf(subject);
    if (endMs === Infinity) ends.cancel(slot);
    else ends.set(slot, endMs);
  }

  const runOut = (slot: number, atMs: number) => {
    for (const { machine } of rules) machine.orderRanOut?.(slot, atMs);
    const nextMs = runsOutMs(orders, subjects.keyOf(slot), atMs);
    if (nextMs < Infinity) ends.set(slot, nextMs);
  };

  const takeFact = (fact: Fact) => {
    const slot = subjects.slotOf(fact.subject);
    if (fact.kind !== 'retraction') ends.fireBefore(slot, fact.atMs, runOut);
    if (isFrameFact(fact)) {
      for (const { machine } of rules) machine.beforeFrame?.(slot, fact.atMs);
      if (!orders.apply(fact)) return;
      frame.forget(slot);
      if (fact.kind === 'order') noteEnd(fact.subject, fact.atMs);
      tellOfFrame(fact, slot);
      corrections?.frameChanged(fact, slot);
    } else if (fact.kind === 'retraction') {
      corrections?.retract(fact, slot);
    } else {
      for (const { machine } of rules) machine.fact?.(fact, slot);
      corrections?.fact(fact, slot);
    }
  };

  const tellOfFrame = (fact: FrameFact, slot: number) => {
    const atMs = toldAtMs(fact);
    for (const { machine } of rules) {
      if (fact.kind === 'leave') machine.leaveChanged?.(slot, fact, fact.atMs);
      else machine.orderChanged?.(slot, atMs, fact.receivedAtMs);
    }
  };

  /** What was found since the last time, in order. */
  const take = (): Finding[] => {
    const taken = found;
    found = [];
    return taken.length > 1 ? taken.sort(byTime) : taken;
  };

  return {
    orders,
    subjects: () => subjects.keys(),
    watches: () => corrections?.watches() ?? { open: 0, dropped: 0 },
    step(input) {
      if (input.gap) for (const { machine } of rules) machine.gap?.(input.gap);
      watermarkMs = Math.max(watermarkMs, input.watermarkMs);
      ends.advance(watermarkMs, runOut);
      for (const { machine, emitter } of rules) {
        machine.time?.(watermarkMs);
        emitter.time(watermarkMs);
      }
      corrections?.time(watermarkMs);
      for (const fact of input.facts ?? []) takeFact(fact);
      if (input.positions && input.positions.length > 0) {
        const run = frame.prepare(input.positions);
        for (const { machine } of rules) machine.positions?.(run);
        corrections?.positions(run);
      }
      return take();
    },
    abandon(next) {
      for (const running of rules) {
        const saved = savedRule(running);
        const heir = next.rules.find((compiled) => placeOf(compiled) === placeOf(running.compiled));
        if (!heir || !takesOver(heir, saved)) running.machine.abandon?.(watermarkMs);
      }
      return take();
    },
    snapshot: () => ({
      format: 1,
      subjects: subjects.snapshot(),
      orders: orders.facts(),
      frame: frame.snapshot(),
      orderEnds: ends.snapshot(subjects.size),
      watermarkMs,
      rules: Object.fromEntries(
        rules.map((running) => [placeOf(running.compiled), savedRule(running)]),
      ),
      ...(corrections ? { corrections: corrections.snapshot() } : {}),
    }),
  };
}

/** As of when the machines hear of it; a basis may have terms to come, which they look up themselves. */
const toldAtMs = (fact: FrameFact): number =>
  fact.kind === 'basis' ? fact.atMs : Math.max(effectiveAtMs(fact), fact.atMs);

/** An engine with one rule and nobody to correct it, for deriving single alerts. */
function startAlone(
  deps: EngineDeps,
  compiled: CompiledRule,
  from: { known: readonly FrameFact[] } | { snapshot: EngineSnapshot },
): Engine {
  const rulebook = { ...deps.rulebook, pack: compiled.pack, rules: [compiled] };
  const alone = { ...deps, rulebook, corrects: false };
  return 'known' in from
    ? createEngine({ ...alone, known: from.known })
    : createEngine({ ...alone, known: [] }, from.snapshot);
}

function createMachine(deps: KindDeps): RuleMachine {
  const { kind } = deps.compiled.rule;
  switch (kind) {
    case 'zone':
      return createZoneMachine(deps as KindDeps<RuleOf<'zone'>>);
    case 'match':
      return createMatchMachine(deps as KindDeps<RuleOf<'match'>>);
    case 'absence':
      return createAbsenceMachine(deps as KindDeps<RuleOf<'absence'>>);
    case 'count':
      return createCountMachine(deps as KindDeps<RuleOf<'count'>>);
    case 'sequence':
      return createSequenceMachine(deps as KindDeps<RuleOf<'sequence'>>);
    case 'keyword':
      return createKeywordMachine(deps as KindDeps<RuleOf<'keyword'>>);
    case 'deadline':
      return createDeadlineMachine(deps as KindDeps<RuleOf<'deadline'>>);
    case 'threshold':
      return createThresholdMachine(deps as KindDeps<RuleOf<'threshold'>>);
    case 'proximity':
      return createProximityMachine(deps as KindDeps<RuleOf<'proximity'>>);
    default:
      return never(kind);
  }
}

/** Event time, beginnings before ends, then id: a total order that depends on content only. */
const byTime = (a: Finding, b: Finding): number =>
  a.atMs - b.atMs || RANK[a.kind] - RANK[b.kind] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** An alert that ends or is corrected the moment it begins is told of in that order. */
const RANK = { raised: 0, suppressed: 1, cleared: 2, corrected: 3 } as const;
