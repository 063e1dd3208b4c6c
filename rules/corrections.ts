// Takes alerts back, or grades them anew, when it turns out later that they were none or others: a leave or
// order recorded late, a source that takes back what it said, a fact that arrives after the alert it bears
// on. An alert is derived again from its own evidence; what it was raised with stays as it was.
//
// Stands behind the rules and only listens to what they say, so no rule knows of it. What counts is decided
// by what observations say of themselves, never by how the log was cut into records: docs/adr/0009.

import type {
  CorrectedFinding,
  CorrectionReason,
  Finding,
  RaisedFinding,
} from '../core/finding.ts';
import { contentId } from '../core/ids.ts';
import {
  takesBack,
  type Fact,
  type FrameFact,
  type Observation,
  type Position,
  type RetractionFact,
} from '../core/observation.ts';
import { effectiveAtMs, type OrderBook } from '../core/order-book.ts';
import { positionAt } from '../core/position-batch.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import { epochMs } from '../core/time.ts';
import { batchOf, inputOfOne } from './claim-inputs.ts';
import type { CompiledRule } from './compile.ts';
import type { Engine, EngineSnapshot } from './engine.ts';
import type { PositionRun } from './frame.ts';
import {
  ADDED_MAX,
  AFTER_MAX,
  claimOf,
  firstReceivedMsOf,
  heedsFact,
  heedsPositions,
  heedsRow,
  isSameMatter,
  keepAlert,
  knownMsOf,
  knows,
  knowsRow,
  seenBy,
  lastMsOf,
  lastSeenMsOf,
  needsWatch,
  oldestMsOf,
  type KeptAlert,
} from './kept-alert.ts';
import { keepRow, type KeptFix } from './kinds/kept-fix.ts';
import { createKeptRules, nameOf, type SavedVersion } from './kept-rules.ts';
import { rederive } from './rederive.ts';
import type { Rulebook } from './rulebook.ts';
import { SlotRecords } from './slot-records.ts';

const DAY_MS = 86_400_000;
const CORRECTABLE_DAYS = 30;
/** Alerts of one person, and retractions about one, that are kept; the oldest go first. */
const ALERTS_MAX = 64;
const RETRACTIONS_MAX = 64;
/**
 * Withdrawn alerts of one person that are watched; of more the oldest alerts are let go of. Counted by
 * person and not in all, so that it does not matter how persons are spread over partitions.
 */
export const WATCHES_MAX = 8;

/** Kinds whose alerts are derived from what was seen of one person. */
const KINDS: ReadonlySet<string> = new Set([
  'zone',
  'match',
  'absence',
  'count',
  'sequence',
  'keyword',
  'deadline',
  'threshold',
]);

export type Watches = { readonly open: number; readonly dropped: number };

export type Corrections = ReturnType<typeof createCorrections>;

export type CorrectionsDeps = {
  readonly rulebook: Rulebook;
  readonly orders: OrderBook;
  readonly subjects: SubjectTable;
  readonly out: (finding: CorrectedFinding) => void;
  /** An engine with one rule that corrects nothing: with these orders and leaves, or from a snapshot. */
  readonly start: (
    compiled: CompiledRule,
    from: { known: ReturnType<OrderBook['factsOf']> } | { snapshot: EngineSnapshot },
  ) => Engine;
};

type Cause = { readonly observation: Observation; readonly reason: CorrectionReason };

