// Why a zone rule did not raise: the rung of its ladder the nearest fix did not reach, in metres and minutes.

import { UNPLACED } from '../../core/position-codes.ts';
import type { OrderFact } from '../../core/observation.ts';
import { FIX_KINDS, type FixKind } from '../../core/position-codes.ts';
import { never } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';
import { directionOf } from '../kinds/zone-side.ts';
import type { RuleOf } from '../rule.ts';
import { leaveGate } from './engine-gates.ts';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { withFacts, withFixes, withParams, type Question } from './question.ts';
import { distanceText, instantText, listText, spanText } from './say.ts';
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
      return otherSideGate(farthest, params);
    case 'unsure':
      return unsureGate(farthest, params);
    case 'dwell':
      return dwellGate(farthest, params);
    case 'no-crossing':
      return crossingGate(farthest, params);
    case 'returned':
      return returnedGate(farthest, params);
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

/** What the rule is about, as a noun. */
function zoneText({ zone }: Params, nearest: string | undefined): Text {
  if (zone === 'order-area') return text('活动区域', 'the area of the order');
  if (zone === 'home') return text('夜间管控的住处', 'the home of the curfew');
  const name = nearest === undefined ? '' : `（${nearest}）`;
  const named = nearest === undefined ? '' : ` (${nearest})`;
  return zone === 'prohibited'
    ? text(`禁止进入的场所${name}`, `a place closed to the person${named}`)
    : text(`规则所指场所${name}`, `a place of the rule${named}`);
}

const nameOf = ({ target, fix }: Reached) => target?.nearest?.(fix.lng, fix.lat);

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

function otherSideGate(reached: Reached, params: Params): Gate {
  const { fix, beyondM = 0 } = reached;
  const zone = zoneText(params, nameOf(reached));
  const isInside = directionOf(params) === -1;
  const distance = distanceText(beyondM);
  return {
    code: 'other-side',
    says: text(
      isInside ? `人一直在${zone.zh}内` : `人没有进入${zone.zh}`,
      isInside ? `the person stayed inside ${zone.en}` : `the person was never in ${zone.en}`,
    ),
    nearest: text(
      `最近在 ${instantText(fix.atMs)}，离边界还有${distance.zh}`,
      `nearest at ${instantText(fix.atMs)}, ${distance.en} from the border`,
    ),
    atMs: fix.atMs,
    values: { beyondM, accuracyM: fix.accuracyM },
  };
}

function unsureGate(reached: Reached, params: Params): Gate {
  const { fix, beyondM = 0 } = reached;
  const { accuracyM, atMs } = fix;
  const { marginM } = params;
  const zone = zoneText(params, nameOf(reached));
  const side = directionOf(params) === -1 ? text('外', 'outside') : text('内', 'inside');
  const [beyond, accuracy, margin] = [beyondM, accuracyM, marginM].map(distanceText) as [
    Text,
    Text,
    Text,
  ];
  const values = { beyondM, accuracyM, marginM };
  const nearest = text(
    `${instantText(atMs)} 在边界${side.zh} ${beyond.zh}，误差 ± ${accuracy.zh}`,
    `at ${instantText(atMs)} ${beyond.en} ${side.en} the border, ± ${accuracy.en}`,
  );
  if (beyondM <= accuracyM) {
    return {
      code: 'accuracy',
      says: text(
        `定位误差范围没有整个落在${zone.zh}${side.zh}，不能确认`,
        `the error circle does not lie wholly ${side.en} ${zone.en}, so it proves nothing`,
      ),
      nearest,
      atMs,
      values,
      relax: {
        says: text('这次定位没有误差', 'this fix been exact'),
        apply: (question) =>
          withFixes(question, (batch, row) => {
            const isIt =
              batch.atMs[row] === atMs && batch.lng[row] === fix.lng && batch.lat[row] === fix.lat;
            if (isIt) batch.accuracyM[row] = 0;
          }),
      },
    };
  }
  return {
    code: 'margin',
    says: text(
      `离${zone.zh}边界太近：误差之外还须再过 ${margin.zh}`,
      `too close to the border of ${zone.en}: beyond the error ${margin.en} more are wanted`,
    ),
    nearest,
    atMs,
    values,
    relax: {
      says: text('边界余量刚好够', 'the margin been just small enough'),
      apply: (question) =>
        withParams(question, { marginM: Math.max(0, (beyondM - accuracyM) * (1 - 1e-9)) }),
    },
  };
}

