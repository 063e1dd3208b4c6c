// What happened, in one plain sentence an officer can read out: who, where or what, how far, how long.
// Made from the evidence and the values the rule measured; nothing is inferred.

import type { AlertDetail } from '../../app/api/alerts.ts';
import {
  isFrameKind,
  type Observation,
  type ObservationOf,
  type OrderFact,
} from '../../core/observation.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { dayClockText, distanceText, spanText } from '../shared/format.ts';
import { CLASS_PERSONS } from '../shared/words.ts';
import { areaName, describeObservation, sourceName } from './describe-observation.ts';
import {
  BOOKING_STATES,
  CARRIERS,
  DEVICE_EVENTS,
  GATES,
  INCIDENTS,
  MEASURES,
  STAGES,
} from './terms.ts';

type Alert = Pick<
  AlertDetail,
  'evidence' | 'openedAtMs' | 'region' | 'subject' | 'subjectClass' | 'title' | 'values'
>;

export function whatHappened(alert: Alert): Text {
  const at = dayClockText(alert.openedAtMs);
  const who = personOf(alert);
  const said = predicateOf(alert);
  const joint = said.en.startsWith(':') ? '' : ' ';
  return text(`${at.zh}，${who.zh}${said.zh}。`, `${at.en} – ${who.en}${joint}${said.en}.`);
}

/** `宣汉县社区矫正对象 S-1043`: the pseudonymous key, never a name. */
function personOf({ region, subject, subjectClass }: Alert): Text {
  const [county, person] = [regionName(region), CLASS_PERSONS[subjectClass]];
  return text(`${county.zh}${person.zh} ${subject} `, `${person.en} ${subject} of ${county.en}`);
}

function predicateOf({ evidence, title, values }: Alert): Text {
  const order = evidence.find((seen): seen is OrderFact => seen.kind === 'order');
  const last = evidence.findLast(({ kind }) => !isFrameKind(kind));
  if (typeof values['outsideM'] === 'number') return outside(values, order, last);
  if (typeof values['awayM'] === 'number') return away(values);
  if (typeof values['insideM'] === 'number') return inside(values, title);
  if (typeof values['silentMs'] === 'number') return silent(values, last);
  if (typeof values['togetherMs'] === 'number') return together(values);
  if (typeof values['visits'] === 'number') return visits(values);
  if (typeof values['dueMs'] === 'number') return term(values);
  return (last && factPredicate(last)) ?? fallback(title, last);
}

function outside(
  values: AlertDetail['values'],
  order: OrderFact | undefined,
  last: Observation | undefined,
): Text {
  const area = order ? areaName(order.area) : text('所在地域', 'the area of residence');
  const distance = distanceText(values['outsideM'] as number);
  const region = last?.kind === 'position' ? last.region : undefined;
  const place = region === undefined ? undefined : regionName(region);
  const fixes = typeof values['fixes'] === 'number' ? values['fixes'] : undefined;
  const span =
    typeof values['outsideMs'] === 'number' && values['outsideMs'] > 0
      ? spanText(values['outsideMs'])
      : undefined;
  return text(
    `${place ? `在${place.zh}境内，` : ''}已越出${area.zh}边界 ${distance.zh}` +
      `${fixes === undefined ? '' : `，连续 ${fixes} 次定位`}${span ? `，历时 ${span.zh}` : ''}`,
    `was ${place ? `in ${place.en}, ` : ''}${distance.en} outside ${area.en}` +
      `${fixes === undefined ? '' : `, ${fixes} fixes in a row`}${span ? ` over ${span.en}` : ''}`,
  );
}

/** Away from home, or from a place to stay at. */
function away(values: AlertDetail['values']): Text {
  const home = text('住处', 'home');
  const place = values['zone'] === 'home' ? home : text('指定场所', 'the appointed place');
  const distance = distanceText(values['awayM'] as number);
  return text(
    `不在${place.zh}，距${place.zh}范围 ${distance.zh}${fixesOf(values).zh}`,
    `was not at ${place.en}, ${distance.en} beyond it${fixesOf(values).en}`,
  );
}

/** In a place where one should not be; the title of the rule says which kind. */
function inside(values: AlertDetail['values'], title: Text): Text {
  const span = typeof values['insideMs'] === 'number' ? values['insideMs'] : 0;
  const lasted = span > 0 ? spanText(span) : undefined;
  const zone = values['zone'];
  const id = zone === undefined ? text('', '') : text(`（${zone}）`, ` (${zone})`);
  return text(
    `：${title.zh}${id.zh}${lasted ? `，历时 ${lasted.zh}` : ''}${fixesOf(values).zh}`,
    `: ${title.en}${id.en}${lasted ? `, for ${lasted.en}` : ''}${fixesOf(values).en}`,
  );
}

const fixesOf = ({ fixes }: AlertDetail['values']): Text =>
  typeof fixes === 'number'
    ? text(`，连续 ${fixes} 次定位`, `, ${fixes} fixes in a row`)
    : text('', '');