export function createCorrections(deps: CorrectionsDeps) {
  const { orders, subjects, out } = deps;
  const keepMs = (deps.rulebook.pack.correctableDays ?? CORRECTABLE_DAYS) * DAY_MS;
  const rules = createKeptRules(deps.rulebook);
  let alerts = new Map<number, KeptAlert[]>();
  let retractions = new Map<number, RetractionFact[]>();
  /** Rows up to here may bear on an alert of the subject: one comparison a row where none does. */
  const heeded = new SlotRecords(1, -Infinity);
  const watching = new Map<string, number>();
  let watchesDropped = 0;
  let sweptDay = 0;

  const ruleOf = ({ ruleId, ruleVersion }: KeptAlert) => rules.find(ruleId, ruleVersion);

  const noteHeeded = (slot: number): void => {
    let untilMs = -Infinity;
    for (const alert of alerts.get(slot) ?? []) {
      const compiled = ruleOf(alert);
      if (!compiled || !heedsPositions(compiled.rule)) continue;
      if (alert.watch || wantsAfter(alert, compiled)) untilMs = Infinity;
      else untilMs = Math.max(untilMs, alert.claim.atMs);
    }
    heeded.reserve(slot + 1);
    heeded.numbers[slot] = untilMs;
  };

  /** Keeps what the rules raise, and hears when it ends. */
  const heard = (finding: Finding, slot: number): void => {
    if (finding.kind === 'cleared') {
      const alert = alerts.get(slot)?.find(({ alertId }) => alertId === finding.alertId);
      if (alert) alert.clearedAtMs = finding.atMs;
      return;
    }
    if (finding.kind !== 'raised') return;
    const compiled = rules.find(finding.ruleId, finding.ruleVersion);
    if (!compiled || !KINDS.has(compiled.rule.kind)) return;
    const alert = keepAlert(finding);
    const kept = [...(alerts.get(slot) ?? []), alert];
    for (const { alertId } of kept.slice(0, -ALERTS_MAX)) watching.delete(alertId);
    alerts.set(slot, kept.slice(-ALERTS_MAX));
    noteHeeded(slot);
    // Taken back before the rule spoke.
    const takenBack = retractions
      .get(slot)
      ?.find((one) => finding.evidence.some((observation) => takesBack(one, observation)));
    if (takenBack) settle(alert, slot, { observation: takenBack, reason: 'retraction' });
    // Recorded after what the alert rests on was seen, and counting from before.
    const learnt = orders.factsOf(finding.subject).filter((fact) => isLearntAfter(fact, alert));
    for (const fact of learnt.slice(-1)) {
      settle(alert, slot, { observation: fact, reason: fact.kind === 'leave' ? 'leave' : 'order' });
    }
  };

  /** Derives the alert again and says what became of it. */
  const settle = (alert: KeptAlert, slot: number, cause: Cause): void => {
    const compiled = ruleOf(alert);
    if (!compiled || cause.observation.receivedAtMs - alert.atMs > keepMs) return;
    const subject = subjects.keyOf(slot);
    const again = rederive(alert, {
      compiled,
      orders,
      subject,
      retractions: retractions.get(slot) ?? [],
      start: (one, known) => deps.start(one, { known }),
    });
    if (!again) return;
    if (again.raised) {
      stand(alert, slot, again.raised, cause);
    } else if (alert.standing) {
      out(findingOf(alert, subject, { outcome: 'withdrawn', cause }));
      alert.standing = false;
      if (needsWatch(alert, compiled.rule, cause.observation.receivedAtMs)) {
        alert.watch = again.engine;
        watching.set(alert.alertId, slot);
        dropWatches(slot);
      }
      noteHeeded(slot);
    }
  };

  const stand = (alert: KeptAlert, slot: number, raised: RaisedFinding, cause: Cause): void => {
    const isSame =
      alert.standing &&
      raised.level === alert.level &&
      raised.subjectClass === alert.subjectClass &&
      raised.article === alert.article;
    if (isSame) return;
    out(findingOf(alert, subjects.keyOf(slot), { outcome: 'regraded', raised, cause }));
    const { level, article, subjectClass, region } = raised;
    Object.assign(alert, { standing: true, level, article, subjectClass, region });
    stopWatch(alert, slot);
  };

  const dropWatches = (slot: number): void => {
    const watched = (alerts.get(slot) ?? []).filter(({ watch }) => watch !== undefined);
    for (const alert of watched.slice(0, -WATCHES_MAX)) {
      stopWatch(alert, slot);
      watchesDropped++;
    }
  };

  const stopWatch = (alert: KeptAlert, slot: number): void => {
    if (!alert.watch) return;
    alert.watch = undefined;
    watching.delete(alert.alertId);
    noteHeeded(slot);
  };

  /** Lets the watch of a withdrawn alert see what comes; when it speaks, the alert was met after all. */
  const watchOn = (alert: KeptAlert, slot: number, seen: Observation): void => {
    if (!alert.watch || (alert.clearedAtMs !== undefined && seen.atMs >= alert.clearedAtMs)) return;
    metAgain(alert, slot, alert.watch.step(inputOfOne(seen)), seen);
  };

  const metAgain = (
    alert: KeptAlert,
    slot: number,
    findings: readonly Finding[],
    seen: Observation | undefined,
  ): void => {
    const takenBack = retractions.get(slot) ?? [];
    const raised = findings.find(
      (finding): finding is RaisedFinding =>
        finding.kind === 'raised' &&
        isSameMatter(alert, finding) &&
        !finding.evidence.some((one) => takenBack.some((by) => takesBack(by, one))),
    );
    if (!raised) return;
    const observation = seen ?? (raised.evidence.at(-1) as Observation);
    stand(alert, slot, raised, { observation, reason: 'met-again' });
    alert.claim = claimOf(raised);
    alert.after.length = 0;
    alert.added.length = 0;
    alert.provenBy = undefined;
    noteHeeded(slot);
  };

  /** A watch ends with the episode it stands for. */
  const endWatches = (): void => {
    for (const [alertId, slot] of watching) {
      const alert = alerts.get(slot)?.find((one) => one.alertId === alertId);
      if (alert?.clearedAtMs !== undefined) stopWatch(alert, slot);
    }
  };

  const takeRow = (run: PositionRun, row: number): void => {
    const { batch } = run;
    const slot = run.slots[row] as number;
    const atMs = batch.atMs[row] as number;
    for (const alert of alerts.get(slot) ?? []) {
      const compiled = ruleOf(alert);
      if (!compiled || !heedsRow(compiled.rule, batch, row)) continue;
      const isAfter = atMs > alert.claim.atMs;
      const isWanted = isAfter
        ? alert.watch !== undefined || wantsAfter(alert, compiled)
        : atMs >= oldestMsOf(alert) &&
          (batch.receivedAtMs[row] as number) > knownMsOf(alert) &&
          alert.added.length < ADDED_MAX;
      if (!isWanted || knowsRow(alert, { batch, row })) continue;
      if (isAfter) {
        if (alert.watch) watchOn(alert, slot, positionAt(batch, row));
        if (!wantsAfter(alert, compiled)) continue;
        alert.after.push(keepRow(batch, row));
        if (alert.after.length === AFTER_MAX) noteHeeded(slot);
      } else {
        const position = positionAt(batch, row);
        alert.added.push(position);
        settle(alert, slot, { observation: position, reason: 'late-fact' });
        watchOn(alert, slot, position);
      }
    }
  };

  return {
    heard,

    /** Withdrawn alerts watched now, and those given up because there were too many of a person. */
    watches: (): Watches => ({ open: watching.size, dropped: watchesDropped }),

    /** After the rules have seen the run. */
    positions(run: PositionRun): void {
      if (alerts.size === 0) return;
      heeded.reserve(subjects.size);
      const { slots, batch } = run;
      const { atMs, length } = batch;
      for (let row = 0; row < length; row++) {
        const untilMs = heeded.numbers[slots[row] as number] as number;
        if ((atMs[row] as number) <= untilMs) takeRow(run, row);
      }
      if (watching.size > 0) endWatches();
    },

    /** After the rules have seen a fact that is no order, leave or retraction. */
    fact(fact: Fact, slot: number): void {
      for (const alert of alerts.get(slot) ?? []) {
        const compiled = ruleOf(alert);
        if (!compiled || !heedsFact(compiled.rule, fact.source) || knows(alert, fact)) continue;
        const isLate = fact.atMs >= oldestMsOf(alert) && fact.atMs <= alert.claim.atMs;
        if (isLate && alert.added.length < ADDED_MAX) {
          alert.added.push(fact);
          settle(alert, slot, { observation: fact, reason: 'late-fact' });
        }
        watchOn(alert, slot, fact);
      }
      if (watching.size > 0) endWatches();
    },

    /** After an order or leave was taken in. */
    frameChanged(fact: FrameFact, slot: number): void {
      for (const alert of alerts.get(slot) ?? []) {
        if (fact.kind === 'leave' || effectiveAtMs(fact) <= lastMsOf(alert)) {
          settle(alert, slot, {
            observation: fact,
            reason: fact.kind === 'leave' ? 'leave' : 'order',
          });
        }
        watchOn(alert, slot, fact);
      }
      if (watching.size > 0) endWatches();
    },

    retract(fact: RetractionFact, slot: number): void {
      const known = retractions.get(slot) ?? [];
      if (known.some(({ id }) => id === fact.id)) return;
      retractions.set(slot, [...known, fact].slice(-RETRACTIONS_MAX));
      for (const alert of alerts.get(slot) ?? []) {
        if (seenBy(alert).some((one) => takesBack(fact, one))) {
          settle(alert, slot, { observation: fact, reason: 'retraction' });
        }
      }
    },

    /** Every event up to `watermarkMs` has been seen. */
    time(watermarkMs: number): void {
      for (const [alertId, slot] of watching) {
        const alert = alerts.get(slot)?.find((one) => one.alertId === alertId);
        if (alert?.watch) metAgain(alert, slot, alert.watch.step({ watermarkMs }), undefined);
      }
      if (watching.size > 0) endWatches();
      const day = Math.floor(watermarkMs / DAY_MS);
      if (day > sweptDay) sweep(watermarkMs);
      sweptDay = Math.max(sweptDay, day);
    },

    snapshot: (): unknown => ({
      alerts: new Map(
        [...alerts].map(([slot, kept]) => [
          slot,
          kept.map(({ watch, ...alert }) => ({ ...alert, watch: watch?.snapshot() })),
        ]),
      ),
      retractions,
      sweptDay,
      watchesDropped,
      versions: rules.save(
        new Set([...alerts.values()].flat().map((one) => nameOf(one.ruleId, one.ruleVersion))),
      ),
    }),

    restore(state: unknown): void {
      const saved = state as Saved;
      rules.restore(saved.versions);
      ({ retractions, sweptDay } = saved);
      watchesDropped = saved.watchesDropped ?? 0;
      alerts = new Map();
      for (const [slot, kept] of saved.alerts) {
        alerts.set(
          slot,
          kept.map(({ watch, after, ...rest }) => {
            const alert = { ...rest, after: after.map(keptFixOf) };
            const compiled = ruleOf({ ...alert, watch: undefined });
            if (!watch || !compiled) return { ...alert, watch: undefined };
            watching.set(alert.alertId, slot);
            return { ...alert, watch: deps.start(compiled, { snapshot: watch }) };
          }),
        );
        dropWatches(slot);
        noteHeeded(slot);
      }
    },
  };

  /** Lets go of what nothing can correct any more. */
  function sweep(watermarkMs: number): void {
    for (const [slot, kept] of alerts) {
      const left = kept.filter(({ atMs }) => watermarkMs - atMs <= keepMs);
      if (left.length === kept.length) continue;
      for (const { alertId } of kept) {
        if (!left.some((one) => one.alertId === alertId)) watching.delete(alertId);
      }
      if (left.length > 0) alerts.set(slot, left);
      else alerts.delete(slot);
      noteHeeded(slot);
    }
    for (const [slot, known] of retractions) {
      const left = known.filter(({ receivedAtMs }) => watermarkMs - receivedAtMs <= keepMs);
      if (left.length > 0) retractions.set(slot, left);
      else retractions.delete(slot);
    }
  }
}