function dwellGate(reached: Reached, params: Params): Gate {
  const { fix, fixes = 1, lastedMs = 0, beyondM = 0 } = reached;
  const { fixesMin } = params;
  const lastsMs = params.outsideFor ?? params.insideFor;
  const zone = zoneText(params, nameOf(reached));
  const side = directionOf(params) === -1 ? text('外', 'outside') : text('内', 'inside');
  const [lasted, beyond] = [spanText(lastedMs), distanceText(beyondM)];
  const orFor = lastsMs === undefined ? undefined : spanText(lastsMs);
  return {
    code: 'dwell',
    says: text(
      `确认在${zone.zh}${side.zh}须有连续 ${fixesMin} 条定位${orFor ? `或持续${orFor.zh}` : ''}，最多只有 ${fixes} 条${fixes > 1 ? `、${lasted.zh}` : ''}`,
      `being ${side.en} ${zone.en} wants ${fixesMin} fixes in a row${orFor ? ` or ${orFor.en}` : ''}; there were ${fixes} at most${fixes > 1 ? `, over ${lasted.en}` : ''}`,
    ),
    nearest: text(
      `到 ${instantText(fix.atMs)} 为止，在边界${side.zh} ${beyond.zh}`,
      `up to ${instantText(fix.atMs)}, ${beyond.en} ${side.en} the border`,
    ),
    atMs: fix.atMs,
    values: { fixes, fixesMin, lastedMs, beyondM },
    relax: {
      says: text(
        `只需 ${fixes} 条定位`,
        `${fixes === 1 ? 'one fix' : `${fixes} fixes`} been enough`,
      ),
      apply: (question) => withParams(question, { fixesMin: fixes }),
    },
  };
}

function crossingGate(reached: Reached, params: Params): Gate {
  const { fix } = reached;
  const zone = zoneText(params, nameOf(reached));
  const enters = params.relation === 'enter';
  return {
    code: 'no-crossing',
    says: text(
      `人在${zone.zh}${enters ? '内' : '外'}，但此前没有确认在另一侧，不算${enters ? '进入' : '离开'}`,
      `the person was ${enters ? 'inside' : 'outside'} ${zone.en}, but not surely on the other side before`,
    ),
    nearest: text(`${instantText(fix.atMs)} 已确认`, `proven at ${instantText(fix.atMs)}`),
    atMs: fix.atMs,
    relax: {
      says: text('规则不要求越过界线', 'no crossing been wanted'),
      apply: (question) => withParams(question, { relation: enters ? 'inside' : 'outside' }),
    },
  };
}

function returnedGate(reached: Reached, params: Params): Gate {
  const { fix, beyondM = 0 } = reached;
  const zone = zoneText(params, nameOf(reached));
  const side = directionOf(params) === -1 ? text('外', 'outside') : text('内', 'inside');
  const beyond = distanceText(beyondM);
  return {
    code: 'returned',
    says: text(
      `时段开始前已确认在${zone.zh}${side.zh}，但开始前又回到另一侧`,
      `surely ${side.en} ${zone.en} before the time began, and back on the other side by then`,
    ),
    nearest: text(
      `${instantText(fix.atMs)} 在边界${side.zh} ${beyond.zh}`,
      `${beyond.en} ${side.en} the border at ${instantText(fix.atMs)}`,
    ),
    atMs: fix.atMs,
    values: { beyondM },
  };
}
