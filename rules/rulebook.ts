// Loads a pack of rules from a folder: `pack.yaml` and one YAML file per rule. Every mistake is reported
// with file, line and what to do, all at once.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { contentHash } from '../core/ids.ts';
import { text } from '../core/text.ts';
import { compileRule, type CompiledRule } from './compile.ts';
import { packSchema, ruleSchema, type Pack } from './rule.ts';

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
    return { source, parsed: parseYaml(file, source, schema, mistakes) };
  };
  const files = listRuleFiles(folder);
  const pack = read('pack.yaml', packSchema).parsed?.value;
  const parts = files
    .map((file) => ({ file, ...read(file, ruleSchema) }))
    .flatMap(({ file, source, parsed }) => {
      if (!parsed || !pack) return [];
      const rule = parsed.value;
      if (basename(file, '.yaml') !== rule.id) {
        mistakes.push(`${file}: the id is "${rule.id}", but the file is named otherwise`);
      }
      try {
        return [{ compiled: compileRule(rule, pack, parsed.written), source }];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        mistakes.push(`${file}: ${error.detail}`);
        return [];
      }
    });
  if (mistakes.length > 0 || !pack) {
    throw new UserError('rule-invalid', text('规则包有误', 'the rule pack is not valid'), {
      detail: `\n${mistakes.join('\n')}`,
    });
  }
  return rulebookOf(pack, parts);
}

/** Reads the text of one rule. Throws UserError `rule-invalid` that lists every mistake with its line. */
export function parseRule(file: string, content: string, pack: Pack): CompiledRule {
  const mistakes: string[] = [];
  const parsed = parseYaml(file, content, ruleSchema, mistakes);
  if (parsed) return compileRule(parsed.value, pack, parsed.written);
  throw new UserError('rule-invalid', text('规则有误', 'the rule is not valid'), {
    detail: `\n${mistakes.join('\n')}`,
  });
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
          '规则包是一个含 pack.yaml 和规则文件的目录,例如 rules/packs/dazhou',
          'A rule pack is a folder with pack.yaml and rule files, for example rules/packs/dazhou.',
        ),
      },
    );
  }
  return names.filter((name) => name.endsWith('.yaml') && name !== 'pack.yaml').sort();
}

/** Parses YAML and checks its form, adding each mistake with its line. Gives the document too, as it stands. */
export function parseYaml<Schema extends z.ZodType>(
  file: string,
  content: string,
  schema: Schema,
  mistakes: string[],
): { readonly value: z.infer<Schema>; readonly written: unknown } | undefined {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  for (const error of document.errors) {
    mistakes.push(`${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`);
  }
  if (document.errors.length > 0) return undefined;
  const written: unknown = document.toJS();
  const result = schema.safeParse(written);
  if (result.success) return { value: result.data, written };
  for (const issue of result.error.issues) {
    const line = lineOf(issue.path);
    mistakes.push(`${file}:${line}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  }
  return undefined;

  /** The line of the deepest part of the path that is there. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}
