// Outside the area of the order: long enough and surely enough.
//
// A fix is *surely outside* when it lies beyond the border by more than its own error radius and a
// margin; *inside* when it lies on the inner side; anything between says nothing. The rule raises after
// `fixesMin` sure fixes, or two of them `outsideFor` apart, with no inside fix between, and clears after
// `clearFixesMin` fixes at least `rearmM` inside (hysteresis). Unplaced fixes (no fix, impossible speed,
// stale) and fixes of kinds not listed prove nothing. An approved leave excuses as long as it covers the
// time and the place; the moment it no longer does, the count starts.
//
// Fixes that come late (older than the newest known) are judged in a lane of their own, which can add an
// alert marked late, but never undoes what newer fixes said.

import type { Observation, Position } from '../../core/observation.ts';
import { positionAt } from '../../core/position-batch.ts';
import { FIX_KINDS, UNPLACED } from '../../core/position-codes.ts';
import type { Zone } from '../../core/zone.ts';
import type { PositionRun } from '../frame.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { checkLeaves, type LeaveAnswer } from '../leave.ts';
import type { RuleOf } from '../rule.ts';
import { SlotBytes } from '../slot-bytes.ts';

/** What the machine knows of a subject. */
const INSIDE = 0;
/** Surely outside, not yet for long enough. */
const COUNTING = 1;
/** Raised, or ungraded and therefore silent. */
const OUTSIDE = 2;
/** Outside with leave. */
const EXCUSED = 3;

/** Where a fix lies, seen from the zone. */
const SURELY_OUTSIDE = -1;
const UNSURE = 0;
const JUST_INSIDE = 1;
const WELL_INSIDE = 2;

type Episode = { alertId: string; openedAtMs: number };
type Fix = { run: PositionRun; row: number; slot: number };