function silent(values: AlertDetail['values'], last: Observation | undefined): Text {
  const span = spanText(values['silentMs'] as number);
  const source = last ? sourceName(last) : text('应有来源', 'the expected source');
  const heardAtMs = values['lastHeardAtMs'];
  const heard = typeof heardAtMs === 'number' ? dayClockText(heardAtMs) : undefined;
  return text(
    `的${source.zh}已 ${span.zh}没有任何数据${heard ? `，最后一次是 ${heard.zh}` : ''}`,
    `has sent nothing from the ${source.en} for ${span.en}${heard ? `; last heard ${heard.en}` : ''}`,
  );
}

/** Two persons of whom an order forbids one to contact the other. */
function together(values: AlertDetail['values']): Text {
  const span = spanText(values['togetherMs'] as number);
  const distance = distanceText(Number(values['distanceM'] ?? 0));
  return text(
    `与禁止接触的 ${values['with']} 在一起，历时 ${span.zh}，相距约 ${distance.zh}`,
    `was together with ${values['with']}, whom they may not contact, for ${span.en}, about ${distance.en} apart`,
  );
}

function visits({ visits: count, zones, spanMs, zone }: AlertDetail['values']): Text {
  const span = spanText(Number(spanMs ?? 0));
  const places = Number(zones ?? 1);
  return text(
    `${span.zh}内出入重点场所 ${count} 次，涉及 ${places} 处，最近一次是 ${zone}`,
    `was at listed key venues ${count} times within ${span.en}, at ${places} of them; last at ${zone}`,
  );
}

/** A term that runs out or has run out: of a leave, or of monitoring. */
function term(values: AlertDetail['values']): Text {
  const due = dayClockText(values['dueMs'] as number);
  const isOver = String(values['stage']).startsWith('overdue');
  if (values['leaveId'] !== undefined) {
    return isOver
      ? text(
          `的外出已于 ${due.zh} 期满，至今没有销假记录`,
          `has not reported back from a leave that ended ${due.en}`,
        )
      : text(`的外出将于 ${due.zh} 期满`, `is on a leave that ends ${due.en}`);
  }
  const tooLong = values['overLong'] === true;
  return isOver
    ? text(
        `的电子定位已于 ${due.zh} 期满，${tooLong ? '批准的期限超过法定最长期限' : '没有延长或者解除的记录'}`,
        `is monitored on a term that ended ${due.en}${
          tooLong
            ? '; the paper grants more than the law allows'
            : ' and was neither extended nor lifted'
        }`,
      )
    : text(`的电子定位将于 ${due.zh} 期满`, `is monitored on a term that ends ${due.en}`);
}

/** The sentence of a single fact; undefined for kinds that have none of their own. */
function factPredicate(seen: Observation): Text | undefined {
  switch (seen.kind) {
    case 'booking':
      return booked(seen);
    case 'lodging': {
      const at = regionName(seen.at);
      return text(`在${at.zh}“${seen.place}”登记住宿`, `checked in at “${seen.place}” in ${at.en}`);
    }
    case 'passage': {
      const [gate, to] = [GATES[seen.gate], regionName(seen.to)];
      return text(
        `${seen.ownVehicle ? '名下车辆' : ''}经${gate.zh}“${seen.place}”前往${to.zh}`,
        `${seen.ownVehicle ? ': own vehicle ' : ''}passed the ${gate.en} “${seen.place}” towards ${to.en}`,
      );
    }
    case 'custody': {
      const measure = MEASURES[seen.measure];
      return text(
        `被${seen.authority}决定${measure.zh}`,
        `was taken into ${measure.en} by ${seen.authority}`,
      );
    }
    case 'incident': {
      const [incident, stage] = [INCIDENTS[seen.incident], STAGES[seen.stage]];
      return text(
        `在${seen.authority}的警情记录中涉及${incident.zh}（${stage.zh}）`,
        `is named in a record of ${seen.authority}: ${incident.en} (${stage.en})`,
      );
    }
    case 'device': {
      const event = DEVICE_EVENTS[seen.event];
      return text(`佩戴的电子定位${event.zh}`, `: ${event.en}`);
    }
    default:
      return undefined;
  }
}

function booked(seen: ObservationOf<'booking'>): Text {
  const [from, to, carrier] = [regionName(seen.from), regionName(seen.to), CARRIERS[seen.carrier]];
  const state = BOOKING_STATES[seen.status];
  const depart = dayClockText(seen.departAtMs);
  return text(
    `${state.zh}了 ${depart.zh} 从${from.zh}到${to.zh}的${carrier.zh}`,
    `${state.en} a ${carrier.en} from ${from.en} to ${to.en}, leaving ${depart.en}`,
  );
}

function fallback(title: Text, last: Observation | undefined): Text {
  const detail = last ? describeObservation(last) : undefined;
  return text(
    `：${title.zh}${detail ? `（${detail.zh}）` : ''}`,
    `: ${title.en}${detail ? ` (${detail.en})` : ''}`,
  );
}
