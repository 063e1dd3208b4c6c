// Episodes in which somebody moves: over the border with and without leave, along it, or only seemingly.

import { assert } from '../../core/errors.ts';
import { distanceM } from '../../core/geo.ts';
import { MINUTE_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import type { Member, WayOut } from './casting.ts';
import type { Episode, EpisodeKind, Expectation } from './episode.ts';
import { compose, expecting, type Stage } from './stage.ts';
import { leaveArrival, reportedBack, type LeaveTerms } from './orders.ts';
import { countyBureau } from './law.ts';
import { roundTrip, type Journey } from './journey.ts';
import { moved } from './route.ts';

const SPEED_KMH = 42;
const M_PER_MS = SPEED_KMH / 3_600;
const REPORT_MS = MINUTE_MS;
/** Reports surely outside that the rule waits for. */
const FIXES = 3;
const AREA_EXIT = 'area-exit';
const HOUR_MS = 60 * MINUTE_MS;
/** How long the rule about contacts wants two to be together, and how the other one comes. */
const TOGETHER_MS = 10 * MINUTE_MS;
const RIDE_KMH = 12;
/** Whoever is back says so after this. */
const REPORTED_MS = 5 * MINUTE_MS;
/** The rule's own grace after a leave ends. */
const LEAVE_GRACE_MS = HOUR_MS;
/** Event time may differ by a report or two where a path grazes the border. */
const SLACK_MS = 2 * REPORT_MS + 5_000;

/** Drives out so that the third report surely outside comes at `atMs`, stays, and comes back. */
export function exitByRoad(stage: Stage, member: Member, atMs: number): Episode {
  const { journey, backAtMs } = driveOut(member, atMs, stage.between([40, 75]) * MINUTE_MS);
  return compose(stage, 'exit-by-road', member, atMs, {
    journeys: [journey],
    expects: [raisedExit(stage, member, atMs), clearedExit(stage, member, backAtMs)],
  });
}

/** The same with a leave for the place: recorded, and nobody is disturbed. */
export function exitWithLeave(stage: Stage, member: Member, atMs: number): Episode {
  const { journey, backAtMs } = driveOut(member, atMs, stage.between([30, 50]) * MINUTE_MS);
  const leave = leaveFor(stage, member, {
    kind: 'exit-with-leave',
    regions: regionsOutside(stage, member),
    fromMs: atMs - 40 * MINUTE_MS,
    untilMs: backAtMs + 3 * HOUR_MS,
    transitMs: HOUR_MS,
  });
  return compose(stage, 'exit-with-leave', member, atMs, {
    journeys: [journey],
    facts: [leave, reportedBack(leave, backAtMs + REPORTED_MS)],
    expects: [
      expecting(stage, member, {
        outcome: 'suppressed',
        ruleId: AREA_EXIT,
        because: 'leave',
        fromMs: atMs - SLACK_MS,
        untilMs: atMs + SLACK_MS,
      }),
    ],
  });
}

/** Went out with leave and is still out when it, and its grace, are over. */
export function leaveRunsOut(stage: Stage, member: Member, atMs: number): Episode {
  const outAtMs = atMs - 85 * MINUTE_MS;
  const { journey, backAtMs } = driveOut(member, outAtMs, atMs + 25 * MINUTE_MS - outAtMs);
  const endOfGraceMs = atMs - (FIXES - 1) * REPORT_MS - REPORT_MS / 6;
  const leave = leaveFor(stage, member, {
    kind: 'leave-runs-out',
    regions: regionsOutside(stage, member),
    fromMs: outAtMs - 40 * MINUTE_MS,
    untilMs: endOfGraceMs - LEAVE_GRACE_MS,
    transitMs: 20 * MINUTE_MS,
  });
  const excusedFromMs = Math.max(outAtMs, stage.firstReportMs);
  return compose(stage, 'leave-runs-out', member, atMs, {
    journeys: [journey],
    facts: [leave, reportedBack(leave, backAtMs + REPORTED_MS)],
    expects: [
      expecting(stage, member, {
        outcome: 'suppressed',
        ruleId: AREA_EXIT,
        because: 'leave',
        fromMs: excusedFromMs - SLACK_MS,
        untilMs: excusedFromMs + 2 * SLACK_MS,
      }),
      raisedExit(stage, member, atMs),
      clearedExit(stage, member, backAtMs),
    ],
  });
}

/** Has leave, but for another place. */
export function wrongDestination(stage: Stage, member: Member, atMs: number): Episode {
  const { journey, backAtMs } = driveOut(member, atMs, stage.between([35, 60]) * MINUTE_MS);
  const leave = leaveFor(stage, member, {
    kind: 'wrong-destination',
    regions: [stage.otherRegion(regionsOutside(stage, member))],
    fromMs: atMs - 3 * HOUR_MS,
    untilMs: backAtMs + 4 * HOUR_MS,
    transitMs: 30 * MINUTE_MS,
  });
  return compose(stage, 'wrong-destination', member, atMs, {
    journeys: [journey],
    facts: [leave, reportedBack(leave, backAtMs + REPORTED_MS)],
    expects: [raisedExit(stage, member, atMs), clearedExit(stage, member, backAtMs)],
  });
}

/** The other one rides over, stays for half an hour, and goes home again. */
export function forbiddenContact(stage: Stage, { person, other }: Member, atMs: number): Episode {
  assert(other?.days !== undefined && person.days !== undefined, 'two with homes may not meet');
  const [from, to] = [other.days.home, person.days.home];
  const arriveMs = atMs - TOGETHER_MS - REPORT_MS;
  const rideMs = (distanceM(...from, ...to) / RIDE_KMH) * 3_600;
  const leaveMs = Math.round(atMs + stage.between([14, 20]) * MINUTE_MS);
  const departMs = Math.round(arriveMs - rideMs);
  const journey = roundTrip({ from, to, departMs, leaveMs, backTo: from, speedKmh: RIDE_KMH });
  const member = { person, wayOut: undefined };
  return compose(stage, 'forbidden-contact', member, atMs, {
    others: [{ person: other.index, journeys: [journey] }],
    expects: [
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'no-contact',
        level: 2,
        fromMs: atMs - 2 * REPORT_MS,
        untilMs: atMs + 2 * REPORT_MS,
      }),
      expecting(stage, member, {
        outcome: 'cleared',
        ruleId: 'no-contact',
        fromMs: leaveMs,
        untilMs: leaveMs + 5 * REPORT_MS,
      }),
    ],
  });
}

