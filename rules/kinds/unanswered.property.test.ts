import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

const worlds = fc.record({
  withinMinutes: fc.integer({ min: 1, max: 8 }),
  steps: fc.array(
    fc.record({
      key: fc.constantFrom('A', 'B'),
      asks: fc.boolean(),
      after: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: -6, max: -1 }) },
        { weight: 1, arbitrary: fc.integer({ min: 4, max: 12 }) },
      ),
    }),
    { maxLength: 24 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const rulebookFor = ({ withinMinutes }: World) =>
  rulebookOf(
    ruleOf('absence', {
      after: { fact: 'case-milestone', when: 'fact.milestone == "asked"' },
      until: { fact: 'case-milestone', when: 'fact.milestone == "answered"' },
      within: `${withinMinutes}m`,
      key: 'fact.caseId',
    }),
  );

function arrivalsOf({ steps }: World): Arriving[] {
  let newest = 0;
  return steps.map(({ key, asks, after }) => {
    const minute = newest + after;
    newest = Math.max(newest, minute);
    return {
      subject: 'P0',
      atMs: WORLD_START_MS + minute * MINUTE,
      content: {
        kind: 'case-milestone',
        caseId: key,
        milestone: asks ? 'asked' : 'answered',
        authority: '测试',
      },
    };
  });
}

/** Keeps every question and answer, and looks minute by minute. */
function oracle({ withinMinutes, steps }: World): string[] {
  const lines: string[] = [];
  const matters = new Map(
    ['A', 'B'].map((key) => [
      key,
      {
        asked: [] as number[],
        answers: [] as number[],
        openSince: undefined as number | undefined,
      },
    ]),
  );
  const advance = (untilMinute: number) => {
    for (const matter of matters.values()) {
      const due = Math.min(...matter.asked) + withinMinutes;
      if (matter.openSince !== undefined || due > untilMinute) continue;
      matter.openSince = due;
      // Facts are received when they happen, so no question is known only after its time is over.
      lines.push(`P0 ${due} raised`);
    }
  };
  let watermark = -Infinity;
  let newestOfAll = 0;
  for (const { key, asks, after } of steps) {
    const minute = newestOfAll + after;
    newestOfAll = Math.max(newestOfAll, minute);
    watermark = Math.max(watermark, minute - 1);
    advance(watermark);
    const matter = matters.get(key) as { asked: number[]; answers: number[]; openSince?: number };
    if (asks) {
      if (matter.answers.some((answered) => answered >= minute)) continue;
      if (matter.openSince !== undefined) lines.push(`P0 ${minute} episode-open`);
      matter.asked.push(minute);
      continue;
    }
    matter.answers.push(minute);
    const left = matter.asked.filter((asked) => asked > minute);
    if (left.length < matter.asked.length && matter.openSince !== undefined) {
      lines.push(`P0 ${Math.max(minute, matter.openSince)} cleared`);
      delete matter.openSince;
    }
    matter.asked = left;
  }
  advance(1_000);
  return lines.sort();
}

describe('absence of an answer', () => {
  test('says what keeping everything and looking every minute says', () => {
    const told = { raised: 0, cleared: 0, open: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runWorld(rulebookFor(world), arrivalsOf(world)));
        for (const word of ['raised', 'cleared', 'open'] as const) {
          told[word] += lines.filter((line) => line.includes(word)).length;
        }
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 1_500 },
    );
    for (const count of Object.values(told)) expect(count).toBeGreaterThan(250);
  });

  test('every alert proves itself, and without the question does not come', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rulebook = rulebookFor(world);
        const deps = { rulebook, ...surroundings };
        for (const finding of runWorld(rulebook, arrivalsOf(world))) {
          if (finding.kind !== 'raised') continue;
          expect(verifyAlert(finding, deps)).toMatchObject({
            proven: true,
            finding: { values: finding.values },
          });
          const evidence = finding.evidence.filter(({ kind }) => kind === 'order');
          expect(derive({ ...finding, evidence }, deps)).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
