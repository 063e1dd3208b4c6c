// How far a person's fixes got on the ladder of a zone rule: a fix with a place, of a kind that counts, at a
// time that counts, on the alarming side, surely, for long enough, after having crossed. Asks of each fix what
// the machine asks (kinds/zone-*.ts), and remembers the one that came farthest.

import { FIX_KINDS, UNPLACED } from '../../core/position-codes.ts';
import { checkLeaves } from '../leave.ts';
import type { KeptFix } from '../kinds/kept-fix.ts';
import { addToRun, proofOf, type FixRun } from '../kinds/zone-proof.ts';
import { ALARMING, directionOf, isSurelyContrary, sideOf, UNSURE } from '../kinds/zone-side.ts';
import { createTargets, type Target } from '../kinds/zone-target.ts';
import { windowOf, type WindowAt } from '../kinds/zone-window.ts';
import type { RuleOf } from '../rule.ts';
import type { HeardFix, Person } from './person.ts';
import { isWithin, type Question } from './question.ts';

export type Stage =
  | 'nothing-to-watch'
  | 'unplaced'
  | 'fix-kind'
  | 'schedule-closed'
  | 'other-side'
  | 'unsure'
  | 'dwell'
  | 'no-crossing'
  | 'returned'
  | 'proven';

const STAGES: readonly Stage[] = [
  'nothing-to-watch',
  'unplaced',
  'fix-kind',
  'schedule-closed',
  'other-side',
  'unsure',
  'dwell',
  'no-crossing',
  'returned',
  'proven',
];

export type Reached = {
  readonly stage: Stage;
  readonly fix: KeptFix;
  /** The greater, the nearer among fixes of one stage. */
  readonly score: number;
  readonly target?: Target | undefined;
  /** Beyond the border on the alarming side, in metres; negative on the other. */
  readonly beyondM?: number;
  /** The run of sure fixes: how many, and for how long. */
  readonly fixes?: number;
  readonly lastedMs?: number;
};

export type ZoneTrace = {
  /** Undefined without a fix in the window. */
  readonly farthest: Reached | undefined;
  /** A fix on the alarming side that an approved leave covers. */
  readonly excused: { readonly fix: KeptFix; readonly leaveId: string } | undefined;
  readonly counts: Readonly<Record<Stage, number>>;
};

/** Distances beyond this are told as this. */
const DISTANCE_M_MAX = 30_000;

type Lane = {
  runs: Map<number, FixRun>;
  crossedFrom: { windowMs: number } | undefined;
  /** Proven to be there before a window opens: a fix on the other side before then undoes it. */
  waiting: (Reached & { readonly opensMs: number }) | undefined;
};

export function traceZone(question: Question, person: Person, rule: RuleOf<'zone'>): ZoneTrace {
  const { params } = rule;
  const { pack } = question.compiled;
  const { calendar } = question.surroundings;
  const targets = createTargets(rule, pack, calendar);
  const counts = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  // Fixes that come late are judged among themselves.
  const lanes: Record<'onTime' | 'late', Lane> = { onTime: newLane(), late: newLane() };
  const endMs = Math.min(question.untilMs, person.reachedMs);
  let farthest: Reached | undefined;
  let excused: ZoneTrace['excused'];
  const note = (reached: Reached) => {
    if (!isWithin(question, reached.fix.atMs)) return;
    counts[reached.stage]++;
    if (!farthest || isFarther(reached, farthest)) farthest = reached;
  };
  for (const heard of person.heard) {
    if (heard.kind === 'order') {
      for (const lane of Object.values(lanes)) Object.assign(lane, newLane());
    }
    if (heard.kind !== 'fix' || !heard.watched || !heard.order) continue;
    const target = targets.of(person.frame.placesOf(heard.order));
    const lane = heard.late ? lanes.late : lanes.onTime;
    const { waiting } = lane;
    const reached = judge(heard, target, { params, lane, endMs, atMs: question.atMs });
    // Who was there before the window opened and came back before is raised by nobody.
    if (waiting && !lane.waiting) note({ ...waiting, stage: 'returned' });
    note(reached);
    if (STAGES.indexOf(reached.stage) < STAGES.indexOf('dwell')) continue;
    const leaveId = rule.exceptions.includes('leave')
      ? coveringLeave(question, person, heard, params.leaveGrace)
      : undefined;
    if (leaveId !== undefined && isWithin(question, heard.atMs)) {
      excused = { fix: heard.fix, leaveId };
    }
  }
  for (const { waiting } of Object.values(lanes)) if (waiting) note(waiting);
  return { farthest, excused, counts };
}

