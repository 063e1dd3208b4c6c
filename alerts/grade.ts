// ⑥ First step: how loud an alert may be. The level comes from the rule; here it is only ever turned down,
// and only for a reason that is stated.

import type { Level, RaisedFinding } from '../core/finding.ts';

export type Graded = {
  readonly level: Level;
  /** False: the alert is pushed and nobody is called or texted. */
  readonly intrusive: boolean;
  readonly because: 'level-table' | 'late';
};

/** A late alert keeps its level but calls nobody: what it tells is past, and nobody can act at once. */
export function grade(finding: Pick<RaisedFinding, 'level' | 'late'>): Graded {
  return finding.late
    ? { level: finding.level, intrusive: false, because: 'late' }
    : { level: finding.level, intrusive: true, because: 'level-table' };
}
