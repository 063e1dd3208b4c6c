// Terms of leaves and bases, one story a row. A model that asks instant by instant stands in
// deadline-term.property.test.ts.

import { describe, expect, test } from 'vitest';
import type { Finding, RaisedFinding } from '../../core/finding.ts';
import type { LeaveFact, OrderFact } from '../../core/observation.ts';
import { leaveFact, orderFact } from '../../core/order.fixture.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import { rulebookOf, ruleOf, surroundings, WORLD_START_MS } from '../fact-world.fixture.ts';
import { verifyAlert } from '../verify.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const days = (count: number) => WORLD_START_MS + count * DAY;

const leaveBook = rulebookOf(
  ruleOf('deadline', {
    term: 'leave',
    when: 'fact.reason != "regular"',
    grace: '3h',
    warnings: [{ left: '1d', level: 3 }],
    escalations: [{ after: '1d', level: 1 }],
  }),
);
const basisBook = rulebookOf(
  ruleOf('deadline', {
    term: { source: 'bracelet' },
    termMax: { amount: 3, unit: 'month' },
    warnings: [
      { left: '15d', level: 3 },
      { left: '7d', level: 3 },
      { left: '3d', level: 3 },
    ],
  }),
);

type Frame = LeaveFact | OrderFact;

const orderOf = (change: Record<string, unknown> = {}): OrderFact =>
  orderFact('P0', { atMs: days(-30), ...change });

/** Each fact as a record of its own, then the end of time; states of an engine cut anywhere agree. */
function run(rulebook: typeof leaveBook, frame: readonly Frame[], untilDay = 300): Finding[] {
  const inputs: EngineInput[] = [
    ...frame.map((fact) => ({ watermarkMs: fact.receivedAtMs - 1, facts: [fact] })),
    { watermarkMs: days(untilDay) },
  ];
  let engine = createEngine({ rulebook, ...surroundings, corrects: false });
  return inputs.flatMap((input) => {
    const findings = engine.step(input);
    engine = createEngine(
      { rulebook, ...surroundings, corrects: false },
      structuredClone(engine.snapshot()),
    );
    return findings;
  });
}

const says = (findings: readonly Finding[]): string[] =>
  findings.map(({ atMs, kind, values, ...more }) => {
    const level = 'level' in more ? ` ${more.level}` : '';
    const when = Math.round(((atMs - WORLD_START_MS) / DAY) * 1_000) / 1_000;
    return `${when} ${kind}${level} ${values['stage']}`;
  });

const proves = (rulebook: typeof leaveBook, findings: readonly Finding[]) => {
  for (const claim of findings.filter((one): one is RaisedFinding => one.kind === 'raised')) {
    expect(verifyAlert(claim, { rulebook, ...surroundings })).toMatchObject({ proven: true });
    for (const dropped of claim.evidence) {
      const evidence = claim.evidence.filter((one) => one !== dropped);
      const without = { ...claim, evidence };
      expect(verifyAlert(without, { rulebook, ...surroundings }).proven).toBe(false);
    }
  }
};

/** From day 1 to day 5 when nothing else is said. */
const leave = (recordedDay: number, change: Record<string, unknown> = {}): LeaveFact =>
  leaveFact('P0', { atMs: days(recordedDay), fromMs: days(1), untilMs: days(5), ...change });

