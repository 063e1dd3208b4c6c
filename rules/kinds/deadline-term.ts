// `deadline` over what the register grants for a time: warns before a leave or a basis runs out, raises when
// it has and nobody recorded what had to follow, and again when it is long overdue.
//
// One alert of a term at a time: the next moment ends the one before. It ends, too, by a version that moves
// its moment into the future (extended) or ends the term (reported back, lifted, cancelled). Versions lie
// in the order book; kept here is only what was told.

import type { FrameFact, LeaveFact, Observation } from '../../core/observation.ts';
import { classOf } from '../../core/order.ts';
import { classCode } from '../compile.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { RuleOf } from '../rule.ts';
import { SlotKeys } from '../slot-keys.ts';
import type { TermParams } from './deadline-params.ts';
import {
  basisSegments,
  leaveSegments,
  piecesOf,
  recordedSegments,
  type Piece,
} from './deadline-term-clock.ts';

type Open = {
  readonly stage: string;
  readonly alertId: string | undefined;
  readonly openedAtMs: number;
};

type Told = {
  /** The newest instant known of the term. */
  readonly nowMs: number;
  /** Nothing is raised of before: then the alert before ended, or what makes it true became known. */
  readonly notBeforeMs: number;
  readonly open: Open | undefined;
};

/** Of a person so many terms; those with nothing to say any more are forgotten first. */
const TERMS_MAX = 64;

const NOTHING_TOLD: Told = { nowMs: -Infinity, notBeforeMs: -Infinity, open: undefined };

