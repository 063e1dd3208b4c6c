// Why a deadline rule did not raise: the clock of no case was started, stands still, was stopped in time, or
// has days left.

import { text } from '../../core/text.ts';
import type { DeadlineConditions } from '../compile-conditions.ts';
import { reckonClock, type Clock, type Milestone, type Stage } from '../kinds/deadline-clock.ts';
import type { CaseParams } from '../kinds/deadline-params.ts';
import type { RuleOf } from '../rule.ts';
import { conditionGate } from './condition-gate.ts';
import type { Gate } from './gate.ts';
import { contextOf, factsOf, type HeardFact, type Person } from './person.ts';
import { waitingUntil, withFacts, withParams, type Question } from './question.ts';
import { instantText, spanText } from './say.ts';
import { termGate } from './term.ts';

type Params = CaseParams;
type Case = { readonly caseId: string; readonly clock: Clock; readonly milestones: Milestone[] };

export function deadlineGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'deadline'>,
): Gate | undefined {
  if ('term' in params) return termGate(question, person, params);
  const heard = factsOf(person, 'case-milestone').filter(
    ({ atMs, watched }) => watched && atMs <= question.untilMs,
  );
  const cases = casesOf(question, person, { heard, params });
  const endMs = Math.min(question.untilMs, person.reachedMs);
  const running = cases.flatMap((one) => {
    const stage = one.clock.status === 'running' ? nextStage(one.clock, endMs) : undefined;
    return stage ? [{ ...one, stage }] : [];
  });
  const [next] = running.toSorted((a, b) => a.stage.atMs - b.stage.atMs);
  if (next) return notDueGate(next, endMs);
  const ended = cases.flatMap((one) => endedInTime(one, params));
  const [closest] = ended.toSorted((a, b) => a.stage.atMs - b.stage.atMs);
  if (closest) return endedGate(closest, ended, params);
  const suspended = cases.filter(({ clock }) => clock.status === 'suspended');
  if (suspended.length > 0) return suspendedGate(suspended, params);
  return cases.length === 0 ? notStartedGate(question, person, { heard, params }) : undefined;
}

function casesOf(
  question: Question,
  person: Person,
  { heard, params }: { heard: readonly HeardFact[]; params: Params },
): Case[] {
  const { calendar } = question.surroundings;
  if (!calendar) return [];
  const { startWhen } = question.compiled.conditions as DeadlineConditions;
  const contexts = new Map(heard.map((one) => [one.fact, contextOf(person, one)]));
  const startCounts = (milestone: Milestone) => {
    const context = contexts.get(milestone);
    return context !== undefined && (startWhen?.(context) ?? true);
  };
  const byCase = new Map<string, Milestone[]>();
  for (const one of person.heard) {
    // With the order its cases are forgotten.
    if (one.kind === 'order' && !one.order) byCase.clear();
    if (one.kind !== 'fact' || !contexts.has(one.fact)) continue;
    const fact = one.fact as Milestone;
    byCase.set(fact.caseId, [...(byCase.get(fact.caseId) ?? []), fact]);
  }
  return [...byCase].flatMap(([caseId, milestones]) => {
    const byTime = milestones.toSorted((a, b) => a.atMs - b.atMs);
    const clock = reckonClock(byTime, { params, calendar, startCounts });
    return clock ? [{ caseId, clock, milestones: byTime }] : [];
  });
}

const nextStage = ({ stages }: Clock, endMs: number): Stage | undefined =>
  stages.find(({ atMs }) => atMs > endMs);

/** The case with the stage its end kept from coming. */
function endedInTime(one: Case, { end }: Params): Ended[] {
  const { clock, milestones } = one;
  const ending = milestones.findLast(({ milestone }) => end.includes(milestone));
  const stage = ending && clock.status === 'ended' ? nextStage(clock, ending.atMs) : undefined;
  return ending && stage ? [{ ...one, stage, endedAtMs: ending.atMs }] : [];
}

const stageText = ({ id }: Stage) =>
  id === 'overdue'
    ? text('期限届满', 'the end of the period')
    : id.startsWith('left')
      ? text(`届满前提醒（${id.slice(5)}）`, `the warning "${id}"`)
      : text(`逾期升级（${id.slice(11)}）`, `the escalation "${id}"`);

