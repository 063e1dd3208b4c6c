// When a leave or a monitoring measure runs out, worked out slowly about one person: from instant to instant
// the register is read anew, with everything that was on record by then. It knows registers that record
// things when they happen; what becomes known late has cases of its own (kinds/deadline-term.test.ts).

import type { LeaveFact, OrderFact } from '../core/observation.ts';
import type { Basis } from '../core/order.ts';
import { gradeIn, orderIn, startOf } from './frame-oracle.fixture.ts';
import type { Happening, Say } from './happening.fixture.ts';
import type { TermParams } from './kinds/deadline-params.ts';
import type { RuleOf } from './rule.ts';

type Clock = { fromMs: number; dueMs: number; leave?: LeaveFact };
type Moment = { atMs: number; stage: string; level?: number | undefined; silent?: boolean };

/** Which leaves each rule counts, written out by hand. */
const LEAVES: Readonly<Record<string, (leave: LeaveFact) => boolean>> = {
  'leave-expiry': ({ reason }) => reason !== 'regular',
  'standing-leave-expiry': ({ reason }) => reason === 'regular',
};

export function judgeTerms(
  rule: RuleOf<'deadline'>,
  happenings: readonly Happening[],
  say: Say,
): void {
  const params = rule.params as TermParams;
  const facts = happenings.flatMap(({ observation }) => (observation ? [observation] : []));
  const orders = facts.filter((one): one is OrderFact => one.kind === 'order');
  const untilMs = happenings.at(-1)?.seenToMs ?? 0;
  const turns = orders.flatMap((order) => [startOf(order), order.untilMs]);
  if (params.term === 'leave') {
    const leaves = facts.filter((one): one is LeaveFact => one.kind === 'leave');
    const counts = LEAVES[rule.id];
    if (!counts) throw new Error(`the oracle does not know the rule "${rule.id}"`);
    for (const leaveId of new Set(leaves.map((leave) => leave.leaveId))) {
      const versions = leaves.filter((leave) => leave.leaveId === leaveId);
      const clockAt = (atMs: number) => leaveAt(versions.filter(counts), { orders, turns, atMs });
      const instants = [...turns, ...versions.map(madeMs)];
      judgeClock(rule, { orders, versions, instants, untilMs, clockAt }, say);
    }
  } else if (params.term === 'basis') {
    throw new Error('the oracle does not know bases recorded beside an order');
  } else {
    const { source } = params.term;
    const opens = ({ sources }: Basis) => sources.includes(source);
    const begins = orders.flatMap(({ bases }) => bases.filter(opens).map(({ fromMs }) => fromMs));
    const instants = [...turns, ...begins].sort((a, b) => a - b);
    const clockAt = (atMs: number) => measureAt(params, { orders, opens, instants, atMs });
    judgeClock(rule, { orders, versions: [], instants, untilMs, clockAt }, say);
  }
}

function judgeClock(
  rule: RuleOf<'deadline'>,
  of: {
    orders: readonly OrderFact[];
    versions: readonly LeaveFact[];
    /** When the register may begin to say something else. */
    instants: readonly number[];
    untilMs: number;
    clockAt: (atMs: number) => Clock | undefined;
  },
  say: Say,
): void {
  let open: { stage: string; told: boolean } | undefined;
  let atMs = Math.min(...of.instants);
  while (atMs <= of.untilMs) {
    const clock = of.clockAt(atMs);
    const moments = clock ? momentsOf(clock, rule.params as TermParams) : [];
    const come = moments.findLast((one) => one.atMs <= atMs);
    const now = come?.silent ? undefined : come;
    if (now?.stage !== open?.stage) {
      const saidBy = of.versions.filter((version) => madeMs(version) === atMs).slice(-1);
      if (open?.told)
        say(
          atMs,
          'cleared',
          saidBy.map((version): number => version.atMs),
        );
      const order = orderIn(of.orders, atMs);
      const grade = order && gradeIn(rule, order);
      open = now && { stage: now.stage, told: grade !== undefined };
      const by = clock?.leave ? [clock.leave.atMs] : [];
      if (now && grade) say(atMs, `raised ${now.level ?? grade.level}`, by);
    }
    atMs = [...of.instants, ...moments.map((one) => one.atMs)]
      .filter((one) => one > atMs)
      .reduce((next, one) => Math.min(next, one), Infinity);
  }
}

/** What is said of a clock that nobody stops, by time. */
function momentsOf(
  { fromMs, dueMs }: Clock,
  { warnings, grace, atEnd, escalations }: TermParams,
): Moment[] {
  const moments: Moment[] = [
    { atMs: dueMs + grace, stage: 'overdue', silent: atEnd === 'nothing' },
    ...escalations.map(({ after, level }) => ({
      atMs: dueMs + grace + after,
      stage: `overdue by ${after}`,
      level,
    })),
  ];
  for (const { left, level } of warnings) {
    if (dueMs - fromMs > left) moments.push({ atMs: dueMs - left, stage: `left ${left}`, level });
  }
  return moments.sort((a, b) => a.atMs - b.atMs);
}

