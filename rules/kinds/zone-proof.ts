// The sure fixes on the alarming side since the last one on the other: when they prove the presence, and
// which of them do.

import { FIX } from '../../core/position-codes.ts';
import type { KeptFix } from './kept-fix.ts';

export type FixRun = {
  /** The first and the latest; never more than are needed to prove. */
  fixes: KeptFix[];
  /** End of the window the fixes count for; Infinity without a schedule. */
  readonly windowMs: number;
};

export type Proving = { readonly fixesMin: number; readonly lastsMs: number };

/** Adds a fix to the run of a subject; begins anew where the run is of another window or goes back. */
export function addToRun(
  runs: Map<number, FixRun>,
  slot: number,
  added: { fix: KeptFix; windowMs: number; fixesMin: number },
): FixRun {
  let run = runs.get(slot);
  const before = run?.fixes.at(-1);
  if (!run || run.windowMs !== added.windowMs || (before && before.atMs > added.fix.atMs)) {
    run = { fixes: [], windowMs: added.windowMs };
    runs.set(slot, run);
  }
  run.fixes.push(added.fix);
  if (run.fixes.length > Math.max(added.fixesMin, 2)) run.fixes.splice(1, 1);
  return run;
}

/** The fewest fixes of a run that prove the presence, if they suffice. */
export function proofOf({ fixes }: FixRun, { fixesMin, lastsMs }: Proving): KeptFix[] | undefined {
  const [first, last] = [fixes[0], fixes.at(-1)];
  if (!first || !last) return undefined;
  if (fixesMin === 1) return [last];
  if (fixes.length > 1 && last.atMs - first.atMs >= lastsMs) return [first, last];
  return fixes.length >= fixesMin ? [...fixes] : undefined;
}

/** True when nothing but radio cells speaks for the presence: never enough for level 1 or 2. */
export const isByCellOnly = (proof: readonly KeptFix[]): boolean =>
  proof.every(({ fix }) => fix === FIX.cell);
