// Small worlds for tests of fact-driven kinds: a rule made in place, persons with an order, facts in the
// order they arrive, each with the watermark before it.

import type { Calendar } from '../core/calendar.ts';
import type { Finding } from '../core/finding.ts';
import { factId, observationSchema, type Fact, type FactArrival } from '../core/observation.ts';
import { orderFact } from '../core/order.fixture.ts';
import { SOURCE_KINDS, type SourceKind } from '../core/source.ts';
import { compileRule } from './compile.ts';
import { createEngine, type EngineInput } from './engine.ts';
import type { Surroundings } from './kind.ts';
import { ruleSchema, type Rule } from './rule.ts';
import type { Rulebook } from './rulebook.ts';
import { squareAreas } from './stream.fixture.ts';

export const WORLD_START_MS = Date.UTC(2026, 2, 1, 16);

/** A rule with what a test does not care about filled in. */
export function ruleOf(kind: Rule['kind'], params: unknown, change: Record<string, unknown> = {}) {
  return ruleSchema.parse({
    id: `test-${kind}`,
    number: 1,
    status: 'active',
    title: { zh: '测试', en: 'Test' },
    owner: '测试',
    who: ['cc', 'raKey'],
    level: { cc: 2, raKey: 3 },
    article: { cc: '测试', raKey: '测试' },
    duty: { zh: '测试', en: 'Test' },
    kind,
    params,
    tests: [
      {
        name: 'fires',
        person: { class: 'cc' },
        steps: [{ time: '00:00', nothing: true }],
        expect: [{ time: '00:00', raised: 2 }],
      },
      {
        name: 'silent',
        person: { class: 'cc' },
        steps: [{ time: '00:00', nothing: true }],
        expect: [],
      },
    ],
    ...change,
  });
}

export function rulebookOf(...rules: Rule[]): Rulebook {
  const pack = {
    id: 'test',
    title: { zh: '测试', en: 'Test' },
    sameCityDistricts: [],
    zones: [],
    keyPeriods: [],
    calendar: [],
  };
  return {
    pack,
    rules: rules.map((rule) => compileRule(rule, pack, rule)),
    version: 'test',
    sources: {},
  };
}

/** Every day but Saturday and Sunday is a workday. */
export const weekCalendar: Calendar = {
  version: 'week',
  isWorkday: (day) => (day + 4) % 7 !== 6 && (day + 4) % 7 !== 0,
  isHoliday: () => false,
  knows: () => true,
};

export const surroundings: Surroundings = { areas: squareAreas, calendar: weekCalendar };

export type Arriving = {
  readonly subject: string;
  readonly atMs: number;
  /** Every event up to here was seen before; the instant before the fact when left out. */
  readonly watermarkMs?: number;
  readonly content: Record<string, unknown>;
  readonly source?: SourceKind;
};

export function factOf({ subject, atMs, content, source = 'case' }: Arriving, number = 0): Fact {
  const arrival = { subject, atMs, source: `${source}/test`, sequence: number, ...content };
  return observationSchema.parse({
    ...arrival,
    id: factId(arrival as unknown as FactArrival & { subject: string }),
    receivedAtMs: atMs,
  }) as Fact;
}

/** An order for each subject a day before the start, in force for a year. */
export const ordersFor = (subjects: readonly string[]): EngineInput => ({
  watermarkMs: 0,
  facts: subjects.map((subject) =>
    orderFact(subject, {
      atMs: WORLD_START_MS - 86_400_000,
      sources: Object.keys(SOURCE_KINDS) as SourceKind[],
    }),
  ),
});

/** Facts as records, then the end of time. */
export function inputsOf(world: readonly Arriving[], endMs: number): EngineInput[] {
  let watermarkMs = 0;
  const records = world.map((one, index) => {
    watermarkMs = Math.max(watermarkMs, one.watermarkMs ?? one.atMs - 1);
    return { watermarkMs, facts: [factOf(one, index)] };
  });
  return [...records, { watermarkMs: endMs }];
}

/** What the rules say by themselves: what later facts correct is not theirs; see corrections.property. */
export function runWorld(
  rulebook: Rulebook,
  world: readonly Arriving[],
  {
    endMs = WORLD_START_MS + 300 * 86_400_000,
    ...more
  }: { endMs?: number } & Partial<Surroundings> = {},
): Finding[] {
  const engine = createEngine({ rulebook, ...surroundings, ...more, corrects: false });
  const subjects = [...new Set(world.map(({ subject }) => subject))];
  return [ordersFor(subjects), ...inputsOf(world, endMs)].flatMap((input) => engine.step(input));
}

/** `P0 5 raised`: subject, minutes since the start, what; sorted, for comparison with an oracle. */
export const linesOf = (findings: readonly Finding[]): string[] =>
  findings
    .map((finding) => {
      const what = finding.kind === 'suppressed' ? finding.because : finding.kind;
      const late = finding.kind === 'raised' && finding.late ? ' late' : '';
      return `${finding.subject} ${(finding.atMs - WORLD_START_MS) / 60_000} ${what}${late}`;
    })
    .sort();
