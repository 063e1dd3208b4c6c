// The rules as they are in force: what the pack's files say, and what has been activated. A word in a file
// makes nobody be called. The version activated last goes on, and what a file says besides is on trial.

import { parseRule, rulebookOf, type Rulebook } from './rulebook.ts';
import type { CompiledRule } from './compile.ts';
import { assertDeclared } from './migration.ts';
import type { Rule } from './rule.ts';

/** The last act about a rule. */
export type ActivationState = {
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly status: 'active' | 'retired';
  /** The text of the version, as it was when it was proposed. */
  readonly source: string;
};

type Part = { readonly compiled: CompiledRule; readonly source: string };

/**
 * What is to run: of each rule the version activated last, and beside it, on trial, the version in the file
 * where that is another one and says `shadow` or `active`. A rule is retired by an act, too: a file that
 * is changed or gone silences nothing. Throws UserError `rule-invalid` when a file changes what is
 * remembered and does not say what becomes of it.
 */
export function rulesInForce(files: Rulebook, activations: Iterable<ActivationState>): Rulebook {
  const { pack } = files;
  const active = [...activations]
    .filter(({ status }) => status === 'active')
    .map(({ ruleId, ruleVersion, source }): Part => {
      const compiled =
        files.rules.find(({ version }) => version === ruleVersion) ??
        parseRule(`${ruleId}.yaml`, source, pack);
      return { compiled: withStatus(compiled, 'active'), source };
    });
  const activeVersions = new Set(active.map(({ compiled }) => compiled.version));
  const onTrial = files.rules
    .filter(({ rule }) => rule.status === 'shadow' || rule.status === 'active')
    .filter(({ version }) => !activeVersions.has(version))
    .map((compiled): Part => {
      const source = files.sources[compiled.version] ?? '';
      const before = active.find(({ compiled: other }) => other.rule.id === compiled.rule.id);
      assertDeclared(compiled, before?.compiled, { file: `${compiled.rule.id}.yaml`, source });
      return { compiled: withStatus(compiled, 'shadow'), source };
    });
  return rulebookOf(pack, [...active, ...onTrial].sort(byIdThenStatus));
}

const withStatus = (compiled: CompiledRule, status: Rule['status']): CompiledRule => ({
  ...compiled,
  rule: { ...compiled.rule, status },
});

const byIdThenStatus = (a: Part, b: Part): number => {
  const [one, two] = [a, b].map(({ compiled: { rule } }) => `${rule.id} ${rule.status}`) as [
    string,
    string,
  ];
  return one < two ? -1 : one > two ? 1 : 0;
};
