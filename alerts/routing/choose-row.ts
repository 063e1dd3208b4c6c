// From an alert to the row it is routed by: the first node that matches, then the first of its children, and
// so on; each says what differs from its parent, and the level table is the parent of all.

import { dayOf, type Calendar } from '../../core/calendar.ts';
import type { Level } from '../../core/finding.ts';
import { DAY_MS, MINUTE_MS, minuteOfDay } from '../../core/local-time.ts';
import type { SubjectClass } from '../../core/order.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { LEVEL_TABLE, type LevelRow, type LevelTable, type Rung } from '../level-table.ts';
import type { GroupOptions } from '../grouping/group-terms.ts';
import type { Inhibition, Matcher, RouteNode, RoutingPlan } from './routing-plan.ts';

/** What routing may look at. */
export type RoutedFacts = {
  readonly level: Level;
  readonly ruleId: string;
  readonly region: string;
  readonly subjectClass: SubjectClass;
  /** When it is recorded. */
  readonly atMs: number;
};

export type ChosenRow = {
  readonly row: LevelRow;
  /** Names of the nodes that decided, from the root; empty for the level table alone. */
  readonly by: readonly string[];
  /** When the quiet hours end in which the alert was recorded; level 3 only. */
  readonly quietUntilMs: EpochMs | undefined;
  /** The same hours, for what falls due later. */
  readonly quietHours: RouteNode['quietHours'];
  /** How alerts share a notice; undefined when each goes out by itself. */
  readonly group: GroupOptions | undefined;
};

export type Routing = {
  readonly plan: RoutingPlan;
  /** Without one every day is a workday but Saturdays and Sundays. */
  readonly calendar: Calendar | undefined;
  /** The level table with the ladders of the configuration; the city's when left out. */
  readonly levels?: LevelTable;
};

export function chooseRow(
  { plan, calendar, levels = LEVEL_TABLE }: Routing,
  facts: RoutedFacts,
): ChosenRow {
  const ofLevel = levels[facts.level];
  let row: LevelRow = ofLevel;
  let quietHours: RouteNode['quietHours'];
  let group: RouteNode['group'];
  const by: string[] = [];
  let nodes: readonly RouteNode[] = plan.routes;
  for (;;) {
    const node = nodes.find(({ match }) => matches(match, facts, calendar));
    if (!node) break;
    const { channel, to, acknowledge, ladder } = node;
    row = {
      ...row,
      ...(channel === undefined ? {} : { channel }),
      ...(to === undefined ? {} : { to }),
      ...(acknowledge === undefined ? {} : { acknowledge }),
      ...(ladder === undefined ? {} : { ladder: withoutEnd(ladder.map(rungOf), ofLevel) }),
    };
    quietHours = node.quietHours ?? quietHours;
    group = node.group ?? group;
    by.push(node.name);
    nodes = node.routes;
  }
  const isQuiet = facts.level === 3 && quietHours && isWithin(quietHours, facts.atMs);
  return {
    row,
    by,
    quietUntilMs: isQuiet && quietHours ? endOf(quietHours, facts.atMs) : undefined,
    quietHours: facts.level === 3 ? quietHours : undefined,
    group: group === 'none' ? undefined : group,
  };
}

const rungOf = ({ after, to, every }: NonNullable<RouteNode['ladder']>[number]): Rung => ({
  afterMs: after,
  to,
  ...(every === undefined ? {} : { everyMs: every }),
});

/** A ladder that does not say so ends where that of its level ends; that of level 1 never does. */
function withoutEnd(ladder: readonly Rung[], { ladder: ofLevel }: LevelRow): readonly Rung[] {
  const everyMs = ofLevel.at(-1)?.everyMs;
  const last = ladder.at(-1);
  if (everyMs === undefined || last === undefined || last.everyMs !== undefined) return ladder;
  return [...ladder.slice(0, -1), { ...last, everyMs }];
}
/** An instant, or the end of the quiet hours in which it lies. */
export const outOfQuiet = ({ quietHours }: ChosenRow, atMs: EpochMs): EpochMs =>
  quietHours && isWithin(quietHours, atMs) ? endOf(quietHours, atMs) : atMs;

/** The inhibition that mutes an alert, given the person's other open ones. Level 1 is never muted. */
export function inhibitedBy<Source extends RoutedFacts>(
  { plan, calendar }: Routing,
  facts: RoutedFacts,
  others: readonly Source[],
): { readonly inhibition: Inhibition; readonly source: Source } | undefined {
  if (facts.level === 1) return undefined;
  for (const inhibition of plan.inhibitions) {
    if (!matches(inhibition.target, facts, calendar)) continue;
    const source = others.find((other) => matches(inhibition.source, other, calendar));
    if (source) return { inhibition, source };
  }
  return undefined;
}

export function matches(
  { levels, rules, counties, classes, hours, days }: Matcher,
  { level, ruleId, region, subjectClass, atMs }: RoutedFacts,
  calendar: Calendar | undefined,
): boolean {
  return (
    (levels?.includes(level) ?? true) &&
    (rules?.includes(ruleId) ?? true) &&
    (counties?.some((county) => county === region) ?? true) &&
    (classes?.includes(subjectClass) ?? true) &&
    (hours === undefined || isWithin(hours, atMs)) &&
    (days === undefined || isWorkday(atMs, calendar) === (days === 'workdays'))
  );
}

const isWorkday = (atMs: number, calendar: Calendar | undefined): boolean => {
  const day = dayOf(atMs);
  // 1970-01-01 was a Thursday.
  return calendar ? calendar.isWorkday(day) : (day + 3) % 7 < 5;
};

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

function isWithin({ from, until }: { from: string; until: string }, atMs: number): boolean {
  const [begin, end, now] = [minutesOf(from), minutesOf(until), minuteOfDay(atMs)];
  return begin < end ? begin <= now && now < end : now >= begin || now < end;
}

function endOf({ until }: { until: string }, atMs: number): EpochMs {
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const left = minutesOf(until) - minuteOfDay(atMs);
  return epochMs(minuteMs + left * MINUTE_MS + (left <= 0 ? DAY_MS : 0));
}
