// What a zone rule says: evidence and values of its findings, and what the order and the leaves of the
// person have to do with them.

import type { RaisedFinding } from '../../core/finding.ts';
import { classOf } from '../../core/order.ts';
import { classCode } from '../compile.ts';
import type { KindDeps } from '../kind.ts';
import { checkLeaves, type LeaveAnswer } from '../leave.ts';
import type { RuleOf } from '../rule.ts';
import { positionOf, type KeptFix } from './kept-fix.ts';
import type { Passage } from './zone-passage.ts';
import { isByCellOnly } from './zone-proof.ts';
import { directionOf } from './zone-side.ts';
import type { Target, Targets } from './zone-target.ts';

export type Episode = {
  readonly alertId: string;
  readonly openedAtMs: number;
  /** Raised by cell fixes alone, and therefore graded 3 instead of graver. */
  readonly isWeak: boolean;
};

/** A presence that is proven. */
export type Proven = {
  readonly slot: number;
  readonly target: Target;
  readonly proof: readonly KeptFix[];
  /** The sure fix on the other side, where the rule looks at crossings. */
  readonly before: KeptFix | undefined;
  readonly atMs: number;
};

export type ZoneReport = ReturnType<typeof createZoneReport>;

/** Distances beyond this are reported as this. */
const DISTANCE_M_MAX = 30_000;
const LEVEL_OF_CELLS = 3;

export function createZoneReport(deps: KindDeps<RuleOf<'zone'>>, targets: Targets) {
  const { rule, looksAt } = deps.compiled;
  const { params } = rule;
  const direction = directionOf(params);
  const orderAt = (slot: number, atMs: number) =>
    deps.orders.orderAt(deps.subjects.keyOf(slot), atMs);

  /** Values by name: beyond the border of the area, away from home or a place, inside of a place. */
  const names =
    direction === 1
      ? (['insideM', 'insideMs'] as const)
      : params.zone === 'order-area'
        ? (['outsideM', 'outsideMs'] as const)
        : (['awayM', 'awayMs'] as const);

  /** `home`, or the id of the nearest of the zones; the area of the order needs no name. */
  const zoneNameAt = (target: Target, lng: number, lat: number): string | undefined =>
    target.nearest?.(lng, lat) ?? (params.zone === 'home' ? 'home' : undefined);

  const valuesOf = ({ target, proof, atMs }: Proven) => {
    const [first, last] = [proof[0] as KeptFix, proof.at(-1) as KeptFix];
    const signedM = target.zone.signedDistanceM(last.lng, last.lat, DISTANCE_M_MAX);
    const zone = zoneNameAt(target, last.lng, last.lat);
    return {
      ...(zone === undefined ? {} : { zone }),
      [names[0]]: Math.round(direction * signedM),
      fixes: proof.length,
      [names[1]]: atMs - first.atMs,
    };
  };

  const noticedOf = (proven: Proven) => {
    const subject = deps.subjects.keyOf(proven.slot);
    const fixes = proven.before ? [proven.before, ...proven.proof] : proven.proof;
    return {
      slot: proven.slot,
      atMs: proven.atMs,
      evidence: fixes.map((fix) => positionOf(fix, subject)),
      values: valuesOf(proven),
    };
  };

  return {
    /** What the rule watches for the person at that instant. */
    targetAt(slot: number, atMs: number): Target | undefined {
      const order = orderAt(slot, atMs);
      if (!order || looksAt[classCode(classOf(order))] === 0) return undefined;
      return targets.of(deps.frame.placesOf(order));
    },

    /** True when cells alone prove it and the rule would grade it graver than they may. */
    isWeak(slot: number, proof: readonly KeptFix[], atMs: number): boolean {
      const order = orderAt(slot, atMs);
      const level = order && rule.level[classOf(order)];
      return level !== undefined && level < LEVEL_OF_CELLS && isByCellOnly(proof);
    },

    /** When the order of the person may next say something else, or end. */
    nextTurnMs: (slot: number, atMs: number): number =>
      deps.orders.orderSpan(deps.subjects.keyOf(slot), atMs).untilMs,

    leavesAt(slot: number, fix: KeptFix, atMs: number): LeaveAnswer {
      if (!rule.exceptions.includes('leave')) return { covering: undefined, checked: [] };
      const region = fix.region === 0 ? undefined : String(fix.region);
      const where = { atMs, region, lng: fix.lng, lat: fix.lat };
      return checkLeaves(deps.orders, deps.subjects.keyOf(slot), where, params.leaveGrace);
    },

    /** Gives the id of the alert, also of one that is silent because it has no level. */
    raise(
      proven: Proven,
      checkedLeaves: RaisedFinding['checkedLeaves'],
      late = false,
    ): string | undefined {
      const noGraverThan = isByCellOnly(proven.proof) ? LEVEL_OF_CELLS : undefined;
      return deps.emitter.raise({ ...noticedOf(proven), checkedLeaves, late, noGraverThan });
    },

    raisePassage(
      slot: number,
      seen: { target: Target; passage: Passage; before: KeptFix; after: KeptFix },
    ): string | undefined {
      const { passage, before, after } = seen;
      const subject = deps.subjects.keyOf(slot);
      const zone = zoneNameAt(seen.target, passage.lng, passage.lat);
      return deps.emitter.raise({
        slot,
        atMs: after.atMs,
        evidence: [before, after].map((fix) => positionOf(fix, subject)),
        values: {
          ...(zone === undefined ? {} : { zone }),
          passedM: Math.round(passage.depthM),
          wayM: Math.round(passage.lengthM),
          wayMs: after.atMs - before.atMs,
        },
        noGraverThan: isByCellOnly([before, after]) ? LEVEL_OF_CELLS : undefined,
      });
    },

    excuse: (proven: Proven, leaveId: string) =>
      deps.emitter.suppress(noticedOf(proven), 'leave', leaveId),

    /** Ends an episode, if there is one. */
    clear(
      slot: number,
      episode: Episode | undefined,
      { atMs, by }: { atMs: number; by?: KeptFix },
    ): void {
      if (!episode) return;
      const endedAtMs = Math.max(atMs, episode.openedAtMs);
      deps.emitter.clear({
        slot,
        atMs: endedAtMs,
        alertId: episode.alertId,
        evidence: by ? [positionOf(by, deps.subjects.keyOf(slot))] : [],
        values: { openMs: endedAtMs - episode.openedAtMs },
      });
    },
  };
}
