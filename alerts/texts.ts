// What a notice says, in Chinese and English. A lock screen and a voice box are read by strangers: a notice
// carries a reference to ask for, the county, what kind of alert and what to do, and nothing about the person.

import type { AlertCorrectionReason } from '../core/alert-event.ts';
import type { Level } from '../core/finding.ts';
import { regionName } from '../core/region.ts';
import { text, type Language, type Text } from '../core/text.ts';
import type { ChannelKind, ReroutedBecause } from '../warehouse/records-schema.ts';
import { DRILL_MARK, isMarked, SPOKEN_DRILL, unmarked } from './drills/drill-mark.ts';
import { LEVEL_TABLE } from './level-table.ts';
import { fill, fillFitting, joinFitting, type Values } from './texts/fill.ts';
import { DEFAULT_TEMPLATES, type AnsweredOutcome, type Templates } from './texts/templates.ts';

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

/** Short reference for talking about an alert: the last six characters of its id, upper case. */
export const referenceOf = (alertId: string): string => alertId.slice(-6).toUpperCase();

/** An SMS is one message of 70 characters in Chinese, of 160 in English (3GPP TS 23.038). */
export const SMS_CHARS_MAX = { zh: 70, en: 160 } as const;

/** The text of a notice on one channel. That of a drill says so before anything else. */
export function composeNotice(
  channel: ChannelKind,
  facts: NoticeFacts,
  templates: Templates = DEFAULT_TEMPLATES,
): Text {
  const template = templates[wordsOf(facts)][channel];
  const plain = { ...facts, title: unmarked(facts.title) };
  const worded = isMarked(facts.title) ? asDrill(channel, template) : template;
  return filledNotice(channel, worded, (language) => noticeValues(plain, language));
}

/** The same words for a drill. The mark takes its room like any other word. */
function asDrill(channel: ChannelKind, { zh, en }: Text): Text {
  if (channel !== 'phone') return text(`${DRILL_MARK.zh}${zh}`, `${DRILL_MARK.en}${en}`);
  const { before, after } = SPOKEN_DRILL;
  return text(`${before.zh}${zh}${after.zh}`, `${before.en}${en}${after.en}`);
}

/** What is said first when the officer may know the alert already. */
export function wordsOf({ corrected, because }: Pick<NoticeFacts, 'corrected' | 'because'>) {
  if (because === 'repeats') return 'repeated';
  if (because === 'silence-over') return 'silenceOver';
  return corrected ? 'corrected' : 'notice';
}

function noticeValues({ alertId, level, region, title, late }: NoticeFacts, language: Language) {
  const { name, duty } = LEVEL_TABLE[level];
  const reference = referenceOf(alertId);
  return {
    reference,
    spelled: [...reference].join(SPELLED_WITH[language]),
    level: name[language],
    county: regionName(region)[language],
    title: title[language],
    duty: duty[language],
    late: late ? LATE[language] : '',
  };
}

/** Read aloud by a machine: one character after the other. */
const SPELLED_WITH = text('、', ', ');
export const LATE = text('（事后获知）', ' (learnt late)');

/** Both languages; of an SMS the title is cut to fit one message. */
export function filledNotice(
  channel: ChannelKind,
  template: Text,
  valuesIn: (language: Language) => Values,
): Text {
  const fillIn = (language: Language) =>
    channel === 'sms'
      ? fillFitting(template[language], valuesIn(language), SMS_CHARS_MAX[language])
      : fill(template[language], valuesIn(language));
  return text(fillIn('zh'), fillIn('en'));
}

/** Why an alert was corrected, as an officer calls it. */
export const CORRECTION_CAUSES: Readonly<Record<AlertCorrectionReason, Text>> = {
  leave: text('补办外出审批', 'leave recorded later'),
  order: text('监管信息补录', 'order recorded later'),
  retraction: text('数据来源更正', 'taken back by its source'),
  'late-fact': text('补传数据', 'data that came late'),
  'met-again': text('情形再次出现', 'met again'),
  objection: text('当事人异议成立', 'objection upheld'),
};

/** What became of an alert, for those who were told of it. */
export type CorrectionFacts = Pick<NoticeFacts, 'alertId' | 'region' | 'title' | 'level'> & {
  readonly because: AlertCorrectionReason;
  /** Undefined: it was none. Otherwise the level it was before, now less grave. */
  readonly wasLevel: Level | undefined;
};

/** The text of a correction that asks nothing of anybody. */
export function composeCorrection(
  channel: 'sms' | 'push',
  { alertId, region, title, level, because, wasLevel }: CorrectionFacts,
  templates: Templates = DEFAULT_TEMPLATES,
): Text {
  const template = (wasLevel ? templates.lowered : templates.withdrawn)[channel];
  return filledNotice(channel, template, (language) => ({
    reference: referenceOf(alertId),
    level: LEVEL_TABLE[level].name[language],
    was: wasLevel ? LEVEL_TABLE[wasLevel].name[language] : '',
    county: regionName(region)[language],
    title: title[language],
    cause: CORRECTION_CAUSES[because][language],
  }));
}

export type AnswerFacts = {
  /** Of the alert the reply was about. */
  readonly reference: string | undefined;
  /** How many more of the same message it was about. */
  readonly others?: number;
  /** Of the alerts that wait for whoever replied. */
  readonly references: readonly string[];
};

/** What an officer is told about a reply; one message. */
export function composeAnswer(
  outcome: AnsweredOutcome,
  { reference: named = '', others = 0, references }: AnswerFacts,
  templates: Templates = DEFAULT_TEMPLATES,
): Text {
  const template = templates.answers[outcome];
  const fillIn = (language: Language) => {
    const more = language === 'zh' ? `等${others + 1}起` : ` and ${others} more`;
    const reference = others === 0 ? named : `${named}${more}`;
    const values = { reference, count: String(references.length), example: references[0] ?? '' };
    const room = SMS_CHARS_MAX[language] - fill(template[language], values).length;
    const list = { ...LIST[language], unitsMax: room };
    const listed = references.length === 0 ? NONE[language] : joinFitting(references, list);
    return fill(template[language], { ...values, references: listed });
  };
  return text(fillIn('zh'), fillIn('en'));
}

const NONE = text('无', 'none');
const LIST = {
  zh: { separator: '、', more: '等' },
  en: { separator: ', ', more: ' ...' },
} as const;
