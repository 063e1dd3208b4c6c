// Reads the file in which an installation words its notices. What the file does not word stays as the product
// has it; a mistake is named with line and column, and nothing starts with one.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { checkTemplate, LANGUAGES } from './check-template.ts';
import { describeProblem } from './describe-problem.ts';
import {
  ANSWERED_OUTCOMES,
  DEFAULT_TEMPLATES,
  TEMPLATE_FORMS,
  type Templates,
} from './templates.ts';

const wording = z
  .strictObject({ zh: z.string().min(1).optional(), en: z.string().min(1).optional() })
  .optional();
const byChannel = z.strictObject({ phone: wording, sms: wording, push: wording }).optional();
const written = z.strictObject({ sms: wording, push: wording }).optional();

const textsFileSchema = z.strictObject({
  notice: byChannel,
  corrected: byChannel,
  repeated: byChannel,
  silenceOver: byChannel,
  group: byChannel,
  withdrawn: written,
  lowered: written,
  answers: z.partialRecord(z.enum(ANSWERED_OUTCOMES), wording).optional(),
});

/** Throws UserError `bad-configuration` with every mistake in its place. */
export function loadTexts(file: string): Templates {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到通知文本文件', 'the file of the texts cannot be read'),
      { detail: file },
    );
  }
  return parseTexts(basename(file), content);
}

/** The same from a text; `file` is the name used in messages. */
export function parseTexts(file: string, content: string): Templates {
  const mistakes: string[] = [];
  const parsed = parseYaml(file, content, textsFileSchema, mistakes);
  const templates = parsed && merge(parsed.value);
  if (parsed && templates) {
    for (const form of TEMPLATE_FORMS) {
      for (const language of LANGUAGES) {
        const path = [form.group, form.name, language];
        const own = readPath(parsed.value, path);
        if (own === undefined) continue;
        for (const problem of checkTemplate(form, language, own)) {
          const place = parsed.placeOf(path, problem.at);
          mistakes.push(`${place}: ${path.join('.')}: ${describeProblem(problem)}`);
        }
      }
    }
    if (mistakes.length === 0) return templates;
  }
  throw new UserError(
    'bad-configuration',
    text('通知文本有误', 'the texts of notices are not valid'),
    { detail: `\n${mistakes.join('\n')}` },
  );
}

/** The product's own texts with those of the file in their places. */
function merge(given: z.infer<typeof textsFileSchema>): Templates {
  const groups = Object.entries(DEFAULT_TEMPLATES).map(([group, templates]) => [
    group,
    Object.fromEntries(
      Object.entries(templates as Record<string, Record<string, string>>).map(([name, own]) => [
        name,
        Object.fromEntries(
          LANGUAGES.map((language) => [
            language,
            readPath(given, [group, name, language]) ?? own[language],
          ]),
        ),
      ]),
    ),
  ]);
  // Guarantee: the same groups, names and languages as the defaults have.
  return Object.fromEntries(groups) as Templates;
}

function readPath(value: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object'
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
  return typeof found === 'string' ? found : undefined;
}
