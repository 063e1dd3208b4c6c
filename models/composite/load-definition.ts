// Reads a definition of an index from a file and gives it its version.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { canonicalJson, contentHash } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { mistakesIn } from './check-definition.ts';
import { definitionSchema, type Definition } from './definition.ts';

export type VersionedDefinition = {
  readonly definition: Definition;
  /** `number@hash`: the hash changes with anything that could change a figure. */
  readonly version: string;
};

/** Reads a file. Throws UserError `bad-input` that lists every mistake with file, line and cure. */
export function loadDefinition(file: string): VersionedDefinition {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new UserError('not-found', text('无法读取指数定义', 'the definition cannot be read'), {
      detail: `${file} (${code})`,
      hint: text('请检查路径', 'Look at the path.'),
    });
  }
  return parseDefinition(basename(file), content);
}

/** The same from a text; `name` stands for the file in mistakes. */
export function parseDefinition(name: string, content: string): VersionedDefinition {
  const mistakes: string[] = [];
  const yaml = parseYaml(name, content, definitionSchema, mistakes);
  if (yaml) mistakes.push(...mistakesIn(yaml));
  if (!yaml || mistakes.length > 0) {
    throw new UserError('bad-input', text('指数定义有误', 'the definition has mistakes'), {
      detail: mistakes.join('\n'),
    });
  }
  return { definition: yaml.value, version: versionOf(yaml.value) };
}

/** Titles may be worded anew without a new version; whatever enters a figure may not. */
export function versionOf(definition: Definition): string {
  const meaning = JSON.parse(canonicalJson(definition), (key, value: unknown) =>
    ['title', 'meaning', 'name', 'owner', 'source', 'unit'].includes(key) ? undefined : value,
  ) as unknown;
  return `${definition.number}@${contentHash(canonicalJson(meaning)).slice(0, 12)}`;
}
