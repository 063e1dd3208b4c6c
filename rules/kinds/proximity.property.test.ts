// Two persons on a line, metres apart, against an oracle that looks at all moments and all runs of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contactPosition } from '../../core/contact-position.ts';
import type { Finding, RaisedFinding } from '../../core/finding.ts';
import { METRES_PER_DEGREE } from '../../core/geo.ts';
import { observationSchema, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import { rulebookOf, ruleOf, surroundings, WORLD_START_MS } from '../fact-world.fixture.ts';
import { derive, verifyAlert } from '../verify.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PARAMS = {
  radiusM: 100,
  rearmM: 50,
  lasts: 10 * MINUTE,
  gapMax: 6 * MINUTE,
  pairWithin: 2 * MINUTE,
  lostAfter: 15 * MINUTE,
};

const rulebook = rulebookOf(
  ruleOf('proximity', {
    radiusM: PARAMS.radiusM,
    rearmM: PARAMS.rearmM,
    lasts: '10m',
    gapMax: '6m',
    pairWithin: '2m',
    lostAfter: '15m',
    fixKinds: ['gnss', 'cell'],
  }),
);

type Step = {
  own: boolean;
  afterS: number;
  /** Metres east of a lamp post both know. */
  eastM: number;
  accuracyM: number;
  cell: boolean;
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    own: fc.boolean(),
    afterS: fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 1, max: 120 }) },
      { weight: 1, arbitrary: fc.integer({ min: 300, max: 1_200 }) },
    ),
    eastM: fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: 60, max: 600 }) },
    ),
    accuracyM: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 3, max: 20 }) },
      { weight: 1, arbitrary: fc.integer({ min: 40, max: 300 }) },
    ),
    cell: fc.integer({ min: 0, max: 15 }).map((roll) => roll === 0),
  }),
  { minLength: 20, maxLength: 70 },
);

/** When the order ends, in seconds; most do not. */
const ends = fc.option(fc.integer({ min: 300, max: 4_000 }), { nil: undefined, freq: 3 });

type Told = { own: boolean; position: Position };

function fixesOf(world: readonly Step[]): Told[] {
  let atS = 0;
  return world.map(({ own, afterS, eastM, accuracyM, cell }, index) => {
    atS += afterS;
    const at = {
      source: 'bracelet/test',
      subject: own ? 'B' : 'A',
      atMs: WORLD_START_MS + atS * SECOND,
      sequence: index,
      lng: Math.round((eastM / METRES_PER_DEGREE) * 1e7) / 1e7,
      lat: 0,
    };
    const position = observationSchema.parse({
      kind: 'position',
      id: positionId(at),
      ...at,
      receivedAtMs: at.atMs,
      accuracyM,
      fix: cell ? 'cell' : 'gnss',
      labels: [],
    }) as Position;
    return { own, position };
  });
}

const orderInputs = (endS: number | undefined): EngineInput => {
  const order = orderFact('B', { atMs: WORLD_START_MS - 86_400_000, sources: ['bracelet'] });
  return {
    watermarkMs: 0,
    facts: [
      {
        ...order,
        conditions: { noContactWith: ['A'] } as unknown as typeof order.conditions,
        ...(endS === undefined
          ? {}
          : { untilMs: (WORLD_START_MS + endS * SECOND) as typeof order.untilMs }),
      },
    ],
  };
};

const inputOf = ({ own, position }: Told, watermarkMs: number): EngineInput => {
  const batch = batchOf([position]);
  return own
    ? { watermarkMs, positions: batch }
    : { watermarkMs, facts: [contactPosition(batch, 0, { subject: 'B', of: 'A' })] };
};

const END = { watermarkMs: WORLD_START_MS + 86_400_000 };

/** One record a fix, each with everything before it seen. */
const oneByOne = (told: readonly Told[]): EngineInput[] =>
  told.map((one) => inputOf(one, one.position.atMs - 1));

function run(inputs: readonly EngineInput[], endS: number | undefined): Finding[] {
  const engine = createEngine({ rulebook, ...surroundings });
  return [orderInputs(endS), ...inputs, END].flatMap((input) => engine.step(input));
}

const secondOf = (atMs: number) => (atMs - WORLD_START_MS) / SECOND;

const linesOf = (findings: readonly Finding[]) =>
  findings
    .map(
      (one) => `${secondOf(one.atMs)} ${one.kind}${one.kind === 'raised' ? ` ${one.level}` : ''}`,
    )
    .sort();

