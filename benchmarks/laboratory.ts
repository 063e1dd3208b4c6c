// A step of the index laboratory without a browser: what is computed between a slider's move and the next picture,
// over 2,800 counties. The bar is a frame of the screen: a ratio above 1 keeps it.

import { changesBetween, stepOf, variantOf } from '../cockpit/laboratory/lab-model.ts';
import { movementBetween } from '../cockpit/laboratory/compare.ts';
import { madeInput } from '../cockpit/laboratory/made-input.fixture.ts';
import { elapsedMs } from '../core/time.ts';
import { judgeIndex } from '../models/composite/naive-index.fixture.ts';
import { describeMachine, median, round, spreadAround, type BenchReport } from './bench.ts';

const REGIONS = 2_800;
/** Steps in one run, as of somebody pulling a slider for two seconds. */
const STEPS = 120;
const FRAME_MS = 16;

export async function benchLaboratory(
  runs: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  const input = madeInput(REGIONS, 2);
  const official = variantOf(input);
  const against = stepOf(input, official, 1);
  const { top } = input.definition;
  const ms: number[] = [];
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'warm-up' : `run ${run + 1} of ${runs}`);
    for (let i = 0; i < STEPS; i++) {
      const share = 0.2 + (0.6 * i) / STEPS;
      const variant = { ...official, weights: { ...official.weights, [top]: [share, 1 - share] } };
      const startedMs = elapsedMs();
      const step = stepOf(input, variant, 1);
      movementBetween(step, against);
      changesBetween(input, variant, { region: i, from: 0, to: 1 });
      if (run >= 0) ms.push(elapsedMs() - startedMs);
    }
  }
  const sorted = ms.toSorted((a, b) => a - b);
  const answerOk = agreesWithJudge(input, against.figures);
  return {
    bench: 'laboratory',
    machine: describeMachine(),
    cases: (
      [
        ['a step, half of them', median(ms)],
        ['a step, 95 of 100', sorted[Math.floor(0.95 * sorted.length)] as number],
      ] as const
    ).map(([name, value]) => ({
      name: `${name}: ${REGIONS} regions × ${Object.keys(input.definition.indicators).length} indicators`,
      metric: 'time',
      unit: 'ms',
      value: round(value),
      runs,
      spread: spreadAround(ms),
      answerOk,
      vs: { [`a frame of ${FRAME_MS} ms`]: round(FRAME_MS / value) },
    })),
  };
}

/** The figures of the definition are those the slow judge finds, region by region. */
function agreesWithJudge(input: ReturnType<typeof madeInput>, figures: Float64Array): boolean {
  const definition = {
    ...input.definition,
    indicators: Object.fromEntries(
      Object.entries(input.definition.indicators).map(([name, one]) => [
        name,
        {
          ...one,
          value: { of: name.toLowerCase(), per: 1 },
          goal: writtenGoal(input.goals[name]),
          treatment: { kind: 'none' as const },
          smoothing: { kind: 'none' as const },
          missing: one.missing.rule === 'required' ? one.missing : { rule: 'leave-out' as const },
        },
      ]),
    ),
  };
  const columns = Object.entries(input.values).map(([name, months]) => [
    name.toLowerCase(),
    months[1] as Float64Array,
  ]);
  const judged = judgeIndex(definition, [
    { regions: input.regions.length, columns: Object.fromEntries(columns) },
  ]);
  const expected = judged.get(definition.top) ?? [];
  return figures.every((figure, i) => {
    const other = expected[i];
    return other === undefined ? Number.isNaN(figure) : Math.abs(figure - other) < 1e-9;
  });
}

type Input = ReturnType<typeof madeInput>;

function writtenGoal(goal: Input['goals'][string] | undefined) {
  if (!goal) throw new Error('every indicator of the bench has a goal');
  return goal.kind === 'between'
    ? { satisfactory: goal.satisfactory, notAllowed: goal.notAllowed }
    : { best: [goal.from, goal.to] as [number, number], low: goal.low, high: goal.high };
}
