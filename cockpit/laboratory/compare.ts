// Another definition computed over the same counts, so that two ways of computing an index can be held side by
// side, and how far regions move between them.

import type { CellsAnswer } from '../../app/api/indices.ts';
import { evaluatePeriod } from '../../models/composite/evaluate-period.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import { ranked, type LabRanks } from './lab-model.ts';

/** The month so many months before, as `2026-01`. */
export function monthBefore(period: string, months: number): string {
  const [year = 0, month = 1] = period.split('-').map(Number);
  const at = year * 12 + month - 1 - months;
  return `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}`;
}

/** Figures of the last period of `cells`, which hold counts, by a definition of their columns. */
export function ranksBy(plan: IndexPlan, cells: CellsAnswer): LabRanks {
  const regions = cells.regions.length;
  const history = cells.periods.toReversed().map((_, back) => {
    const from = (cells.periods.length - 1 - back) * regions;
    return {
      regions,
      columns: Object.fromEntries(
        Object.entries(cells.columns).map(([name, column]) => [
          name,
          Float64Array.from(column.slice(from, from + regions), (value) => value ?? Number.NaN),
        ]),
      ),
    };
  });
  const { nodes } = evaluatePeriod(plan, history);
  const { grading, top } = plan.definition;
  const bounds = grading.bands.flatMap(({ from }) => (from === null ? [] : [from]));
  return ranked(nodes.get(top) as Float64Array, { bounds });
}

export type Movement = {
  /** Regions that have a figure in both and another rank. */
  readonly moved: number;
  readonly regraded: number;
  readonly largest: number;
  /** Spearman's coefficient of the two rankings; undefined with fewer than three regions in both. */
  readonly agreement: number | undefined;
};

export function movementBetween(is: LabRanks, was: LabRanks): Movement {
  let [moved, regraded, largest] = [0, 0, 0];
  // One after the other: a pair of each region would be an object of each region, at every step.
  const [nows, befores]: [number[], number[]] = [[], []];
  for (let i = 0; i < is.ranks.length; i++) {
    if (is.grades[i] !== was.grades[i]) regraded++;
    const [now, before] = [is.ranks[i] as number, was.ranks[i] as number];
    if (now === 0 || before === 0) continue;
    nows.push(now);
    befores.push(before);
    if (now !== before) moved++;
    largest = Math.max(largest, Math.abs(now - before));
  }
  return { moved, regraded, largest, agreement: correlationOf(nows, befores) };
}

/** Of two columns of one length. */
function correlationOf(as: readonly number[], bs: readonly number[]): number | undefined {
  if (as.length < 3) return undefined;
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [meanA, meanB] = [mean(as), mean(bs)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < as.length; i++) {
    const [a, b] = [(as[i] as number) - meanA, (bs[i] as number) - meanB];
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
  return aa === 0 || bb === 0 ? undefined : ab / Math.sqrt(aa * bb);
}
