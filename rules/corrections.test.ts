// What becomes of alerts when something is learnt later, case by case, with the rules of the Dazhou pack
// and small rules made in place.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CorrectedFinding, Finding } from '../core/finding.ts';
import { correctedFindingSchema } from '../core/finding.ts';
import { observationSchema, type Fact, type Position } from '../core/observation.ts';
import { leaveFact, orderFact } from '../core/order.fixture.ts';
import { positionId } from '../core/position-batch.ts';
import type { SourceKind } from '../core/source.ts';
import { batchOf } from './claim-inputs.ts';
import { WATCHES_MAX } from './corrections.ts';
import { createEngine, type EngineInput } from './engine.ts';
import { factOf, rulebookOf, ruleOf, surroundings } from './fact-world.fixture.ts';
import type { Rulebook } from './rulebook.ts';
import { loadRulebook } from './rulebook.ts';
import { squareAreas } from './stream.fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 2);
const SOURCES: SourceKind[] = ['bracelet', 'custody', 'case', 'rail', 'office'];

const dazhou = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));
const order = orderFact('P0', { atMs: START, sources: SOURCES });

/** Inside or outside the square, `atMin` minutes after the start. */
function fix(atMin: number, where: 'in' | 'out', receivedMin = atMin): Position {
  const place = {
    source: 'bracelet/test',
    subject: 'P0',
    atMs: START + atMin * MINUTE,
    sequence: 0,
    lng: where === 'out' ? 108.1 : 107.7,
    lat: 31.4,
  };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: START + receivedMin * MINUTE,
    accuracyM: 10,
    region: where === 'out' ? '510100' : '511722',
  }) as Position;
}

type Seen = Position | Fact;

/** Each observation as a record of its own, as of when it was received; then time passes. */
const recordsOf = (seen: readonly Seen[], untilMin: number): EngineInput[] => [
  { watermarkMs: 0, facts: [order] },
  ...seen.map((one) => {
    const watermarkMs = one.receivedAtMs - 1;
    return one.kind === 'position'
      ? { watermarkMs, positions: batchOf([one]) }
      : { watermarkMs, facts: [one] };
  }),
  { watermarkMs: START + untilMin * MINUTE },
];

function run(rulebook: Rulebook, seen: readonly Seen[], untilMin: number): Finding[] {
  const engine = createEngine({ rulebook, ...surroundings, areas: squareAreas });
  return recordsOf(seen, untilMin).flatMap((record) => engine.step(record));
}

const only = (id: string): Rulebook => ({
  ...dazhou,
  rules: dazhou.rules.filter(({ rule }) => rule.id === id),
});

const corrected = (findings: readonly Finding[]) =>
  findings.filter((finding): finding is CorrectedFinding => finding.kind === 'corrected');

const brief = (findings: readonly Finding[]) =>
  findings.flatMap((finding) => {
    if (finding.kind === 'suppressed') return [];
    const atMin = (finding.atMs - START) / MINUTE;
    if (finding.kind === 'corrected') {
      const { outcome, was, level, because } = finding;
      return [`${atMin} ${outcome} from ${was} to ${level}: ${because.reason}`];
    }
    return [`${atMin} ${finding.kind}${finding.kind === 'raised' ? ` ${finding.level}` : ''}`];
  });

const outside = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => fix(from + index, 'out'));

const leave = (atMin: number, change: Record<string, unknown> = {}) =>
  leaveFact('P0', {
    atMs: START + atMin * MINUTE,
    regions: ['510100'],
    fromMs: START,
    untilMs: START + DAY,
    transitMs: 0,
    ...change,
  });

