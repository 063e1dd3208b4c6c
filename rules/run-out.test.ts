// An order that runs out without anybody recording its end: whatever rule had counted under it counts no
// more, wherever the engine is resumed, and what prolongs it in between belongs to the evidence.

import { expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import type { Fact } from '../core/observation.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createEngine } from './engine.ts';
import { factOf, rulebookOf, ruleOf, surroundings, WORLD_START_MS } from './fact-world.fixture.ts';
import { verifyAlert } from './verify.ts';

const MINUTE = 60_000;
const at = (minute: number) => WORLD_START_MS + minute * MINUTE;
const tampered = { fact: 'device', when: 'fact.event == "tamper"' };
const restored = { fact: 'device', when: 'fact.event == "restored"' };

const rulebook = rulebookOf(
  ruleOf('count', { ...tampered, factsMin: 2, within: '2h' }, { id: 'count' }),
  ruleOf(
    'sequence',
    {
      steps: [
        { name: 'off', ...tampered },
        { name: 'on', ...restored },
      ],
      order: 'strict',
      within: '2h',
      clearAfter: '2h',
    },
    { id: 'sequence' },
  ),
  ruleOf('absence', { after: tampered, until: restored, within: '25m' }, { id: 'unanswered' }),
  ruleOf('threshold', { index: ['X'], above: 1, forPeriods: 1 }, { id: 'threshold' }),
  ruleOf(
    'deadline',
    { start: ['opened'], end: ['closed'], period: { amount: 1, unit: 'hour' }, rollOver: 'none' },
    { id: 'deadline' },
  ),
);

const order = (minute: number, change: Record<string, unknown>): Fact =>
  orderFact('P0', { atMs: at(minute), fromMs: at(0), sources: ['bracelet'], ...change });
const device = (minute: number, event: string): Fact =>
  factOf({
    subject: 'P0',
    atMs: at(minute),
    source: 'bracelet',
    content: { kind: 'device', event },
  });
const index = (minute: number, period: string): Fact =>
  factOf({
    subject: 'P0',
    atMs: at(minute),
    source: 'office',
    content: { kind: 'index', indexId: 'X', value: 5, period, version: 'v1' },
  });
const opened = (minute: number): Fact =>
  factOf({
    subject: 'P0',
    atMs: at(minute),
    source: 'case',
    content: { kind: 'case-milestone', caseId: 'A', milestone: 'opened', authority: '法院' },
  });

/** Resumed after every record; the last record says that four hours have passed. */
const find = (...facts: Fact[]): Finding[] => {
  let engine = createEngine({ rulebook, ...surroundings, corrects: false });
  return [
    ...facts.map((fact) => ({ watermarkMs: at(0) - 1, facts: [fact] })),
    { watermarkMs: at(240) },
  ].flatMap((input) => {
    const found = engine.step(input);
    const snapshot = structuredClone(engine.snapshot());
    engine = createEngine({ rulebook, ...surroundings, corrects: false }, snapshot);
    return found;
  });
};

const says = (findings: readonly Finding[]) =>
  findings.map(({ atMs, kind, ruleId }) => `${(atMs - WORLD_START_MS) / MINUTE} ${kind} ${ruleId}`);

const early = [device(1, 'tamper'), index(2, '2026-02'), opened(3)];
const again = [device(30, 'tamper'), device(31, 'restored')];

test('ends what is open and forgets what was counted, though nobody says so', () => {
  expect(says(find(order(0, { untilMs: at(20) }), ...early))).toEqual([
    '2 raised threshold',
    '20 cleared threshold',
  ]);
});

test('a later order takes nothing of it up', () => {
  const later = order(25, { action: 'start', fromMs: at(25), orderId: 'two', untilMs: at(1_000) });
  expect(says(find(order(0, { untilMs: at(20) }), ...early, later, ...again))).toEqual([
    '2 raised threshold',
    '20 cleared threshold',
    '31 raised sequence',
    '151 cleared sequence',
  ]);
});

test('prolonged in time it goes on, and what prolonged it is part of the proof', () => {
  const renewals = [
    order(10, { action: 'renew', untilMs: at(28) }),
    order(26, { action: 'renew', untilMs: at(1_000) }),
  ];
  const [first, second] = renewals as [Fact, Fact];
  const found = find(order(0, { untilMs: at(20) }), ...early, first, second, ...again);
  expect(says(found)).toContain('30 raised count');
  const counted = found.find((one) => one.kind === 'raised' && one.ruleId === 'count');
  if (counted?.kind !== 'raised') throw new Error('just found');
  const deps = { rulebook, ...surroundings };
  expect(verifyAlert(counted, deps)).toMatchObject({ proven: true });
  expect(counted.evidence.filter(({ kind }) => kind === 'order')).toHaveLength(3);
  for (const dropped of counted.evidence.filter(({ kind }) => kind === 'device')) {
    const evidence = counted.evidence.filter((one) => one !== dropped);
    expect(verifyAlert({ ...counted, evidence }, deps).proven).toBe(false);
  }
});
