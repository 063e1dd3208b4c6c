// Whatever comes, what a rule remembers of one person stays bounded: three times as many facts, each with a
// key of its own, make its state no larger.

import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { leaveFact } from '../core/order.fixture.ts';
import type { Fact } from '../core/observation.ts';
import type { SourceKind } from '../core/source.ts';
import { createEngine } from './engine.ts';
import { everyKindSurroundings } from './every-kind.fixture.ts';
import { factOf, ordersFor, rulebookOf, ruleOf, WORLD_START_MS } from './fact-world.fixture.ts';
import type { Rule } from './rule.ts';

const MINUTE = 60_000;

const device = (event: string) => ({ fact: 'device', when: `fact.event == "${event}"` });

/** The number-th fact of a person, a minute after the one before. */
const fact =
  (source: SourceKind, contentOf: (number: number) => Record<string, unknown>) =>
  (number: number): Fact =>
    factOf({
      subject: 'P0',
      atMs: WORLD_START_MS + number * MINUTE,
      source,
      content: contentOf(number),
    });

const tamper = fact('bracelet', (number) => ({
  kind: 'device',
  event: 'tamper',
  device: `D${number}`,
}));

type Row = [name: string, rule: Rule, factAt: (number: number) => Fact];

const ROWS: Row[] = [
  [
    'open episodes of a match',
    ruleOf('match', { ...device('tamper'), clearWhen: 'false', key: 'fact.device' }),
    tamper,
  ],
  [
    'values of a count',
    ruleOf('count', { ...device('tamper'), distinct: 'fact.device', factsMin: 3, within: '400d' }),
    tamper,
  ],
  [
    'keys of a sequence begun',
    ruleOf('sequence', {
      steps: [
        { name: 'one', ...device('tamper') },
        { name: 'two', ...device('removed') },
      ],
      order: 'strict',
      within: '400d',
      key: 'fact.device',
      clearWhen: device('restored'),
    }),
    tamper,
  ],
  [
    'open episodes of a sequence',
    ruleOf('sequence', {
      steps: [
        { name: 'one', ...device('tamper') },
        { name: 'two', fact: 'device', when: 'fact.event != "sos"' },
      ],
      order: 'any',
      within: '400d',
      key: 'fact.device',
      clearWhen: device('restored'),
    }),
    fact('bracelet', (number) => ({
      kind: 'device',
      event: number % 2 === 0 ? 'tamper' : 'removed',
      device: `D${Math.floor(number / 2)}`,
    })),
  ],
  [
    'questions nobody answers',
    ruleOf('absence', {
      after: device('tamper'),
      until: device('restored'),
      within: '400d',
      key: 'fact.device',
    }),
    tamper,
  ],
  [
    'questions told of',
    ruleOf('absence', {
      after: device('tamper'),
      until: device('restored'),
      within: '1m',
      key: 'fact.device',
    }),
    tamper,
  ],
  [
    'calls with a term',
    ruleOf('keyword', { lists: ['demo'], levelMin: 3 }),
    fact('prison-call', (number) => ({
      kind: 'call',
      callId: `C${number}`,
      channel: 'visit',
      durationMs: 1,
      segments: [{ speaker: 'relative', offsetMs: 0, text: '翻墙' }],
    })),
  ],
  [
    'cases that run',
    ruleOf('deadline', {
      start: ['opened'],
      end: ['closed'],
      period: { amount: 1_000, unit: 'day' },
      rollOver: 'none',
    }),
    fact('case', (number) => ({
      kind: 'case-milestone',
      caseId: `A${number}`,
      milestone: 'opened',
      authority: '测试',
    })),
  ],
  [
    'milestones of one case',
    ruleOf('deadline', {
      start: ['opened'],
      end: ['closed'],
      period: { amount: 1_000, unit: 'day' },
      rollOver: 'none',
      suspensions: [{ from: 'stopped', to: 'resumed' }],
    }),
    fact('case', (number) => ({
      kind: 'case-milestone',
      caseId: 'A',
      milestone: number === 0 ? 'opened' : number % 2 === 1 ? 'stopped' : 'resumed',
      authority: '测试',
    })),
  ],
  [
    'leaves nobody reports back from',
    ruleOf('deadline', { term: 'leave', warnings: [{ left: '1m', level: 3 }] }),
    (number) =>
      leaveFact('P0', {
        atMs: WORLD_START_MS + number * MINUTE,
        leaveId: `L${number}`,
        untilMs: WORLD_START_MS + (number + 5) * MINUTE,
      }),
  ],
  [
    'periods of a measure',
    ruleOf('threshold', { index: ['X'], above: 5, forPeriods: 12 }),
    fact('office', (number) => ({
      kind: 'index',
      indexId: 'X',
      value: 9,
      period: new Date(Date.UTC(2000, 0, 1 + number)).toISOString().slice(0, 10),
      version: 'v1',
    })),
  ],
];

test.each(ROWS)('%s', (_name, rule, factAt) => {
  const engine = createEngine({
    rulebook: rulebookOf(rule),
    ...everyKindSurroundings,
    corrects: false,
  });
  engine.step(ordersFor(['P0']));
  const bytesAfter = (from: number, until: number): number => {
    for (let number = from; number < until; number++) {
      const one = factAt(number);
      engine.step({ watermarkMs: one.atMs - 1, facts: [one] });
    }
    return serialize(engine.snapshot().rules).byteLength;
  };
  const early = bytesAfter(0, 300);
  const late = bytesAfter(300, 900);
  expect(early).toBeGreaterThan(300);
  // Numbers with one more digit take a little more.
  expect(late).toBeLessThan(early * 1.1);
});