describe('an exit without leave', () => {
  const exit = only('area-exit');
  const walk = [fix(1, 'in'), ...outside(2, 20)];

  test('is withdrawn by a leave approved later that covers it, once, citing leave and alert', () => {
    const findings = run(exit, [...walk, leave(30), leave(30)], 60);
    const raised = findings.find(({ kind }) => kind === 'raised');
    const [correction, ...more] = corrected(findings);
    expect(more).toEqual([]);
    expect(correctedFindingSchema.parse(correction)).toMatchObject({
      alertId: raised?.kind === 'raised' ? raised.alertId : '',
      outcome: 'withdrawn',
      was: 'standing',
      because: { reason: 'leave', observationId: leave(30).id, observationKind: 'leave' },
      evidence: [leave(30)],
    });
  });

  test('stands when the leave is for another place, or covers only its first minutes', () => {
    const elsewhere = leave(30, { regions: ['510500'] });
    expect(corrected(run(exit, [...walk, elsewhere], 60))).toEqual([]);
    const short = leave(30, { untilMs: START + 8 * MINUTE });
    expect(corrected(run(exit, [...walk, short], 60))).toEqual([]);
  });

  test('withdrawn, is met again when the person stays beyond the leave', () => {
    const until = leave(30, { untilMs: START + 2 * HOUR });
    const findings = run(exit, [...walk, until, ...outside(31, 200)], 240);
    const [withdrawn, again, ...more] = corrected(findings);
    expect(more).toEqual([]);
    expect(withdrawn).toMatchObject({ outcome: 'withdrawn' });
    expect(again).toMatchObject({
      outcome: 'regraded',
      was: 'withdrawn',
      level: 2,
      because: { reason: 'met-again' },
    });
    expect(again?.atMs).toBeGreaterThanOrEqual(START + 2 * HOUR);
    expect(findings.filter(({ kind }) => kind === 'raised')).toHaveLength(1);
  });

  test('withdrawn, is not raised again while the leave lasts, and ends when the person is back', () => {
    const back = Array.from({ length: 10 }, (_, index) => fix(100 + index, 'in'));
    const next = outside(1500, 1520);
    const findings = run(exit, [...walk, leave(30), ...outside(31, 100), ...back, ...next], 1600);
    expect(brief(findings).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'raised 2',
      'withdrawn from standing to 2: leave',
      'cleared',
      'raised 2',
    ]);
  });

  test('is withdrawn when the order is found to have ended before, and regraded by another class', () => {
    const at = { atMs: START + 30 * MINUTE, receivedAtMs: START + 30 * MINUTE };
    const ended = {
      ...order,
      id: 'ob-ended',
      action: 'end' as const,
      atMs: order.atMs + 1,
      receivedAtMs: at.receivedAtMs,
    } as Fact;
    expect(brief(run(exit, [...walk, ended], 60))).toContain(
      '30 withdrawn from standing to 2: order',
    );
    const ordinary = {
      ...order,
      id: 'ob-ordinary',
      action: 'change' as const,
      category: 'ra' as const,
      atMs: order.atMs + 1,
      receivedAtMs: at.receivedAtMs,
    } as Fact;
    const [regraded] = corrected(run(exit, [...walk, ordinary], 60));
    expect(regraded).toMatchObject({
      outcome: 'regraded',
      wasLevel: 2,
      level: 3,
      subjectClass: 'raOrdinary',
      because: { reason: 'order' },
    });
    expect(regraded?.article).not.toBe('');
  });

  test('is withdrawn by a fix that came late and shows the person inside, if nothing after proves it', () => {
    const proof = [fix(2, 'out'), fix(30, 'out')];
    const late = fix(16, 'in', 31);
    const findings = run(exit, [fix(1, 'in'), ...proof, late], 60);
    expect(brief(findings)).toEqual(['30 raised 2', '31 withdrawn from standing to 2: late-fact']);
    const goesOn = run(exit, [fix(1, 'in'), ...proof, ...outside(31, 60), fix(16, 'in', 61)], 90);
    expect(brief(goesOn)).toEqual(['30 raised 2']);
    const later = run(exit, [fix(1, 'in'), ...proof, late, ...outside(32, 80)], 90);
    expect(brief(later).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'raised 2',
      'withdrawn from standing to 2: late-fact',
      'regraded from withdrawn to 2: met-again',
    ]);
  });

  test('is corrected for 30 days, or as long as the pack says, and no longer', () => {
    const after = (days: number) => leave(days * 24 * 60, { fromMs: START, untilMs: START + DAY });
    const minutes = 41 * 24 * 60;
    expect(corrected(run(exit, [...walk, after(29)], minutes))).toHaveLength(1);
    expect(corrected(run(exit, [...walk, after(31)], minutes))).toEqual([]);
    const longer = { ...exit, pack: { ...exit.pack, correctableDays: 40 } };
    expect(corrected(run(longer, [...walk, after(31)], minutes))).toHaveLength(1);
  });
});