/** Every moment, then every run of moments tried from every beginning. */
function oracle(told: readonly Told[], endS: number | undefined): string[] {
  const sorted = told.toSorted(
    (a, b) => a.position.atMs - b.position.atMs || Number(b.own) - Number(a.own),
  );
  const inForce = (atMs: number) => endS === undefined || secondOf(atMs) < endS;
  type M = { atMs: number; side: 'near' | 'apart' | 'unsure'; weak: boolean };
  const moments: M[] = [];
  for (const [index, { own, position }] of sorted.entries()) {
    if (!inForce(position.atMs)) continue;
    const other = sorted.slice(0, index).findLast((one) => one.own !== own)?.position;
    if (!other || position.atMs - other.atMs > PARAMS.pairWithin) continue;
    const apartM = Math.abs(position.lng - other.lng) * METRES_PER_DEGREE;
    const sureM = (position.accuracyM as number) + (other.accuracyM as number);
    const side =
      apartM + sureM <= PARAMS.radiusM
        ? 'near'
        : apartM - sureM > PARAMS.radiusM + PARAMS.rearmM
          ? 'apart'
          : 'unsure';
    moments.push({
      atMs: position.atMs,
      side,
      weak: position.fix === 'cell' || other.fix === 'cell',
    });
  }
  const lines: string[] = [];
  let openSinceMs: number | undefined;
  let from = 0;
  const overMs = (lastMs: number) =>
    Math.min(
      lastMs + PARAMS.lostAfter,
      endS === undefined ? Infinity : WORLD_START_MS + endS * SECOND,
    );
  for (const [index, moment] of moments.entries()) {
    const before = moments[index - 1];
    if (before && overMs(before.atMs) < moment.atMs) {
      if (openSinceMs !== undefined) lines.push(`${secondOf(overMs(before.atMs))} cleared`);
      openSinceMs = undefined;
      from = index;
    }
    if (moment.side === 'apart') {
      if (openSinceMs !== undefined) lines.push(`${secondOf(moment.atMs)} cleared`);
      openSinceMs = undefined;
      from = index + 1;
    }
    if (moment.side !== 'near' || openSinceMs !== undefined) continue;
    const near = moments.slice(from, index + 1).filter(({ side }) => side === 'near');
    const gapAt = near.findLastIndex(
      (one, at) => at > 0 && one.atMs - (near[at - 1] as M).atMs > PARAMS.gapMax,
    );
    const chain = near.slice(Math.max(0, gapAt));
    if (moment.atMs - (chain[0] as M).atMs < PARAMS.lasts) continue;
    openSinceMs = moment.atMs;
    lines.push(`${secondOf(moment.atMs)} raised`);
  }
  const last = moments.at(-1);
  if (openSinceMs !== undefined && last) lines.push(`${secondOf(overMs(last.atMs))} cleared`);
  return lines.sort();
}

const withoutLevel = (lines: readonly string[]) => lines.map((line) => line.replace(/ \d$/, ''));

describe('proximity', () => {
  test('says what looking at every moment says', () => {
    const told = { raised: 0, cleared: 0 };
    fc.assert(
      fc.property(steps, ends, (world, endS) => {
        const fixes = fixesOf(world);
        const lines = withoutLevel(linesOf(run(oneByOne(fixes), endS)));
        for (const word of ['raised', 'cleared'] as const) {
          told[word] += lines.filter((line) => line.includes(word)).length;
        }
        expect(lines).toEqual(oracle(fixes, endS));
      }),
      { numRuns: 1_000 },
    );
    expect(told.raised).toBeGreaterThan(400);
    expect(told.cleared).toBe(told.raised);
  });

  test('however the records are cut, and whichever of the two comes first, it says the same', () => {
    fc.assert(
      fc.property(steps, ends, fc.integer({ min: 1, max: 20 }), (world, endS, size) => {
        const fixes = fixesOf(world);
        const whole = run(oneByOne(fixes), endS);
        const cut: EngineInput[] = [];
        for (let at = 0; at < fixes.length; at += size) {
          const part = fixes.slice(at, at + size);
          const watermarkMs = (part[0] as Told).position.atMs - 1;
          const own = part.filter((one) => one.own);
          const others = part.filter((one) => !one.own);
          cut.push(...[...others, ...own].map((one) => inputOf(one, watermarkMs)));
        }
        expect(run(cut, endS)).toEqual(whole);
        // A partition that hears of the other only: nothing is said without the person's own fixes.
        expect(run(oneByOne(fixes.filter((one) => !one.own)), endS)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('resumed from a snapshot taken anywhere it says the same', () => {
    fc.assert(
      fc.property(steps, ends, fc.double({ min: 0, max: 1, noNaN: true }), (world, endS, where) => {
        const inputs = [orderInputs(endS), ...oneByOne(fixesOf(world)), END];
        const cut = Math.floor(inputs.length * where);
        const first = createEngine({ rulebook, ...surroundings });
        const before = inputs.slice(0, cut).flatMap((input) => first.step(input));
        const second = createEngine(
          { rulebook, ...surroundings },
          structuredClone(first.snapshot()),
        );
        const after = inputs.slice(cut).flatMap((input) => second.step(input));
        expect([...before, ...after]).toEqual(run(oneByOne(fixesOf(world)), endS));
      }),
      { numRuns: 100 },
    );
  });

  test('every alert proves itself, and without any one item does not come', () => {
    let proven = 0;
    fc.assert(
      fc.property(steps, ends, (world, endS) => {
        const deps = { rulebook, ...surroundings };
        const raised = run(oneByOne(fixesOf(world)), endS).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          proven++;
          expect(verifyAlert(finding, deps)).toMatchObject({ proven: true });
          for (const item of finding.evidence) {
            const evidence = finding.evidence.filter((other) => other !== item);
            const again = derive({ ...finding, evidence }, deps);
            expect(again.some(({ alertId }) => alertId === finding.alertId)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(proven).toBeGreaterThan(100);
  });

  test('radio cells alone raise nothing graver than level 3', () => {
    const world = (cell: boolean): Step[] =>
      Array.from({ length: 14 }, (_, index) => ({
        own: index % 2 === 0,
        afterS: 60,
        eastM: 0,
        accuracyM: 10,
        cell,
      }));
    const levels = (cell: boolean) =>
      linesOf(run(oneByOne(fixesOf(world(cell))), undefined)).filter((line) => /raised/.test(line));
    expect(levels(true)).toEqual([expect.stringMatching(/raised 3$/)]);
    expect(levels(false)).toEqual([expect.stringMatching(/raised 2$/)]);
  });
});
