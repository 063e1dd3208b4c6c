// `deadline` over the milestones of a case: warns before it runs out, raises when it has, and again
// when it is long overdue.
//
// Each of these is an alert of its own, raised by timer at its exact instant and cleared by what makes it
// untrue: the end milestone, an extension or restart that moves its moment into the future, or a
// standstill. Milestones are kept per case from the one that started the clock on; one that comes late is
// put where it belongs and the clock is reckoned again.

import { dateOfDay } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { RuleOf } from '../rule.ts';
import { SlotKeys } from '../slot-keys.ts';
import type { CaseParams } from './deadline-params.ts';
import { reckonClock, type Clock, type Milestone, type Stage } from './deadline-clock.ts';

type Open = { readonly alertId: string | undefined; readonly openedAtMs: number };

type Case = {
  readonly milestones: readonly Milestone[];
  /** The newest instant known of the case. */
  readonly nowMs: number;
  /** The milestone that started the clock the open alerts belong to. */
  readonly startedBy: string | undefined;
  /** By stage. */
  readonly open: ReadonlyMap<string, Open>;
};

/** Of a case so many milestones are kept, the one that started the clock always. */
const MILESTONES_MAX = 64;
/** Of a person so many cases; those whose clock stands are forgotten first, then the oldest. */
const CASES_MAX = 64;

const NEW_CASE: Case = { milestones: [], nowMs: 0, startedBy: undefined, open: new Map() };