export function createTermMachine(
  deps: KindDeps<RuleOf<'deadline'>>,
  params: TermParams,
): RuleMachine {
  const { conditions, looksAt } = deps.compiled;
  const { orders } = deps;
  const told = new SlotKeys<Told>();
  const timers = new KeyedTimers();
  const ofLeaves = params.term === 'leave';

  const counts = (fact: FrameFact): boolean => {
    const order = fact.kind === 'order' ? fact : orders.orderAt(fact.subject, fact.atMs);
    if (!order) return false;
    const covers = (region: string) => deps.frame.covers(order.area, region);
    return conditions.when?.({ fact, order, covers }) ?? true;
  };

  const piecesFor = (slot: number, key: string): Piece[] => {
    const subject = deps.subjects.keyOf(slot);
    if (params.term === 'basis') {
      const versions = orders.recordedOf(subject).filter(({ basisId }) => basisId === key);
      return piecesOf(recordedSegments(versions, counts), params);
    }
    if (params.term !== 'leave') {
      const { source } = params.term;
      const segments = basisSegments(orders, subject, { source, termMax: params.termMax, counts });
      return piecesOf(segments, params);
    }
    const versions = orders
      .factsOf(subject)
      .filter((fact): fact is LeaveFact => fact.kind === 'leave' && fact.leaveId === key);
    return piecesOf(leaveSegments(orders, versions, counts), params);
  };

  /**
   * Says what is to be said by then; what becomes true at that very instant only by timer. What a version
   * makes true is raised when the version was received, so nothing is raised a second time as of an
   * instant of which it was taken back in between.
   */
  const settle = (
    slot: number,
    key: string,
    { atMs, knownAtMs }: { atMs: number; knownAtMs: number | 'by-timer' },
  ) => {
    const before = told.get(slot, key) ?? NOTHING_TOLD;
    const nowMs = Math.max(before.nowMs, atMs);
    const byTimer = knownAtMs === 'by-timer';
    let { open } = before;
    let notBeforeMs = Math.max(before.notBeforeMs, byTimer ? -Infinity : knownAtMs);
    const pieces = piecesFor(slot, key);
    const piece = pieces.findLast(({ fromMs }) => fromMs <= nowMs);
    if (open && piece?.stage?.id !== open.stage) {
      const endedAtMs = endOf(open, pieces, nowMs);
      clear(slot, key, { open, atMs: endedAtMs, piece });
      notBeforeMs = Math.max(notBeforeMs, endedAtMs);
      open = undefined;
    }
    let nextMs = piece ? piece.untilMs : (pieces[0]?.fromMs ?? Infinity);
    if (piece?.stage && !open) {
      const raiseAtMs = Math.max(piece.raiseAtMs, notBeforeMs);
      const isNow = raiseAtMs < nowMs || (byTimer && raiseAtMs === nowMs);
      if (isNow) open = raise(slot, key, { piece, atMs: raiseAtMs, nowMs });
      else nextMs = Math.min(nextMs, raiseAtMs);
    }
    told.set(slot, key, { nowMs, notBeforeMs, open });
    if (nextMs === Infinity) timers.cancel(slot, key);
    else timers.set(slot, key, nextMs);
    forgetIdle(slot);
  };

  const fire = (slot: number, key: string, atMs: number) =>
    settle(slot, key, { atMs, knownAtMs: 'by-timer' });

  /** Under the order that is in force now; to a class the rule does not look at nothing is told. */
  const raise = (
    slot: number,
    key: string,
    { piece, atMs, nowMs }: { piece: Piece; atMs: number; nowMs: number },
  ): Open => {
    const { segment, stage } = piece;
    const subject = deps.subjects.keyOf(slot);
    const order = orders.orderAt(subject, atMs);
    const counted =
      order !== undefined &&
      looksAt[classCode(classOf(order))] === 1 &&
      orders.orderAt(subject, nowMs)?.orderId === order.orderId;
    const { by, term } = segment;
    const evidence: Observation[] = [...(term?.proof ?? [])];
    if (by && by.id !== order?.id) evidence.push(by);
    const alertId = counted
      ? deps.emitter.raise({
          slot,
          atMs,
          key: `${key} ${stage?.id}`,
          evidence,
          values: { stage: stage?.id ?? '', ...term?.values },
          level: stage?.level,
        })
      : undefined;
    return { stage: stage?.id ?? '', alertId, openedAtMs: atMs };
  };

  const clear = (
    slot: number,
    key: string,
    { open, atMs, piece }: { open: Open; atMs: number; piece: Piece | undefined },
  ) => {
    const { alertId, openedAtMs, stage } = open;
    if (!alertId) return;
    const by = piece?.segment.fromMs === atMs ? piece.segment.by : undefined;
    deps.emitter.clear({
      slot,
      atMs,
      key: `${key} ${stage}`,
      alertId,
      evidence: by ? [by] : [],
      values: { stage, openMs: atMs - openedAtMs },
    });
  };

  const forgetIdle = (slot: number) => {
    if (told.count(slot) <= TERMS_MAX) return;
    const all = told.of(slot);
    const idle = all.find(([key, { open }]) => !open && timers.dueOf(slot, key) === Infinity);
    const [key, { nowMs }] = idle ?? (all[0] as (typeof all)[number]);
    end(slot, key, nowMs);
  };

  /** Nobody watches this term any more. */
  const end = (slot: number, key: string, atMs: number) => {
    const open = told.get(slot, key)?.open;
    if (open) {
      clear(slot, key, { open, atMs: Math.max(atMs, open.openedAtMs), piece: undefined });
    }
    timers.cancel(slot, key);
    told.delete(slot, key);
  };

  const keysOf = (slot: number): string[] => {
    if (params.term === 'basis') {
      const recorded = orders.recordedOf(deps.subjects.keyOf(slot));
      return [...new Set(recorded.map(({ basisId }) => basisId))];
    }
    if (params.term !== 'leave') return [params.term.source];
    const leaves = orders.factsOf(deps.subjects.keyOf(slot)).filter(({ kind }) => kind === 'leave');
    return [...new Set(leaves.map((leave) => (leave as LeaveFact).leaveId))];
  };

  return {
    beforeFrame(slot, atMs) {
      for (const [key] of told.of(slot)) timers.fireBefore(slot, key, { atMs, fire });
    },
    leaveChanged(slot, leave, atMs) {
      if (ofLeaves) settle(slot, leave.leaveId, { atMs, knownAtMs: leave.receivedAtMs });
    },
    orderChanged(slot, atMs, knownAtMs) {
      // An order may be recorded ahead of its begin; nothing of that time is told yet.
      const nowMs = Math.min(atMs, knownAtMs);
      for (const key of keysOf(slot)) settle(slot, key, { atMs: nowMs, knownAtMs });
    },
    time: (watermarkMs) => timers.advance(watermarkMs, fire),
    abandon(atMs) {
      for (const [slot, , { open }] of told.all()) {
        const { alertId, openedAtMs } = open ?? {};
        if (alertId && openedAtMs !== undefined) {
          deps.emitter.abandon(slot, { alertId, openedAtMs }, atMs);
        }
      }
    },
    snapshot: () => ({ told: told.snapshot(), timers: timers.snapshot() }),
    restore(state) {
      const saved = state as TermSnapshot;
      told.restore(saved.told);
      timers.restore(saved.timers);
    },
  };
}

type TermSnapshot = { told: unknown; timers: unknown };

/** When what is open ceased to be true, as far as it is known by `nowMs`. */
function endOf(open: Open, pieces: readonly Piece[], nowMs: number): number {
  const next = pieces.find(
    ({ fromMs, stage }) => fromMs > open.openedAtMs && stage?.id !== open.stage,
  );
  return Math.max(open.openedAtMs, Math.min(nowMs, next?.fromMs ?? nowMs));
}
