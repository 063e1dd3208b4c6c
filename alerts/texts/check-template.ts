// Whether a template can be trusted with every alert there may be: what it speaks of exists, what it must say
// is there, and filled with the longest names it passes the linter of notices.

import { nearestWord } from '../../core/nearest-word.ts';
import { DAZHOU, regionsWithin } from '../../core/region.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { lintNotice, type TextProblem } from '../text-lint.ts';
import { CORRECTION_CAUSES, SMS_CHARS_MAX } from '../texts.ts';
import { fill, fillFitting, slotsOf, type Values } from './fill.ts';
import type { TemplateForm, Variable } from './templates.ts';

export const LANGUAGES = ['zh', 'en'] as const satisfies readonly Language[];

export type TemplateProblem =
  | (TextProblem & { readonly at?: number })
  | {
      readonly kind: 'unknown-variable';
      readonly name: string;
      readonly meant: string | undefined;
      readonly known: readonly Variable[];
      readonly at: number;
    }
  /** It would say who or where, for all to read. */
  | { readonly kind: 'about-the-person'; readonly name: string; readonly at: number }
  | { readonly kind: 'missing-variable'; readonly name: Variable; readonly at?: number }
  | { readonly kind: 'stray-brace'; readonly at: number }
  /** A title can be cut in one place only. */
  | { readonly kind: 'title-twice'; readonly at?: number }
  /** It asks for an acknowledgement and does not say how. */
  | { readonly kind: 'no-key'; readonly at?: number };

/** Words people reach for that no notice may say. */
const ABOUT_THE_PERSON =
  /^(?:name|person|subject|address|place|position|location|phone|id|idcard|姓名|对象|地址|位置|地点|电话|身份证号?)$/i;

/** So much of a title must fit beside everything else. */
const SAMPLE_TITLES = text('通过车站离开所在地域', 'Left the area of residence');

const longest = (candidates: readonly string[]): string =>
  candidates.toSorted((a, b) => b.length - a.length)[0] ?? '';

/** The longest of everything, in `language`. */
export function worstValues(language: Language, title: string): Values {
  const levels = Object.values(LEVEL_TABLE);
  const reference = '7K2M9Q';
  return {
    reference,
    spelled: [...reference].join(language === 'zh' ? '、' : ', '),
    level: longest(levels.map(({ name }) => name[language]).toReversed()),
    was: longest(levels.map(({ name }) => name[language])),
    duty: longest(levels.map(({ duty }) => duty[language])),
    county: longest(regionsWithin(DAZHOU).map(({ name }) => name[language])),
    title,
    late: language === 'zh' ? '（事后获知）' : ' (learnt late)',
    cause: longest(Object.values(CORRECTION_CAUSES).map((cause) => cause[language])),
    count: '50',
    spelledCount: language === 'zh' ? '二十七' : 'twenty-seven',
    references: language === 'zh' ? '7K2M9Q、3F8H0W' : '7K2M9Q, 3F8H0W',
    example: reference,
  };
}

/** Everything that is wrong with a template; empty when it is fine. */
export function checkTemplate(
  form: TemplateForm,
  language: Language,
  template: string,
): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const { slots, strays } = slotsOf(template);
  for (const at of strays) problems.push({ kind: 'stray-brace', at });
  for (const { name, at } of slots) {
    if ((form.may as readonly string[]).includes(name)) continue;
    if (ABOUT_THE_PERSON.test(name)) problems.push({ kind: 'about-the-person', name, at });
    else {
      const meant = nearestWord(name, form.may);
      problems.push({ kind: 'unknown-variable', name, meant, known: form.may, at });
    }
  }
  for (const name of form.must) {
    if (!slots.some((slot) => slot.name === name))
      problems.push({ kind: 'missing-variable', name });
  }
  if (slots.filter(({ name }) => name === 'title').length > 1)
    problems.push({ kind: 'title-twice' });
  const fixed = fill(template, {});
  if (form.asks && !fixed.includes('1')) problems.push({ kind: 'no-key' });
  if (problems.length > 0) return problems;
  return lintFilled(form, language, template, SAMPLE_TITLES[language]);
}

/** What the linter says of a template with a title and the longest of everything else. */
export const lintFilled = (
  { channel }: TemplateForm,
  language: Language,
  template: string,
  title: string,
): readonly TextProblem[] =>
  lintNotice(channel, language, fillWorst(channel, language, template, title));

export function fillWorst(
  channel: TemplateForm['channel'],
  language: Language,
  template: string,
  title: string,
): string {
  const values = worstValues(language, title);
  return channel === 'sms'
    ? fillFitting(template, values, SMS_CHARS_MAX[language])
    : fill(template, values);
}

/** Titles that would be cut in an SMS of these words, or are wrong on another channel. */
export function checkTitles(
  form: TemplateForm,
  template: Text,
  titles: readonly Text[],
): readonly {
  readonly title: string;
  readonly language: Language;
  readonly problem: TextProblem;
}[] {
  return titles.flatMap((title) =>
    LANGUAGES.flatMap((language) =>
      lintFilled(form, language, template[language], title[language]).map((problem) => ({
        title: title[language],
        language,
        problem,
      })),
    ),
  );
}
