// Two persons of whom one may not contact the other (禁止接触), by the fixes of both.
//
// The bound person's fixes come as positions, the other's as facts that ingest makes beside them
// (docs/adr/0010), so both are in the bound person's partition. Fixes wait until the watermark has passed
// them and are then judged by event time; how records were cut and in what order the two arrived does not
// matter. What counts as together is in contact-run.ts. Cleared by a moment surely apart, when nothing was
// heard of one of the two for `lostAfter`, and when the order no longer forbids the contact. Fixes that
// come after their time was judged raise nothing; see docs/rule-kinds.md. What cannot be proven without
// radio cells is never raised above level 3.

import { assert } from '../../core/errors.ts';
import type { ContactPosition, Observation, OrderFact } from '../../core/observation.ts';
import { FIX, FIX_KINDS, UNPLACED } from '../../core/position-codes.ts';
import { classOf } from '../../core/order.ts';
import { classCode } from '../compile.ts';
import type { PositionRun } from '../frame.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { SlotBytes } from '../slot-bytes.ts';
import { SlotKeys } from '../slot-keys.ts';
import {
  byInstant,
  emptyRun,
  endRun,
  isProven,
  keepRecent,
  lastedMs,
  neededFixes,
  provenRun,
  takeFix,
  type ContactFix,
  type ContactRun,
} from './contact-run.ts';
import { keepRow, positionOf, type KeptFix } from './kept-fix.ts';

type OwnFix = ContactFix & { readonly own: true; readonly kept: KeptFix };
type OtherFix = ContactFix & { readonly own: false; readonly fact: ContactPosition };
type Fix = OwnFix | OtherFix;

type Episode = { readonly alertId: string; readonly openedAtMs: number };

/** Fixes of a person, or of one they may not contact, that wait for the watermark; the oldest go first. */
const WAITING_MAX = 4_096;