describe('a silence', () => {
  const silent = only('terminal-silent');

  test('is withdrawn by a report that was stored and came later, and measured anew from there', () => {
    const stored = fix(100, 'in', 400);
    const findings = run(silent, [fix(1, 'in'), stored], 2_000);
    const first = findings.find(({ kind }) => kind === 'raised');
    expect(corrected(findings)).toMatchObject([
      { alertId: first?.kind === 'raised' ? first.alertId : '', outcome: 'withdrawn' },
    ]);
    expect(findings.filter(({ kind }) => kind === 'raised')).toHaveLength(2);
  });
});

describe('a fact that is taken back', () => {
  const custody = (atMin: number, measure = 'arrest', number = 0, custodyId = 'C1') =>
    factOf(
      {
        subject: 'P0',
        atMs: START + atMin * MINUTE,
        source: 'custody',
        content: { kind: 'custody', custodyId, measure, action: 'begin', authority: '测试' },
      },
      number,
    );
  const takenBack = (
    atMin: number,
    ofMin: number,
    ofSequence = 0,
    source: SourceKind = 'custody',
  ) =>
    factOf({
      subject: 'P0',
      atMs: START + atMin * MINUTE,
      source,
      content: {
        kind: 'retraction',
        of: 'custody',
        ofAtMs: START + ofMin * MINUTE,
        ofSequence,
        reason: '登记有误',
      },
    });
  const detention = only('detention');

  test('withdraws the alert that rests on it, once', () => {
    const findings = run(detention, [custody(5), takenBack(9, 5), takenBack(9, 5)], 60);
    expect(brief(findings)).toEqual(['5 raised 2', '9 withdrawn from standing to 2: retraction']);
  });

  test('changes nothing when another source takes it back, or something else is taken back', () => {
    const other = run(detention, [custody(5), takenBack(9, 5, 0, 'case'), takenBack(9, 6)], 60);
    expect(brief(other)).toEqual(['5 raised 2']);
  });

  test('and told anew, at whatever instant, is met again under the same alert', () => {
    const findings = run(detention, [custody(5), takenBack(9, 5), custody(12, 'arrest', 1)], 60);
    expect(brief(findings)).toEqual([
      '5 raised 2',
      '9 withdrawn from standing to 2: retraction',
      '12 regraded from withdrawn to 2: met-again',
    ]);
  });

  test('is watched for eight alerts of a person; of more the oldest are let go of, and counted', () => {
    const numbers = Array.from({ length: WATCHES_MAX + 2 }, (_, number) => number);
    const seen = [
      ...numbers.map((number) => custody(5 + number, 'arrest', 0, `C${number}`)),
      ...numbers.map((number) => takenBack(30 + number, 5 + number)),
    ];
    const deps = { rulebook: detention, ...surroundings, areas: squareAreas };
    const first = createEngine(deps);
    const findings = recordsOf(seen, 50).flatMap((record) => first.step(record));
    expect(first.watches()).toEqual({ open: WATCHES_MAX, dropped: 2 });
    // Resumed, the same are watched.
    const engine = createEngine(deps, structuredClone(first.snapshot()));
    expect(engine.watches()).toEqual({ open: WATCHES_MAX, dropped: 2 });
    findings.push(...engine.step({ watermarkMs: START, facts: [custody(60, 'arrest', 1)] }));
    const raised = findings.flatMap((one) => (one.kind === 'raised' ? [one.alertId] : []));
    const again = corrected(findings).filter(({ because }) => because.reason === 'met-again');
    expect(again.map(({ alertId }) => alertId).sort()).toEqual(raised.slice(2).sort());
    expect(engine.watches()).toEqual({ open: 0, dropped: 2 });
  });

  test('before it came, withdraws the alert in the moment it is raised', () => {
    const findings = run(detention, [takenBack(4, 5), custody(5)], 60);
    expect(brief(findings)).toEqual(['5 raised 2', '5 withdrawn from standing to 2: retraction']);
  });

  test('leaves what other facts prove', () => {
    const sos = (atMin: number) =>
      factOf({
        subject: 'P0',
        atMs: START + atMin * MINUTE,
        source: 'bracelet',
        content: { kind: 'device', event: 'sos' },
      });
    const back = (ofMin: number) =>
      factOf({
        subject: 'P0',
        atMs: START + 50 * MINUTE,
        source: 'bracelet',
        content: {
          kind: 'retraction',
          of: 'device',
          ofAtMs: START + ofMin * MINUTE,
          reason: '误报',
        },
      });
    const count = rulebookOf(
      ruleOf('count', { fact: 'device', when: 'true', factsMin: 2, within: '1h' }),
    );
    expect(brief(run(count, [sos(1), sos(2), back(1)], 55))).toEqual([
      '2 raised 2',
      '50 withdrawn from standing to 2: retraction',
    ]);
    expect(brief(run(count, [sos(1), sos(2), sos(3), back(30)], 55))).toEqual(['2 raised 2']);
  });
});

