// Which test files begin first. Of a run on a fresh clone Vitest knows nothing but sizes and takes large files
// first; some that run for minutes are small, and would be left alone at the end beside an idle core.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first; half a minute and more on two cores. */
export const LONG = [
  'alerts/simulation.test.ts',
  'sim/killed-product.test.ts',
  'cockpit/rules/backtest/backtest.shot.test.ts',
  'cockpit/shots/endurance.shot.test.ts',
  'cockpit/open/answers.shot.test.ts',
  'cockpit/laboratory/laboratory.shot.test.ts',
  'cockpit/rules/rules.shot.test.ts',
  'cockpit/workbench/workbench.shot.test.ts',
  'cockpit/wall/wall.shot.test.ts',
  'rules/metamorphic.property.test.ts',
  'connectors/files/garbage.property.test.ts',
  'connectors/files/memory.test.ts',
  'cockpit/rules/bench/bench.shot.test.ts',
  'cockpit/reports/reports.shot.test.ts',
] as const;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longFirst(await super.sort(files));
  }
}

/** The files of `LONG` before all others, which stay in their order. */
export const longFirst = (files: readonly TestSpecification[]): TestSpecification[] =>
  files.toSorted((a, b) => rank(a) - rank(b));

const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONG.findIndex((file) => moduleId.endsWith(`/${file}`));
  return at === -1 ? LONG.length : at;
};
