import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaisedFinding } from '../../core/finding.ts';
import { observationSchema, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import {
  factOf,
  linesOf,
  rulebookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from '../fact-world.fixture.ts';
import { derive, verifyAlert } from '../verify.ts';

const MINUTE = 60_000;

const worlds = fc.record({
  heed: fc.constantFrom('any', 'placed'),
  silentMinutes: fc.integer({ min: 1, max: 6 }),
  steps: fc.array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 15 })),
      says: fc.constantFrom('placed', 'unplaced', 'battery'),
    }),
    { maxLength: 20 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const rulebookFor = ({ heed, silentMinutes }: World) =>
  rulebookOf(ruleOf('absence', { sources: ['bracelet'], silentFor: `${silentMinutes}m`, heed }));

function stepsOf({ steps }: World) {
  // The order begins a minute before anything is heard.
  let minute = 1;
  return steps.map(({ after, says }) => ({ minute: (minute += after), says }));
}

function fixOf(minute: number, labels: string[]): Position {
  const atMs = WORLD_START_MS + minute * MINUTE;
  const place = {
    source: 'bracelet/test',
    subject: 'P0',
    atMs,
    sequence: 0,
    lng: 107.7,
    lat: 31.4,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: atMs,
    accuracyM: 10,
    labels,
  }) as Position;
}

const order = orderFact('P0', { atMs: WORLD_START_MS, sources: ['bracelet'] });

function inputsOf(world: World): EngineInput[] {
  const records = stepsOf(world).map(({ minute, says }): EngineInput => {
    const atMs = WORLD_START_MS + minute * MINUTE;
    const watermarkMs = atMs - 1;
    if (says === 'battery') {
      const content = { kind: 'device', event: 'battery-low' };
      return { watermarkMs, facts: [factOf({ subject: 'P0', atMs, source: 'bracelet', content })] };
    }
    const labels = says === 'placed' ? [] : ['noFix'];
    return { watermarkMs, positions: batchOf([fixOf(minute, labels)]) };
  });
  const endMs = WORLD_START_MS + 400 * MINUTE;
  return [{ watermarkMs: 0, facts: [order] }, ...records, { watermarkMs: endMs }];
}

const runOn = (world: World) => {
  const engine = createEngine({ rulebook: rulebookFor(world), ...surroundings });
  return inputsOf(world).flatMap((input) => engine.step(input));
};

/** Looks at every minute of a list of what was heard. */
function oracle(world: World): string[] {
  const { heed, silentMinutes } = world;
  const heard = stepsOf(world);
  const breaks = (says: string) => heed === 'any' || says === 'placed';
  const lines: string[] = [];
  let last = 0;
  let open = false;
  for (let minute = 0; minute <= 400; minute++) {
    const now = heard.filter((one) => one.minute === minute);
    const broken = now.some(({ says }) => breaks(says));
    if (broken && open) lines.push(`P0 ${minute} cleared`);
    // A device that speaks in the same minute before it finds its place had lost it until then.
    const first = now.findIndex(({ says }) => breaks(says));
    const words = heard.filter(
      ({ minute: at, says }) => !breaks(says) && at > last && at <= minute,
    );
    const wordsBefore = words.filter(
      (one) => one.minute < minute || first < 0 || now.indexOf(one) < first,
    );
    const overdue = minute - last - silentMinutes;
    const speaks = heed === 'any' ? overdue === 0 && !broken : wordsBefore.length > 0;
    const inTime = overdue === 0 && broken;
    if (!open && overdue >= 0 && speaks && !inTime) {
      lines.push(`P0 ${minute} raised`);
      open = true;
      if (broken) lines.push(`P0 ${minute} cleared`);
    }
    if (broken) {
      open = false;
      last = minute;
    }
  }
  return lines.sort();
}

describe('absence of a source', () => {
  test('says what looking at every minute says, for lost communication and lost location', () => {
    const told = { any: 0, placed: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runOn(world));
        told[world.heed] += lines.filter((line) => line.includes('raised')).length;
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(told)) expect(count).toBeGreaterThan(800);
  });

  test('every alert proves itself, and without what the device said does not come', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const deps = { rulebook: rulebookFor(world), ...surroundings };
        const raised = runOn(world).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          expect(verifyAlert(finding, deps)).toMatchObject({
            proven: true,
            finding: { values: finding.values },
          });
          for (const item of finding.evidence) {
            // A place that was never known is lost as well as one that was.
            if (world.heed === 'placed' && item.kind === 'position' && item.labels.length === 0) {
              continue;
            }
            const evidence = finding.evidence.filter((other) => other !== item);
            const again = derive({ ...finding, evidence }, deps);
            expect(again.some(({ alertId }) => alertId === finding.alertId)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a silent device loses communication, one that speaks loses its place', () => {
    const says = (heed: 'any' | 'placed', words: ('placed' | 'unplaced')[]) =>
      linesOf(
        runOn({
          heed,
          silentMinutes: 5,
          steps: words.map((word) => ({ after: 2, says: word })),
        }),
      );
    expect(says('any', ['placed'])).toEqual(['P0 8 raised']);
    expect(says('placed', ['placed'])).toEqual([]);
    expect(says('any', ['placed', 'unplaced', 'unplaced'])).toEqual(['P0 12 raised']);
    expect(says('placed', ['placed', 'unplaced', 'unplaced', 'placed'])).toEqual([
      'P0 8 raised',
      'P0 9 cleared',
    ]);
  });
});
