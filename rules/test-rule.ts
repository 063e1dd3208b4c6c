// Runs the tests inside a rule file: the same engine, one rule, one person, a few steps. A test states
// every finding of the rule, so a rule that says too much fails as surely as one that says too little.

import type { Finding } from '../core/finding.ts';
import { createCalendar } from '../core/calendar.ts';
import { localDateTime, parseInstant } from '../core/local-time.ts';
import { observationSchema, factId, type Fact, type OrderFact } from '../core/observation.ts';
import { contactPosition } from '../core/contact-position.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { LABEL, type Label } from '../core/position-codes.ts';
import type { EpochMs } from '../core/time.ts';
import { createEngine, type EngineInput } from './engine.ts';
import type { Surroundings } from './kind.ts';
import { createReferenceMatcher } from './kinds/term-matcher.ts';
import type { CompiledRule } from './compile.ts';
import { rulebookOf, type Rulebook } from './rulebook.ts';
import type { RuleTest, RuleTestStep } from './rule-test-form.ts';
import { explainWhyNot, type WhyNot } from './why-not.ts';

/** A Monday without a holiday. */
export const FIRST_DAY = '2026-03-02';
const SUBJECT = 'test-person';

export type RuleTestResult = {
  readonly ruleId: string;
  readonly name: string;
  readonly passed: boolean;
  /** One line per finding, wanted and got. */
  readonly wanted: readonly string[];
  readonly got: readonly string[];
};

/** Runs every test of every rule in the book. */
export function testRulebook(
  rulebook: Rulebook,
  deps: Surroundings & { locate: Locate },
): RuleTestResult[] {
  return rulebook.rules.flatMap((compiled) =>
    compiled.rule.tests.map((test) => {
      const findings = runRuleTest(compiled, test, deps);
      const wanted = test.expect.map((expected) => describeExpected(expected, test));
      const got = findings.map((finding, index) => describeFinding(finding, test.expect[index]));
      return {
        ruleId: compiled.rule.id,
        name: test.name,
        passed: wanted.join('\n') === got.join('\n'),
        wanted,
        got,
      };
    }),
  );
}

/** Everything the rule says about the steps of a test, whatever status its file has. */
export function runRuleTest(
  compiled: CompiledRule,
  test: RuleTest,
  deps: Surroundings & { locate: Locate },
): Finding[] {
  const engine = createEngine({ rulebook: aloneIn(compiled), ...surroundingsOf(test, deps) });
  return inputsOf(test, deps.locate).flatMap((input) => engine.step(input));
}

/** The steps of a test as a question why the rule did not speak within them. */
export function whyNotIn(
  compiled: CompiledRule,
  test: RuleTest,
  about: Surroundings & { locate: Locate; fromMs: number; untilMs: number },
): WhyNot {
  const { locate, fromMs, untilMs } = about;
  return explainWhyNot({
    compiled: inForce(compiled),
    subject: SUBJECT,
    atMs: untilMs,
    fromMs,
    untilMs,
    inputs: inputsOf(test, locate),
    surroundings: surroundingsOf(test, about),
  });
}

/** A rulebook with this rule only, in force. */
export function aloneIn(compiled: CompiledRule): Rulebook {
  return rulebookOf(compiled.pack, [{ compiled: inForce(compiled), source: '' }]);
}

/** The rule as if its file said active. */
export const inForce = (compiled: CompiledRule): CompiledRule => ({
  ...compiled,
  rule: { ...compiled.rule, status: 'active' },
});

/** The GB/T 2260 code at a place, 0 where the map does not reach. */
export type Locate = (lng: number, lat: number) => number;

/** Calendar and terms as the test states them, otherwise as given. */
function surroundingsOf(test: RuleTest, deps: Surroundings): Surroundings {
  const { calendar, terms } = test;
  return {
    areas: deps.areas,
    calendar: calendar
      ? createCalendar({ ...calendar, version: 'test', until: '2099-12-31' })
      : deps.calendar,
    matcherOf: terms
      ? (lists) =>
          createReferenceMatcher(
            terms.filter(({ list }) => lists.includes(list)),
            'test',
          )
      : deps.matcherOf,
  };
}

type Expected = RuleTest['expect'][number];

function describeExpected(expected: Expected, test: RuleTest): string {
  const time = localDateTime(instantOf(expected.time, test));
  if ('raised' in expected) {
    return `${time} raised ${expected.raised}${describeValues(expected.values ?? {})}`;
  }
  if ('cleared' in expected) return `${time} cleared`;
  return `${time} suppressed ${expected.suppressed}`;
}

/** States of the values only those the expectation at its place asks for. */
function describeFinding(finding: Finding, expected: Expected | undefined): string {
  const time = localDateTime(finding.atMs);
  if (finding.kind === 'raised') {
    const asked = expected && 'raised' in expected ? Object.keys(expected.values ?? {}) : [];
    const values = Object.fromEntries(asked.map((name) => [name, finding.values[name] ?? 'none']));
    return `${time} raised ${finding.level}${describeValues(values)}`;
  }
  if (finding.kind === 'cleared') return `${time} cleared`;
  return `${time} suppressed ${finding.because}`;
}

const describeValues = (values: Finding['values']): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('');

/** The order of the person, then one record per step. */
function inputsOf(test: RuleTest, locate: Locate): EngineInput[] {
  const knownAtMs = instantOf((test.steps[0] as RuleTestStep).time, test);
  const order = factOf(
    { kind: 'order', ...orderOf(test) },
    { atMs: knownAtMs, source: 'case/test', test },
  );
  return [
    { watermarkMs: 0, facts: [order] },
    ...test.steps.map((step) => inputOf(step, test, locate, order)),
  ];
}