describe('a leave', () => {
  test.each<[string, Frame[], string[]]>([
    [
      'reported back in time',
      [leave(0), leave(4.9, { action: 'end' })],
      ['4 raised 3 left 1d', '4.9 cleared left 1d'],
    ],
    ['reported back before the warning', [leave(0), leave(3, { action: 'end' })], []],
    ['cancelled ahead of its begin', [leave(0), leave(0.5, { action: 'end' })], []],
    [
      'never reported back',
      [leave(0)],
      [
        '4 raised 3 left 1d',
        '5.125 raised 2 overdue',
        '5.125 cleared left 1d',
        '6.125 raised 1 overdue by 1d',
        '6.125 cleared overdue',
      ],
    ],
    [
      'reported back after its end, within the grace',
      [leave(0), leave(5.1, { action: 'end' })],
      ['4 raised 3 left 1d', '5.1 cleared left 1d'],
    ],
    [
      'reported back too late',
      [leave(0), leave(5.5, { action: 'end' })],
      [
        '4 raised 3 left 1d',
        '5.125 raised 2 overdue',
        '5.125 cleared left 1d',
        '5.5 cleared overdue',
      ],
    ],
    [
      'extended while the warning is open',
      [leave(0), leave(4.5, { action: 'renew', untilMs: days(9) }), leave(8.9, { action: 'end' })],
      ['4 raised 3 left 1d', '4.5 cleared left 1d', '8 raised 3 left 1d', '8.9 cleared left 1d'],
    ],
    [
      'extended after it ran out',
      [leave(0), leave(5.5, { action: 'renew', untilMs: days(9) }), leave(7, { action: 'end' })],
      [
        '4 raised 3 left 1d',
        '5.125 raised 2 overdue',
        '5.125 cleared left 1d',
        '5.5 cleared overdue',
      ],
    ],
    [
      'shortened: the earlier end counts',
      [leave(0), leave(2, { action: 'change', untilMs: days(2.5) }), leave(2.6, { action: 'end' })],
      ['2 raised 3 left 1d', '2.6 cleared left 1d'],
    ],
    [
      'changed in something else: the alert goes on',
      [
        leave(0),
        leave(4.5, { action: 'change', regions: ['510700'] }),
        leave(4.9, { action: 'end' }),
      ],
      ['4 raised 3 left 1d', '4.9 cleared left 1d'],
    ],
    [
      'shorter than the warning: nothing but its end',
      [leave(0, { untilMs: days(1.5) })],
      ['1.625 raised 2 overdue', '2.625 raised 1 overdue by 1d', '2.625 cleared overdue'],
    ],
    ['of a kind the rule does not count', [leave(0, { reason: 'regular' })], []],
    [
      'known only when it was nearly over: told then, once',
      [leave(0, { receivedAtMs: days(4.5) }), leave(4.9, { action: 'end' })],
      ['4.5 raised 3 left 1d', '4.9 cleared left 1d'],
    ],
    [
      'known with its end: never told',
      [leave(0, { receivedAtMs: days(20) }), leave(4.9, { action: 'end', receivedAtMs: days(20) })],
      [],
    ],
    [
      'the end known late takes back what was said',
      [leave(0), leave(4.9, { action: 'end', receivedAtMs: days(5.5) })],
      [
        '4 raised 3 left 1d',
        '5.125 raised 2 overdue',
        '5.125 cleared left 1d',
        '5.125 cleared overdue',
      ],
    ],
    [
      'the order ends: nothing more of it',
      [leave(0), orderOf({ action: 'end', atMs: days(5.5), fromMs: days(-30) })],
      [
        '4 raised 3 left 1d',
        '5.125 raised 2 overdue',
        '5.125 cleared left 1d',
        '5.5 cleared overdue',
      ],
    ],
  ])('%s', (_name, frame, lines) => {
    const findings = run(leaveBook, [orderOf(), ...frame]);
    expect(says(findings).sort()).toEqual(lines.sort());
    proves(leaveBook, findings);
  });

  test('a new order inherits nothing of an old one', () => {
    const end = orderOf({ action: 'end', atMs: days(3), fromMs: days(-30) });
    const anew = orderOf({ atMs: days(10), orderId: 'order-two' });
    expect(run(leaveBook, [orderOf(), leave(0), end, anew])).toEqual([]);
  });

  test('nor what of it would have run out only now', () => {
    const end = orderOf({ action: 'end', atMs: days(3), fromMs: days(-30) });
    const anew = orderOf({ atMs: days(3.5), orderId: 'order-two' });
    expect(run(leaveBook, [orderOf(), leave(0), end, anew])).toEqual([]);
  });

  test('an order that runs out takes it along', () => {
    const findings = run(leaveBook, [orderOf({ untilMs: days(5.5) }), leave(0)]);
    expect(says(findings).slice(-1)).toEqual(['5.5 cleared overdue']);
  });

  test('one that was prolonged in between does not', () => {
    const longer = { action: 'renew', atMs: days(2), fromMs: days(-30), untilMs: days(4.5) };
    const longest = { action: 'renew', atMs: days(4.2), fromMs: days(-30), untilMs: days(90) };
    const frame = [orderOf({ untilMs: days(3) }), leave(0), orderOf(longer), orderOf(longest)];
    const findings = run(leaveBook, frame, 5.5);
    expect(says(findings)).toEqual([
      '4 raised 3 left 1d',
      '5.125 raised 2 overdue',
      '5.125 cleared left 1d',
    ]);
    proves(leaveBook, findings);
  });

  test('an order known late ends what was granted before it ended, and nothing else', () => {
    const end = { action: 'end', fromMs: days(-30), atMs: days(0.5), receivedAtMs: days(5.5) };
    const goesOn = orderOf({ action: 'change', atMs: days(0.6), fromMs: days(-30) });
    const granted = leave(0.7, { leaveId: 'later' });
    const findings = run(leaveBook, [orderOf(), leave(0), goesOn, granted, orderOf(end)], 5.6);
    expect(findings).toHaveLength(7);
    const last = findings.at(-1) as Finding;
    const about = findings.flatMap((one) =>
      one.kind === 'raised' && 'alertId' in last && one.alertId === last.alertId
        ? [one.values['leaveId']]
        : [],
    );
    expect(says([last])).toEqual(['5.125 cleared overdue']);
    expect(about).toEqual(['leave-P0']);
  });

  test('what a class known late makes true is told when it was known', () => {
    const wasNot = orderOf({ category: 'ra', action: 'end', atMs: days(-20), fromMs: days(-30) });
    const was = { action: 'change', atMs: days(-10), receivedAtMs: days(4.5), fromMs: days(-30) };
    const findings = run(leaveBook, [orderOf(), wasNot, leave(0), orderOf(was)], 5);
    expect(says(findings)).toEqual(['4.5 raised 3 left 1d']);
  });

  test('two leaves have two clocks', () => {
    const other = leave(0, { leaveId: 'other', untilMs: days(6) });
    const lines = says(run(leaveBook, [orderOf(), leave(0), other], 5.5));
    expect(lines).toEqual([
      '4 raised 3 left 1d',
      '5 raised 3 left 1d',
      '5.125 raised 2 overdue',
      '5.125 cleared left 1d',
    ]);
  });
});