export function createProximityMachine(deps: KindDeps<RuleOf<'proximity'>>): RuleMachine {
  const { looksAt, rule } = deps.compiled;
  const { params } = rule;
  const heeds = new Uint8Array(FIX_KINDS.map((kind) => (params.fixKinds.includes(kind) ? 1 : 0)));
  /** 1 for persons whom an order has ever forbidden a contact; nobody else costs more than a look. */
  const bound = new SlotBytes();
  let anyBound = false;
  let waitingOwn = new Map<number, OwnFix[]>();
  const waitingOther = new SlotKeys<OtherFix[]>();
  const runs = new SlotKeys<ContactRun<Fix>>();
  const episodes = new SlotKeys<Episode>();
  const ends = new KeyedTimers();
  let judgedMs = -Infinity;

  const orderAt = (slot: number, atMs: number) =>
    deps.orders.orderAt(deps.subjects.keyOf(slot), atMs);

  const forbids = (order: OrderFact | undefined, other: string): boolean =>
    order !== undefined &&
    looksAt[classCode(classOf(order))] === 1 &&
    (order.conditions.noContactWith?.some((key) => key === other) ?? false);

  const positions = ({ batch, slots }: PositionRun) => {
    if (!anyBound) return;
    bound.reserve(deps.subjects.size);
    for (let row = 0; row < batch.length; row++) {
      const slot = slots[row] as number;
      if (bound.bytes[slot] === 0 || heeds[batch.fix[row] as number] === 0) continue;
      if (((batch.labels[row] as number) & UNPLACED) !== 0) continue;
      if ((batch.atMs[row] as number) <= judgedMs) continue;
      const kept = keepRow(batch, row);
      const { atMs, lng, lat, fix, source, sequence } = kept;
      // As evidence states it, so that evidence proves the same.
      const accuracyM = Math.round(kept.accuracyM * 10) / 10;
      const waiting = waitingOwn.get(slot) ?? [];
      const id = `${source} ${sequence} ${lng} ${lat}`;
      waiting.push({ own: true, atMs, lng, lat, accuracyM, fix, id, kept });
      waitingOwn.set(slot, waiting.slice(-WAITING_MAX));
    }
  };

  const takeOther = (fact: ContactPosition, slot: number) => {
    const fix = FIX_KINDS.indexOf(fact.fix);
    if (heeds[fix] === 0 || fact.atMs <= judgedMs) return;
    const { atMs, lng, lat, accuracyM, id, of } = fact;
    const waiting = waitingOther.get(slot, of) ?? [];
    if (waiting.some((other) => other.id === id)) return;
    const added: OtherFix = { own: false, atMs, lng, lat, accuracyM, fix, id, fact };
    waitingOther.set(slot, of, [...waiting, added].slice(-WAITING_MAX));
  };

  /** Judges what the watermark has passed, person by person and pair by pair, each by event time. */
  const judge = (untilMs: number) => {
    const isDue = ({ atMs }: Fix) => atMs <= untilMs;
    const slots = new Set(waitingOwn.keys());
    for (const [slot] of waitingOther.all()) slots.add(slot);
    for (const slot of [...slots].sort((a, b) => a - b)) {
      const own = waitingOwn.get(slot) ?? [];
      const others = othersOf(slot);
      // All pairs together: the quiet after an alert about one is a quiet for all of them.
      const due: { other: string; fix: Fix }[] = [];
      for (const other of others) {
        const facts = waitingOther.get(slot, other) ?? [];
        for (const fix of [...own, ...facts]) if (isDue(fix)) due.push({ other, fix });
        const left = facts.filter((fix) => !isDue(fix));
        if (left.length > 0) waitingOther.set(slot, other, left);
        else waitingOther.delete(slot, other);
      }
      // Stable, so that what happens to all at one instant happens in the order of the others.
      for (const { other, fix } of due.sort((a, b) => byInstant(a.fix, b.fix))) {
        endBefore(slot, others, fix.atMs);
        takeOne(slot, other, fix);
      }
      const left = own.filter((fix) => !isDue(fix));
      if (left.length > 0) waitingOwn.set(slot, left);
      else waitingOwn.delete(slot);
    }
    judgedMs = Math.max(judgedMs, untilMs);
  };

  /** Ends what ends before an instant, in order of time. */
  const endBefore = (slot: number, others: readonly string[], atMs: number) => {
    for (;;) {
      const dueMs = Math.min(...others.map((other) => ends.dueOf(slot, other)));
      const next = others.find((other) => ends.dueOf(slot, other) === dueMs);
      if (dueMs >= atMs || next === undefined) return;
      ends.cancel(slot, next);
      end(slot, next, dueMs);
    }
  };

  /** Whom any order of the person, in force or not, forbids to contact; in a fixed order. */
  const othersOf = (slot: number): string[] => {
    const facts = deps.orders.factsOf(deps.subjects.keyOf(slot));
    const named = facts.flatMap((fact) =>
      fact.kind === 'order' ? (fact.conditions.noContactWith ?? []) : [],
    );
    return [...new Set<string>(named)].sort();
  };

  const takeOne = (slot: number, other: string, fix: Fix) => {
    if (!forbids(orderAt(slot, fix.atMs), other)) {
      forget(slot, other, fix.atMs);
      runs.delete(slot, other);
      return;
    }
    const run = runs.get(slot, other) ?? emptyRun<Fix>();
    runs.set(slot, other, run);
    const seen = takeFix(run, fix, params);
    const episode = episodes.get(slot, other);
    if (seen?.side === 'apart' && episode) {
      const [own, contact] = seen.moment.fixes;
      closeEpisode(slot, other, {
        atMs: fix.atMs,
        evidence: [own, contact].sort(byInstant).map((one) => observationOf(one, slot)),
        values: { distanceM: Math.round(seen.moment.distanceM) },
      });
    } else if (seen?.side === 'near' && !episode && isProven(run, params)) {
      raise(slot, other, run);
    }
    // What was proven need not be proven again.
    if (episodes.get(slot, other)) keepRecent(run, fix.atMs, params);
    if (seen) watch(slot, other, fix.atMs);
  };

  const raise = (slot: number, other: string, found: ContactRun<Fix>) => {
    const needed = neededFixes(found, params);
    const proven = provenRun(needed, params);
    assert(proven, 'the fixes of a proven run prove it');
    const { run, moment } = proven;
    const alertId = deps.emitter.raise({
      slot,
      atMs: moment.atMs,
      key: other,
      evidence: needed.map((fix) => observationOf(fix, slot)),
      values: {
        with: other,
        radiusM: params.radiusM,
        distanceM: Math.round(moment.distanceM),
        togetherMs: lastedMs(run),
      },
      ...(needed.some(({ fix }) => fix === FIX.cell) ? { noGraverThan: 3 as const } : {}),
    });
    if (alertId) episodes.set(slot, other, { alertId, openedAtMs: moment.atMs });
  };

  const observationOf = (fix: Fix, slot: number): Observation =>
    fix.own ? positionOf(fix.kept, deps.subjects.keyOf(slot)) : fix.fact;

  /** The episode ends when nothing is heard for long, or when the order turns. */
  const watch = (slot: number, other: string, nowMs: number) => {
    const lastMs = runs.get(slot, other)?.lastMomentMs ?? nowMs;
    const { untilMs } = deps.orders.orderSpan(deps.subjects.keyOf(slot), nowMs);
    ends.set(slot, other, Math.min(lastMs + params.lostAfter, untilMs));
  };

  const end = (slot: number, other: string, dueMs: number) => {
    const run = runs.get(slot, other);
    const lastMs = run?.lastMomentMs ?? -Infinity;
    const isLost = dueMs >= lastMs + params.lostAfter;
    if (!isLost && forbids(orderAt(slot, dueMs), other)) watch(slot, other, dueMs);
    else forget(slot, other, dueMs);
  };

  /** What was between the two is over at `atMs`; where each was last is still known. */
  const forget = (slot: number, other: string, atMs: number) => {
    const run = runs.get(slot, other);
    if (run) {
      endRun(run, atMs, params);
      run.lastMomentMs = -Infinity;
    }
    ends.cancel(slot, other);
    closeEpisode(slot, other, { atMs, evidence: [], values: {} });
  };

  const closeEpisode = (
    slot: number,
    other: string,
    how: { atMs: number; evidence: Observation[]; values: Record<string, number> },
  ) => {
    const episode = episodes.get(slot, other);
    if (!episode) return;
    episodes.delete(slot, other);
    const atMs = Math.max(how.atMs, episode.openedAtMs);
    const values = { ...how.values, openMs: atMs - episode.openedAtMs };
    const { alertId } = episode;
    deps.emitter.clear({ slot, key: other, alertId, ...how, atMs, values });
  };

  return {
    positions,
    fact(fact, slot) {
      if (fact.kind === 'contact-position') takeOther(fact, slot);
    },
    orderChanged(slot, atMs) {
      bound.reserve(slot + 1);
      if (othersOf(slot).length > 0) {
        bound.bytes[slot] = 1;
        anyBound = true;
      }
      // What the order no longer forbids is over then, once everything before has been judged.
      for (const [other] of runs.of(slot)) {
        if (atMs <= judgedMs) end(slot, other, atMs);
        else ends.set(slot, other, Math.min(atMs, ends.dueOf(slot, other)));
      }
    },
    time(watermarkMs) {
      if (!anyBound) return;
      judge(watermarkMs);
      ends.advance(watermarkMs, end);
    },
    abandon(atMs) {
      for (const [slot, , episode] of episodes.all()) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({
      bound: bound.snapshot(deps.subjects.size),
      waitingOwn,
      waitingOther: waitingOther.snapshot(),
      runs: runs.snapshot(),
      episodes: episodes.snapshot(),
      ends: ends.snapshot(),
      judgedMs,
    }),
    restore(state) {
      const saved = state as ProximitySnapshot;
      bound.restore(saved.bound);
      anyBound = saved.bound.includes(1);
      ({ waitingOwn, judgedMs } = saved);
      waitingOther.restore(saved.waitingOther);
      runs.restore(saved.runs);
      episodes.restore(saved.episodes);
      ends.restore(saved.ends);
    },
  };
}

type ProximitySnapshot = {
  bound: Uint8Array;
  waitingOwn: Map<number, OwnFix[]>;
  waitingOther: unknown;
  runs: unknown;
  episodes: unknown;
  ends: unknown;
  judgedMs: number;
};
