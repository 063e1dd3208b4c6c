// plumbline texts check: whether every text of a notice fits, says what it must, and can be read aloud.

import {
  checkTemplate,
  checkTitles,
  fillWorst,
  LANGUAGES,
} from '../../alerts/texts/check-template.ts';
import { describeProblem } from '../../alerts/texts/describe-problem.ts';
import { loadTexts } from '../../alerts/texts/load-texts.ts';
import { DEFAULT_TEMPLATES, TEMPLATE_FORMS, templateOf } from '../../alerts/texts/templates.ts';
import { text } from '../../core/text.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import type { Config } from '../config.ts';
import type { Print } from '../print.ts';

const SAMPLE = text('离开所在地域', 'Left the area of residence');

/**
 * Prints each text as it reads with the longest names, and what is wrong with it for a title of the rules;
 * gives true when nothing is. Without a file, those of the configuration, or the product's own. Throws
 * UserError for a file with mistakes.
 */
export function checkTexts(config: Config, file: string | undefined, print: Print): boolean {
  const path = file ?? config.alerts.texts;
  const templates = path === undefined ? DEFAULT_TEMPLATES : loadTexts(path);
  const titles = loadRulebook(config.rules.pack).rules.map(({ rule }) => rule.title);
  let problems = 0;
  for (const form of TEMPLATE_FORMS) {
    const template = templateOf(templates, form);
    print(`${form.group}.${form.name}`);
    for (const language of LANGUAGES) {
      const says = fillWorst(form.channel, language, template[language], SAMPLE[language]);
      print(`  ${String(says.length).padStart(3)} ${says}`);
      for (const problem of checkTemplate(form, language, template[language])) {
        print(`  ✗ ${language}: ${describeProblem(problem)}`);
        problems++;
      }
    }
    for (const { title, language, problem } of checkTitles(form, template, titles)) {
      print(`  ✗ ${language} “${title}”: ${describeProblem(problem)}`);
      problems++;
    }
  }
  const whole = `${path ?? '内置文本 the product’s own'}: ${TEMPLATE_FORMS.length} × ${LANGUAGES.length} texts, ${titles.length} titles`;
  print(problems === 0 ? `✓ ${whole}` : `\n${whole}, ${problems} problems`);
  return problems === 0;
}
