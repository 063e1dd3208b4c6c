// What a notice says, in Chinese and English. A lock screen and a voice box are read by strangers: a notice
// carries a reference to ask for, the county, what kind of alert and what to do, and nothing about the person.

import type { CorrectionReason, Level } from '../core/finding.ts';
import { regionName } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import type { ChannelKind, ReroutedBecause } from '../warehouse/records-schema.ts';
import { LEVEL_TABLE } from './level-table.ts';

/** The words of a rule; filled by whoever knows the rulebook. */
export type RuleTexts = (ruleId: string) => { readonly title: Text; readonly duty: Text };

export type NoticeFacts = {
  readonly alertId: string;
  readonly level: Level;
  readonly region: string;
  readonly title: Text;
  readonly late: boolean;
  /** A correction made the alert what it is now: said first, for the officer knows it otherwise. */
  readonly corrected?: boolean;
  /** Why it goes out anew, when no correction is the reason. */
  readonly because?: Exclude<ReroutedBecause, 'corrected'> | undefined;
};

/** What comes first when the officer may know the alert already. */
const ANEW: Readonly<Record<ReroutedBecause, Text>> = {
  corrected: text('更正，现为', 'correction, now a '),
  repeats: text('多次出现，现为', 'repeated, now a '),
  'silence-over': text('静默结束，', 'silence over, '),
};

const anewOf = ({ corrected, because }: NoticeFacts): Text =>
  because ? ANEW[because] : corrected ? ANEW.corrected : text('', '');

/** Short reference for talking about an alert: the last six characters of its id, upper case. */
export const referenceOf = (alertId: string): string => alertId.slice(-6).toUpperCase();

/** An SMS is one message of 70 characters in Chinese, of 160 in English (3GPP TS 23.038). */
export const SMS_CHARS_MAX = { zh: 70, en: 160 } as const;

/** The text of a notice on one channel. */
export function composeNotice(channel: ChannelKind, facts: NoticeFacts): Text {
  switch (channel) {
    case 'phone':
      return spoken(facts);
    case 'sms':
      return text(
        fitted(facts.title.zh, SMS_CHARS_MAX.zh, (title) => smsZh(facts, title)),
        fitted(facts.title.en, SMS_CHARS_MAX.en, (title) => smsEn(facts, title)),
      );
    case 'push':
      return pushed(facts);
  }
}

/** Read aloud by a machine: short sentences, the reference character by character. */
function spoken(facts: NoticeFacts): Text {
  const { alertId, level, region, title } = facts;
  const anew = anewOf(facts);
  const { name, duty } = LEVEL_TABLE[level];
  const county = regionName(region);
  const characters = [...referenceOf(alertId)];
  return text(
    `准绳${anew.zh}${name.zh}预警。${county.zh}，${title.zh}。编号${characters.join('、')}。` +
      `请${duty.zh}。收到请按1，详情请登录平台查看。`,
    `Plumbline ${anew.en}${name.en} alert. ${county.en}. ${title.en}. ` +
      `Reference ${characters.join(', ')}. Please ${duty.en}. ` +
      'Press 1 to acknowledge, and sign in to the platform for details.',
  );
}

function smsZh(facts: NoticeFacts, title: string): string {
  const { alertId, level, region } = facts;
  const { name, duty } = LEVEL_TABLE[level];
  const head = `【准绳】${anewOf(facts).zh}${name.zh}预警${referenceOf(alertId)}：${regionName(region).zh}，${title}。`;
  return `${head}请${duty.zh}，回复1确认，详见平台。`;
}

function smsEn({ alertId, level, region, corrected, because }: NoticeFacts, title: string): string {
  const { name, duty } = LEVEL_TABLE[level];
  const head = `${SMS_HEADS[because ?? (corrected ? 'corrected' : 'new')]} ${name.en} alert ${referenceOf(alertId)}: ${regionName(region).en}, ${title}.`;
  return `${head} Please ${duty.en}. Reply 1 to acknowledge. Details on the platform.`;
}

const SMS_HEADS = {
  new: 'Plumbline',
  corrected: 'Now',
  repeats: 'Repeated, now',
  'silence-over': 'Silence over:',
} as const;

function pushed(facts: NoticeFacts): Text {
  const { alertId, level, region, title, late, corrected, because } = facts;
  const { name, duty } = LEVEL_TABLE[level];
  const county = regionName(region);
  const reference = referenceOf(alertId);
  return text(
    `${anewOf(facts).zh}${name.zh}预警${reference}：${county.zh}，${title.zh}${late ? '（事后获知）' : ''}。请${duty.zh}。`,
    `Alert ${reference}, ${PUSH_ANEW[because ?? (corrected ? 'corrected' : 'new')]}${name.en}: ${county.en}, ${title.en}${late ? ' (learnt late)' : ''}. ` +
      `Please ${duty.en}.`,
  );
}

const PUSH_ANEW = {
  new: '',
  corrected: 'now ',
  repeats: 'repeated, now ',
  'silence-over': 'silence over, ',
} as const;

/** Why an alert was corrected, as an officer calls it. */
export const CORRECTION_CAUSES: Readonly<Record<CorrectionReason, Text>> = {
  leave: text('补办外出审批', 'leave recorded later'),
  order: text('监管信息补录', 'order recorded later'),
  retraction: text('数据来源更正', 'taken back by its source'),
  'late-fact': text('补传数据', 'data that came late'),
  'met-again': text('情形再次出现', 'met again'),
};

/** What became of an alert, for those who were told of it. */
export type CorrectionFacts = Pick<NoticeFacts, 'alertId' | 'region' | 'title' | 'level'> & {
  readonly because: CorrectionReason;
  /** Undefined: it was none. Otherwise the level it was before, now less grave. */
  readonly wasLevel: Level | undefined;
};

/** The text of a correction that asks nothing of anybody. */
export function composeCorrection(channel: 'sms' | 'push', facts: CorrectionFacts): Text {
  const reference = referenceOf(facts.alertId);
  const county = regionName(facts.region);
  const now = LEVEL_TABLE[facts.level].name;
  const was = facts.wasLevel && LEVEL_TABLE[facts.wasLevel].name;
  const why = CORRECTION_CAUSES[facts.because];
  const zh = (title: string) => {
    const what = was ? `由${was.zh}调整为${now.zh}` : '已撤回';
    const kind = was ? '' : now.zh;
    const head = `更正：${kind}预警${reference}${what}（${county.zh}，${title}），原因：${why.zh}。`;
    return channel === 'sms' ? `【准绳】${head}详见平台。` : head;
  };
  const en = (title: string) => {
    const what = was ? `changed from ${was.en} to ${now.en}` : 'withdrawn';
    const head = `Alert ${reference} ${what} (${county.en}, ${title}): ${why.en}.`;
    return channel === 'sms' ? `Plumbline correction. ${head}` : head;
  };
  return channel === 'sms'
    ? text(
        fitted(facts.title.zh, SMS_CHARS_MAX.zh, zh),
        fitted(facts.title.en, SMS_CHARS_MAX.en, en),
      )
    : text(zh(facts.title.zh), en(facts.title.en));
}

/** A title too long for one SMS is cut, so that the reference and what to do never are. */
function fitted(title: string, charsMax: number, build: (title: string) => string): string {
  const whole = build(title);
  const excess = whole.length - charsMax;
  return excess <= 0 ? whole : build(`${title.slice(0, Math.max(0, title.length - excess - 1))}…`);
}
