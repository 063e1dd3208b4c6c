// A term against a model that goes through time hour by hour and asks the register each time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import type { LeaveFact } from '../../core/observation.ts';
import { leaveFact, orderFact } from '../../core/order.fixture.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import { rulebookOf, ruleOf, surroundings, WORLD_START_MS } from '../fact-world.fixture.ts';

const HOUR = 3_600_000;
const GRACE = 2;
const LEFT = 5;
const AFTER = 4;
const LAST_HOUR = 120;

const rulebook = rulebookOf(
  ruleOf('deadline', {
    term: 'leave',
    grace: `${GRACE}h`,
    warnings: [{ left: `${LEFT}h`, level: 3 }],
    escalations: [{ after: `${AFTER}h`, level: 1 }],
  }),
);

/** Hours since the start. The first version always starts the leave. */
const worlds = fc.record({
  first: fc.record({
    made: fc.integer({ min: 0, max: 10 }),
    ahead: fc.integer({ min: -5, max: 10 }),
    lasts: fc.integer({ min: 1, max: 30 }),
  }),
  later: fc.array(
    fc.record({
      after: fc.integer({ min: 1, max: 20 }),
      action: fc.constantFrom('renew', 'change', 'end'),
      until: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 5 },
  ),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;
type Version = { made: number; from: number; until: number; action: LeaveFact['action'] };

function versionsOf({ first, later }: World): Version[] {
  const from = Math.max(0, first.made + first.ahead);
  let made = first.made;
  return [
    { made, from, until: from + first.lasts, action: 'start' },
    ...later.map(({ after, action, until }): Version => {
      made += after;
      return { made, from, until: Math.max(from, made) + until - 10, action };
    }),
  ].map((version) => ({
    ...version,
    until: Math.max(version.from + 1, version.until),
  })) as Version[];
}

/** What is open in the hour that begins at `hour`. */
function stageAt(versions: readonly Version[], hour: number): string | undefined {
  const version = versions.findLast(({ made, from }) => Math.max(made, from) <= hour);
  if (!version || version.action === 'end') return undefined;
  const { from, until } = version;
  if (hour >= until + GRACE + AFTER) return `overdue by ${AFTER}h`;
  if (hour >= until + GRACE) return 'overdue';
  return hour >= until - LEFT && LEFT < until - from ? `left ${LEFT}h` : undefined;
}

function expected(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (let hour = 0; hour <= LAST_HOUR; hour++) {
    const stage = stageAt(versions, hour);
    if (stage === open) continue;
    if (open) lines.push(`${hour} cleared ${open}`);
    if (stage) lines.push(`${hour} raised ${stage}`);
    open = stage;
  }
  return lines.sort();
}

const atMs = (hour: number) => WORLD_START_MS + hour * HOUR;

const inputsOf = (versions: readonly Version[]): EngineInput[] => [
  { watermarkMs: 0, facts: [orderFact('P0', { atMs: atMs(-24) })] },
  ...versions.map(({ made, from, until, action }) => ({
    watermarkMs: atMs(made) - 1,
    facts: [
      leaveFact('P0', { atMs: atMs(made), fromMs: atMs(from), untilMs: atMs(until), action }),
    ],
  })),
  { watermarkMs: atMs(LAST_HOUR) },
];

const run = (inputs: readonly EngineInput[]): Finding[] => {
  const engine = createEngine({ rulebook, ...surroundings, corrects: false });
  return inputs.flatMap((input) => engine.step(input));
};

const linesOf = (findings: readonly Finding[]) =>
  findings
    .map((one) => `${(one.atMs - WORLD_START_MS) / HOUR} ${one.kind} ${one.values['stage']}`)
    .sort();

describe('a term', () => {
  test('says what the model says', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const versions = versionsOf(world);
        expect(linesOf(run(inputsOf(versions)))).toEqual(expected(versions));
      }),
      { numRuns: 500 },
    );
  });

  test('says the same when the watermark lags behind', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 40 }), (world, lag) => {
        const inputs = inputsOf(versionsOf(world));
        const behind = inputs.map((input, index) =>
          index === inputs.length - 1
            ? input
            : { ...input, watermarkMs: Math.max(0, input.watermarkMs - lag * HOUR) },
        );
        expect(linesOf(run(behind))).toEqual(linesOf(run(inputs)));
      }),
      { numRuns: 200 },
    );
  });
});
