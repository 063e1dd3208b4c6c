// What the events of an alert say about decisions, in words an officer reads.

import type { AlertEvent } from '../../core/alert-event.ts';
import { never } from '../../core/errors.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { CORRECTION_CAUSES, referenceOf } from '../texts.ts';
import type { Decision, DecisionKind } from './trail.ts';
import {
  channelName,
  level,
  peopleOf,
  sentences,
  SIDE_NAMES,
  sidesOf,
  spanText,
  timeText,
} from './words.ts';

type NameOf = (id: string) => Text;

/** Parts of the system that act by themselves; that they did goes without saying. */
const PARTS = new Set(['alerts', 'outbox', 'rules', 'system', 'watchdog']);

export function eventDecisions(event: AlertEvent, nameOf: NameOf): Decision[] {
  return saysOf(event, nameOf).map(([kind, says], index) => ({
    id: `${event.id}.${index}`,
    atMs: event.atMs,
    kind,
    actor: PARTS.has(event.actor) ? undefined : nameOf(event.actor),
    says,
  }));
}

type Said = readonly [DecisionKind, Text];

function saysOf(event: AlertEvent, nameOf: NameOf): readonly Said[] {
  const { details: d, kind } = event;
  switch (kind) {
    case 'opened':
      return routing(event, nameOf, true);
    case 'repeated':
      return [
        [
          'merged',
          text(
            `同一情形再次出现（第 ${d['repeats']} 次重复），并入本预警，不另行通知`,
            `the same condition again (repeat ${d['repeats']}): merged, told to nobody`,
          ),
        ],
      ];
    case 'regraded':
      return [['regraded', regraded(d)], ...routing(event, nameOf, false)];
    case 'corrected':
      return [['corrected', corrected(d)], ...routing(event, nameOf, false)];
    case 'silenced':
      return [['silenced', silenced(event, nameOf)]];
    case 'unsilenced':
      return [['silenced', unsilenced(d)], ...routing(event, nameOf, false)];
    case 'escalated':
      return [['escalated', escalated(d, nameOf)]];
    case 'answered':
    case 'acknowledged':
      return [['answer', acknowledged(kind, d)]];
    case 'feedback':
      return [['handled', text('反馈核查结果', 'gave feedback')]];
    case 'closed':
      return [['handled', text('办结预警', 'closed the alert')]];
    case 'reopened':
      return [['handled', text('预警重新打开', 'the alert is open again')]];
    case 'cleared':
      return [
        [
          'ended',
          text(
            '预警情形自行解除；预警仍须由值班人员办结',
            'the condition ended by itself; an officer still has to close the alert',
          ),
        ],
      ];
    // The notice itself says more, but for those it was sent together with.
    case 'notified':
      return d['alerts'] === undefined ? [] : [['notice', together(d)]];
    case 'assigned':
    case 'handed-over':
    case 'accepted':
    case 'declined':
    case 'taken-back':
    case 'overdue':
    case 'objected':
    case 'objection-decided':
    case 'objection-overdue':
      return [['handled', afterTheAnswer(kind, d)]];
    default:
      return [otherEvent(kind)];
  }
}

function together({ alerts, carriedWith, channel }: AlertEvent['details']): Text {
  const way = channelName(String(channel));
  if (carriedWith === undefined) {
    return text(
      `该${way.zh}一并告知同类预警，共 ${alerts} 起`,
      `the ${way.en} told of ${alerts} alerts at once, this one first`,
    );
  }
  const reference = referenceOf(String(carriedWith));
  return text(
    `由预警 ${reference} 的${way.zh}一并告知，共 ${alerts} 起`,
    `told by the ${way.en} of alert ${reference}, of ${alerts} alerts at once`,
  );
}

type AfterTheAnswer =
  | 'assigned'
  | 'handed-over'
  | 'accepted'
  | 'declined'
  | 'taken-back'
  | 'overdue'
  | 'objected'
  | 'objection-decided'
  | 'objection-overdue';

function afterTheAnswer(kind: AfterTheAnswer, { decision }: AlertEvent['details']): Text {
  if (kind !== 'objection-decided') return AFTER_THE_ANSWER[kind];
  return decision === 'upheld'
    ? text('异议成立，预警撤回', 'the objection was upheld and the alert withdrawn')
    : text('异议不成立，预警维持', 'the objection was rejected and the alert stands');
}

