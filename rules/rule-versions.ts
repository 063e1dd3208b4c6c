// What names a version of a rule. Hashed is what its author wrote, not what a program made of it: a later
// program that knows one more optional parameter must give every old text the version it always had.

import { canonicalJson, contentHash } from '../core/ids.ts';
import { packPartOf } from './kinds/zone-target.ts';
import type { Pack, Rule } from './rule.ts';

export type RuleVersions = {
  /** `number@hash` over everything that can change an answer; tests and status do not count. */
  readonly version: string;
  /**
   * Hash over what the remembered state means: kind, parameters and whose state it is. Title, duty,
   * article and the height of a level change answers, but not what was remembered.
   */
  readonly stateVersion: string;
};

const HASH_CHARS = 12;

/** The versions of a rule; `written` is the YAML document it was read from. */
export function versionsOf(rule: Rule, pack: Pack, written: unknown): RuleVersions {
  const { tests: _tests, status: _status, ...meaning } = written as Record<string, unknown>;
  const { sameCityDistricts } = pack;
  const ofPack = packPartOf(rule, pack);
  const remembered = {
    kind: rule.kind,
    params: meaning['params'],
    who: [...rule.who].sort(),
    // Whether an episode was told to anybody depends on it.
    graded: Object.keys(rule.level).sort(),
    exceptions: [...rule.exceptions].sort(),
    sameCityDistricts,
    ...ofPack,
  };
  return {
    version: `${rule.number}@${hashOf({ meaning, sameCityDistricts, ...ofPack })}`,
    stateVersion: hashOf(remembered),
  };
}

const hashOf = (value: unknown): string => contentHash(canonicalJson(value)).slice(0, HASH_CHARS);
