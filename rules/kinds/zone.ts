// Where a person is against a zone: long enough, surely enough, at the time that counts.
//
// A fix is *surely* on the alarming side when its whole error circle lies beyond the border by a margin;
// on the other side it is *contrary*; anything between says nothing (zone-side.ts). The rule raises once
// the sure fixes since the last contrary one prove the presence (zone-proof.ts), and clears after
// `clearFixesMin` fixes at least `rearmM` on the other side (hysteresis), when the window closes, or when
// the order ends. `enter` and `exit` also want a sure fix on the other side before. Unplaced fixes (no fix,
// impossible speed, stale) and fixes of kinds not listed prove nothing. An approved leave excuses as long
// as it covers the time and the place; the moment it no longer does, the count starts.
//
// With a schedule only fixes in a window count, and those at most `freshFor` before it: who is proven to
// be there when the window opens is raised at that instant. Fixes that come late are judged in a lane of
// their own (zone-late.ts). Fixes of radio cells alone never raise above level 3.

import { FIX, FIX_KINDS, UNPLACED } from '../../core/position-codes.ts';
import type { PositionRun } from '../frame.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { SlotBytes } from '../slot-bytes.ts';
import { TimerWheel } from '../timer-wheel.ts';
import { keepRow, type KeptFix } from './kept-fix.ts';
import { createZoneLate, type ZoneLateSnapshot } from './zone-late.ts';
import { addToRun, proofOf, type FixRun } from './zone-proof.ts';
import { createZoneReport, type Episode } from './zone-report.ts';
import {
  ALARMING,
  directionOf,
  isSurelyContrary,
  sideOf,
  UNSURE,
  WELL_CONTRARY,
} from './zone-side.ts';
import { createTargets, type Target } from './zone-target.ts';
import { findPassage } from './zone-passage.ts';
import { areAsleep, windowOf, type WindowAt } from './zone-window.ts';

/** What the machine knows of a subject. */
const CLEAR = 0;
/** Surely on the alarming side, not yet proven or not yet in a window. */
const COUNTING = 1;
/** Raised, or ungraded and therefore silent. */
const RAISED = 2;
/** There with leave. */
const EXCUSED = 3;
/** There, but was not seen to cross the border. */
const PRESENT = 4;

/** A fix of a run with what its subject's order makes of it. */
export type Fix = { run: PositionRun; row: number; slot: number; target: Target };

const WHEEL_BUCKET_MS = 60_000;

