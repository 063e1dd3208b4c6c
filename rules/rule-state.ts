// Whose state is whose when the rulebook changes: an active rule and its successor on trial remember apart,
// and a state is taken over only where it means the same to the version that takes it.

import { isRunning, type CompiledRule } from './compile.ts';
import type { Emitter } from './emitter.ts';
import type { RuleMachine } from './kind.ts';
import { declaresToKeep, numberOf } from './migration.ts';
import type { Rule } from './rule.ts';

export type SavedRule = {
  readonly version: string;
  /** Not there in states of before rules had it. */
  readonly stateVersion?: string;
  readonly kind?: Rule['kind'];
  readonly state: unknown;
  /** What its emitter remembers. */
  readonly emitted?: unknown;
};

/** Where a rule's state lies in a snapshot. What a rule on trial saw was told to nobody: it stays apart. */
export const placeOf = ({ rule }: CompiledRule): string =>
  rule.status === 'shadow' ? `${rule.id} on trial` : rule.id;

export const savedRule = (running: {
  readonly compiled: CompiledRule;
  readonly machine: RuleMachine;
  readonly emitter: Emitter;
}): SavedRule => ({
  version: running.compiled.version,
  stateVersion: running.compiled.stateVersion,
  kind: running.compiled.rule.kind,
  state: running.machine.snapshot(),
  emitted: running.emitter.snapshot(),
});

/** True when `compiled` goes on where the saved state ends. */
export function takesOver(
  compiled: CompiledRule,
  saved: SavedRule | undefined,
): saved is SavedRule {
  if (!saved || !isRunning(compiled)) return false;
  if (saved.version === compiled.version) return true;
  // A number stands for one content, so the same number under another way of hashing is the same rule.
  if (saved.stateVersion === undefined) return numberOf(saved.version) === compiled.rule.number;
  if (saved.stateVersion === compiled.stateVersion) return true;
  return declaresToKeep(compiled, saved);
}