function orderOf(test: RuleTest) {
  const { person } = test;
  const startMs = instantOf('00:00', test) - 86_400_000;
  const untilMs = startMs + 300 * 86_400_000;
  return {
    action: 'start',
    orderId: 'test-order',
    category: person.class === 'cc' ? 'cc' : 'ra',
    group: person.class === 'raKey' ? 'key' : 'ordinary',
    county: person.county,
    area: person.area ?? [person.class === 'cc' ? person.county : `${person.county.slice(0, 4)}00`],
    conditions: person.conditions,
    bases: [
      {
        id: 'test-basis',
        article: '测试',
        documentNumber: '测试',
        approvedBy: '测试',
        sources: person.sources,
        fromMs: startMs,
        untilMs,
      },
    ],
    fromMs: startMs,
    untilMs,
  };
}

function inputOf(step: RuleTestStep, test: RuleTest, locate: Locate, order: Fact): EngineInput {
  const atMs = instantOf(step.time, test);
  const watermarkMs = atMs - 1;
  if ('position' in step) {
    const positions = positionOf(step, atMs, test, locate);
    const { of } = step;
    if (of === undefined) return { watermarkMs, positions };
    return { watermarkMs, facts: [contactPosition(positions, 0, { subject: SUBJECT, of })] };
  }
  if ('fact' in step) {
    const source = `${step.source}/test`;
    return { watermarkMs, facts: [factOf(step.fact, { atMs, source, test })] };
  }
  if ('leave' in step) {
    const { from, until, ...leave } = step.leave;
    const fact = factOf(
      {
        kind: 'leave',
        action: 'start',
        leaveId: 'test-leave',
        reason: 'work',
        approvedBy: '测试',
        documentNumber: '测试',
        fromMs: instantOf(from, test),
        untilMs: instantOf(until, test),
        ...leave,
      },
      { atMs, source: 'case/test', test },
    );
    return { watermarkMs, facts: [fact] };
  }
  if ('recorded' in step) {
    const { from, until, ...basis } = step.recorded;
    const papers = { article: '测试', approvedBy: '测试', area: [test.person.county] };
    const fact = factOf(
      {
        kind: 'basis',
        ...papers,
        recordedBy: 'test-a',
        confirmedBy: 'test-b',
        fromMs: instantOf(from, test),
        untilMs: instantOf(until, test),
        ...basis,
      },
      { atMs, source: 'case/test', test },
    );
    return { watermarkMs, facts: [fact] };
  }
  if ('orderEnds' in step) {
    return { watermarkMs, facts: [orderAnew(order, { action: 'end' }, { atMs, test })] };
  }
  if ('bases' in step) {
    const [basis] = (order as OrderFact).bases as [OrderFact['bases'][number]];
    const bases = step.bases.map(({ from, until, ...rest }) => ({
      ...basis,
      ...rest,
      fromMs: instantOf(from, test),
      untilMs: instantOf(until, test),
    }));
    const stated = { action: 'change', bases: [basis, ...bases] };
    return { watermarkMs, facts: [orderAnew(order, stated, { atMs, test })] };
  }
  return { watermarkMs: atMs };
}

/** Another version of the order, made at that instant. */
function orderAnew(
  order: Fact,
  change: Record<string, unknown>,
  { atMs, test }: { atMs: EpochMs; test: RuleTest },
): Fact {
  const { id: _id, receivedAtMs: _received, subject: _subject, atMs: _at, source, ...rest } = order;
  return factOf({ ...rest, ...change }, { atMs, source, test });
}

function positionOf(
  step: Extract<RuleTestStep, { position: unknown }>,
  atMs: EpochMs,
  test: RuleTest,
  locate: Locate,
) {
  const builder = createPositionBuilder(1);
  const [lng, lat] = step.position;
  const source = `${step.source ?? test.person.sources[0]}/test`;
  const labels = step.label ? LABEL[step.label as Label] : 0;
  builder.add({
    subject: SUBJECT,
    source,
    atMs,
    lng,
    lat,
    accuracyM: step.accuracyM,
    fix: step.fix,
    labels,
  });
  const batch = builder.drain();
  batch.receivedAtMs[0] = atMs;
  batch.region[0] = locate(lng, lat);
  return batch;
}

function factOf(
  content: Record<string, unknown>,
  { atMs, source, test }: { atMs: number; source: string; test: RuleTest },
): Fact {
  const timed = Object.entries(content).map(([name, value]) =>
    name.endsWith('AtMs') && typeof value === 'string'
      ? [name, instantOf(value, test)]
      : [name, value],
  );
  // What ingest makes itself may stand in a test as well.
  const { id: _unset, ...fact } = observationSchema.parse({
    id: 'unset',
    subject: SUBJECT,
    atMs,
    receivedAtMs: atMs,
    source,
    sequence: 0,
    ...Object.fromEntries(timed),
  }) as Fact;
  const { receivedAtMs, ...arrival } = fact;
  return { ...arrival, id: factId(arrival), receivedAtMs } as Fact;
}

/** `+1d 02:00` is two in the morning of the second day. */
function instantOf(time: string, { firstDay = FIRST_DAY }: RuleTest): EpochMs {
  const [clock = '', plus = '+0d'] = time.split(' ').reverse();
  const days = Number(plus.slice(1, -1));
  return ((parseInstant(`${firstDay} ${clock}`) as EpochMs) + days * 86_400_000) as EpochMs;
}