function notDueGate({ caseId, clock, stage }: Case & { stage: Stage }, endMs: number): Gate {
  const left = spanText(stage.atMs - endMs);
  const name = stageText(stage);
  return {
    code: 'not-due',
    says: text(
      `案件 ${caseId} 的${name.zh}在 ${instantText(stage.atMs)}，当时还差${left.zh}`,
      `${name.en} of case ${caseId} is at ${instantText(stage.atMs)}; ${left.en} were left`,
    ),
    nearest: text(
      `期限自 ${clock.startedBy.milestone}（${instantText(clock.startedBy.atMs)}）起算`,
      `the clock was started by ${clock.startedBy.milestone} at ${instantText(clock.startedBy.atMs)}`,
    ),
    atMs: stage.atMs,
    values: { caseId, stage: stage.id, dueMs: stage.atMs, leftMs: stage.atMs - endMs },
    relax: {
      says: text('此后没有任何变化', 'nothing happened until then'),
      apply: (question) => waitingUntil(question, stage.atMs),
    },
  };
}

type Ended = Case & { readonly stage: Stage; readonly endedAtMs: number };

function endedGate(closest: Ended, all: readonly Ended[], { end }: Params): Gate {
  const { caseId, stage, endedAtMs } = closest;
  const left = spanText(stage.atMs - endedAtMs);
  const name = stageText(stage);
  return {
    code: 'ended-in-time',
    says: text(
      `案件 ${caseId} 已于 ${instantText(endedAtMs)} 办结`,
      `case ${caseId} was ended at ${instantText(endedAtMs)}`,
    ),
    nearest: text(
      `比${name.zh}（${instantText(stage.atMs)}）早${left.zh}`,
      `${left.en} before ${name.en} at ${instantText(stage.atMs)}`,
    ),
    atMs: endedAtMs,
    values: { caseId, stage: stage.id, endedAtMs, leftMs: stage.atMs - endedAtMs },
    relax: {
      says: text('当时没有办结', 'it not been ended'),
      apply: (question) => waitingUntil(without(question, all, end), stage.atMs),
    },
  };
}

function suspendedGate(all: readonly Case[], { suspensions }: Params): Gate {
  const { caseId, milestones } = all[0] as Case;
  const from = suspensions.map((pair) => pair.from);
  const since = milestones.findLast(({ milestone }) => from.includes(milestone));
  return {
    code: 'suspended',
    says: text(
      `案件 ${caseId} 的期限自 ${since ? instantText(since.atMs) : '此前'} 起中止（${since?.milestone ?? ''}）`,
      `the clock of case ${caseId} stands still since ${since ? instantText(since.atMs) : 'before'} (${since?.milestone ?? ''})`,
    ),
    atMs: since?.atMs,
    values: { caseId },
    relax: {
      says: text('期限没有中止', 'the clock not been stopped'),
      apply: (question) => without(question, all, from),
    },
  };
}

/** Asked as if milestones of these names had not come since the clocks of these cases were started. */
function without(question: Question, cases: readonly Case[], names: readonly string[]): Question {
  const since = cases.flatMap(({ clock, milestones }) =>
    milestones.slice(milestones.indexOf(clock.startedBy) + 1),
  );
  const ids = new Set(
    since.flatMap(({ id, milestone }) => (names.includes(milestone) ? [id] : [])),
  );
  return withFacts(question, (fact) => (ids.has(fact.id) ? undefined : fact));
}

function notStartedGate(
  question: Question,
  person: Person,
  { heard, params }: { heard: readonly HeardFact[]; params: Params },
): Gate | undefined {
  const { start, restarts, startWhen, from } = params;
  const starting = [...start, ...restarts];
  const milestoneOf = ({ fact }: HeardFact) => (fact as Milestone).milestone;
  const starts = heard.filter((one) => starting.includes(milestoneOf(one)));
  if (starts.length > 0 && startWhen !== undefined) {
    const relaxed = (other: Question, when: string) => withParams(other, { startWhen: when });
    const asked = [{ fact: 'case-milestone' as const, when: startWhen, relaxed }];
    const gate = conditionGate(question, person, { facts: starts, asked });
    if (gate) return gate;
  }
  const came = [...new Set(heard.map(milestoneOf))].slice(0, NAMED_MAX);
  const undated = starts.length > 0 && from === 'target';
  return {
    code: 'not-started',
    says: undated
      ? text('起算节点没有写明目标日期', 'the milestone that starts the clock names no day')
      : text(
          `没有起算期限的节点（${starting.join('、')}）`,
          `none of the milestones that start the clock came (${starting.join(', ')})`,
        ),
    nearest: text(`已有节点：${came.join('、')}`, `there were ${came.join(', ')}`),
    atMs: heard.at(-1)?.atMs,
    values: { milestones: heard.length },
  };
}

/** So many milestones are named. */
const NAMED_MAX = 8;
