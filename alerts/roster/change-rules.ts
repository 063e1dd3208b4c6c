// What keeps a change of the roster from being made: times that make no sense, people it cannot name, others it
// collides with, and a minute in which nobody could be reached. Pure; each refusal says what to do instead.

import type { Calendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import { text } from '../../core/text.ts';
import { addedGaps, findGaps, type Gap, type KnownOfficer } from './coverage.ts';
import { dutySpans, type DutyPlan } from './duty-spans.ts';
import {
  beginOf,
  endOf,
  officersIn,
  planChangesOf,
  stateOf,
  type ChangeBody,
  type RosterChange,
} from './plan-changes.ts';
import type { LineName, RosterPlan } from './roster-plan.ts';
import { describeGaps, LINE_NAMES, stretchText } from './words.ts';

export type NamedOfficer = KnownOfficer & { readonly name: string };

/** The roster as it stands when a change is asked for. */
export type RosterWorld = {
  readonly file: RosterPlan;
  readonly calendar: Calendar;
  readonly officers: readonly NamedOfficer[];
  readonly changes: readonly RosterChange[];
  readonly nowMs: number;
  /** How far ahead nobody may be missing. */
  readonly coverageMs: number;
};

/** A change may begin so far ahead and last so long. */
const AHEAD_MS_MAX = 366 * DAY_MS;

type Stretch = { readonly fromMs: number; readonly untilMs: number };

/** Why the change cannot be made; undefined when it can. */
export function refuseChange(body: ChangeBody, world: RosterWorld): UserError | undefined {
  return (
    refuseTimes(body, world) ??
    refusePlace(body, world) ??
    refusePeople(body, world) ??
    refuseCollision(body, world) ??
    refuseTurns(body, world)
  );
}

/** Why the roster with `changes` instead of the present ones cannot be: what it leaves open. */
export function refuseGap(
  world: RosterWorld,
  changes: readonly RosterChange[],
): UserError | undefined {
  const opened = gapsOpened(world, changes);
  if (opened.length === 0) return undefined;
  const names = new Map(world.officers.map(({ id, name }) => [id, name]));
  return new UserError(
    'conflict',
    text('这样调整后会有时段无人可联系', 'this would leave a time in which nobody can be reached'),
    {
      detail: describeGaps(opened, (id) => names.get(id) ?? id).join('\n'),
      hint: text(
        '请同时安排顶班人员，或改由号码已验证的人员顶班。',
        'Name somebody who takes over, with a number that was tried.',
      ),
    },
  );
}

/** What is covered now and would not be with `changes`. */
export function gapsOpened(world: RosterWorld, changes: readonly RosterChange[]): Gap[] {
  const { file, calendar, officers, nowMs, coverageMs } = world;
  const asked = { calendar, officers, fromMs: nowMs, untilMs: nowMs + coverageMs };
  const with_ = (some: readonly RosterChange[]) =>
    findGaps({ plan: { ...file, changes: planChangesOf(some) }, ...asked });
  return addedGaps(with_(world.changes), with_(changes));
}

function refuseTimes(body: ChangeBody, { nowMs }: RosterWorld): UserError | undefined {
  const stretches = body.kind === 'swap' ? [body.given, body.taken] : [body];
  for (const stretch of stretches) {
    if (stretch.untilMs > stretch.fromMs) continue;
    return wrong(
      text('结束时间不晚于开始时间', 'it does not end after it begins'),
      stretchText(stretch),
      text('请核对日期和时刻；跨夜班次的结束在次日。', 'Check both; a night ends the next day.'),
    );
  }
  if (endOf(body) <= nowMs) {
    return wrong(
      text('时段已经过去', 'this time is over'),
      stretchText({ fromMs: beginOf(body), untilMs: endOf(body) }),
      text('只能调整现在以后的值班。', 'Only what is still to come can be changed.'),
    );
  }
  if (beginOf(body) > nowMs + AHEAD_MS_MAX || endOf(body) - beginOf(body) > AHEAD_MS_MAX) {
    return wrong(
      text('时段过远或过长', 'this time is too far away or too long'),
      stretchText({ fromMs: beginOf(body), untilMs: endOf(body) }),
      text('最多提前一年、最长一年。', 'At most a year ahead, and a year long.'),
    );
  }
  return undefined;
}

function refusePlace(body: ChangeBody, { file }: RosterWorld): UserError | undefined {
  const bureau = file.bureaus.find((one) => one.bureau === body.bureau);
  if (!bureau) {
    return wrong(
      text('值班表中没有该单位', 'the roster does not have this bureau'),
      body.bureau,
      text('请先把该单位写入值班表文件。', 'Put the bureau into the file of the roster first.'),
    );
  }
  if (body.kind === 'leave' || bureau.lines.some(({ name }) => name === body.line))
    return undefined;
  const known = bureau.lines.map(({ name }) => LINE_NAMES[name]);
  return wrong(
    text('该单位没有这一岗位', 'the bureau has no such line'),
    `${LINE_NAMES[body.line].zh} ${LINE_NAMES[body.line].en}`,
    text(
      `可选：${known.map(({ zh }) => zh).join('、')}。`,
      `Known: ${known.map(({ en }) => en).join(', ')}.`,
    ),
  );
}

function refusePeople(body: ChangeBody, { officers }: RosterWorld): UserError | undefined {
  const own = officers.filter(({ bureau, isActive }) => bureau === body.bureau && isActive);
  for (const id of officersIn(body)) {
    if (own.some((one) => one.id === id)) continue;
    const known = officers.find((one) => one.id === id);
    if (known) {
      return wrong(
        known.isActive
          ? text('此人不属于该单位', 'this officer belongs to another bureau')
          : text('此人已停用', 'this officer is not active any more'),
        `${known.name} (${id})`,
        text('请选择本单位在用人员。', 'Choose an active officer of the bureau.'),
      );
    }
    const ids = own.map((one) => one.id);
    const meant = nearestWord(id, ids);
    return wrong(
      text('系统中没有此人', 'there is no such officer'),
      `"${id}"`,
      meant
        ? text(`是否为 ${meant}？`, `Did you mean ${meant}?`)
        : text(`本单位人员：${ids.join('、')}。`, `Of the bureau: ${ids.join(', ')}.`),
    );
  }
  const [first, second] = officersIn(body);
  if (first !== second) return undefined;
  return wrong(
    body.kind === 'swap'
      ? text('不能与自己换班', 'nobody swaps with themselves')
      : text('顶班人员不能是本人', 'nobody stands in for themselves'),
    nameOf(officers, first ?? ''),
    text('请选择另一位人员。', 'Choose somebody else.'),
  );
}

/** Another change of the same people at the same time, or a leave of whoever takes over. */
function refuseCollision(body: ChangeBody, world: RosterWorld): UserError | undefined {
  const open = world.changes.filter((change) =>
    ['asked', 'agreed', 'in-force'].includes(stateOf(change)),
  );
  const away = open.flatMap(({ body: other }) => (other.kind === 'leave' ? [other] : []));
  for (const { officer, ...stretch } of takingOver(body)) {
    const leave = away.find((one) => one.officer === officer && overlaps(one, stretch));
    if (!leave) continue;
    return clash(
      text('此人在这一时段请假', 'this officer is on leave then'),
      `${nameOf(world.officers, officer)} ${stretchText(leave)}`,
      text('请另选人员，或先撤销请假。', 'Choose somebody else, or withdraw the leave first.'),
    );
  }
  const mine = claimsOf(body);
  for (const { body: other } of open) {
    const hit = claimsOf(other).find((one) =>
      mine.some(({ claim, ...stretch }) => claim === one.claim && overlaps(one, stretch)),
    );
    if (!hit) continue;
    return clash(
      text('与已登记的变动时间重叠', 'this overlaps with a change that is recorded already'),
      `${officersIn(other)
        .map((id) => nameOf(world.officers, id))
        .join('、')} ${stretchText(hit)}`,
      text('请先撤销原有变动，再重新登记。', 'Withdraw the other one first.'),
    );
  }
  return undefined;
}

/** Who comes on duty by it, and when. */
function takingOver(body: ChangeBody): (Stretch & { officer: string })[] {
  switch (body.kind) {
    case 'override':
      return [body];
    case 'leave':
      return body.standIn === undefined ? [] : [{ ...body, officer: body.standIn }];
    case 'swap':
      return [
        { ...body.given, officer: body.taken.officer },
        { ...body.taken, officer: body.given.officer },
      ];
  }
}

/** What of the roster it decides: a second change must not decide the same otherwise. */
function claimsOf(body: ChangeBody): (Stretch & { claim: string })[] {
  switch (body.kind) {
    case 'override':
      return [{ ...body, claim: `turn ${body.bureau} ${body.line} ${body.insteadOf ?? 'all'}` }];
    case 'leave':
      return [{ ...body, claim: `leave ${body.officer}` }];
    case 'swap':
      return [body.given, body.taken].map(({ officer, ...stretch }) => ({
        ...stretch,
        claim: `turn ${body.bureau} ${body.line} ${officer}`,
      }));
  }
}

/** Whether those it takes turns from are on duty then. */
function refuseTurns(body: ChangeBody, world: RosterWorld): UserError | undefined {
  const { file, calendar, changes, officers, nowMs } = world;
  const plan: DutyPlan = { ...file, changes: planChangesOf(changes) };
  const onDuty = (line: LineName, officer: string, { fromMs, untilMs }: Stretch) =>
    dutySpans(plan, calendar, { bureau: body.bureau, line, fromMs, untilMs }).filter(
      (span) => span.officer === officer,
    );
  if (body.kind === 'override' && body.insteadOf !== undefined) {
    const rest = { fromMs: Math.max(nowMs, body.fromMs), untilMs: body.untilMs };
    if (onDuty(body.line, body.insteadOf, rest).length > 0) return undefined;
    return notOnDuty(nameOf(officers, body.insteadOf), rest);
  }
  if (body.kind !== 'swap') return undefined;
  const { given, taken, line } = body;
  if (overlaps(given, taken)) {
    return wrong(
      text('两个班次时间重叠', 'the two turns overlap'),
      `${stretchText(given)}; ${stretchText(taken)}`,
      text('请选择对方另一个班次。', "Choose another of the other officer's turns."),
    );
  }
  const begins = Math.min(given.fromMs, taken.fromMs);
  if (begins <= nowMs) {
    return wrong(
      text('班次已经开始，不能再换班', 'one of the turns has begun'),
      stretchText(given.fromMs <= taken.fromMs ? given : taken),
      text('请改用调班，由他人顶班。', 'Let somebody take over the rest of it instead.'),
    );
  }
  for (const turn of [given, taken]) {
    if (!isWhole(onDuty(line, turn.officer, turn), turn)) {
      return notOnDuty(nameOf(officers, turn.officer), turn);
    }
  }
  for (const [officer, turn] of [
    [given.officer, taken],
    [taken.officer, given],
  ] as const) {
    if (onDuty(line, officer, turn).length === 0) continue;
    return clash(
      text('此人在这一时段已经值班', 'this officer is on duty then already'),
      `${nameOf(officers, officer)} ${stretchText(turn)}`,
      text('请选择对方另一个班次。', "Choose another of the other officer's turns."),
    );
  }
  return undefined;
}

const isWhole = (spans: readonly Stretch[], { fromMs, untilMs }: Stretch): boolean => {
  let coveredMs = fromMs;
  for (const span of spans)
    if (span.fromMs <= coveredMs) coveredMs = Math.max(coveredMs, span.untilMs);
  return coveredMs >= untilMs;
};

const overlaps = (a: Stretch, b: Stretch): boolean => a.fromMs < b.untilMs && b.fromMs < a.untilMs;

const nameOf = (officers: readonly NamedOfficer[], id: string): string =>
  officers.find((one) => one.id === id)?.name ?? id;

const notOnDuty = (name: string, stretch: Stretch) =>
  wrong(
    text('此人在这一时段并不值班', 'this officer is not on duty then'),
    `${name} ${stretchText(stretch)}`,
    text('请按值班表核对班次的起止时间。', 'Check the times of the turn on the roster.'),
  );

const wrong = (says: UserError['says'], detail: string, hint: UserError['says']) =>
  new UserError('bad-input', says, { detail, hint });

const clash = (says: UserError['says'], detail: string, hint: UserError['says']) =>
  new UserError('conflict', says, { detail, hint });
