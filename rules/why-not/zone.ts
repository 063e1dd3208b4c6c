// Why a zone rule did not raise: the rung of its ladder the nearest fix did not reach, in metres and minutes.

import { never } from '../../core/errors.ts';
import type { OrderFact } from '../../core/observation.ts';
import { FIX_KINDS, UNPLACED, type FixKind } from '../../core/position-codes.ts';
import { text, type Text } from '../../core/text.ts';
import type { RuleOf } from '../rule.ts';
import { leaveGate } from './engine-gates.ts';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { withFacts, withFixes, withParams, type Question } from './question.ts';
import { instantText, listText } from './say.ts';
import { crossingGate, dwellGate, otherSideGate, returnedGate, unsureGate } from './zone-border.ts';
import { traceZone, type Reached, type ZoneTrace } from './zone-nearest.ts';

type Params = RuleOf<'zone'>['params'];

export function zoneGate(
  question: Question,
  person: Person,
  rule: RuleOf<'zone'>,
): Gate | undefined {
  const { farthest, excused, counts } = traceZone(question, person, rule);
  if (!farthest) return undefined;
  const { params } = rule;
  const named = nearestZone(question, farthest);
  switch (farthest.stage) {
    case 'nothing-to-watch':
      return nothingGate(params);
    case 'unplaced':
      return unplacedGate(farthest, counts);
    case 'fix-kind':
      return fixKindGate(farthest, params, counts);
    case 'schedule-closed':
      return scheduleGate(farthest, params);
    case 'other-side':
      return otherSideGate(farthest, params, named);
    case 'unsure':
      return unsureGate(farthest, params, named);
    case 'dwell':
      return dwellGate(farthest, params, named);
    case 'no-crossing':
      return crossingGate(farthest, params, named);
    case 'returned':
      return returnedGate(farthest, params, named);
    case 'proven':
      return excused && leaveGate(excused.fix.atMs, excused.leaveId);
    default:
      return never(farthest.stage);
  }
}

const FIX_NAMES: Readonly<Record<FixKind, Text>> = {
  gnss: text('卫星定位', 'GNSS'),
  wifi: text('Wi-Fi 定位', 'Wi-Fi'),
  cell: text('基站定位', 'radio cell'),
  'check-in': text('签到位置', 'check-in'),
};

/** The zone of the pack that is nearest, by its title. */
const nearestZone = ({ compiled }: Question, { target, fix }: Reached): Text | undefined => {
  const nearest = target?.nearest?.(fix.lng, fix.lat);
  return compiled.pack.zones.find(({ id }) => id === nearest)?.title;
};

function nothingGate(params: Params): Gate {
  const says =
    params.zone === 'home'
      ? text('监管令没有夜间管控要求', 'the order sets no curfew')
      : text(
          '监管令没有禁止进入规则包所列的场所',
          'the order closes none of the places the pack knows',
        );
  return { code: 'nothing-to-watch', says };
}

function unplacedGate({ fix }: Reached, { unplaced }: ZoneTrace['counts']): Gate {
  return {
    code: 'unplaced',
    says: text(
      `${unplaced} 条定位都没有有效位置，不能说明人在哪里`,
      `no fix of ${unplaced} has a place, so they do not say where the person was`,
    ),
    nearest: text(
      `离所问时间最近的一条在 ${instantText(fix.atMs)}`,
      `the one nearest in time is of ${instantText(fix.atMs)}`,
    ),
    atMs: fix.atMs,
    values: { unplaced },
    relax: {
      says: text('这些定位有效', 'the fixes had a place'),
      apply: (question) =>
        withFixes(question, ({ labels }, row) => {
          labels[row] = (labels[row] as number) & ~UNPLACED;
        }),
    },
  };
}

function fixKindGate({ fix }: Reached, params: Params, counts: ZoneTrace['counts']): Gate {
  const wanted = listText(params.fixKinds.map((kind) => FIX_NAMES[kind]));
  const got = FIX_NAMES[FIX_KINDS[fix.fix] ?? 'gnss'];
  return {
    code: 'fix-kind',
    says: text(
      `规则只以${wanted.zh}为依据，当时只有${got.zh}`,
      `the rule counts ${wanted.en} only, and there were fixes by ${got.en}`,
    ),
    nearest: text(
      `${instantText(fix.atMs)}，共 ${counts['fix-kind']} 条`,
      `${instantText(fix.atMs)}, ${counts['fix-kind']} of them`,
    ),
    atMs: fix.atMs,
    relax: {
      says: text('规则也以此类定位为依据', 'the rule counted them as well'),
      apply: (question) => withParams(question, { fixKinds: [...FIX_KINDS] }),
    },
  };
}

function scheduleGate({ fix, target }: Reached, params: Params): Gate {
  const { fromMs = -Infinity, untilMs = Infinity } = target?.schedule?.spanAt(fix.atMs) ?? {};
  const next = untilMs;
  const name = params.zone === 'home' ? text('夜间管控', 'the curfew') : text('规则', 'the rule');
  return {
    code: 'schedule-closed',
    says: text(
      `${instantText(fix.atMs)} 不在${name.zh}生效的时段`,
      `${name.en} was not in force at ${instantText(fix.atMs)}`,
    ),
    nearest: text(
      [
        Number.isFinite(fromMs) ? `上一时段至 ${instantText(fromMs)} 止` : '',
        Number.isFinite(next) ? `下一时段自 ${instantText(next)} 起` : '此后没有生效的时段',
      ]
        .filter((part) => part !== '')
        .join('，'),
      [
        Number.isFinite(fromMs) ? `it ended at ${instantText(fromMs)}` : '',
        Number.isFinite(next) ? `begins again at ${instantText(next)}` : 'never begins again',
      ]
        .filter((part) => part !== '')
        .join(', '),
    ),
    atMs: fix.atMs,
    ...(Number.isFinite(next) ? { values: { opensMs: next } } : {}),
    relax: {
      says: text(`${name.zh}全天生效`, `${name.en} been in force all day`),
      apply: (question) =>
        params.zone === 'home'
          ? withFacts(question, (fact) => (fact.kind === 'order' ? curfewAllDay(fact) : fact))
          : withParams(question, { schedule: undefined, freshFor: undefined }),
    },
  };
}

const curfewAllDay = (order: OrderFact): OrderFact => {
  const { curfew } = order.conditions;
  if (!curfew) return order;
  const allDay = { ...curfew, from: '00:00', until: '00:00' };
  return { ...order, conditions: { ...order.conditions, curfew: allDay } };
};