export function createZoneMachine(deps: KindDeps<RuleOf<'zone'>>): RuleMachine {
  const { rule, looksAt } = deps.compiled;
  const { params } = rule;
  const heeds = new Uint8Array(FIX_KINDS.map((fix) => (params.fixKinds.includes(fix) ? 1 : 0)));
  const phases = new SlotBytes();
  const insideFixes = new SlotBytes();
  const lateOpen = new SlotBytes();
  /** Sure fixes outside while a run is counted; never more than `fixesMin`. */
  let counting = new Map<number, Position[]>();
  let countingLate = new Map<number, Position[]>();
  let episodes = new Map<number, Episode>();
  let lateEpisodes = new Map<number, Episode>();

  const positions = (run: PositionRun) => {
    const { batch, slots, classes, areas, zones, late } = run;
    for (const column of [phases, insideFixes, lateOpen]) column.reserve(deps.subjects.size);
    const phase = phases.bytes;
    const open = lateOpen.bytes;
    const { lng, lat, accuracyM, fix, labels, length } = batch;
    for (let row = 0; row < length; row++) {
      if (looksAt[classes[row] as number] === 0) continue;
      if (heeds[fix[row] as number] === 0 || ((labels[row] as number) & UNPLACED) !== 0) continue;
      const zone = zones[areas[row] as number] as Zone;
      const side = sideOf(zone, lng[row] as number, lat[row] as number, accuracyM[row] as number);
      if (side === UNSURE) continue;
      const slot = slots[row] as number;
      if (late[row] === 1) takeLate({ run, row, slot }, side);
      // Nearly every fix of nearly everyone is inside, and nothing is open.
      else if (side > UNSURE && phase[slot] === INSIDE && open[slot] === 0) continue;
      else if (side === SURELY_OUTSIDE) takeOutside({ run, row, slot });
      else takeInside({ run, row, slot }, side);
    }
  };

  const sideOf = (zone: Zone, lng: number, lat: number, accuracyM: number): number => {
    const clearance = zone.clearanceM(lng, lat);
    if (clearance > 1 && clearance >= params.rearmM) return WELL_INSIDE;
    const outsideM = accuracyM + params.marginM;
    if (-clearance > outsideM && clearance < -1) return SURELY_OUTSIDE;
    const distance = zone.signedDistanceM(lng, lat, Math.max(outsideM, params.rearmM) + 1);
    if (distance >= params.rearmM) return WELL_INSIDE;
    if (distance >= 0) return JUST_INSIDE;
    return -distance > outsideM ? SURELY_OUTSIDE : UNSURE;
  };

  const takeOutside = (fix: Fix) => {
    const phase = phases.bytes;
    const { slot } = fix;
    insideFixes.bytes[slot] = 0;
    if (phase[slot] === OUTSIDE) return;
    if (phase[slot] === EXCUSED && leavesAt(fix).covering) return;
    phase[slot] = COUNTING;
    const proof = count(counting, fix);
    if (!proof) return;
    const leaves = leavesAt(fix);
    const noticed = noticedOf(fix, proof);
    if (leaves.covering) {
      phase[slot] = EXCUSED;
      deps.emitter.suppress(noticed, 'leave', leaves.covering.leaveId);
      return;
    }
    const alertId = deps.emitter.raise({ ...noticed, checkedLeaves: leaves.checked });
    phase[slot] = alertId ? OUTSIDE : INSIDE;
    if (alertId) episodes.set(slot, { alertId, openedAtMs: noticed.atMs });
  };

  const takeInside = (fix: Fix, side: number) => {
    const phase = phases.bytes;
    const { slot } = fix;
    endEpisode(lateEpisodes, fix);
    lateOpen.bytes[slot] = 0;
    if (phase[slot] === COUNTING) {
      counting.delete(slot);
      phase[slot] = INSIDE;
    }
    if (side !== WELL_INSIDE || phase[slot] === INSIDE) return;
    const inside = (insideFixes.bytes[slot] as number) + 1;
    insideFixes.bytes[slot] = inside < params.clearFixesMin ? inside : 0;
    if (inside < params.clearFixesMin) return;
    phase[slot] = INSIDE;
    endEpisode(episodes, fix);
  };

  const takeLate = (fix: Fix, side: number) => {
    const { slot } = fix;
    if (side !== SURELY_OUTSIDE) {
      countingLate.delete(slot);
      endEpisode(lateEpisodes, fix);
      lateOpen.bytes[slot] = 0;
      return;
    }
    if (phases.bytes[slot] === OUTSIDE || lateOpen.bytes[slot] === 1) return;
    const proof = count(countingLate, fix);
    if (!proof) return;
    const leaves = leavesAt(fix);
    const noticed = noticedOf(fix, proof);
    if (leaves.covering) {
      deps.emitter.suppress(noticed, 'leave', leaves.covering.leaveId);
      return;
    }
    const alertId = deps.emitter.raise({ ...noticed, checkedLeaves: leaves.checked, late: true });
    if (!alertId) return;
    lateOpen.bytes[slot] = 1;
    lateEpisodes.set(slot, { alertId, openedAtMs: noticed.atMs });
  };

  /** Adds a sure fix outside; gives the proving fixes, and forgets the run, once they suffice. */
  const count = (
    runs: Map<number, Position[]>,
    { run, row, slot }: Fix,
  ): Position[] | undefined => {
    const fix = positionAt(run.batch, row);
    let fixes = runs.get(slot);
    const before = fixes?.at(-1);
    if (!fixes || (before && before.atMs > fix.atMs)) {
      fixes = [];
      runs.set(slot, fixes);
    }
    fixes.push(fix);
    const first = fixes[0] as Position;
    const longEnough = fixes.length > 1 && fix.atMs - first.atMs >= params.outsideFor;
    if (!longEnough && fixes.length < params.fixesMin) return undefined;
    runs.delete(slot);
    return longEnough ? [first, fix] : fixes;
  };

  const noticedOf = ({ run, row, slot }: Fix, proof: Position[]) => {
    const { batch } = run;
    const zone = run.zones[run.areas[row] as number] as Zone;
    const [lng, lat] = [batch.lng[row] as number, batch.lat[row] as number];
    return {
      slot,
      atMs: batch.atMs[row] as number,
      evidence: proof,
      values: {
        outsideM: Math.round(-zone.signedDistanceM(lng, lat, OUTSIDE_M_MAX)),
        fixes: proof.length,
        outsideMs: (batch.atMs[row] as number) - (proof[0] as Position).atMs,
      },
    };
  };

  const endEpisode = (open: Map<number, Episode>, { run, row, slot }: Fix) => {
    const episode = open.get(slot);
    if (!episode) return;
    const back = positionAt(run.batch, row);
    open.delete(slot);
    emitCleared(slot, episode, back.atMs, [back]);
  };

  const emitCleared = (slot: number, episode: Episode, atMs: number, evidence: Observation[]) =>
    deps.emitter.clear({
      slot,
      atMs,
      alertId: episode.alertId,
      evidence,
      values: { openMs: atMs - episode.openedAtMs },
    });

  const leavesAt = ({ run, row, slot }: Fix): LeaveAnswer => {
    if (!rule.exceptions.includes('leave')) return { covering: undefined, checked: [] };
    const { batch } = run;
    const region = batch.region[row] as number;
    const where = {
      atMs: batch.atMs[row] as number,
      region: region === 0 ? undefined : String(region),
      lng: batch.lng[row] as number,
      lat: batch.lat[row] as number,
    };
    return checkLeaves(deps.orders, deps.subjects.keyOf(slot), where, params.leaveGrace);
  };

  return {
    positions,
    orderChanged(slot, atMs) {
      if (deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) return;
      for (const column of [phases, lateOpen]) column.reserve(slot + 1);
      for (const open of [episodes, lateEpisodes]) {
        const episode = open.get(slot);
        open.delete(slot);
        if (episode) emitCleared(slot, episode, atMs, []);
      }
      counting.delete(slot);
      countingLate.delete(slot);
      phases.bytes[slot] = INSIDE;
      lateOpen.bytes[slot] = 0;
    },
    abandon(atMs) {
      for (const open of [episodes, lateEpisodes]) {
        for (const [slot, episode] of open) deps.emitter.abandon(slot, episode, atMs);
      }
      episodes = new Map();
      lateEpisodes = new Map();
    },
    snapshot: () => ({
      phases: phases.snapshot(deps.subjects.size),
      insideFixes: insideFixes.snapshot(deps.subjects.size),
      lateOpen: lateOpen.snapshot(deps.subjects.size),
      counting,
      countingLate,
      episodes,
      lateEpisodes,
    }),
    restore(state) {
      const saved = state as ZoneSnapshot;
      phases.restore(saved.phases);
      insideFixes.restore(saved.insideFixes);
      lateOpen.restore(saved.lateOpen);
      ({ counting, countingLate, episodes, lateEpisodes } = saved);
    },
  };
}

/** Distances beyond this are reported as this. */
const OUTSIDE_M_MAX = 30_000;

type ZoneSnapshot = {
  phases: Uint8Array;
  insideFixes: Uint8Array;
  lateOpen: Uint8Array;
  counting: Map<number, Position[]>;
  countingLate: Map<number, Position[]>;
  episodes: Map<number, Episode>;
  lateEpisodes: Map<number, Episode>;
};
