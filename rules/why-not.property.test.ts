// Explanations against the engine as brute force: on random small traces an alert is said to have come exactly
// when the engine raises it, and what is named as the first failing condition is one: without it the engine
// raises, or a later condition fails; with a little less done without, it does not.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contactPosition } from '../core/contact-position.ts';
import { METRES_PER_DEGREE } from '../core/geo.ts';
import { observationSchema, type Position } from '../core/observation.ts';
import { orderFact } from '../core/order.fixture.ts';
import { positionId } from '../core/position-batch.ts';
import { createRandom } from '../core/random.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { batchOf } from './claim-inputs.ts';
import { createEngine, type EngineInput } from './engine.ts';
import { createFactStream, everyKind, everyKindSurroundings } from './every-kind.fixture.ts';
import { rulebookOf, ruleOf, surroundings } from './fact-world.fixture.ts';
import type { Surroundings } from './kind.ts';
import { loadRulebook, type Rulebook } from './rulebook.ts';
import { createStream, recordsOf, squareAreas, START_MS } from './stream.fixture.ts';
import { inputsAbout } from './why-not.fixture.ts';
import { explainWhyNot, type FailedGate, type WhyNot } from './why-not.ts';
import { findingsOf, raisedWithin, withParams, type Question } from './why-not/question.ts';

const MINUTE = 60_000;

type World = {
  readonly rulebook: Rulebook;
  readonly surroundings: Surroundings;
  readonly records: readonly EngineInput[];
  readonly subjects: readonly string[];
};

const factWorld = (seed: number): World => {
  const stream = createFactStream(seed);
  const { subjects } = stream;
  const records = recordsOf(stream);
  return { rulebook: everyKind, surroundings: everyKindSurroundings, records, subjects };
};

const dazhou = loadRulebook('rules/packs/dazhou');
const crossing = rulebookOf(
  ruleOf('zone', {
    zone: 'order-area',
    relation: 'exit',
    fixesMin: 2,
    outsideFor: '5m',
    marginM: 20,
    rearmM: 30,
    clearFixesMin: 1,
    fixKinds: ['gnss', 'wifi'],
  }),
);
const zones: Rulebook = { ...dazhou, rules: [...dazhou.rules, ...crossing.rules] };

const zoneWorld = (seed: number): World => {
  const stream = createStream(seed, { persons: 3 });
  const { subjects } = stream;
  const around = { areas: squareAreas, calendar: createChinaCalendar() };
  return { rulebook: zones, surroundings: around, records: recordsOf(stream), subjects };
};

const together = rulebookOf(
  ruleOf('proximity', {
    radiusM: 100,
    rearmM: 50,
    lasts: '10m',
    gapMax: '6m',
    pairWithin: '2m',
    lostAfter: '15m',
    fixKinds: ['gnss'],
  }),
);

/** B may not contact A; both walk about a lamp post, and now and then one of them is not heard. */
function pairWorld(seed: number): World {
  const random = createRandom(`pair ${seed}`);
  const order = orderFact('B', {
    atMs: START_MS,
    sources: ['bracelet'],
    conditions: { noContactWith: ['A'] },
  });
  const records: EngineInput[] = [{ watermarkMs: 0, facts: [order] }];
  let atMs = START_MS;
  let reachM = 40;
  for (let index = 0; index < 150; index++) {
    atMs += (5 + random.int(random.chance(0.05) ? 900 : 150)) * 1_000;
    if (random.chance(0.05)) reachM = random.pick([30, 40, 90, 400]);
    const own = random.chance(0.5);
    const at = {
      source: 'bracelet/test',
      subject: own ? 'B' : 'A',
      atMs,
      sequence: index,
      lng: Math.round(((random.next() * reachM) / METRES_PER_DEGREE) * 1e7) / 1e7,
      lat: 0,
    };
    const position = observationSchema.parse({
      kind: 'position',
      id: positionId(at),
      ...at,
      receivedAtMs: atMs,
      accuracyM: 3 + random.int(random.chance(0.1) ? 80 : 20),
      fix: random.chance(0.1) ? 'cell' : 'gnss',
      labels: [],
    }) as Position;
    const batch = batchOf([position]);
    const watermarkMs = atMs - 1;
    if (own) records.push({ watermarkMs, positions: batch });
    else {
      const facts = [contactPosition(batch, 0, { subject: 'B', of: 'A' })];
      records.push({ watermarkMs, facts });
    }
  }
  records.push({ watermarkMs: atMs });
  return { rulebook: together, surroundings, records, subjects: ['B'] };
}

const WORLDS = { factWorld, zoneWorld, pairWorld };
type WorldName = keyof typeof WORLDS;

const asked = fc.record({
  seed: fc.nat(1_000_000),
  rule: fc.nat(100),
  person: fc.nat(2),
  minute: fc.integer({ min: 0, max: 320 }),
  half: fc.integer({ min: 3, max: 70 }),
});

