// Runs the tests inside a rule file: the same engine, one rule, one person, a few steps. A test states
// every finding of the rule, so a rule that says too much fails as surely as one that says too little.

import type { Finding } from '../core/finding.ts';
import { localDateTime, parseInstant } from '../core/local-time.ts';
import { arrivalSchema, factId, type Fact, type FactArrival } from '../core/observation.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { LABEL, type Label } from '../core/position-codes.ts';
import type { EpochMs } from '../core/time.ts';
import { createEngine, type EngineInput } from './engine.ts';
import type { Areas } from './frame.ts';
import type { Rulebook } from './rulebook.ts';
import type { RuleTest, RuleTestStep } from './rule-test-form.ts';

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
  deps: { areas: Areas; locate: Locate },
): RuleTestResult[] {
  return rulebook.rules.flatMap((compiled) =>
    compiled.rule.tests.map((test) => {
      const alone = {
        ...rulebook,
        rules: [{ ...compiled, rule: { ...compiled.rule, status: 'active' as const } }],
      };
      const engine = createEngine({ rulebook: alone, areas: deps.areas });
      const findings = inputsOf(test, deps.locate).flatMap((input) => engine.step(input));
      const wanted = test.expect.map((expected) => describeExpected(expected, test.day));
      const got = findings.map(describeFinding);
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

/** The GB/T 2260 code at a place, 0 where the map does not reach. */
export type Locate = (lng: number, lat: number) => number;

function describeExpected(expected: RuleTest['expect'][number], day: string): string {
  const time = localDateTime(instantOf(expected.time, day));
  if ('raised' in expected) return `${time} raised ${expected.raised}`;
  if ('cleared' in expected) return `${time} cleared`;
  return `${time} suppressed ${expected.suppressed}`;
}

function describeFinding(finding: Finding): string {
  const time = localDateTime(finding.atMs);
  if (finding.kind === 'raised') return `${time} raised ${finding.level}`;
  if (finding.kind === 'cleared') return `${time} cleared`;
  return `${time} suppressed ${finding.because}`;
}

/** The order of the person, then one record per step. */
function inputsOf(test: RuleTest, locate: Locate): EngineInput[] {
  const knownAtMs = instantOf((test.steps[0] as RuleTestStep).time, test.day);
  const order = factOf({ kind: 'order', ...orderOf(test) }, knownAtMs, 'case/test');
  return [
    { watermarkMs: 0, facts: [order] },
    ...test.steps.map((step) => inputOf(step, test, locate, order)),
  ];
}

function orderOf({ person, day }: RuleTest) {
  const startMs = instantOf('00:00', day) - 86_400_000;
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
  const atMs = instantOf(step.time, test.day);
  const watermarkMs = atMs - 1;
  if ('position' in step) return { watermarkMs, positions: positionOf(step, atMs, test, locate) };
  if ('fact' in step) {
    return { watermarkMs, facts: [factOf(step.fact, atMs, `${step.source}/test`)] };
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
        fromMs: instantOf(from, test.day),
        untilMs: instantOf(until, test.day),
        ...leave,
      },
      atMs,
      'case/test',
    );
    return { watermarkMs, facts: [fact] };
  }
  if ('orderEnds' in step) {
    const {
      id: _id,
      receivedAtMs: _received,
      subject: _subject,
      atMs: _at,
      source,
      ...rest
    } = order;
    return { watermarkMs, facts: [factOf({ ...rest, action: 'end' }, atMs, source)] };
  }
  return { watermarkMs: atMs };
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

function factOf(content: Record<string, unknown>, atMs: number, source: string): Fact {
  const arrival = arrivalSchema.parse({
    subject: SUBJECT,
    atMs,
    source,
    ...content,
  }) as FactArrival;
  return { ...arrival, id: factId(arrival), receivedAtMs: atMs } as Fact;
}

/** `+1d 02:00` is two in the morning of the day after `day`. */
function instantOf(time: string, day: string): EpochMs {
  const [clock = '', plus = '+0d'] = time.split(' ').reverse();
  const days = Number(plus.slice(1, -1));
  return ((parseInstant(`${day} ${clock}`) as EpochMs) + days * 86_400_000) as EpochMs;
}
