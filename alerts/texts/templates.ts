// The words of every notice and of every answer to a reply, as data: what an installation may word otherwise
// in a file (load-texts.ts), and what each may speak of. The values here are the product's own.

import type { ReplyOutcome } from '../channels/channel.ts';
import { text, type Text } from '../../core/text.ts';
import type { ChannelKind } from '../../warehouse/records-schema.ts';

/** Outcomes of a reply its sender is told of. */
export const ANSWERED_OUTCOMES = [
  'acknowledged',
  'partly',
  'acknowledged-before',
  'closed',
  'ambiguous',
  'nothing-open',
  'unknown-reference',
  'unclear',
  'cut-off',
] as const satisfies readonly ReplyOutcome[];

export type AnsweredOutcome = (typeof ANSWERED_OUTCOMES)[number];

export type Templates = {
  /** A new alert. */
  readonly notice: Readonly<Record<ChannelKind, Text>>;
  /** An alert that a correction made what it is now. */
  readonly corrected: Readonly<Record<ChannelKind, Text>>;
  /** An alert that repeats made graver. */
  readonly repeated: Readonly<Record<ChannelKind, Text>>;
  /** An alert that a silence hid and that is still open. */
  readonly silenceOver: Readonly<Record<ChannelKind, Text>>;
  /** Several alerts at once; see grouping/. */
  readonly group: Readonly<Record<ChannelKind, Text>>;
  /** An alert that was none. */
  readonly withdrawn: Readonly<Record<'sms' | 'push', Text>>;
  /** An alert that is less grave than was said. */
  readonly lowered: Readonly<Record<'sms' | 'push', Text>>;
  readonly answers: Readonly<Record<AnsweredOutcome, Text>>;
};

/**
 * What stands for what. Nothing about the person is among them: a lock screen and a voice box are read by
 * strangers.
 */
export const VARIABLES = {
  reference: 'the last six characters of the alert’s id',
  spelled: 'the reference, character by character, for a voice',
  level: 'the level, in words',
  county: 'the county whose bureau answers for it',
  title: 'what kind of alert',
  duty: 'what the level asks for',
  late: 'that it was learnt of afterwards, or nothing',
  was: 'the level it was before',
  cause: 'why it was corrected',
  count: 'how many alerts it is about, or how many wait for an acknowledgement',
  spelledCount: 'how many alerts it is about, in words for a voice',
  references: 'their references',
  example: 'one of them',
} as const;

export type Variable = keyof typeof VARIABLES;

const NOTICE = ['level', 'county', 'title', 'duty', 'late'] as const;
const WRITTEN = [...NOTICE, 'reference'] as const;
const CORRECTION = ['level', 'county', 'title', 'cause', 'reference'] as const;

export type TemplateForm = {
  readonly group: keyof Templates;
  /** A channel, or an outcome of a reply. */
  readonly name: string;
  readonly channel: ChannelKind;
  readonly may: readonly Variable[];
  readonly must: readonly Variable[];
  /** It asks for an acknowledgement, so it says with which key. */
  readonly asks: boolean;
};

/** Every template there is. */
export const TEMPLATE_FORMS: readonly TemplateForm[] = [
  ...(['notice', 'corrected', 'repeated', 'silenceOver'] as const).flatMap((group) =>
    (['phone', 'sms', 'push'] as const).map((channel): TemplateForm => {
      const reference = channel === 'phone' ? 'spelled' : 'reference';
      return {
        group,
        name: channel,
        channel,
        may: channel === 'phone' ? [...NOTICE, 'spelled'] : WRITTEN,
        must: ['level', 'title', reference],
        asks: channel !== 'push',
      };
    }),
  ),
  ...(['phone', 'sms', 'push'] as const).map((channel): TemplateForm => {
    const count = channel === 'phone' ? 'spelledCount' : 'count';
    return {
      group: 'group',
      name: channel,
      channel,
      may: channel === 'phone' ? [...NOTICE, count] : [...WRITTEN, count],
      must: channel === 'phone' ? ['level', count] : ['level', count, 'reference'],
      asks: channel !== 'push',
    };
  }),
  ...(['withdrawn', 'lowered'] as const).flatMap((group) =>
    (['sms', 'push'] as const).map((channel): TemplateForm => ({
      group,
      name: channel,
      channel,
      may: group === 'lowered' ? [...CORRECTION, 'was'] : CORRECTION,
      must: ['reference'],
      asks: false,
    })),
  ),
  ...ANSWERED_OUTCOMES.map((name): TemplateForm => {
    const isAboutOne = ['acknowledged', 'partly', 'acknowledged-before', 'closed'].includes(name);
    return {
      group: 'answers',
      name,
      channel: 'sms',
      may: isAboutOne ? ['reference'] : ['count', 'references', 'example'],
      must: isAboutOne ? ['reference'] : name === 'ambiguous' ? ['references'] : [],
      asks: false,
    };
  }),
];

