// Loads a pack of rules from a folder: `pack.yaml` and one YAML file per rule. Every mistake is reported
// with file, line, column and what to do, all at once.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { contentHash } from '../core/ids.ts';
import { text } from '../core/text.ts';
import { compileRule, type CompiledRule } from './compile.ts';
import { gradingSchema, mistakesAgainst, type GradingTable } from './grading.ts';
import { RuleMistake } from './rule-mistake.ts';
import { packSchema, ruleSchema, type Pack, type Rule } from './rule.ts';
import { parseYaml, type YamlFile } from '../core/yaml-file.ts';

export type Rulebook = {
  readonly pack: Pack;
  readonly rules: readonly CompiledRule[];
  /** Changes when any rule or setting changes its meaning. */
  readonly version: string;
  /** The text of each rule by its version, for keeping beside the alerts it raised. */
  readonly sources: Readonly<Record<string, string>>;
};

/** Puts rules and their texts together. */
export function rulebookOf(
  pack: Pack,
  parts: readonly { readonly compiled: CompiledRule; readonly source: string }[],
): Rulebook {
  const rules = parts.map(({ compiled }) => compiled);
  return {
    pack,
    rules,
    version: contentHash(
      rules.map(({ rule, version }) => `${rule.id} ${version} ${rule.status}`).join('\n'),
    ),
    sources: Object.fromEntries(parts.map(({ compiled, source }) => [compiled.version, source])),
  };
}

/** Reads a pack. Throws UserError `rule-invalid` that lists every mistake in every file. */
export function loadRulebook(folder: string): Rulebook {
  const mistakes: string[] = [];
  const read = <Schema extends z.ZodType>(file: string, schema: Schema) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return { source, yaml: parseYaml(file, source, schema, mistakes) };
  };
  const files = listRuleFiles(folder);
  const pack = read('pack.yaml', packSchema).yaml?.value;
  const grading = readGrading(folder, mistakes);
  const parts = files
    .map((file) => ({ file, ...read(file, ruleSchema) }))
    .flatMap(({ file, source, yaml }) => {
      if (!yaml || !pack) return [];
      const { value: rule, placeOf } = yaml;
      if (basename(file, '.yaml') !== rule.id) {
        mistakes.push(
          `${placeOf(['id'])}: the id is "${rule.id}", but the file is named otherwise; rename one`,
        );
      }
      const compiled = compileInPlace(yaml, pack, mistakes);
      return compiled ? [{ compiled, source }] : [];
    });
  if (grading && mistakes.length === 0) {
    mistakes.push(
      ...mistakesAgainst(
        grading,
        parts.map(({ compiled }) => compiled.rule),
      ),
    );
  }
  if (mistakes.length > 0 || !pack) {
    throw new UserError('rule-invalid', text('规则包有误', 'the rule pack is not valid'), {
      detail: `\n${mistakes.join('\n')}`,
    });
  }
  return rulebookOf(pack, parts);
}

/** The grading table of a pack, where it has one; what is wrong with it is added to `mistakes`. */
export function readGrading(folder: string, mistakes: string[] = []): GradingTable | undefined {
  const path = join(folder, GRADING_FILE);
  if (!existsSync(path)) return undefined;
  return parseYaml(GRADING_FILE, readFileSync(path, 'utf8'), gradingSchema, mistakes)?.value;
}

const GRADING_FILE = 'grading.yaml';

/** Reads the text of one rule. Throws UserError `rule-invalid` that lists every mistake with its line. */
export function parseRule(file: string, content: string, pack: Pack): CompiledRule {
  const mistakes: string[] = [];
  const yaml = parseYaml(file, content, ruleSchema, mistakes);
  const compiled = yaml && compileInPlace(yaml, pack, mistakes);
  if (compiled) return compiled;
  throw new UserError('rule-invalid', text('规则有误', 'the rule is not valid'), {
    detail: `\n${mistakes.join('\n')}`,
  });
}

/** Compiles a rule, adding what is wrong with it under the place it stands at in its file. */
function compileInPlace(
  { value: rule, written, placeOf }: YamlFile<Rule>,
  pack: Pack,
  mistakes: string[],
): CompiledRule | undefined {
  try {
    return compileRule(rule, pack, written);
  } catch (error) {
    if (!(error instanceof RuleMistake)) throw error;
    const { path, offset, message } = error;
    mistakes.push(`${placeOf(path, offset)}: ${path.join('.')}: ${message}`);
    return undefined;
  }
}

function listRuleFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new UserError('rule-invalid', text('找不到规则包目录', 'no such rule pack folder'), {
      detail: folder,
    });
  }
  if (!names.includes('pack.yaml')) {
    throw new UserError(
      'rule-invalid',
      text('目录中没有 pack.yaml', 'the folder has no pack.yaml'),
      {
        detail: folder,
        hint: text(
          '规则包是一个含 pack.yaml 和规则文件的目录，例如 rules/packs/dazhou',
          'A rule pack is a folder with pack.yaml and rule files, for example rules/packs/dazhou.',
        ),
      },
    );
  }
  return names
    .filter((name) => name.endsWith('.yaml') && name !== 'pack.yaml' && name !== GRADING_FILE)
    .sort();
}
