import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaisedFinding } from '../../core/finding.ts';
import {
  linesOf,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import { derive, verifyAlert } from '../verify.ts';

const MINUTE = 60_000;

type Seen = { minute: number; value: string };

const worlds = fc.record({
  factsMin: fc.integer({ min: 2, max: 4 }),
  windowMinutes: fc.integer({ min: 1, max: 8 }),
  distinct: fc.boolean(),
  steps: fc.array(
    fc.record({
      person: fc.nat(1),
      /** Minutes since the last fact of anyone; negative comes late. */
      after: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 4 }) },
        { weight: 1, arbitrary: fc.integer({ min: -6, max: -1 }) },
        { weight: 1, arbitrary: fc.integer({ min: 5, max: 20 }) },
      ),
      value: fc.constantFrom('rail', 'air', 'coach'),
    }),
    { maxLength: 30 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const rulebookFor = ({ factsMin, windowMinutes, distinct }: World) =>
  rulebookOf(
    ruleOf('count', {
      fact: 'booking',
      when: 'fact.status == "booked"',
      factsMin,
      within: `${windowMinutes}m`,
      ...(distinct ? { distinct: 'fact.carrier' } : {}),
    }),
  );

function arrivalsOf({ steps }: World): Arriving[] {
  let newest = 0;
  return steps.map(({ person, after, value }) => {
    const minute = newest + after;
    newest = Math.max(newest, minute);
    return {
      subject: `P${person}`,
      atMs: WORLD_START_MS + minute * MINUTE,
      content: {
        kind: 'booking',
        bookingId: 'B',
        carrier: value,
        status: 'booked',
        from: '511702',
        to: '500000',
        departAtMs: WORLD_START_MS,
      },
    };
  });
}

/** Everything each person ever did, looked through from the start at every step. */
function oracle(world: World): string[] {
  const { factsMin, windowMinutes, distinct, steps } = world;
  const lines: string[] = [];
  const persons = [0, 1].map(() => ({
    seen: [] as Seen[],
    openSince: undefined as number | undefined,
  }));
  const held = (seen: readonly Seen[], minute: number): number => {
    const inside = seen.filter(
      (one) => one.minute > minute - windowMinutes && one.minute <= minute,
    );
    return distinct ? new Set(inside.map(({ value }) => value)).size : inside.length;
  };
  /** Closes what fell below by the given minute. */
  const advance = (person: number, untilMinute: number) => {
    const life = persons[person] as (typeof persons)[number];
    if (life.openSince === undefined) return;
    // Between its facts and its clearing nothing else happens to a window.
    const newest = Math.max(...life.seen.map((one) => one.minute));
    for (let minute = newest; minute <= untilMinute; minute++) {
      if (held(life.seen, minute) >= factsMin) continue;
      lines.push(`P${person} ${minute} cleared`);
      life.openSince = undefined;
      return;
    }
  };
  let watermark = -Infinity;
  let newestOfAll = 0;
  for (const { person, after, value } of steps) {
    const minute = newestOfAll + after;
    newestOfAll = Math.max(newestOfAll, minute);
    watermark = Math.max(watermark, minute - 1);
    for (const other of [0, 1]) advance(other, watermark);
    const life = persons[person] as (typeof persons)[number];
    const before = [...life.seen];
    const newestBefore = Math.max(-Infinity, ...before.map((one) => one.minute));
    life.seen.push({ minute, value });
    if (life.openSince !== undefined) {
      lines.push(`P${person} ${minute} episode-open`);
      continue;
    }
    const late = minute < newestBefore;
    const newest = Math.max(newestBefore, minute);
    if (held(life.seen, newest) < factsMin) continue;
    if (late && held(before, newest) >= factsMin) continue;
    life.openSince = newest;
    lines.push(`P${person} ${newest} raised${late ? ' late' : ''}`);
  }
  for (const other of [0, 1]) advance(other, 1_000);
  return lines.sort();
}

describe('count', () => {
  test('says what a plain look through all facts says', () => {
    let raised = 0;
    let late = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runWorld(rulebookFor(world), arrivalsOf(world)));
        raised += lines.filter((line) => line.includes('raised')).length;
        late += lines.filter((line) => line.includes('late')).length;
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 1_500 },
    );
    expect(raised).toBeGreaterThan(400);
    expect(late).toBeGreaterThan(30);
  });

  test('every alert proves itself, and without any one fact does not come', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rulebook = rulebookFor(world);
        const deps = { rulebook, ...surroundings };
        const raised = runWorld(rulebook, arrivalsOf(world)).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          expect(verifyAlert(finding, deps)).toMatchObject({
            proven: true,
            finding: { values: finding.values },
          });
          for (const item of finding.evidence) {
            const evidence = finding.evidence.filter((other) => other !== item);
            const again = derive({ ...finding, evidence }, deps);
            expect(again.some(({ alertId }) => alertId === finding.alertId)).toBe(false);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