/** Walks to and fro across the border, never farther out than the ring in which nothing is certain. */
export function borderWalk(stage: Stage, member: Member, atMs: number): Episode {
  const way = wayOf(member);
  const edge = stage.edgeOf(member, way);
  const from = { atMs: atMs - way.borderM / M_PER_MS, at: way.home };
  const turns = Array.from({ length: 9 }, (_, i) => ({
    atMs: atMs + i * 4 * MINUTE_MS,
    at: i % 2 === 0 ? edge.inside : edge.outside,
  }));
  const lastMs = atMs + 8 * 4 * MINUTE_MS;
  const home = { atMs: lastMs + way.borderM / M_PER_MS, at: way.home };
  return compose(stage, 'border-walk', member, atMs, {
    journeys: [{ waypoints: [from, ...turns, home].map(roundInstant) }],
  });
}

/** Crosses from one district of the city into the other: not leaving at all. */
export function districtVisit(stage: Stage, member: Member, atMs: number): Episode {
  const { journey } = driveOut(member, atMs, 30 * MINUTE_MS);
  return compose(stage, 'district-visit', member, atMs, { journeys: [journey] });
}

/** The network places the phone beyond the border while it lies at home. */
export function cellJump(stage: Stage, member: Member, atMs: number): Episode {
  const span = { fromMs: atMs, untilMs: atMs + 4 * MINUTE_MS };
  return compose(stage, 'cell-jump', member, atMs, {
    apparitions: [{ ...span, at: wayOf(member).end, fix: 'cell', accuracyM: 800 }],
  });
}

/** For two reports the phone is seventy kilometres away. */
export function teleport(stage: Stage, member: Member, atMs: number): Episode {
  const span = { fromMs: atMs, untilMs: atMs + 2 * REPORT_MS };
  const at = moved(wayOf(member).home, 60_000, 40_000);
  return compose(stage, 'teleport', member, atMs, {
    apparitions: [{ ...span, at, fix: 'gnss', accuracyM: 12 }],
  });
}

/** At the first of three reports from outside one is `sureM` from home. */
function driveOut(
  member: Member,
  atMs: number,
  stayMs: number,
): { journey: Journey; backAtMs: number } {
  const way = wayOf(member);
  const firstMs = atMs - (FIXES - 1) * REPORT_MS;
  const departMs = firstMs - way.sureM / M_PER_MS;
  const arriveMs = departMs + way.endM / M_PER_MS;
  const leaveMs = Math.max(arriveMs, atMs + stayMs);
  const waypoints = [
    { atMs: departMs, at: way.home },
    { atMs: arriveMs, at: way.end },
    { atMs: leaveMs, at: way.end },
    { atMs: leaveMs + way.endM / M_PER_MS, at: way.home },
  ];
  return {
    journey: { waypoints: waypoints.map(roundInstant) },
    backAtMs: leaveMs + (way.endM - way.borderM + 300) / M_PER_MS,
  };
}

const roundInstant = <Point extends { readonly atMs: number }>(point: Point): Point => ({
  ...point,
  atMs: Math.round(point.atMs),
});

function wayOf(member: Member): WayOut {
  assert(member.wayOut !== undefined, 'whoever leaves has a way over the border');
  return member.wayOut;
}

const LOOK_EVERY_M = 200;

/** Every region the way passes through beyond the border. */
function regionsOutside(stage: Stage, member: Member): RegionCode[] {
  const way = wayOf(member);
  const regions = new Set<RegionCode>();
  for (let metres = way.sureM; metres <= way.endM; metres += LOOK_EVERY_M) {
    regions.add(stage.regionAt(way.at(metres)));
  }
  return [...regions].sort();
}

const raisedExit = (stage: Stage, member: Member, atMs: number): Expectation =>
  expecting(stage, member, {
    outcome: 'raised',
    ruleId: AREA_EXIT,
    level: 2,
    fromMs: atMs - SLACK_MS,
    untilMs: atMs + SLACK_MS,
  });

const clearedExit = (stage: Stage, member: Member, backAtMs: number): Expectation =>
  expecting(stage, member, {
    outcome: 'cleared',
    ruleId: AREA_EXIT,
    fromMs: backAtMs - SLACK_MS,
    untilMs: backAtMs + SLACK_MS + 2 * REPORT_MS,
  });

/** A leave of this episode, recorded two hours before it begins. */
function leaveFor(
  stage: Stage,
  member: Member,
  terms: Omit<LeaveTerms, 'leaveId' | 'reason' | 'approvedBy'> & { kind: EpisodeKind },
) {
  const { kind, ...rest } = terms;
  return leaveArrival(
    member.person,
    {
      ...rest,
      fromMs: Math.round(rest.fromMs),
      untilMs: Math.round(rest.untilMs),
      leaveId: `leave-${member.person.key}-${stage.id}`,
      reason: kind === 'wrong-destination' ? 'family' : 'work',
      approvedBy: countyBureau(member.person.county),
    },
    Math.round(rest.fromMs - 2 * HOUR_MS),
  );
}
