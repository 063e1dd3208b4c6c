// Visits counted, against a model that remembers every fix.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../../core/finding.ts';
import { observationSchema, type Position } from '../../core/observation.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { compileRule } from '../compile.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import { ordersFor, ruleOf, surroundings, WORLD_START_MS } from '../fact-world.fixture.ts';
import { packSchema } from '../rule.ts';
import type { Rulebook } from '../rulebook.ts';
import { verifyAlert } from '../verify.ts';

const MINUTE = 60_000;
const CENTRE = { lng: 107.7, lat: 31.4 };

const pack = packSchema.parse({
  id: 'test',
  title: { zh: '测试', en: 'Test' },
  zones: [
    {
      id: 'bar',
      title: { zh: '甲', en: 'A' },
      kind: 'key-venue',
      circle: { ...CENTRE, radiusM: 80 },
    },
  ],
});
const INSIDE_FOR = 2;
const APART = 5;
const WITHIN = 90;
const rule = ruleOf('count', {
  visits: {
    zone: { kind: 'key-venue' },
    fixesMin: 20,
    insideFor: `${INSIDE_FOR}m`,
    marginM: 0,
    rearmM: 30,
    fixKinds: ['gnss'],
  },
  apart: `${APART}m`,
  visitsMin: 3,
  within: `${WITHIN}m`,
});
const rulebook: Rulebook = {
  pack,
  rules: [compileRule(rule, pack, rule)],
  version: 'test',
  sources: {},
};
const deps = { rulebook, ...surroundings, corrects: false };

/** Metres east of the centre, with 10 m of accuracy: sure, unsure, contrary, well contrary. */
const PLACES = { in: 0, unsure: 75, edge: 95, out: 500 } as const;
type Place = keyof typeof PLACES;

const worlds = fc.array(
  fc.record({
    place: fc.constantFrom<Place>('in', 'in', 'in', 'out', 'out', 'edge', 'unsure'),
    /** So many reports from there, a minute apart. */
    reports: fc.integer({ min: 1, max: 6 }),
    /** Minutes of silence before. */
    gap: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 20 })),
    /** One of the reports comes late, from so many minutes ago, and is from inside. */
    late: fc.option(fc.integer({ min: 2, max: 9 }), { freq: 6 }),
  }),
  { minLength: 20, maxLength: 60 },
);
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

type Fix = { readonly minute: number; readonly place: Place };

function fixesOf(world: World): Fix[] {
  let minute = 0;
  return world.flatMap(({ place, reports, gap, late }) => {
    minute += gap;
    const fixes: Fix[] = Array.from({ length: reports }, () => ({ minute: ++minute, place }));
    if (late !== null && minute > late) fixes.push({ minute: minute - late - 0.5, place: 'in' });
    return fixes;
  });
}

function positionOf({ minute, place }: Fix): Position {
  const at = {
    source: 'bracelet/test',
    subject: 'P0',
    atMs: WORLD_START_MS + minute * MINUTE,
    sequence: 0,
    lng: CENTRE.lng + PLACES[place] / 95_000,
    lat: CENTRE.lat,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(at),
    ...at,
    receivedAtMs: at.atMs,
    accuracyM: 10,
    region: '511722',
  }) as Position;
}

/** Every fix ever, looked through at each of them. */
function oracle(fixes: readonly Fix[]): string[] {
  const lines: string[] = [];
  const visits: { proven: number; left: number | undefined }[] = [];
  let since: number | undefined;
  let isThere = false;
  let newest = -1;
  let open: number | undefined;
  const held = (minute: number) => visits.filter(({ proven }) => proven > minute - WITHIN).length;
  const tickTo = (minute: number) => {
    for (let at = Math.ceil(open ?? minute); open !== undefined && at < minute; at++) {
      if (held(at) >= 3) continue;
      lines.push(`${at} cleared`);
      open = undefined;
    }
  };
  for (const { minute, place } of fixes) {
    if (minute < newest) continue;
    newest = minute;
    if (place === 'unsure') continue;
    if (place !== 'in') {
      since = undefined;
      const last = visits.at(-1);
      if (place === 'out' && isThere && last) last.left = minute;
      if (place === 'out') isThere = false;
      continue;
    }
    if (isThere) continue;
    since ??= minute;
    if (minute - since < INSIDE_FOR) continue;
    isThere = true;
    const last = visits.at(-1);
    if (last?.left !== undefined && since - last.left < APART) {
      last.left = undefined;
      since = undefined;
      continue;
    }
    since = undefined;
    tickTo(minute);
    visits.push({ proven: minute, left: undefined });
    if (open !== undefined) lines.push(`${minute} suppressed`);
    else if (held(minute) >= 3) {
      open = minute;
      lines.push(`${minute} raised`);
    }
  }
  tickTo(10_000);
  return lines.sort();
}

const recordsOf = (fixes: readonly Fix[]): EngineInput[] => {
  let newest = 0;
  return [
    ordersFor(['P0']),
    ...fixes.map((fix) => {
      newest = Math.max(newest, fix.minute);
      return {
        watermarkMs: WORLD_START_MS + (newest - 15) * MINUTE,
        positions: batchOf([positionOf(fix)]),
      };
    }),
    { watermarkMs: WORLD_START_MS + 10_000 * MINUTE },
  ];
};

const run = (records: readonly EngineInput[], cut = 0): Finding[] => {
  const first = createEngine(deps);
  const before = records.slice(0, cut).flatMap((record) => first.step(record));
  const second = createEngine(deps, structuredClone(first.snapshot()));
  return [...before, ...records.slice(cut).flatMap((record) => second.step(record))];
};

const linesOf = (findings: readonly Finding[]) =>
  findings.map(({ atMs, kind }) => `${(atMs - WORLD_START_MS) / MINUTE} ${kind}`).sort();

describe('visits', () => {
  test('are counted as the model counts them, wherever the engine is resumed', () => {
    let raised = 0;
    fc.assert(
      fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), (world, where) => {
        const fixes = fixesOf(world);
        const records = recordsOf(fixes);
        const lines = linesOf(run(records, Math.floor(where * records.length)));
        raised += lines.filter((line) => line.endsWith('raised')).length;
        expect(lines).toEqual(oracle(fixes));
      }),
      { numRuns: 300 },
    );
    expect(raised).toBeGreaterThan(50);
  });

  test('prove themselves from their fixes, none of which can be left out', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const claims = run(recordsOf(fixesOf(world))).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const claim of claims) {
          expect(verifyAlert(claim, deps)).toMatchObject({
            proven: true,
            finding: { values: claim.values },
          });
          for (const dropped of claim.evidence) {
            const evidence = claim.evidence.filter((one) => one !== dropped);
            expect(verifyAlert({ ...claim, evidence }, deps).proven).toBe(false);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