type Asked = typeof asked extends fc.Arbitrary<infer Value> ? Value : never;

function questionIn(world: World, { rule, person, minute, half }: Asked): Question {
  const { rulebook, subjects, records } = world;
  const compiled = rulebook.rules[rule % rulebook.rules.length]!;
  const subject = subjects[person % subjects.length] as string;
  const atMs = START_MS + minute * MINUTE;
  return {
    compiled,
    subject,
    atMs,
    fromMs: atMs - half * MINUTE,
    untilMs: atMs + half * MINUTE,
    inputs: inputsAbout(records, subject),
    surroundings: world.surroundings,
  };
}

/** Runs until each kind of answer wanted has come often enough. */
const check = (name: WorldName, numRuns: number, holds: (one: Put) => void) =>
  fc.assert(
    fc.property(asked, (ask) => {
      const world = WORLDS[name](ask.seed);
      const question = questionIn(world, ask);
      holds({ world, question, answer: explainWhyNot(question) });
    }),
    { numRuns },
  );

type Put = { readonly world: World; readonly question: Question; readonly answer: WhyNot };

const RUNS: readonly [WorldName, number][] = [
  ['factWorld', 60],
  ['zoneWorld', 40],
  ['pairWorld', 40],
];

describe.each(RUNS)('in a %s', (name, numRuns) => {
  test('an alert is said to have come exactly when the engine raises it', () => {
    check(name, numRuns, ({ world, question, answer }) => {
      // The whole log with every rule and everybody in it.
      const { rulebook, records } = world;
      const engine = createEngine({ ...world.surroundings, rulebook });
      const raised = records
        .flatMap((record) => engine.step(record))
        .filter(
          (finding) =>
            finding.kind === 'raised' &&
            finding.ruleId === question.compiled.rule.id &&
            finding.subject === question.subject &&
            finding.atMs >= question.fromMs &&
            finding.atMs <= question.untilMs,
        );
      expect(answer.raised === undefined).toBe(raised.length === 0);
      if (answer.raised) expect(raised.map(({ id }) => id)).toContain(answer.raised.id);
      expect(answer.gates.length === 0).toBe(raised.length > 0);
    });
  });

  test('without the condition named first it raises, or a later one fails', () => {
    check(name, numRuns, ({ question, answer }) => {
      const [first] = answer.gates;
      if (!first) return;
      expect(first.code, question.compiled.rule.id).not.toBe('unexplained');
      if (first.relaxed) expect(first.proven, `${first.code} ${first.says.en}`).toBe(true);
      expect(answer.wouldRaise !== undefined).toBe(answer.gates.every(({ proven }) => proven));
    });
  });

  test('the nearest miss is the nearest: with a little less done without it does not raise', () => {
    check(name, numRuns, ({ question, answer }) => {
      const [first] = answer.gates;
      const harder = first && harderThan(question, first);
      if (harder) expect(raisedWithin(harder, findingsOf(harder)), first.says.en).toBeUndefined();
    });
  });
});

/** The question with the limit just beyond what was found to be the nearest. */
function harderThan(question: Question, { code, values = {} }: FailedGate): Question | undefined {
  const number = (name: string) => values[name] as number;
  switch (code) {
    case 'count-short':
      return 'visits' in values
        ? withParams(question, { visitsMin: number('visits') + 1 })
        : withParams(question, { factsMin: number('facts') + 1 });
    case 'sequence-slow':
      return withParams(question, { within: number('tookMs') - 1 });
    case 'not-silent':
      return withParams(question, { silentFor: number('silentMs') + 1 });
    case 'not-beyond':
      return withParams(question, { above: number('value'), clearAt: undefined });
    case 'too-few-periods':
      return withParams(question, { forPeriods: number('periods') + 1 });
    case 'not-near':
      return withParams(question, { radiusM: number('reachM') - 0.001 });
    case 'not-long':
      return withParams(question, { lasts: number('togetherMs') + 1 });
    case 'never-paired':
      return withParams(question, { pairWithin: number('apartMs') - 1 });
    default:
      return undefined;
  }
}

test('random traces give many kinds of answer', () => {
  const seen = new Set<string>();
  for (const [name] of RUNS) {
    for (let seed = 0; seed < 12; seed++) {
      const world = WORLDS[name](seed);
      for (let rule = 0; rule < world.rulebook.rules.length; rule++) {
        const ask = { seed, rule, person: seed, minute: (seed * 37) % 320, half: 5 + (seed % 50) };
        const { raised, gates } = explainWhyNot(questionIn(world, ask));
        if (raised) seen.add('raised');
        for (const { code } of gates) seen.add(code);
      }
    }
  }
  expect(seen.size).toBeGreaterThan(20);
});