/** From the start of the world, so many days. */
const paper = (change: Record<string, unknown> = {}) => ({
  id: 'monitoring',
  article: '第二十九条',
  documentNumber: '监1号',
  approvedBy: '某县司法局',
  sources: ['bracelet'],
  fromMs: days(0),
  untilMs: days(60),
  ...change,
});
/** The frame as it is stated anew on that day. */
const stated = (day: number, ...bases: unknown[]): OrderFact =>
  orderOf({ action: 'change', atMs: days(day), fromMs: days(-30), bases });

describe('a basis for monitoring', () => {
  const warned = ['45 raised 3 left 15d', '53 raised 3 left 7d', '53 cleared left 15d'];
  const ended = [
    '57 raised 3 left 3d',
    '57 cleared left 7d',
    '60 raised 2 overdue',
    '60 cleared left 3d',
  ];

  test.each<[string, Frame[], string[]]>([
    [
      'nobody does anything: three warnings, then the authority is late',
      [stated(0, paper())],
      [...warned, ...ended],
    ],
    [
      'lifted: the order names it no more',
      [stated(0, paper()), stated(55)],
      [...warned, '55 cleared left 7d'],
    ],
    [
      'lifted early: its end is moved to that day',
      [stated(0, paper()), stated(20, paper({ untilMs: days(20) }))],
      [],
    ],
    [
      'lifted too late',
      [stated(0, paper()), stated(61)],
      [...warned, ...ended, '61 cleared overdue'],
    ],
    [
      'extended by another paper before its end: a term of its own',
      [
        stated(0, paper()),
        stated(55, paper({ documentNumber: '监2号', untilMs: days(140) })),
        stated(130),
      ],
      [...warned, '55 cleared left 7d', '125 raised 3 left 15d', '130 cleared left 15d'],
    ],
    [
      'another paper that ends sooner takes the place of the one before',
      [
        stated(0, paper({ untilMs: days(80) })),
        stated(10, paper({ documentNumber: '监2号', fromMs: days(10), untilMs: days(60) })),
        stated(61),
      ],
      [...warned, ...ended, '61 cleared overdue'],
    ],
    [
      'what comes after such a paper extends that one only',
      [
        stated(0, paper({ untilMs: days(200) })),
        stated(10, paper({ documentNumber: '监2号', fromMs: days(10), untilMs: days(60) })),
        stated(60, paper({ documentNumber: '监3号', fromMs: days(60), untilMs: days(130) })),
        stated(116),
      ],
      [...warned, ...ended.slice(0, 2), '60 cleared left 3d', '115 raised 3 left 15d'].concat(
        '116 cleared left 15d',
      ),
    ],
    [
      'an extension that is lifted before it begins',
      [
        stated(0, paper()),
        stated(40, paper({ documentNumber: '监2号', untilMs: days(140) })),
        stated(50, paper({ documentNumber: '监2号', untilMs: days(50) })),
      ],
      [],
    ],
    [
      'extended by another basis that follows on',
      [
        stated(0, paper()),
        stated(
          55,
          paper(),
          paper({ id: 'second', documentNumber: '监2号', fromMs: days(60), untilMs: days(140) }),
        ),
        stated(120),
      ],
      [...warned, '55 cleared left 7d'],
    ],
    [
      'another basis after a gap: late until it begins',
      [
        stated(0, paper()),
        stated(
          55,
          paper(),
          paper({ id: 'second', documentNumber: '监2号', fromMs: days(62), untilMs: days(140) }),
        ),
        stated(120),
      ],
      [...warned, ...ended, '62 cleared overdue'],
    ],
    [
      'one paper for more than three months ends after three all the same',
      [stated(0, paper({ untilMs: days(200) }))],
      // 2026-03-02 and three months: to the end of 2026-06-02.
      [
        '78 raised 3 left 15d',
        '86 raised 3 left 7d',
        '86 cleared left 15d',
        '90 raised 3 left 3d',
        '90 cleared left 7d',
        '93 raised 2 overdue',
        '93 cleared left 3d',
      ],
    ],
    [
      'the end moved on without another paper: up to three months',
      [stated(0, paper()), stated(50, paper({ untilMs: days(200) })), stated(94)],
      [
        '45 raised 3 left 15d',
        '50 cleared left 15d',
        '78 raised 3 left 15d',
        '86 raised 3 left 7d',
        '86 cleared left 15d',
        '90 raised 3 left 3d',
        '90 cleared left 7d',
        '93 raised 2 overdue',
        '93 cleared left 3d',
        '94 cleared overdue',
      ],
    ],
    [
      'a short term has only the warnings that fit',
      [stated(0, paper({ untilMs: days(5) })), stated(5)],
      ['2 raised 3 left 3d', '5 cleared left 3d'],
    ],
    ['no monitoring at all', [stated(0, paper({ sources: ['phone'] }))], []],
    [
      'the order ends first',
      [stated(0, paper()), orderOf({ action: 'end', atMs: days(50), fromMs: days(-30) })],
      ['45 raised 3 left 15d', '50 cleared left 15d'],
    ],
  ])('%s', (_name, frame, lines) => {
    const findings = run(basisBook, [orderOf(), ...frame]);
    expect(says(findings).sort()).toEqual(lines.sort());
    proves(basisBook, findings);
  });

  test('says how it came about that it is too long', () => {
    const findings = run(basisBook, [orderOf(), stated(0, paper({ untilMs: days(200) }))]);
    expect(findings.at(-2)?.values).toMatchObject({
      stage: 'overdue',
      basisId: 'monitoring',
      documentNumber: '监1号',
      overLong: true,
      dueMs: days(93),
      untilMs: days(200),
    });
  });
});

test('a person has so many terms at most, and the oldest is let go of', () => {
  const leaves = Array.from({ length: 80 }, (_, index) =>
    leave(0, { leaveId: `leave-${index}`, untilMs: days(5) + index * HOUR }),
  );
  const engine = createEngine({ rulebook: leaveBook, ...surroundings, corrects: false });
  for (const fact of [orderOf(), ...leaves]) {
    engine.step({ watermarkMs: fact.receivedAtMs - 1, facts: [fact] });
  }
  const state = engine.snapshot().rules['test-deadline']?.state as {
    told: Map<number, Map<string, unknown>>;
  };
  expect([...state.told.values()].map(({ size }) => size)).toEqual([64]);
});
