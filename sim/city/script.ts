// The script: a fixed opening of a quarter of an hour, then one episode after another for as long as the
// city runs. Everything follows from the seed and the instant of the start.

import type { LngLat } from '../../core/geo.ts';
import { MINUTE_MS } from '../../core/local-time.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode, type RegionCode } from '../../core/region.ts';
import { DESTINATIONS, STATIONS } from '../../datasets/places.ts';
import type { Cast, Member, Role, WayOut } from './casting.ts';
import type { Episode, EpisodeKind, Expectation, Span } from './episode.ts';
import { openCounties, type Areas } from './population.ts';
import * as report from './report-episodes.ts';
import * as road from './road-episodes.ts';
import { drawsOf, type Stage } from './stage.ts';
import * as term from './term-episodes.ts';

type Make = (stage: Stage, member: Member, atMs: number) => Episode;

type Part = { readonly role: Role; readonly make: Make };

const PARTS: Readonly<Record<EpisodeKind, Part>> = {
  'border-walk': { role: 'leaver-with-phone', make: road.borderWalk },
  'cell-jump': { role: 'leaver-with-phone', make: road.cellJump },
  conflict: { role: 'cc-plain', make: report.conflict },
  detention: { role: 'cc-plain', make: report.detention },
  'district-visit': { role: 'district-visitor', make: road.districtVisit },
  'exit-by-road': { role: 'leaver-with-bracelet', make: road.exitByRoad },
  'exit-with-leave': { role: 'leaver-with-phone', make: road.exitWithLeave },
  'forbidden-contact': { role: 'contact-bound', make: road.forbiddenContact },
  'gate-out': { role: 'cc-traveller', make: report.gateOut },
  'leave-not-reported': { role: 'cc-leave-taker', make: term.leaveNotReported },
  'leave-runs-out': { role: 'leaver-with-phone', make: road.leaveRunsOut },
  'lodging-out': { role: 'cc-traveller', make: report.lodgingOut },
  'lodging-refused': { role: 'ra-plain', make: report.lodgingRefused },
  'monitoring-ending': { role: 'monitoring-ending', make: term.monitoringEnding },
  'monitoring-overdue': { role: 'monitoring-overdue', make: term.monitoringOverdue },
  silence: { role: 'bracelet-wearer', make: report.silence },
  tamper: { role: 'bracelet-wearer', make: report.tamper },
  teleport: { role: 'leaver-with-phone', make: road.teleport },
  'ticket-by-air': { role: 'ra-key-traveller', make: report.ticketByAir },
  'ticket-cancelled': { role: 'cc-traveller', make: report.ticketCancelled },
  'ticket-out': { role: 'cc-traveller', make: report.ticketOut },
  'ticket-refused': { role: 'ra-plain', make: report.ticketRefused },
  'ticket-with-leave': { role: 'cc-leave-taker', make: report.ticketWithLeave },
  'wrong-destination': { role: 'leaver-with-bracelet', make: road.wrongDestination },
};

/** Seconds after the start at which each episode of the opening shows. */
const OPENING: readonly (readonly [seconds: number, kind: EpisodeKind])[] = [
  [6, 'exit-by-road'],
  [20, 'ticket-out'],
  [35, 'ticket-refused'],
  [50, 'exit-with-leave'],
  [75, 'tamper'],
  [100, 'conflict'],
  [130, 'ticket-by-air'],
  [150, 'border-walk'],
  [170, 'detention'],
  [205, 'wrong-destination'],
  [240, 'lodging-out'],
  [270, 'cell-jump'],
  [300, 'gate-out'],
  [330, 'teleport'],
  [360, 'ticket-with-leave'],
  [400, 'exit-by-road'],
  [450, 'leave-runs-out'],
  [480, 'silence'],
  [520, 'ticket-cancelled'],
  [545, 'leave-not-reported'],
  [570, 'district-visit'],
  [600, 'monitoring-ending'],
  [630, 'tamper'],
  [660, 'monitoring-overdue'],
  [690, 'lodging-refused'],
  [735, 'forbidden-contact'],
  [760, 'exit-by-road'],
  [840, 'detention'],
];

/** The terms of those whose monitoring runs out in the opening. */
export const monitoringTerms = (startAtMs: number): Readonly<Partial<Record<Role, Span>>> => {
  const shownMs = (kind: EpisodeKind) =>
    startAtMs + (OPENING.find((one) => one[1] === kind)?.[0] ?? 0) * 1_000;
  return {
    'monitoring-ending': term.endingTerm(shownMs('monitoring-ending')),
    'monitoring-overdue': term.overdueTerm(shownMs('monitoring-overdue')),
  };
};

const OPENING_MS = 15 * MINUTE_MS;
/** Nothing of an episode, be it a leave on record, comes earlier than this before it shows. */
const LEAD_MS = 8 * 3_600_000;

