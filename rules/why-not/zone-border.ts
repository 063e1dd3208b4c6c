// What a zone rule wants of a fix with a place at a time that counts: the right side of the border, surely, for
// long enough, and for some having crossed it.

import { text, type Text } from '../../core/text.ts';
import { directionOf } from '../kinds/zone-side.ts';
import type { RuleOf } from '../rule.ts';
import type { Gate } from './gate.ts';
import { withFixes, withParams } from './question.ts';
import { distanceText, instantText, spanText } from './say.ts';
import type { Reached } from './zone-nearest.ts';

type Params = RuleOf<'zone'>['params'];

export function otherSideGate(reached: Reached, params: Params, named: Text | undefined): Gate {
  const { fix, beyondM = 0 } = reached;
  const zone = zoneText(params, named);
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

export function unsureGate(reached: Reached, params: Params, named: Text | undefined): Gate {
  const { fix, beyondM = 0 } = reached;
  const { accuracyM, atMs } = fix;
  const { marginM } = params;
  const zone = zoneText(params, named);
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

export function dwellGate(reached: Reached, params: Params, named: Text | undefined): Gate {
  const { fix, fixes = 1, lastedMs = 0, beyondM = 0 } = reached;
  const { fixesMin } = params;
  const lastsMs = params.outsideFor ?? params.insideFor;
  const zone = zoneText(params, named);
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

export function crossingGate(reached: Reached, params: Params, named: Text | undefined): Gate {
  const { fix } = reached;
  const zone = zoneText(params, named);
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

export function returnedGate(reached: Reached, params: Params, named: Text | undefined): Gate {
  const { fix, beyondM = 0 } = reached;
  const zone = zoneText(params, named);
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

/** What the rule is about, as a noun. */
function zoneText({ zone }: Params, named: Text | undefined): Text {
  if (zone === 'order-area') return text('活动区域', 'the area of the order');
  if (zone === 'home') return text('夜间管控的住处', 'the home of the curfew');
  const [zh, en] = named ? [`（${named.zh}）`, ` (${named.en})`] : ['', ''];
  return zone === 'prohibited'
    ? text(`禁止进入的场所${zh}`, `a place closed to the person${en}`)
    : text(`规则所指场所${zh}`, `a place of the rule${en}`);
}