const AFTER_THE_ANSWER = {
  assigned: text('指派责任人', 'the task was assigned'),
  'handed-over': text('提出移交', 'the task was offered to somebody else'),
  accepted: text('接收移交', 'the hand-over was accepted'),
  declined: text('退回移交', 'the hand-over was declined'),
  'taken-back': text('撤回移交', 'the hand-over was taken back'),
  overdue: text('任务超过办理时限', 'the time for the task ran out'),
  objected: text('登记当事人异议', 'an objection of the person was recorded'),
  'objection-overdue': text('异议超过答复时限', 'the time to answer the objection ran out'),
} as const;

/** Kinds that say no more than that they happened. */
const otherEvent = (kind: never): Said => never(kind);

/** How the alert was routed, when it opened or anew. */
function routing(
  { details: d, level: counted }: AlertEvent,
  nameOf: NameOf,
  opened: boolean,
): Said[] {
  if (d['awaits'] === undefined) return [];
  const says: Said[] = [];
  const now = d['toLevel'] ?? counted;
  const by = d['routedBy'];
  const told = peopleOf(d['recipients'], nameOf);
  const channel = channelName(d['channel']);
  const rule =
    typeof by === 'string'
      ? text(`按路由“${by}”`, `by the route "${by}"`)
      : text(`按${level(now).zh}预警分级表`, `by the table for ${level(now).en}`);
  const awaits = sidesOf(d['awaits']);
  const late =
    opened && d['late'] === true
      ? text('事后获知，只作平台推送', 'learnt late, therefore pushed only')
      : undefined;
  if (d['mutedBy'] !== undefined) {
    const other = typeof d['mutedByAlert'] === 'string' ? referenceOf(d['mutedByAlert']) : '';
    return [
      [
        'muted',
        text(
          `因“${d['mutedBy']}”（预警 ${other} 未结），不另行通知`,
          `told to nobody because of "${d['mutedBy']}" (alert ${other} is open)`,
        ),
      ],
    ];
  }
  if (d['silencedBy'] !== undefined) return [];
  if (told) {
    says.push([
      'routed',
      sentences(
        text(
          `${rule.zh}，以${channel.zh}通知：${told.zh}`,
          `${rule.en}: ${told.en} by ${channel.en}`,
        ),
        awaits && mustAcknowledge(d['acknowledge'], awaits),
        late,
      ),
    ]);
  } else if (opened) {
    says.push([
      'routed',
      text(`${rule.zh}，但无人可以联系`, `${rule.en}, but nobody can be reached`),
    ]);
  }
  const quieted = peopleOf(d['quieted'], nameOf);
  if (quieted) {
    says.push([
      'held-back',
      text(
        `${quieted.zh}刚就同一人员的预警接到通知，本次只作平台推送`,
        `${quieted.en} was told about the person just now: pushed only`,
      ),
    ]);
  }
  const untilMs = d['quietUntilMs'];
  if (typeof untilMs === 'number') {
    const until = timeText(untilMs, untilMs);
    says.push([
      'held-back',
      text(`处于免打扰时段，推送延至 ${until}`, `quiet hours: the push waits until ${until}`),
    ]);
  }
  const waitMs = d['groupWaitMs'];
  if (typeof waitMs === 'number' && told) {
    const wait = spanText(waitMs);
    says.push([
      'held-back',
      text(
        `可与同类预警合并通知，至多等 ${wait.zh}`,
        `may share a notice with alerts of the kind, and waits ${wait.en} for them at most`,
      ),
    ]);
  }
  const pushedOnly = peopleOf(d['pushedOnly'], nameOf);
  if (pushedOnly) {
    says.push([
      'held-back',
      text(
        `${pushedOnly.zh}未登记电话，只作平台推送`,
        `${pushedOnly.en} has no telephone: pushed only`,
      ),
    ]);
  }
  return says;
}

const mustAcknowledge = (acknowledge: unknown, awaits: Text): Text =>
  acknowledge === 'every-side' && awaits.zh.includes('和')
    ? text(`${awaits.zh}均须确认`, `${awaits.en} must both acknowledge`)
    : text('一人确认即可', 'one acknowledgement is enough');

