// Which rules a drill can be about: those in force, each once, with the gravest level it gives.

import type { Level } from '../core/finding.ts';
import type { Text } from '../core/text.ts';
import type { Rulebook } from '../rules/rulebook.ts';

export type DrillRule = { readonly id: string; readonly title: Text; readonly level: Level };

export function drillRules({ rules }: Pick<Rulebook, 'rules'>): DrillRule[] {
  const byId = new Map<string, DrillRule>();
  for (const { rule } of rules) {
    if (rule.status !== 'active') continue;
    const levels = Object.values(rule.level).filter((level) => level !== undefined);
    const level = levels.length === 0 ? 3 : (Math.min(...levels) as Level);
    byId.set(rule.id, { id: rule.id, title: rule.title, level });
  }
  return [...byId.values()].sort((a, b) => a.level - b.level || (a.id < b.id ? -1 : 1));
}
