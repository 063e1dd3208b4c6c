// One observation in one line, as it stands in the table of evidence.

import { never } from '../../core/errors.ts';
import type { Observation, OrderFact } from '../../core/observation.ts';
import { isWithin, regionName } from '../../core/region.ts';
import { SOURCE_KINDS, sourceKindOf } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import { dateText, dayClockText, distanceText, spanText } from '../shared/format.ts';
import {
  BASIS_ACTIONS,
  BOOKING_STATES,
  CARRIERS,
  DEVICE_EVENTS,
  FIX_NAMES,
  GATES,
  INCIDENTS,
  KIND_NAMES,
  LABEL_NAMES,
  LEAVE_ACTIONS,
  MEASURES,
  ORDER_ACTIONS,
  ROLL_CALLS,
  STAGES,
} from './terms.ts';

/** Where the observation came from, in the words of its kind of source. */
export const sourceName = ({ source }: Observation): Text => SOURCE_KINDS[sourceKindOf(source)];

/** What it says, without person, time and source, which stand beside it. */
export function describeObservation(seen: Observation): Text {
  switch (seen.kind) {
    case 'position':
      return describePosition(seen);
    case 'device':
      return DEVICE_EVENTS[seen.event];
    case 'roll-call':
      return ROLL_CALLS[seen.result];
    case 'booking': {
      const [from, to, carrier] = [
        regionName(seen.from),
        regionName(seen.to),
        CARRIERS[seen.carrier],
      ];
      const state = BOOKING_STATES[seen.status];
      const depart = dayClockText(seen.departAtMs);
      const service = seen.service ?? '';
      return text(
        `${state.zh} ${depart.zh} ${from.zh}至${to.zh}的${carrier.zh}${bracketed(service, '（', '）')}`,
        `${carrier.en} ${from.en} to ${to.en}, ${depart.en}${bracketed(service, ' (', ')')}, ${state.en}`,
      );
    }
    case 'passage': {
      const [gate, to] = [GATES[seen.gate], regionName(seen.to)];
      const own = seen.ownVehicle ? text('，名下车辆', ', own vehicle') : text('', '');
      return {
        zh: `${seen.direction === 'out' ? '驶出' : '驶入'}${gate.zh}“${seen.place}”，去往${to.zh}${own.zh}`,
        en: `${seen.direction} through ${gate.en} “${seen.place}” towards ${to.en}${own.en}`,
      };
    }
    case 'lodging': {
      const at = regionName(seen.at);
      return text(
        `在${at.zh}“${seen.place}”${seen.action === 'in' ? '登记入住' : '退房'}`,
        `${seen.action === 'in' ? 'checked in at' : 'left'} “${seen.place}” in ${at.en}`,
      );
    }
    case 'call':
      return text(
        `通话 ${spanText(seen.durationMs).zh}`,
        `call of ${spanText(seen.durationMs).en}`,
      );
    case 'custody': {
      const measure = MEASURES[seen.measure];
      return text(
        `${seen.authority}：${measure.zh}${seen.action === 'begin' ? '开始' : '结束'}`,
        `${measure.en} ${seen.action === 'begin' ? 'began' : 'ended'}, by ${seen.authority}`,
      );
    }
    case 'incident': {
      const [incident, stage] = [INCIDENTS[seen.incident], STAGES[seen.stage]];
      return text(
        `${seen.authority}：${incident.zh}，${stage.zh}`,
        `${incident.en}, ${stage.en} by ${seen.authority}`,
      );
    }
    case 'order':
      return describeOrder(seen);
    case 'leave': {
      const regions = seen.regions.map(regionName);
      const until = dayClockText(seen.untilMs);
      const act = LEAVE_ACTIONS[seen.action];
      return text(
        `${act.zh}：${regions.map(({ zh }) => zh).join('、')}，至${until.zh}`,
        `${act.en} ${regions.map(({ en }) => en).join(', ')} until ${until.en}`,
      );
    }
    case 'basis': {
      const [act, until] = [BASIS_ACTIONS[seen.action], dayClockText(seen.untilMs)];
      const sources = seen.sources.map((source) => SOURCE_KINDS[source]);
      const ends =
        seen.action === 'end' ? text('', '') : text(`，至${until.zh}`, ` until ${until.en}`);
      return text(
        `${act.zh}：${sources.map(({ zh }) => zh).join('、')}（${seen.documentNumber}）${ends.zh}`,
        `${act.en}: ${sources.map(({ en }) => en).join(', ')} (${seen.documentNumber})${ends.en}`,
      );
    }
    case 'refusal': {
      const [of, ended] = [SOURCE_KINDS[seen.of], dayClockText(seen.endedAtMs)];
      return text(
        `${of.zh}仍在报送，依据 ${seen.documentNumber} 已于${ended.zh}期满；报送内容已拒收，未保存`,
        `${of.en} still reports; the basis ${seen.documentNumber} ended ${ended.en}; what it reports is refused and not kept`,
      );
    }
    case 'case-milestone':
      return text(`${seen.authority}：${seen.milestone}`, `${seen.milestone}, ${seen.authority}`);
    case 'notary-case':
      return text(`公证事项：${seen.matter}`, `notary matter: ${seen.matter}`);
    case 'retraction': {
      const at = dayClockText(seen.ofAtMs);
      return text(
        `撤回此前报送的${at.zh}的${KIND_NAMES[seen.of].zh}：${seen.reason}`,
        `takes back its ${KIND_NAMES[seen.of].en} of ${at.en}: ${seen.reason}`,
      );
    }
    case 'contact-position': {
      const accuracy = distanceText(seen.accuracyM);
      const fix = FIX_NAMES[seen.fix];
      return text(
        `禁止接触对象 ${seen.of}：${fix.zh} · ± ${accuracy.zh}`,
        `${seen.of}, not to be contacted: ${fix.en} · ± ${accuracy.en}`,
      );
    }
    case 'reading':
      return text(`查阅行为：${seen.act}`, `look at data: ${seen.act}`);
    case 'index':
      return text(`指标 ${seen.indexId}：${seen.value}`, `index ${seen.indexId}: ${seen.value}`);
    default:
      return never(seen);
  }
}

function describePosition(seen: Extract<Observation, { kind: 'position' }>): Text {
  const fix = FIX_NAMES[seen.fix];
  const labels = seen.labels.map(
    (label) => LABEL_NAMES[label as keyof typeof LABEL_NAMES] ?? text(label, label),
  );
  const place = seen.region === undefined ? undefined : regionName(seen.region);
  const accuracy = seen.accuracyM === undefined ? undefined : distanceText(seen.accuracyM);
  const parts = (language: keyof Text) => [
    ...(place ? [place[language]] : []),
    fix[language],
    ...(accuracy ? [`± ${accuracy[language]}`] : []),
    ...labels.map((label) => label[language]),
  ];
  return text(parts('zh').join(' · '), parts('en').join(' · '));
}

function describeOrder(order: OrderFact): Text {
  const area = areaName(order.area);
  const until = dateText(order.untilMs);
  const action = ORDER_ACTIONS[order.action];
  return text(
    `监管令${action.zh}：活动范围${area.zh}，至 ${until.zh}`,
    `order ${action.en}: area ${area.en}, until ${until.en}`,
  );
}

/** The regions of an area, a whole city by its own name. */
export function areaName(area: readonly string[]): Text {
  const widest = area.filter(
    (code) => !area.some((other) => other !== code && isWithin(code, other)),
  );
  const names = widest.map(regionName);
  return text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));
}

const bracketed = (content: string, open: string, close: string): string =>
  content === '' ? '' : `${open}${content}${close}`;
