// The term lists of a pack: one file a list in the folder `terms`, named as rules name it. Read when a rule
// asks for a list, so a pack without keyword rules needs none.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { levelSchema } from '../core/finding.ts';
import { contentHash } from '../core/ids.ts';
import { text, textSchema } from '../core/text.ts';
import { parseYaml } from '../core/yaml-file.ts';
import { createReferenceMatcher, type Term, type TermMatcher } from './kinds/term-matcher.ts';

const termListSchema = z.strictObject({
  title: textSchema,
  terms: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(40),
        category: z.string().min(1).max(40),
        level: levelSchema,
        text: z.string().min(1).max(100),
        /** What the term stands for where it is not plain. */
        meaning: z.string().min(1).max(200).optional(),
      }),
    )
    .min(1)
    .superRefine((terms, context) => {
      for (const [index, { id }] of terms.entries()) {
        if (terms.findIndex((one) => one.id === id) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" twice` });
      }
    }),
});

/**
 * Gives the matcher of some lists of the pack in `folder`. Throws UserError `rule-invalid` for a list that is
 * not there or not well-formed, with file, line and what there is.
 */
export const termMatcherOf =
  (folder: string) =>
  (lists: readonly string[]): TermMatcher => {
    const mistakes: string[] = [];
    const read = lists.map((list) => readList(join(folder, 'terms'), list, mistakes));
    if (mistakes.length > 0) {
      throw new UserError('rule-invalid', text('词表有误', 'the term lists are not valid'), {
        detail: `\n${mistakes.join('\n')}`,
      });
    }
    const hash = contentHash(read.map(({ content }) => content).join('\n'));
    const terms = read.flatMap((one) => one.terms);
    return createReferenceMatcher(terms, `${lists.join('+')}@${hash.slice(0, 12)}`);
  };

function readList(
  folder: string,
  list: string,
  mistakes: string[],
): { content: string; terms: readonly Term[] } {
  const file = `${list}.yaml`;
  let content: string;
  try {
    content = readFileSync(join(folder, file), 'utf8');
  } catch {
    const known = listNames(folder);
    const there = known.length === 0 ? 'the pack has no lists' : `there are ${known.join(', ')}`;
    mistakes.push(`terms/${file}: there is no such list; ${there}`);
    return { content: '', terms: [] };
  }
  const parsed = parseYaml(`terms/${file}`, content, termListSchema, mistakes);
  const terms = (parsed?.value.terms ?? []).map(({ id, category, level, text: wanted }) => ({
    termId: id,
    category,
    level,
    text: wanted,
  }));
  return { content, terms };
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.slice(0, -'.yaml'.length))
      .sort();
  } catch {
    return [];
  }
}