export function createZoneMachine(deps: KindDeps<RuleOf<'zone'>>): RuleMachine {
  const { rule, pack, looksAt } = deps.compiled;
  const { params } = rule;
  const direction = directionOf(params);
  const crosses = params.relation === 'enter' || params.relation === 'exit';
  const heeds = new Uint8Array(FIX_KINDS.map((fix) => (params.fixKinds.includes(fix) ? 1 : 0)));
  const heedsCell = heeds[FIX.cell] === 1;
  const freshMs = params.freshFor ?? 0;
  const proving = {
    fixesMin: params.fixesMin,
    lastsMs: params.outsideFor ?? params.insideFor ?? Infinity,
  };
  const targets = createTargets(rule, pack, deps.surroundings.calendar);
  const report = createZoneReport(deps, targets);
  const phases = new SlotBytes();
  const contraryFixes = new SlotBytes();
  const wheel = new TimerWheel(WHEEL_BUCKET_MS);
  const late = createZoneLate({ deps, proving, report });
  /** By index into the places of a run; numbered anew in every process. */
  const watched: (Target | undefined)[] = [];
  let counting = new Map<number, FixRun>();
  let episodes = new Map<number, Episode>();
  /** The latest sure fix on the other side, where the rule looks at crossings. */
  let crossedFrom = new Map<number, { fix: KeptFix; windowMs: number }>();

  const setPhase = (slot: number, phase: number) => {
    phases.bytes[slot] = phase;
    deps.scan.note(slot);
  };

  deps.scan.add({
    isOpen: (slot) => (phases.bytes[slot] ?? CLEAR) !== CLEAR || (late.open.bytes[slot] ?? 0) !== 0,
    interestIn(run) {
      for (const place of run.places.slice(watched.length)) watched.push(targets.of(place));
      if (areAsleep(targets.schedule, run, freshMs)) return undefined;
      if (crosses) return 'everything';
      if (targets.shared) return 'zones';
      const places = Uint8Array.from(watched, (target) => (target ? 1 : 0));
      return places.includes(1) ? places : undefined;
    },
    ...(targets.shared && !crosses
      ? {
          zones: {
            name: targets.shared,
            direction,
            of: (area: number) => (watched[area] as Target).zone,
          },
        }
      : {}),
  });

  const positions = (run: PositionRun) => {
    const rows = deps.scan.rowsOf(run, deps.subjects.size);
    if (rows.length === 0 || areAsleep(targets.schedule, run, freshMs)) return;
    for (const column of [phases, contraryFixes, late.open]) column.reserve(deps.subjects.size);
    const { batch, slots, classes, areas, late: isLate } = run;
    const phase = phases.bytes;
    const open = late.open.bytes;
    const { lng, lat, accuracyM, fix, labels, atMs } = batch;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number;
      if (looksAt[classes[row] as number] === 0) continue;
      if (heeds[fix[row] as number] === 0 || ((labels[row] as number) & UNPLACED) !== 0) continue;
      const slot = slots[row] as number;
      const target = watched[areas[row] as number];
      if (!target) continue;
      const clearance = target.zone.clearanceM(lng[row] as number, lat[row] as number);
      // Where it should be, and nothing is open.
      const quiet = phase[slot] === CLEAR && open[slot] === 0 && isLate[row] === 0 && !crosses;
      if (quiet && direction * clearance < 0) continue;
      const window = windowOf(target.schedule, atMs[row] as number, freshMs);
      if (!window) continue;
      const place = {
        lng: lng[row] as number,
        lat: lat[row] as number,
        accuracyM: accuracyM[row] as number,
      };
      const side = sideOf(target.zone, place, clearance, params);
      if (side === UNSURE) continue;
      const seen = { run, row, slot, target };
      // Due by now, whichever lane the fix belongs to.
      fireDue(slot, atMs[row] as number);
      if (isLate[row] === 1) late.take(seen, side, { window, isRaised: phase[slot] === RAISED });
      else if (side === ALARMING) takeAlarming(seen, window);
      else takeContrary(seen, side, window);
    }
  };

  const takeAlarming = ({ run, row, slot, target }: Fix, window: WindowAt) => {
    const atMs = run.batch.atMs[row] as number;
    const phase = phases.bytes;
    contraryFixes.bytes[slot] = 0;
    if (phase[slot] === PRESENT) return;
    if (crosses && !window.isOpen) {
      // Who went in before the window opened crosses nothing during it.
      crossedFrom.delete(slot);
      return;
    }
    if (phase[slot] === RAISED && !(heedsCell && episodes.get(slot)?.isWeak)) return;
    const fix = keepRow(run.batch, row);
    if (phase[slot] === EXCUSED && report.leavesAt(slot, fix, atMs).covering) return;
    if (phase[slot] !== RAISED) setPhase(slot, COUNTING);
    const { windowMs } = window;
    const counted = addToRun(counting, slot, { fix, windowMs, fixesMin: params.fixesMin });
    if (!window.isOpen) {
      // Whoever is there when the window opens is raised then, without waiting for a fix.
      wheel.set(slot, window.opensMs);
      return;
    }
    const proof = proofOf(counted, proving);
    if (proof) settle({ slot, target, proof, atMs, window });
  };

  /** The presence is proven: raised, excused by a leave, or of no meaning because nobody crossed. */
  const settle = (proven: {
    slot: number;
    target: Target;
    proof: KeptFix[];
    atMs: number;
    window: WindowAt;
  }) => {
    const { slot, target, proof, atMs, window } = proven;
    const phase = phases.bytes;
    const isWeak = report.isWeak(slot, proof, atMs);
    const before = crossesFrom(slot, window.windowMs);
    const last = proof.at(-1) as KeptFix;
    const leaves = report.leavesAt(slot, last, atMs);
    counting.delete(slot);
    if (phase[slot] === RAISED) {
      // Raised by cells alone so far; better fixes now say the same.
      const episode = episodes.get(slot) as Episode;
      if (isWeak || leaves.covering || atMs === episode.openedAtMs) return;
      if (crosses && !before) return;
      report.clear(slot, episode, { atMs, by: last });
    }
    if (crosses && !before) {
      setPhase(slot, PRESENT);
      setEnd(slot, atMs, window);
      return;
    }
    const seen = { slot, target, proof, before, atMs };
    if (leaves.covering) {
      setPhase(slot, EXCUSED);
      setEnd(slot, atMs, window);
      report.excuse(seen, leaves.covering.leaveId);
      return;
    }
    open(slot, report.raise(seen, leaves.checked), { atMs, isWeak, window });
  };

  const open = (
    slot: number,
    alertId: string | undefined,
    { atMs, isWeak, window }: { atMs: number; isWeak: boolean; window: WindowAt },
  ) => {
    setPhase(slot, alertId ? RAISED : CLEAR);
    if (!alertId) return;
    contraryFixes.bytes[slot] = 0;
    episodes.set(slot, { alertId, openedAtMs: atMs, isWeak });
    if (window.windowMs !== Infinity) late.noteRaised(slot, window.windowMs);
    setEnd(slot, atMs, window);
  };

  const crossesFrom = (slot: number, windowMs: number): KeptFix | undefined => {
    const from = crossedFrom.get(slot);
    return from?.windowMs === windowMs ? from.fix : undefined;
  };

  /** What holds now ends with the window or with the order. */
  const setEnd = (slot: number, atMs: number, { windowMs }: WindowAt) => {
    const endMs = Math.min(windowMs, report.nextTurnMs(slot, atMs));
    if (endMs === Infinity) wheel.cancel(slot);
    else wheel.set(slot, endMs);
  };

  const takeContrary = ({ run, row, slot, target }: Fix, side: number, window: WindowAt) => {
    const atMs = run.batch.atMs[row] as number;
    late.end(slot, run, row);
    const phase = phases.bytes;
    counting.delete(slot);
    if (phase[slot] === COUNTING) setPhase(slot, CLEAR);
    if (crosses && takeCrossing({ run, row, slot, target }, window)) return;
    if (side !== WELL_CONTRARY || phase[slot] === CLEAR) return;
    const contrary = (contraryFixes.bytes[slot] as number) + 1;
    contraryFixes.bytes[slot] = contrary < params.clearFixesMin ? contrary : 0;
    if (contrary < params.clearFixesMin) return;
    setPhase(slot, CLEAR);
    wheel.cancel(slot);
    report.clear(slot, take(episodes, slot), { atMs, by: keepRow(run.batch, row) });
  };

  /** Keeps a sure fix on the other side; true when the way to it led through the zone. */
  const takeCrossing = ({ run, row, slot, target }: Fix, window: WindowAt): boolean => {
    const fix = keepRow(run.batch, row);
    if (!isSurelyContrary(target.zone, fix, params)) return false;
    const { windowMs } = window;
    const before = crossesFrom(slot, windowMs);
    crossedFrom.set(slot, { fix, windowMs });
    if (!params.crossing || !window.isOpen || !before || phases.bytes[slot] !== CLEAR) return false;
    const passage = findPassage(target, before, fix, params);
    if (!passage) return false;
    const isWeak = report.isWeak(slot, [before, fix], fix.atMs);
    const alertId = report.raisePassage(slot, { target, passage, before, after: fix });
    open(slot, alertId, { atMs: fix.atMs, isWeak, window });
    return true;
  };

  /** A window that opened may have closed as well by then. */
  const fireDue = (slot: number, atMs: number) => {
    for (let dueMs = wheel.dueOf(slot); dueMs <= atMs; dueMs = wheel.dueOf(slot)) {
      wheel.cancel(slot);
      fire(slot, dueMs);
    }
  };

  /** A window opens or closes, or the order ends. */
  const fire = (slot: number, dueMs: number) => {
    const target = report.targetAt(slot, dueMs);
    const window = target && windowOf(target.schedule, dueMs, 0);
    if (!target || !window?.isOpen) {
      if (episodes.has(slot)) late.noteEnded(slot, dueMs);
      setPhase(slot, CLEAR);
      counting.delete(slot);
      report.clear(slot, take(episodes, slot), { atMs: dueMs });
    } else if (phases.bytes[slot] === COUNTING) {
      const run = counting.get(slot);
      const proof = run?.windowMs === window.windowMs ? proofOf(run, proving) : undefined;
      if (proof) settle({ slot, target, proof, atMs: dueMs, window });
    } else if (phases.bytes[slot] !== CLEAR) {
      setEnd(slot, dueMs, window);
    }
  };

  return {
    positions,
    time(watermarkMs) {
      wheel.advance(watermarkMs, fire);
      late.time(watermarkMs);
    },
    beforeFrame(slot, atMs) {
      fireDue(slot, atMs);
      late.fireDue(slot, atMs);
    },
    orderChanged(slot, atMs) {
      // What proves a presence must do so under one order, the one the alert cites.
      counting.delete(slot);
      crossedFrom.delete(slot);
      late.changeOrder(slot, atMs);
      const target = report.targetAt(slot, atMs);
      if (target && target.key === report.targetAt(slot, atMs - 1)?.key) {
        // Nothing else to watch, but the order may end earlier; `fire` looks again.
        const endMs = report.nextTurnMs(slot, atMs);
        if (endMs < wheel.dueOf(slot) && phases.bytes[slot] !== CLEAR) wheel.set(slot, endMs);
        return;
      }
      phases.reserve(slot + 1);
      setPhase(slot, CLEAR);
      wheel.cancel(slot);
      report.clear(slot, take(episodes, slot), { atMs });
      late.closeAll(slot, atMs);
    },
    abandon(atMs) {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
      late.abandon(atMs);
    },
    snapshot: () => ({
      phases: phases.snapshot(deps.subjects.size),
      contraryFixes: contraryFixes.snapshot(deps.subjects.size),
      due: wheel.pending(),
      counting,
      episodes,
      crossedFrom,
      late: late.snapshot(),
    }),
    restore(state) {
      const saved = state as ZoneSnapshot;
      phases.restore(saved.phases);
      contraryFixes.restore(saved.contraryFixes);
      wheel.restorePending(saved.due);
      ({ counting, episodes, crossedFrom } = saved);
      late.restore(saved.late);
      for (let slot = 0; slot < deps.subjects.size; slot++) {
        if (phases.bytes[slot] !== CLEAR || late.open.bytes[slot] === 1) deps.scan.note(slot);
      }
    },
  };
}

/** Removes and gives the value of a key. */
function take<Value>(map: Map<number, Value>, key: number): Value | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}

type ZoneSnapshot = {
  phases: Uint8Array;
  contraryFixes: Uint8Array;
  due: Map<number, number>;
  counting: Map<number, FixRun>;
  episodes: Map<number, Episode>;
  crossedFrom: Map<number, { fix: KeptFix; windowMs: number }>;
  late: ZoneLateSnapshot;
};
