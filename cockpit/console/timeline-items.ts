// Everything that happened to an alert in one order: its events and the notices sent about it.

import type { AlertDetail, Notice } from '../../app/api/alerts.ts';
import type { AlertEvent } from '../../core/alert-event.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { secondText } from '../shared/format.ts';
import { attemptItems } from './attempt-items.ts';
import { actorName, CHANNELS, EVENT_NAMES, noticeState } from './terms.ts';
import { LEVEL_NAMES } from '../shared/words.ts';
import { CONSOLE_WORDS, CORRECTION_CAUSES, FEEDBACK_TEXTS } from './words.ts';

export type TimelineItem = {
  readonly id: string;
  readonly atMs: number;
  readonly title: Text;
  /** Who, by which way, in which state; empty when the title says it all. */
  readonly more: readonly Text[];
  /** What an officer wrote, in their words. */
  readonly note: string | undefined;
  readonly mark: 'ok' | 'warn' | 'bad' | 'unknown';
};

/** Oldest first. A `notified` event says less than the notice itself and is left to it. */
export function timelineItems(
  alert: Pick<AlertDetail, 'timeline' | 'notices' | 'actors'>,
): TimelineItem[] {
  const names = {
    ...Object.fromEntries(alert.notices.map((one) => [one.recipient, one.recipientName])),
    ...alert.actors,
  };
  return [
    ...alert.timeline
      .filter(({ kind }) => kind !== 'notified' || alert.notices.length === 0)
      .map((event) => eventItem(event, names)),
    ...alert.notices.flatMap((notice) => [noticeItem(notice), ...attemptItems(notice)]),
  ].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function eventItem(event: AlertEvent, names: Readonly<Record<string, Text>>): TimelineItem {
  const { details } = event;
  const who = actorName(event.actor, names);
  const parts = [
    who,
    sideOf(details),
    wayOf(details),
    resultOf(details),
    handedTo(details),
    passedOn(details, names),
    muted(details),
    unhidden(event),
    causeOf(details),
  ].filter((part) => part !== undefined);
  return {
    id: event.id,
    atMs: event.atMs,
    title: titleOf(event),
    more: parts,
    note: noteOf(details),
    mark: MARKS[event.kind] ?? 'ok',
  };
}

const MARKS: Readonly<Partial<Record<AlertEvent['kind'], TimelineItem['mark']>>> = {
  opened: 'warn',
  repeated: 'warn',
  escalated: 'warn',
  reopened: 'warn',
  corrected: 'unknown',
  regraded: 'warn',
  silenced: 'unknown',
};

function titleOf({ kind, details }: AlertEvent): Text {
  if (kind === 'corrected') return correctionTitle(details);
  return kind === 'regraded' ? regradedTitle(details) : EVENT_NAMES[kind];
}

/** Repeats made it graver by one, or what was counted was withdrawn. */
function regradedTitle({ because, repeats, fromLevel, toLevel }: AlertEvent['details']): Text {
  const [from, to] = [levelName(fromLevel), levelName(toLevel)];
  if (!from || !to) return EVENT_NAMES.regraded;
  return because === 'repeats'
    ? text(
        `重复出现 ${repeats} 次，由${from.zh}升为${to.zh}`,
        `${repeats} repeats: ${from.en} became ${to.en.toLowerCase()}`,
      )
    : text(
        `重复情形被撤回，由${from.zh}恢复为${to.zh}`,
        `repeats withdrawn: ${from.en} back to ${to.en.toLowerCase()}`,
      );
}

/** What the end of a silence did. */
const unhidden = ({ kind, details }: AlertEvent): Text | undefined =>
  kind !== 'unsilenced'
    ? undefined
    : details['told'] === false
      ? text('不需再通知', 'nobody need be told')
      : text('重新通知', 'told anew');

/** What the alert was corrected to. */
function correctionTitle({ outcome, was, toLevel, fromLevel }: AlertEvent['details']): Text {
  if (outcome === 'withdrawn') return text('预警撤回', 'Alert withdrawn');
  if (was === 'withdrawn') return text('预警恢复', 'Alert stands again');
  const [from, to] = [levelName(fromLevel), levelName(toLevel)];
  if (!from || !to || fromLevel === toLevel) return EVENT_NAMES.corrected;
  return text(`预警由${from.zh}调整为${to.zh}`, `${from.en} became ${to.en.toLowerCase()}`);
}

const levelName = (level: AlertEvent['details'][string] | undefined): Text | undefined =>
  level === 1 || level === 2 || level === 3 ? LEVEL_NAMES[level] : undefined;

const causeOf = ({ because }: AlertEvent['details']): Text | undefined =>
  typeof because === 'string' && because in CORRECTION_CAUSES
    ? CORRECTION_CAUSES[because as keyof typeof CORRECTION_CAUSES]
    : undefined;

const sideOf = ({ side }: AlertEvent['details']): Text | undefined =>
  side === 'city'
    ? CONSOLE_WORDS.cityBureau
    : side === 'county'
      ? CONSOLE_WORDS.countyBureau
      : undefined;

function wayOf({ via, channel }: AlertEvent['details']): Text | undefined {
  const way = via ?? channel;
  if (way === 'console') return text('值守台', 'console');
  return typeof way === 'string' && way in CHANNELS
    ? CHANNELS[way as Notice['channel']]
    : undefined;
}

const resultOf = ({ result }: AlertEvent['details']): Text | undefined =>
  typeof result === 'string' && result in FEEDBACK_TEXTS
    ? FEEDBACK_TEXTS[result as keyof typeof FEEDBACK_TEXTS].name
    : undefined;

/** Nobody could be reached at one bureau, so another stands in. */
function handedTo({ because, from, to }: AlertEvent['details']): Text | undefined {
  if (because !== 'nobody-to-reach' || typeof from !== 'string') return undefined;
  const [gone, next] = [regionName(from), typeof to === 'string' ? nameOf(to) : undefined];
  return text(
    `${gone.zh}无人可联系${next ? `，转${next.zh}` : ''}`,
    `nobody to reach at ${gone.en}${next ? `, handed to ${next.en}` : ''}`,
  );
}

/** Nobody acknowledged in time, or an officer who was called passed it on, so others are told. */
function passedOn(
  { because, to }: AlertEvent['details'],
  names: Readonly<Record<string, Text>>,
): Text | undefined {
  if (typeof to !== 'string') return undefined;
  if (because !== 'unanswered' && because !== 'passed-on' && because !== 'watchdog')
    return undefined;
  if (to === '') return text('按键转交，已无下一责任人', 'passed on, but there is nobody next');
  const told = to.split(' ').map((id) => actorName(id, names) ?? text(id, id));
  const [zh, en] = [told.map((one) => one.zh).join('、'), told.map((one) => one.en).join(', ')];
  switch (because) {
    case 'unanswered':
      return text(`无人确认，通知${zh}`, `nobody acknowledged, told ${en}`);
    case 'passed-on':
      return text(`按键转交，通知${zh}`, `passed on by key, told ${en}`);
    case 'watchdog':
      return text(
        `运行监视发现未推进，通知${zh}`,
        `the watchdog found it standing still, told ${en}`,
      );
  }
}

/** A wider alert about the person is open, so nobody was told of this one. */
const muted = ({ mutedBy }: AlertEvent['details']): Text | undefined =>
  typeof mutedBy === 'string'
    ? text(`未另行通知（${mutedBy}）`, `told to nobody (${mutedBy})`)
    : undefined;

const nameOf = (bureau: string): Text =>
  /^\d{6}$/.test(bureau) ? regionName(bureau) : text('系统值守人员', 'operators');

const noteOf = ({ note }: AlertEvent['details']): string | undefined =>
  typeof note === 'string' && note !== '' ? note : undefined;

function noticeItem(notice: Notice): TimelineItem {
  const answered = notice.answeredAtMs;
  // Questions to a provider are no attempts to whoever reads.
  const handOvers = notice.steps?.reduce((most, step) => Math.max(most, step.attempt), 0);
  const times = handOvers ?? notice.attempts;
  const attempts = times > 1 ? text(`第 ${times} 次`, `attempt ${times}`) : undefined;
  const at =
    answered === null
      ? undefined
      : text(`${secondText(answered)} 应答`, `answered ${secondText(answered)}`);
  const state = noticeState(notice);
  const parts = [notice.recipientName, at ?? state, attempts, providerOf(notice)].filter(
    (part) => part !== undefined,
  );
  return {
    id: notice.id,
    atMs: notice.sentAtMs ?? notice.createdAtMs,
    title: CHANNELS[notice.channel],
    more: parts,
    note: undefined,
    mark: noticeMark(notice.state),
  };
}

/** Who carried it; that a push was shown here goes without saying. */
const providerOf = ({ provider, channel }: Notice): Text | undefined =>
  typeof provider === 'string' && provider !== channel && provider !== 'console'
    ? text(`经 ${provider}`, `by ${provider}`)
    : undefined;

function noticeMark(state: string): TimelineItem['mark'] {
  if (state === 'failed') return 'bad';
  if (state === 'delivered' || state === 'answered') return 'ok';
  return state === 'cancelled' ? 'unknown' : 'warn';
}