/** How often each kind comes up afterwards. */
const WEIGHTS: readonly (readonly [EpisodeKind, number])[] = [
  ['exit-by-road', 20],
  ['ticket-out', 14],
  ['tamper', 10],
  ['exit-with-leave', 8],
  ['lodging-out', 7],
  ['gate-out', 7],
  ['ticket-by-air', 6],
  ['ticket-cancelled', 5],
  ['silence', 5],
  ['wrong-destination', 4],
  ['ticket-with-leave', 4],
  ['leave-runs-out', 3],
  ['leave-not-reported', 3],
  ['detention', 3],
  ['conflict', 2],
  ['ticket-refused', 2],
];

export type ScriptOptions = {
  readonly seed: string;
  readonly startAtMs: number;
  /** When the devices' first reports come. */
  readonly firstReportMs: number;
  /** Mean time between two episodes after the opening. */
  readonly paceMs: number;
};

export type ScriptDeps = {
  readonly cast: Cast;
  readonly areas: Areas;
  /** The GB/T 2260 code at a place as a number, 0 where the map does not reach. */
  readonly locate: (lng: number, lat: number) => number;
};

export type Script = {
  /**
   * At least the episodes of which anything is to be noticed by `untilMs`, in the order in which they
   * show; the list only ever grows at its end.
   */
  episodesUntil(untilMs: number): readonly Episode[];
  /** What should have come of them by `untilMs`. */
  expectations(untilMs: number): readonly Expectation[];
};

export function createScript(deps: ScriptDeps, options: ScriptOptions): Script {
  const { cast } = deps;
  const episodes: Episode[] = [];
  const used = new Map<Role, number>();
  const random = createRandom(`script ${options.seed}`);
  let count = 0;

  const add = (kind: EpisodeKind, atMs: number) => {
    const { role, make } = PARTS[kind];
    const members = cast.get(role) ?? [];
    const turn = used.get(role) ?? 0;
    const member = members[turn % Math.max(1, members.length)];
    // A small population may have nobody for the part.
    if (!member) return;
    used.set(role, turn + 1);
    const stage = setStage(deps, options, `s${++count}-${kind}`);
    episodes.push(make(stage, member, reportAfter(member, atMs)));
  };

  for (const [seconds, kind] of OPENING) add(kind, options.startAtMs + seconds * 1_000);
  let nextMs = options.startAtMs + OPENING_MS;

  return {
    episodesUntil(untilMs) {
      while (nextMs <= untilMs + LEAD_MS) {
        add(drawKind(random.next()), nextMs);
        nextMs += Math.round(options.paceMs * (0.4 + 1.2 * random.next()));
      }
      return episodes;
    },
    expectations(untilMs) {
      return this.episodesUntil(untilMs)
        .flatMap(({ expects }) => expects)
        .filter((expected) => expected.fromMs <= untilMs)
        .sort((a, b) => a.fromMs - b.fromMs);
    },
  };
}

function drawKind(unit: number): EpisodeKind {
  let rest = unit * WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of WEIGHTS) {
    rest -= weight;
    if (rest < 0) return kind;
  }
  return 'exit-by-road';
}

/** The first instant from `atMs` on at which the member's device reports; without one, the instant itself. */
function reportAfter({ person }: Member, atMs: number): number {
  const { reporting } = person;
  if (!reporting) return atMs;
  const { intervalMs, phaseMs } = reporting;
  return Math.ceil((atMs - phaseMs) / intervalMs) * intervalMs + phaseMs;
}

function setStage(deps: ScriptDeps, options: ScriptOptions, id: string): Stage {
  const random = createRandom(`stage ${options.seed} ${id}`);
  const destination = random.pick(DESTINATIONS).region;
  const far = DESTINATIONS.map(({ region }) => region).filter((region) =>
    ['510100', '510700', '511000'].includes(region),
  );
  return {
    id,
    firstReportMs: options.firstReportMs,
    ...drawsOf(random),
    destination: () => destination,
    otherRegion: (than) => far.find((region) => !than.includes(region)) as RegionCode,
    regionAt: ([lng, lat]: LngLat) => regionCode(String(deps.locate(lng, lat))),
    gateOf: (county) =>
      STATIONS.find((station) => station.kind === 'motorway-gate' && station.county === county)
        ?.name.zh ?? '收费站',
    edgeOf: (member, way) => edgeOf(deps.areas, member, way),
  };
}

/** Well within the ring of 100 m in which the rule makes no difference between in and out. */
const EDGE_M = 55;
const EDGE_STEP_M = 5;

function edgeOf(areas: Areas, { person }: Member, way: WayOut) {
  const zone = areas.zoneOf(openCounties(person.county));
  const insideM = (metres: number) => zone.signedDistanceM(...way.at(metres), 400);
  let inM = way.borderM;
  while (insideM(inM) < EDGE_M) inM -= EDGE_STEP_M;
  let outM = way.borderM;
  while (insideM(outM) > -EDGE_M) outM += EDGE_STEP_M;
  return { inside: way.at(inM), outside: way.at(outM) };
}
