// The tests inside rule files reach every kind: a right expectation passes, a wrong one fails.

import { expect, test } from 'vitest';
import { rulebookOf, ruleOf, surroundings } from './fact-world.fixture.ts';
import type { Rule } from './rule.ts';
import { testRulebook } from './test-rule.ts';

const device = (time: string, event: string) => ({
  time,
  source: 'bracelet',
  fact: { kind: 'device', event },
});
const fixAt = (time: string, label?: string) => ({
  time,
  position: [107.7, 31.4],
  ...(label ? { label } : {}),
});
const milestone = (time: string, name: string, more: object = {}) => ({
  time,
  source: 'case',
  fact: { kind: 'case-milestone', caseId: 'A1', milestone: name, authority: '测试', ...more },
});
const value = (time: string, period: string, measured: number) => ({
  time,
  source: 'office',
  fact: { kind: 'index', indexId: 'X', period, value: measured, version: 'v1' },
});
const call = {
  time: '09:00',
  source: 'prison-call',
  fact: {
    kind: 'call',
    callId: 'C1',
    channel: 'visit',
    durationMs: 1_000,
    segments: [{ speaker: 'relative', offsetMs: 0, text: '要翻墙' }],
  },
};
const tampers = { fact: 'device', when: 'fact.event == "tamper"' };
const restored = { fact: 'device', when: 'fact.event == "restored"' };

type Case = {
  kind: Rule['kind'];
  params: object;
  change?: object;
  test: { readonly steps: object[]; readonly expect: object[]; readonly [more: string]: unknown };
};

const CASES: Record<string, Case> = {
  count: {
    kind: 'count',
    params: { ...tampers, factsMin: 2, within: '1h' },
    test: {
      steps: [
        device('08:00', 'tamper'),
        device('08:30', 'tamper'),
        { time: '12:00', nothing: true },
      ],
      expect: [
        { time: '08:30', raised: 2, values: { facts: 2 } },
        { time: '09:00', cleared: true },
      ],
    },
  },
  sequence: {
    kind: 'sequence',
    params: {
      steps: [
        { name: 'tamper', ...tampers },
        { name: 'off', fact: 'device', when: 'fact.event == "power-off"' },
      ],
      order: 'strict',
      within: '1h',
      clearWhen: restored,
    },
    test: {
      steps: [device('08:00', 'tamper'), device('08:30', 'power-off'), device('10:00', 'restored')],
      expect: [
        { time: '08:30', raised: 2 },
        { time: '10:00', cleared: true },
      ],
    },
  },
  'an answer that does not come': {
    kind: 'absence',
    params: { after: tampers, until: restored, within: '1h' },
    test: {
      steps: [device('08:00', 'tamper'), device('10:00', 'restored')],
      expect: [
        { time: '09:00', raised: 2 },
        { time: '10:00', cleared: true },
      ],
    },
  },
  'lost location': {
    kind: 'absence',
    params: { sources: ['bracelet'], silentFor: '1h', heed: 'placed' },
    test: {
      person: { class: 'cc', sources: ['bracelet'] },
      steps: [fixAt('08:05'), fixAt('08:30', 'noFix'), fixAt('10:00')],
      expect: [
        { time: '09:05', raised: 2 },
        { time: '10:00', cleared: true },
      ],
    },
  },
  keyword: {
    kind: 'keyword',
    params: { lists: ['demo'], levelMin: 2 },
    test: {
      terms: [{ list: 'demo', termId: 'T1', category: '脱逃', level: 1, text: '翻墙' }],
      steps: [call],
      expect: [{ time: '09:00', raised: 2, values: { hits: 1, gravest: 1 } }],
    },
  },
  deadline: {
    kind: 'deadline',
    params: {
      start: ['hearing-set'],
      end: ['served'],
      period: { amount: 2, unit: 'workday' },
      from: 'target',
      direction: 'before',
      rollOver: 'none',
    },
    test: {
      firstDay: '2026-03-02',
      calendar: { holidays: ['2026-03-10'], makeUpWorkdays: [] },
      steps: [
        milestone('08:00', 'hearing-set', { targetAtMs: '+9d 09:00' }),
        { time: '+9d 00:00', nothing: true },
      ],
      expect: [{ time: '+5d 00:00', raised: 2, values: { lastDay: '2026-03-06' } }],
    },
  },
  threshold: {
    kind: 'threshold',
    params: { index: ['X'], above: 10 },
    test: {
      steps: [value('08:00', '2026-01', 11), value('09:00', '2026-02', 9)],
      expect: [
        { time: '08:00', raised: 2 },
        { time: '09:00', cleared: true },
      ],
    },
  },
  cooldown: {
    kind: 'match',
    params: { ...tampers, clearWhen: restored.when },
    change: { cooldown: '2h' },
    test: {
      steps: [
        device('08:00', 'tamper'),
        device('08:10', 'restored'),
        device('09:00', 'tamper'),
        device('09:10', 'restored'),
      ],
      expect: [
        { time: '08:00', raised: 2 },
        { time: '08:10', cleared: true },
        { time: '09:00', suppressed: 'cooldown' },
      ],
    },
  },
};

const NOTHING = { time: '08:00', nothing: true };

const resultOf = ({ kind, params, change }: Case, written: Case['test']) => {
  const person = { class: 'cc', sources: ['bracelet', 'case', 'office', 'prison-call'] };
  const tests = [
    { name: 'fires', person, ...written },
    { person, ...written, name: 'silent', steps: [NOTHING], expect: [] },
  ];
  const rulebook = rulebookOf(ruleOf(kind, params, { ...change, tests }));
  return testRulebook(rulebook, { ...surroundings, locate: () => 0 })[0];
};

test.each(Object.entries(CASES))('%s', (_name, one) => {
  const result = resultOf(one, one.test);
  expect(result?.got).toEqual(result?.wanted);
  expect(result?.passed).toBe(true);
  const steps = [NOTHING, ...one.test.steps.slice(1)];
  expect(resultOf(one, { ...one.test, steps })?.passed).toBe(false);
});