function regraded(d: AlertEvent['details']): Text {
  const [from, to] = [level(d['fromLevel']), level(d['toLevel'])];
  if (d['because'] !== 'repeats') {
    return text(
      `计入重复次数的情形被撤回，等级由${from.zh}恢复为${to.zh}`,
      `what was counted as repeats was withdrawn: from ${from.en} back to ${to.en}`,
    );
  }
  const within = spanText(Number(d['withinMs'] ?? 0));
  return text(
    `${within.zh}内重复出现 ${d['repeats']} 次，等级由${from.zh}升为${to.zh}`,
    `${d['repeats']} repeats within ${within.en}: from ${from.en} up to ${to.en}`,
  );
}

function corrected(d: AlertEvent['details']): Text {
  const because = CORRECTION_CAUSES[d['because'] as keyof typeof CORRECTION_CAUSES];
  const why = because ? text(`（${because.zh}）`, ` (${because.en})`) : text('', '');
  if (d['outcome'] === 'withdrawn') {
    return text(
      `预警撤回${why.zh}，通知曾接到通知的人员`,
      `withdrawn${why.en}; who was told hears of it`,
    );
  }
  if (d['was'] === 'withdrawn') return text(`预警恢复${why.zh}`, `stands again${why.en}`);
  const [from, to] = [level(d['fromLevel']), level(d['toLevel'])];
  return text(
    `等级由${from.zh}更正为${to.zh}${why.zh}`,
    `corrected from ${from.en} to ${to.en}${why.en}`,
  );
}

function silenced({ details: d, atMs }: AlertEvent, nameOf: NameOf): Text {
  const author = nameOf(String(d['author'] ?? ''));
  const until = timeText(Number(d['untilMs'] ?? 0), atMs);
  const reason = typeof d['note'] === 'string' ? d['note'] : '';
  return sentences(
    text(
      `处于静默（${author.zh}设置），至 ${until} 不通知`,
      `hidden by the silence of ${author.en}: told to nobody until ${until}`,
    ),
    d['isUnderWay'] === true && text('未发出的通知收回', 'notices not sent yet are taken back'),
    reason !== '' && text(`理由：${reason}`, `reason: ${reason}`),
  );
}

function unsilenced(d: AlertEvent['details']): Text {
  const how =
    d['because'] === 'ended'
      ? text('静默提前结束', 'the silence was ended early')
      : text('静默期满', 'the silence is over');
  return d['told'] === false
    ? text(`${how.zh}，预警已有人处理或已撤回，不再通知`, `${how.en}; nobody need be told any more`)
    : text(
        `${how.zh}，预警仍未确认，重新通知`,
        `${how.en}; nobody has the alert, so it is told anew`,
      );
}

function escalated(d: AlertEvent['details'], nameOf: NameOf): Text {
  if (d['because'] === 'nobody-to-reach') {
    const [from, to] = [regionName(String(d['from'])), String(d['to'])];
    const next = /^\d{6}$/.test(to) ? regionName(to) : text('系统运维人员', 'the operators');
    return text(
      `${from.zh}无人可以联系，转${next.zh}`,
      `nobody to reach at ${from.en}: passed to ${next.en}`,
    );
  }
  const side = SIDE_NAMES[d['side'] as keyof typeof SIDE_NAMES] ?? text('', '');
  const told = peopleOf(d['to'], nameOf) ?? text('', '');
  const channel = channelName(d['channel']);
  const rung = d['rung'];
  return text(
    `${side.zh}无人确认，第 ${rung} 次升级：以${channel.zh}通知${told.zh}`,
    `nobody at ${side.en} acknowledged, rung ${rung}: ${told.en} by ${channel.en}`,
  );
}

function acknowledged(kind: 'answered' | 'acknowledged', d: AlertEvent['details']): Text {
  const side = SIDE_NAMES[d['side'] as keyof typeof SIDE_NAMES] ?? text('', '');
  const via = channelName(d['via']);
  return kind === 'acknowledged'
    ? text(
        `代表${side.zh}通过${via.zh}确认收到，停止通知和升级`,
        `acknowledged for ${side.en} by ${via.en}: notices and ladder end`,
      )
    : text(
        `代表${side.zh}通过${via.zh}确认收到，另一方仍待确认`,
        `acknowledged for ${side.en} by ${via.en}; the other side is awaited`,
      );
}
