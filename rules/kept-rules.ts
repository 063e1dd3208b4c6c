// The versions of rules kept alerts were raised by. A rule may have changed or gone since; its text goes
// with the snapshot for as long as an alert of it is kept.

import type { CompiledRule } from './compile.ts';
import type { Pack } from './rule.ts';
import { parseRule, type Rulebook } from './rulebook.ts';

export type SavedVersion = {
  readonly ruleId: string;
  readonly source: string;
  readonly pack: Pack;
};

export type KeptRules = {
  /** The version, always running; undefined where its text is not known any more. */
  find(ruleId: string, ruleVersion: string): CompiledRule | undefined;
  /** The texts of these versions, as far as they are known. */
  save(versions: ReadonlySet<string>): Record<string, SavedVersion>;
  restore(saved: Readonly<Record<string, SavedVersion>>): void;
};

export function createKeptRules(rulebook: Rulebook): KeptRules {
  const compiled = new Map<string, CompiledRule>();
  const texts = new Map<string, SavedVersion>();
  const keep = (one: CompiledRule) =>
    compiled.set(nameOf(one.rule.id, one.version), {
      ...one,
      rule: { ...one.rule, status: 'active' },
    });
  for (const one of rulebook.rules) {
    keep(one);
    const source = rulebook.sources[one.version];
    if (source) {
      const text = { ruleId: one.rule.id, source, pack: rulebook.pack };
      texts.set(nameOf(one.rule.id, one.version), text);
    }
  }
  return {
    find: (ruleId, ruleVersion) => compiled.get(nameOf(ruleId, ruleVersion)),
    save: (versions) => Object.fromEntries([...texts].filter(([name]) => versions.has(name))),
    restore(saved) {
      for (const [name, text] of Object.entries(saved)) {
        if (compiled.has(name)) continue;
        texts.set(name, text);
        keep(parseRule(`${text.ruleId}.yaml`, text.source, text.pack));
      }
    },
  };
}

export const nameOf = (ruleId: string, ruleVersion: string): string => `${ruleId} ${ruleVersion}`;