const madeMs = (leave: LeaveFact): number => Math.max(leave.atMs, leave.fromMs);

/** A leave runs while its newest version does not end it and the order it was granted under lasts. */
function leaveAt(
  versions: readonly LeaveFact[],
  { orders, turns, atMs }: { orders: readonly OrderFact[]; turns: number[]; atMs: number },
): Clock | undefined {
  const leave = versions
    .filter((one) => madeMs(one) <= atMs)
    .toSorted((a, b) => madeMs(a) - madeMs(b) || a.atMs - b.atMs)
    .at(-1);
  if (!leave || leave.action === 'end') return undefined;
  const grantedUnder = orderIn(orders, leave.atMs)?.orderId;
  const lasts = turns
    .filter((turnMs) => leave.atMs < turnMs && turnMs <= atMs)
    .every((turnMs) => orderIn(orders, turnMs)?.orderId === grantedUnder);
  if (grantedUnder === undefined || !lasts) return undefined;
  return { fromMs: leave.fromMs, dueMs: leave.untilMs, leave };
}

type Paper = {
  readonly name: string;
  readonly basisId: string;
  /** The first day it names. */
  readonly beginsMs: number;
  fromMs: number;
  dueMs: number;
  untilMs: number;
  /** What ran when it was decided, and whether it is longer than that. */
  readonly before: Paper | undefined;
  extended: Paper | undefined;
  isLifted: boolean;
};

/** The measure as all papers up to an instant make it: each begins a term, prolongs one or replaces it. */
function measureAt(
  { termMax }: TermParams,
  of: {
    orders: readonly OrderFact[];
    opens: (basis: Basis) => boolean;
    instants: readonly number[];
    atMs: number;
  },
): Clock | undefined {
  const monthsMax = termMax?.unit === 'month' ? termMax.amount : Infinity;
  let papers: Paper[] = [];
  let named: Paper[] = [];
  for (const instantMs of of.instants.filter((one) => one <= of.atMs)) {
    const bases = orderIn(of.orders, instantMs)?.bases.filter(of.opens) ?? [];
    // Nobody is under the measure any more: what comes later is another one.
    if (bases.length === 0) papers = [];
    named = bases
      .toSorted((a, b) => a.fromMs - b.fromMs || a.untilMs - b.untilMs)
      .map((basis) => {
        const { id, documentNumber, untilMs } = basis;
        const name = `${id} ${documentNumber}`;
        let paper = papers.find((one) => one.name === name);
        if (!paper) {
          const last = papers.findLast((one) => one.basisId === id);
          const before = last && basis.fromMs < last.dueMs ? last : undefined;
          const term = { beginsMs: basis.fromMs, fromMs: basis.fromMs, dueMs: untilMs, untilMs };
          paper = { name, basisId: id, ...term, before, extended: undefined, isLifted: false };
        }
        papers = [...papers.filter((one) => one !== paper), paper];
        paper.isLifted = untilMs <= instantMs && (paper.isLifted || untilMs < paper.untilMs);
        paper.untilMs = untilMs;
        paper.extended = paper.before && untilMs > paper.before.dueMs ? paper.before : undefined;
        paper.fromMs = paper.extended?.dueMs ?? paper.beginsMs;
        // What extends it goes on from where it ended.
        paper.dueMs = Math.min(untilMs, monthsLater(paper.fromMs, monthsMax));
        return paper;
      });
  }
  const all = new Set(named);
  for (const { extended } of all) if (extended) all.add(extended);
  /** The last paper of those that follow on one another without a gap. */
  const lastFrom = (paper: Paper): Paper => {
    const next = [...all]
      .filter((one) => one.fromMs >= paper.fromMs && one.fromMs <= paper.dueMs)
      .filter((one) => one.dueMs > paper.dueMs)
      .sort((a, b) => a.fromMs - b.fromMs)[0];
    return next ? lastFrom(next) : paper;
  };
  const begun = [...all].filter(({ fromMs }) => fromMs <= of.atMs);
  // One that lies within another adds nothing to it.
  const last = begun
    .map(lastFrom)
    .reduce<Paper | undefined>(
      (best, one) => (!best || one.dueMs > best.dueMs ? one : best),
      undefined,
    );
  return last && !last.isLifted ? { fromMs: last.fromMs, dueMs: last.dueMs } : undefined;
}

const DAY = 86_400_000;
const CHINA = 28_800_000;

/** The end of the same day so many months on, or of the last day of that month. */
function monthsLater(fromMs: number, months: number): number {
  if (months === Infinity) return Infinity;
  const local = new Date(fromMs + CHINA);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const lastOf = (monthsOn: number) => new Date(Date.UTC(year, month + monthsOn + 1, 0));
  const lastThen = lastOf(months).getUTCDate();
  const isLast = lastOf(0).getUTCDate() === day;
  const then = Date.UTC(year, month + months, isLast ? lastThen : Math.min(day, lastThen));
  return then + DAY - CHINA;
}
