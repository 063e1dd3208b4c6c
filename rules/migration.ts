// What becomes of a rule's memory when its next version takes over. Where the memory means something else to
// the new text, the text says so: `migrate: { from: <number>, state: … }`. A change that does not is refused
// before it runs.

import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { parseYaml } from '../core/yaml-file.ts';
import type { CompiledRule } from './compile.ts';
import { countedForgotten } from './kinds/count-window.ts';
import { partialForgotten } from './kinds/sequence.ts';
import type { SavedRule } from './rule-state.ts';

/** The state a version goes on with, as the version before it left it. */
export function migrated({ rule }: CompiledRule, saved: SavedRule): unknown {
  const declared = rule.migrate;
  if (declared?.state !== 'episodes' || numberOf(saved.version) !== declared.from) {
    return saved.state;
  }
  return rule.kind === 'sequence' ? partialForgotten(saved.state) : countedForgotten(saved.state);
}

/** Whether the text says that it goes on with what a version left whose memory means something else. */
export function declaresToKeep({ rule }: CompiledRule, saved: SavedRule): boolean {
  if (saved.kind !== rule.kind) return false;
  const { migrate } = rule;
  if (!migrate) return rule.keepsState === true;
  return migrate.state !== 'drop' && migrate.from === numberOf(saved.version);
}

export const numberOf = (version: string): number => Number.parseInt(version, 10);

type Named = { readonly file: string; readonly source: string };

/** Throws UserError `rule-invalid`, with the place, for a change of what is remembered without a word on it. */
export function assertDeclared(
  next: CompiledRule,
  before: CompiledRule | undefined,
  named: Named,
): void {
  const mistake = before && mistakeIn(next, before);
  if (!mistake) return;
  const { path, says } = mistake;
  const place = parseYaml(named.file, named.source, z.unknown(), [])?.placeOf(path) ?? named.file;
  throw new UserError(
    'rule-invalid',
    text(
      '规则的改动使已记住的状态含义不同，须写明如何处理',
      'the change gives what is remembered another meaning, and does not say what becomes of it',
    ),
    { detail: `\n${place}: ${path.join('.')}: ${says}` },
  );
}

function mistakeIn(
  next: CompiledRule,
  before: CompiledRule,
): { path: readonly string[]; says: string } | undefined {
  const { rule } = next;
  const { number } = before.rule;
  if (next.stateVersion === before.stateVersion) return undefined;
  const keeps = rule.migrate ? rule.migrate.state !== 'drop' : rule.keepsState === true;
  if (keeps && rule.kind !== before.rule.kind) {
    const says = `version ${number} is of the kind ${before.rule.kind}, whose state says nothing to ${rule.kind}; write state: drop`;
    return { path: rule.migrate ? ['migrate', 'state'] : ['keepsState'], says };
  }
  if (!rule.migrate) {
    if (rule.keepsState === true) return undefined;
    const says = `what version ${number} remembers means something else under this text; add "migrate: { from: ${number}, state: keep }" to go on with it, or "state: drop" to end its open alerts and begin anew`;
    return { path: ['params'], says };
  }
  if (rule.migrate.from === number) return undefined;
  const says = `in force is version ${number}; look at what it remembers and write from: ${number}`;
  return { path: ['migrate', 'from'], says };
}