export function createCaseMachine(
  deps: KindDeps<RuleOf<'deadline'>>,
  params: CaseParams,
): RuleMachine {
  const { conditions } = deps.compiled;
  const calendar = calendarFor(deps);
  const cases = new SlotKeys<Case>();
  const timers = new KeyedTimers();
  const roles = new Set([
    ...params.start,
    ...params.end,
    ...params.restarts,
    ...params.extensions.map(({ milestone }) => milestone),
    ...params.suspensions.flatMap(({ from, to }) => [from, to]),
  ]);

  const startCounts = (milestone: Milestone): boolean => {
    const context = contextOf(deps, milestone);
    return context !== undefined && (conditions.startWhen?.(context) ?? true);
  };
  const reckon = (milestones: readonly Milestone[]) =>
    reckonClock(milestones, { params, calendar, startCounts });

  const take = (slot: number, milestone: Milestone) => {
    const { caseId, atMs } = milestone;
    timers.fireBefore(slot, caseId, { atMs, fire });
    const before = cases.get(slot, caseId) ?? NEW_CASE;
    if (before.milestones.some(({ id }) => id === milestone.id)) return;
    const at = before.milestones.findLastIndex((other) => other.atMs <= atMs) + 1;
    const milestones = before.milestones.toSpliced(at, 0, milestone);
    const clock = reckon(milestones);
    const nowMs = Math.max(before.nowMs, atMs);
    const startedBy = clock?.startedBy.id;
    const open = new Map(before.open);
    for (const [stage, opened] of before.open) {
      const due = dueStage(clock, stage, nowMs);
      // What was started anew and runs out at the same instant is the same alert.
      if (due && (startedBy === before.startedBy || due.atMs === opened.openedAtMs)) continue;
      open.delete(stage);
      clear(slot, caseId, { stage, opened, atMs, evidence: [milestone] });
    }
    put(slot, caseId, { milestones: trim(milestones, clock), nowMs, startedBy, open }, clock);
  };

  const dueStage = (clock: Clock | undefined, stage: string, nowMs: number): Stage | undefined =>
    clock?.status === 'running'
      ? clock.stages.find(({ id, atMs }) => id === stage && atMs <= nowMs)
      : undefined;

  const put = (slot: number, caseId: string, state: Case, clock: Clock | undefined) => {
    cases.set(slot, caseId, state);
    const next = nextStage(clock, state);
    if (next) timers.set(slot, caseId, next.atMs);
    else timers.cancel(slot, caseId);
    if (cases.count(slot) <= CASES_MAX) return;
    const all = cases.of(slot);
    const standing = ([key]: (typeof all)[number]) => timers.dueOf(slot, key) === Infinity;
    // What is forgotten while an alert of it is open stays open for an officer to close.
    const [forgotten] = (all.find((one) => one[1].open.size === 0 && standing(one)) ??
      all.find(standing) ??
      all[0]) as (typeof all)[number];
    cases.delete(slot, forgotten);
    timers.cancel(slot, forgotten);
  };

  const nextStage = (clock: Clock | undefined, { open }: Case): Stage | undefined =>
    clock?.status === 'running' ? clock.stages.find(({ id }) => !open.has(id)) : undefined;

  const fire = (slot: number, caseId: string, atMs: number) => {
    const state = cases.get(slot, caseId);
    const clock = state && reckon(state.milestones);
    const stage = state && nextStage(clock, state);
    if (!state || !clock || !stage) return;
    const alertId = deps.emitter.raise({
      slot,
      atMs,
      key: `${caseId} ${stage.id}`,
      evidence: clock.used,
      values: valuesOf(clock, stage),
      level: stage.level,
    });
    const open = new Map(state.open).set(stage.id, { alertId, openedAtMs: atMs });
    put(slot, caseId, { ...state, nowMs: Math.max(state.nowMs, atMs), open }, clock);
  };

  const valuesOf = (clock: Clock, stage: Stage) => {
    const { startedBy, lastDay, dueAtMs, extensions, suspendedDays } = clock;
    return {
      caseId: startedBy.caseId,
      stage: stage.id,
      startedBy: startedBy.milestone,
      startedAtMs: startedBy.atMs,
      dueAtMs,
      extensions,
      suspendedDays,
      ...(lastDay === undefined
        ? {}
        : {
            lastDay: dateOfDay(lastDay),
            calendar: calendar.version,
            calendarKnown: calendar.knows(lastDay),
          }),
    };
  };

  const clear = (
    slot: number,
    caseId: string,
    {
      stage,
      opened: { alertId, openedAtMs },
      ...seen
    }: { stage: string; opened: Open; atMs: number; evidence: Milestone[] },
  ) => {
    if (!alertId) return;
    const atMs = Math.max(seen.atMs, openedAtMs);
    deps.emitter.clear({
      slot,
      atMs,
      key: `${caseId} ${stage}`,
      alertId,
      evidence: seen.evidence,
      values: { caseId, stage, openMs: atMs - openedAtMs },
    });
  };

  const endWithOrder = (slot: number, atMs: number) => {
    for (const [caseId] of cases.of(slot)) {
      timers.fireBefore(slot, caseId, { atMs, fire });
      timers.cancel(slot, caseId);
      for (const [stage, opened] of cases.get(slot, caseId)?.open ?? []) {
        clear(slot, caseId, { stage, opened, atMs, evidence: [] });
      }
      cases.delete(slot, caseId);
    }
  };

  return {
    fact(fact, slot) {
      if (fact.kind !== 'case-milestone' || !roles.has(fact.milestone)) return;
      if (contextOf(deps, fact)) take(slot, fact);
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) endWithOrder(slot, atMs);
    },
    orderRanOut: endWithOrder,
    time: (watermarkMs) => timers.advance(watermarkMs, fire),
    abandon(atMs) {
      for (const [slot, , { open }] of cases.all()) {
        for (const { alertId, openedAtMs } of open.values()) {
          if (alertId) deps.emitter.abandon(slot, { alertId, openedAtMs }, atMs);
        }
      }
    },
    snapshot: () => ({ cases: cases.snapshot(), timers: timers.snapshot() }),
    restore(state) {
      const saved = state as Record<'cases' | 'timers', unknown>;
      cases.restore(saved.cases);
      timers.restore(saved.timers);
    },
  };
}

/** From the milestone on that started the clock, and of those after it the newest. */
function trim(milestones: readonly Milestone[], clock: Clock | undefined): readonly Milestone[] {
  const start = clock ? milestones.indexOf(clock.startedBy) : -1;
  const kept = milestones.slice(Math.max(0, start));
  if (kept.length <= MILESTONES_MAX) return kept;
  return [kept[0] as Milestone, ...kept.slice(1 - MILESTONES_MAX)];
}

function calendarFor({ surroundings, compiled }: KindDeps<RuleOf<'deadline'>>) {
  if (surroundings.calendar) return surroundings.calendar;
  throw new UserError(
    'rule-invalid',
    text('期限规则需要工作日历', 'a deadline rule needs a calendar, and none is given'),
    { detail: compiled.rule.id },
  );
}
