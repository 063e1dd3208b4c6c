// What a notice says, in Chinese and English. A lock screen and a voice box are read by strangers: a notice
// carries a reference to ask for, the county, what kind of alert and what to do, and nothing about the person.

import type { CorrectionReason, Level } from '../core/finding.ts';
import { regionName } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';
import { DRILL_MARK, isMarked, SPOKEN_DRILL, unmarked } from './drills/drill-mark.ts';
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
};

/** Short reference for talking about an alert: the last six characters of its id, upper case. */
export const referenceOf = (alertId: string): string => alertId.slice(-6).toUpperCase();

/** An SMS is one message of 70 characters in Chinese, of 160 in English (3GPP TS 23.038). */
export const SMS_CHARS_MAX = { zh: 70, en: 160 } as const;

/** The text of a notice on one channel. That of a drill says so before anything else. */
export function composeNotice(channel: ChannelKind, facts: NoticeFacts): Text {
  const isDrill = isMarked(facts.title);
  const plain = { ...facts, title: unmarked(facts.title) };
  const mark = isDrill ? DRILL_MARK : NO_MARK;
  switch (channel) {
    case 'phone': {
      const said = spoken(plain);
      if (!isDrill) return said;
      const { before, after } = SPOKEN_DRILL;
      return text(`${before.zh}${said.zh}${after.zh}`, `${before.en}${said.en}${after.en}`);
    }
    case 'sms':
      return text(
        fitted(plain.title.zh, SMS_CHARS_MAX.zh, (title) => mark.zh + smsZh(plain, title)),
        fitted(plain.title.en, SMS_CHARS_MAX.en, (title) => mark.en + smsEn(plain, title)),
      );
    case 'push': {
      const { zh, en } = pushed(plain);
      return text(mark.zh + zh, mark.en + en);
    }
  }
}

const NO_MARK = text('', '');

/** Read aloud by a machine: short sentences, the reference character by character. */
function spoken({ alertId, level, region, title, corrected }: NoticeFacts): Text {
  const { name, duty } = LEVEL_TABLE[level];
  const county = regionName(region);
  const characters = [...referenceOf(alertId)];
  return text(
    `准绳${corrected ? '更正，现为' : ''}${name.zh}预警。${county.zh}，${title.zh}。编号${characters.join('、')}。` +
      `请${duty.zh}。收到请按1，详情请登录平台查看。`,
    `Plumbline ${corrected ? 'correction, now a ' : ''}${name.en} alert. ${county.en}. ${title.en}. ` +
      `Reference ${characters.join(', ')}. Please ${duty.en}. ` +
      'Press 1 to acknowledge, and sign in to the platform for details.',
  );
}

function smsZh({ alertId, level, region, corrected }: NoticeFacts, title: string): string {
  const { name, duty } = LEVEL_TABLE[level];
  const head = `【准绳】${corrected ? '更正，现为' : ''}${name.zh}预警${referenceOf(alertId)}：${regionName(region).zh}，${title}。`;
  return `${head}请${duty.zh}，回复1确认，详见平台。`;
}

function smsEn({ alertId, level, region, corrected }: NoticeFacts, title: string): string {
  const { name, duty } = LEVEL_TABLE[level];
  const head = `${corrected ? 'Now' : 'Plumbline'} ${name.en} alert ${referenceOf(alertId)}: ${regionName(region).en}, ${title}.`;
  return `${head} Please ${duty.en}. Reply 1 to acknowledge. Details on the platform.`;
}

function pushed({ alertId, level, region, title, late, corrected }: NoticeFacts): Text {
  const { name, duty } = LEVEL_TABLE[level];
  const county = regionName(region);
  const reference = referenceOf(alertId);
  return text(
    `${corrected ? '更正，现为' : ''}${name.zh}预警${reference}：${county.zh}，${title.zh}${late ? '（事后获知）' : ''}。请${duty.zh}。`,
    `Alert ${reference}, ${corrected ? 'now ' : ''}${name.en}: ${county.en}, ${title.en}${late ? ' (learnt late)' : ''}. ` +
      `Please ${duty.en}.`,
  );
}

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