describe('a deadline', () => {
  const deadline = rulebookOf(
    ruleOf('deadline', {
      start: ['opened'],
      end: ['closed'],
      period: { amount: 2, unit: 'hour' },
      rollOver: 'none',
    }),
  );
  const milestone = (atMin: number, name: string, receivedMin = atMin): Fact => ({
    ...factOf({
      subject: 'P0',
      atMs: START + atMin * MINUTE,
      content: { kind: 'case-milestone', caseId: 'A', milestone: name, authority: '测试' },
    }),
    receivedAtMs: (START + receivedMin * MINUTE) as Fact['receivedAtMs'],
  });

  test('that was kept but recorded too late is withdrawn', () => {
    const findings = run(deadline, [milestone(1, 'opened'), milestone(100, 'closed', 200)], 300);
    expect(corrected(findings)).toMatchObject([
      { outcome: 'withdrawn', because: { reason: 'late-fact' } },
    ]);
  });

  test('that was missed and met later stands', () => {
    const findings = run(deadline, [milestone(1, 'opened'), milestone(190, 'closed', 200)], 300);
    expect(brief(findings)).toEqual(['180 raised 2', '190 cleared']);
  });
});

test('an alert of a version that is no longer in force is corrected by that version', () => {
  const exit = only('area-exit');
  const engine = createEngine({ rulebook: exit, ...surroundings, areas: squareAreas });
  const walk = [fix(1, 'in'), ...outside(2, 20)];
  const raised = recordsOf(walk, 20)
    .flatMap((record) => engine.step(record))
    .find(({ kind }) => kind === 'raised');
  const without = { ...exit, rules: [], sources: {} };
  const next = createEngine(
    { rulebook: without, ...surroundings, areas: squareAreas },
    structuredClone(engine.snapshot()),
  );
  const findings = next.step({ watermarkMs: START + 30 * MINUTE, facts: [leave(30)] });
  expect(findings).toMatchObject([
    { kind: 'corrected', outcome: 'withdrawn', ruleVersion: raised?.ruleVersion },
  ]);
});

test('a snapshot of before alerts were corrected is taken over', () => {
  const engine = createEngine({ rulebook: dazhou, ...surroundings, areas: squareAreas });
  for (const record of recordsOf([fix(1, 'in')], 2)) engine.step(record);
  const { corrections: _none, ...old } = engine.snapshot();
  const next = createEngine({ rulebook: dazhou, ...surroundings, areas: squareAreas }, old);
  expect(next.step({ watermarkMs: START + 3 * MINUTE })).toEqual([]);
});