type SavedAlert = Omit<KeptAlert, 'watch' | 'after'> & {
  watch: EngineSnapshot | undefined;
  /** Observations in states of before fixes were kept as rows. */
  after: readonly (KeptFix | Position)[];
};

const keptFixOf = (saved: KeptFix | Position): KeptFix =>
  'kind' in saved ? keepRow(batchOf([saved]), 0) : saved;

type Saved = {
  alerts: Map<number, SavedAlert[]>;
  retractions: Map<number, RetractionFact[]>;
  sweptDay: number;
  /** Not there in states of before watches were bounded. */
  watchesDropped?: number;
  versions: Record<string, SavedVersion>;
};

/** Whether the order or leave was recorded after the first of what was seen, and bears on the alert. */
const isLearntAfter = (fact: FrameFact, alert: KeptAlert): boolean =>
  fact.receivedAtMs > firstReceivedMsOf(alert) &&
  effectiveAtMs(fact) <= lastSeenMsOf(alert) &&
  !knows(alert, fact);

/** A presence that was proven on time is followed by some more fixes. */
const wantsAfter = (alert: KeptAlert, { rule }: CompiledRule): boolean =>
  rule.kind === 'zone' && !alert.late && alert.after.length < AFTER_MAX;

function findingOf(
  alert: KeptAlert,
  subject: SubjectKey,
  {
    outcome,
    raised,
    cause: { observation, reason },
  }: { outcome: CorrectedFinding['outcome']; raised?: RaisedFinding; cause: Cause },
): CorrectedFinding {
  const { alertId, ruleId, ruleVersion } = alert;
  const { level, article, subjectClass, region } = raised ?? alert;
  const was = alert.standing ? 'standing' : 'withdrawn';
  return {
    kind: 'corrected',
    id: contentId('fi', ['corrected', alertId, outcome, was, level, subjectClass, observation.id]),
    ruleId,
    ruleVersion,
    subject,
    subjectClass,
    region,
    atMs: epochMs(Math.max(alert.atMs, raised?.atMs ?? 0, observation.receivedAtMs)),
    ...(alert.shadow ? { shadow: true as const } : {}),
    alertId,
    outcome,
    was,
    wasLevel: alert.level,
    level,
    article,
    because: { reason, observationId: observation.id, observationKind: observation.kind },
    evidence: raised ? [...raised.evidence] : [observation],
    values: raised?.values ?? {},
  };
}
