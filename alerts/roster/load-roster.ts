// Reads the file of a duty roster. A mistake is named with line and column, and with what to write instead;
// nothing is guessed.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { sayMistake } from './file-mistakes.ts';
import { rosterPlanSchema, type RosterPlan } from './roster-plan.ts';

/** Throws UserError `bad-configuration` with every mistake in its place. */
export function loadRoster(file: string): RosterPlan {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到值班表文件', 'the file of the duty roster cannot be read'),
      { detail: file },
    );
  }
  return parseRoster(basename(file), content);
}

/** The same from a text; `file` is the name used in messages. */
export function parseRoster(file: string, content: string): RosterPlan {
  const mistakes: string[] = [];
  const parsed = parseYaml(file, content, rosterPlanSchema, mistakes, sayMistake(rosterPlanSchema));
  if (parsed) return parsed.value;
  throw new UserError('bad-configuration', text('值班表有误', 'the duty roster is not valid'), {
    detail: `\n${mistakes.join('\n')}`,
  });
}