const newLane = (): Lane => ({ runs: new Map(), crossedFrom: undefined, waiting: undefined });

function isFarther(a: Reached, b: Reached): boolean {
  const stages = STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage);
  return stages > 0 || (stages === 0 && a.score > b.score);
}

type Judging = {
  readonly params: RuleOf<'zone'>['params'];
  readonly lane: Lane;
  readonly endMs: number;
  /** The instant asked about. */
  readonly atMs: number;
};

/** A fix with a place at a time that counts, or soon will. */
type Placed = {
  readonly fix: KeptFix;
  readonly target: Target;
  readonly window: WindowAt;
  readonly beyondM: number;
};

function judge({ fix, late }: HeardFix, target: Target | undefined, judging: Judging): Reached {
  const { params, endMs, atMs } = judging;
  const away = -Math.abs(fix.atMs - atMs);
  if (!target) return { stage: 'nothing-to-watch', fix, score: away };
  if ((fix.labels & UNPLACED) !== 0) return { stage: 'unplaced', fix, score: away };
  if (!params.fixKinds.includes(FIX_KINDS[fix.fix] ?? 'gnss')) {
    return { stage: 'fix-kind', fix, score: away };
  }
  const window = windowOf(target.schedule, fix.atMs, params.freshFor ?? 0);
  // What comes late counts in an open window only.
  if (!window || (!window.isOpen && (late || window.opensMs > endMs))) {
    return { stage: 'schedule-closed', fix, score: away, target };
  }
  const side = sideOf(target.zone, fix, target.zone.clearanceM(fix.lng, fix.lat), params);
  const direction = directionOf(params);
  const beyondM = direction * target.zone.signedDistanceM(fix.lng, fix.lat, DISTANCE_M_MAX);
  const placed = { fix, target, window, beyondM };
  if (side === UNSURE) return { ...placed, stage: 'unsure', score: beyondM - fix.accuracyM };
  return side === ALARMING ? takeAlarming(placed, judging) : takeContrary(placed, judging);
}

function takeContrary(placed: Placed, { lane, params }: Judging): Reached {
  const { fix, target, window, beyondM } = placed;
  lane.runs.clear();
  if (isSurelyContrary(target.zone, fix, params)) lane.crossedFrom = { windowMs: window.windowMs };
  if (lane.waiting && fix.atMs < lane.waiting.opensMs) lane.waiting = undefined;
  return { ...placed, stage: 'other-side', score: beyondM };
}

function takeAlarming(placed: Placed, { params, lane }: Judging): Reached {
  const { fix, target, window, beyondM } = placed;
  const { windowMs, isOpen, opensMs } = window;
  const crosses = params.relation === 'enter' || params.relation === 'exit';
  if (crosses && !isOpen) {
    // Who crossed before the window opened crosses nothing during it.
    lane.crossedFrom = undefined;
    return { stage: 'schedule-closed', fix, score: fix.atMs - opensMs, target };
  }
  const { fixesMin } = params;
  const run = addToRun(lane.runs, 0, { fix, windowMs, fixesMin });
  const proof = proofOf(run, {
    fixesMin,
    lastsMs: params.outsideFor ?? params.insideFor ?? Infinity,
  });
  const fixes = run.fixes.length;
  const lastedMs = fix.atMs - (run.fixes[0] as KeptFix).atMs;
  const reached = { ...placed, fixes, lastedMs };
  if (!proof) return { ...reached, stage: 'dwell', score: fixes + lastedMs / 1e12 };
  if (crosses && lane.crossedFrom?.windowMs !== windowMs) {
    return { ...reached, stage: 'no-crossing', score: beyondM };
  }
  const proven: Reached = { ...reached, stage: 'proven', score: beyondM };
  if (isOpen) return proven;
  lane.waiting = { ...proven, opensMs };
  return { ...proven, stage: 'other-side', score: -Infinity };
}

function coveringLeave(
  { subject }: Question,
  { orders }: Person,
  { fix }: HeardFix,
  graceMs: number,
): string | undefined {
  const region = fix.region === 0 ? undefined : String(fix.region);
  const where = { atMs: fix.atMs, region, lng: fix.lng, lat: fix.lat };
  return checkLeaves(orders, subject, where, graceMs).covering?.leaveId;
}