export const templateOf = (templates: Templates, { group, name }: TemplateForm): Text =>
  // Guarantee: a form names a template of its group.
  (templates[group] as Readonly<Record<string, Text>>)[name] as Text;

export const DEFAULT_TEMPLATES: Templates = {
  notice: {
    phone: text(
      '准绳{level}预警。{county}，{title}。编号{spelled}。请{duty}。收到请按1，无法处置请按3转下一责任人，详情请登录平台查看。',
      'Plumbline {level} alert. {county}. {title}. Reference {spelled}. Please {duty}. ' +
        'Press 1 to acknowledge, 3 to pass it on to the next person, and sign in to the platform for details.',
    ),
    sms: text(
      '【准绳】{level}预警{reference}：{county}，{title}。请{duty}，回复1确认，详见平台。',
      'Plumbline {level} alert {reference}: {county}, {title}. Please {duty}. ' +
        'Reply 1 to acknowledge. Details on the platform.',
    ),
    push: text(
      '{level}预警{reference}：{county}，{title}{late}。请{duty}。',
      'Alert {reference}, {level}: {county}, {title}{late}. Please {duty}.',
    ),
  },
  corrected: {
    phone: text(
      '准绳更正，现为{level}预警。{county}，{title}。编号{spelled}。请{duty}。收到请按1，无法处置请按3转下一责任人，详情请登录平台查看。',
      'Plumbline correction, now a {level} alert. {county}. {title}. Reference {spelled}. Please {duty}. ' +
        'Press 1 to acknowledge, 3 to pass it on to the next person, and sign in to the platform for details.',
    ),
    sms: text(
      '【准绳】更正，现为{level}预警{reference}：{county}，{title}。请{duty}，回复1确认，详见平台。',
      'Now {level} alert {reference}: {county}, {title}. Please {duty}. ' +
        'Reply 1 to acknowledge. Details on the platform.',
    ),
    push: text(
      '更正，现为{level}预警{reference}：{county}，{title}{late}。请{duty}。',
      'Alert {reference}, now {level}: {county}, {title}{late}. Please {duty}.',
    ),
  },
  repeated: {
    phone: text(
      '准绳多次出现，现为{level}预警。{county}，{title}。编号{spelled}。请{duty}。收到请按1，无法处置请按3转下一责任人，详情请登录平台查看。',
      'Plumbline repeated, now a {level} alert. {county}. {title}. Reference {spelled}. Please {duty}. ' +
        'Press 1 to acknowledge, 3 to pass it on to the next person, and sign in to the platform for details.',
    ),
    sms: text(
      '【准绳】多次出现，现为{level}预警{reference}：{county}，{title}。请{duty}，回复1确认，详见平台。',
      'Repeated, now {level} alert {reference}: {county}, {title}. Please {duty}. ' +
        'Reply 1 to acknowledge.',
    ),
    push: text(
      '多次出现，现为{level}预警{reference}：{county}，{title}{late}。请{duty}。',
      'Alert {reference}, repeated, now {level}: {county}, {title}{late}. Please {duty}.',
    ),
  },
  silenceOver: {
    phone: text(
      '准绳静默结束，{level}预警。{county}，{title}。编号{spelled}。请{duty}。收到请按1，无法处置请按3转下一责任人，详情请登录平台查看。',
      'Plumbline silence over, {level} alert. {county}. {title}. Reference {spelled}. Please {duty}. ' +
        'Press 1 to acknowledge, 3 to pass it on to the next person, and sign in to the platform for details.',
    ),
    sms: text(
      '【准绳】静默结束，{level}预警{reference}：{county}，{title}。请{duty}，回复1确认，详见平台。',
      'Silence over: {level} alert {reference}: {county}, {title}. Please {duty}. ' +
        'Reply 1 to acknowledge.',
    ),
    push: text(
      '静默结束，{level}预警{reference}：{county}，{title}{late}。请{duty}。',
      'Alert {reference}, silence over, {level}: {county}, {title}{late}. Please {duty}.',
    ),
  },
  group: {
    phone: text(
      '准绳{level}预警，共{spelledCount}起。{county}，{title}。请{duty}。全部收到请按1，无法处置请按3全部转下一责任人，详情请登录平台查看。',
      'Plumbline, {spelledCount} {level} alerts. {county}. {title}. Please {duty}. ' +
        'Press 1 to acknowledge all of them, 3 to pass all of them on to the next person, and sign in to the platform for details.',
    ),
    sms: text(
      '【准绳】{level}预警{reference}等{count}起：{county}，{title}。请{duty}，回复1全部确认，详见平台。',
      'Plumbline: {count} {level} alerts, {reference} and others: {county}, {title}. Please {duty}. ' +
        'Reply 1 to acknowledge all.',
    ),
    push: text(
      '{level}预警{reference}等{count}起：{county}，{title}{late}。请{duty}。',
      '{count} alerts, {level}, {reference} and others: {county}, {title}{late}. Please {duty}.',
    ),
  },
  withdrawn: {
    sms: text(
      '【准绳】更正：{level}预警{reference}已撤回（{county}，{title}），原因：{cause}。详见平台。',
      'Plumbline correction. Alert {reference} withdrawn ({county}, {title}): {cause}.',
    ),
    push: text(
      '更正：{level}预警{reference}已撤回（{county}，{title}），原因：{cause}。',
      'Alert {reference} withdrawn ({county}, {title}): {cause}.',
    ),
  },
  lowered: {
    sms: text(
      '【准绳】更正：预警{reference}由{was}调整为{level}（{county}，{title}），原因：{cause}。详见平台。',
      'Plumbline correction. Alert {reference} changed from {was} to {level} ({county}, {title}): {cause}.',
    ),
    push: text(
      '更正：预警{reference}由{was}调整为{level}（{county}，{title}），原因：{cause}。',
      'Alert {reference} changed from {was} to {level} ({county}, {title}): {cause}.',
    ),
  },
  answers: {
    acknowledged: text(
      '【准绳】预警{reference}已确认。请按要求处置，并在平台填写反馈。',
      'Plumbline: alert {reference} acknowledged. Please act on it and report on the platform.',
    ),
    partly: text(
      '【准绳】预警{reference}您方已确认，另一方尚未确认。请按要求处置。',
      'Plumbline: alert {reference} acknowledged for your side, not yet for the other. Please act on it.',
    ),
    'acknowledged-before': text(
      '【准绳】预警{reference}此前已确认，无需再次回复。',
      'Plumbline: alert {reference} had been acknowledged before. Nothing to reply.',
    ),
    closed: text(
      '【准绳】预警{reference}已办结，无需确认。',
      'Plumbline: alert {reference} is closed. Nothing to acknowledge.',
    ),
    ambiguous: text(
      '【准绳】您有{count}条预警待确认：{references}。请回复1加编号，如“1 {example}”。',
      'Plumbline: alerts waiting for you ({count}): {references}. Reply 1 and the reference, as "1 {example}".',
    ),
    'nothing-open': text(
      '【准绳】目前没有待您确认的预警，详情请登录平台查看。',
      'Plumbline: no alert waits for you. Details on the platform.',
    ),
    'unknown-reference': text(
      '【准绳】未找到该编号的预警，请核对后重新回复。待确认：{references}。',
      'Plumbline: no alert of that reference was sent to you. Waiting for you: {references}.',
    ),
    unclear: text(
      '【准绳】未能识别您的回复。确认请回复1加编号，待确认：{references}。',
      'Plumbline: your reply was not understood. Reply 1 and the reference. Waiting for you: {references}.',
    ),
    'cut-off': text(
      '【准绳】您的长短信未收全，未作处理。请重发，确认只需回复1加编号：{references}。',
      'Plumbline: part of your long reply is missing, nothing was done. Reply 1 and the reference: {references}.',
    ),
  },
};
