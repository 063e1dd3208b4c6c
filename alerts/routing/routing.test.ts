import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { parseInstant } from '../../core/local-time.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { chooseRow, type RoutedFacts } from './choose-row.ts';
import { parseRouting } from './load-routing.ts';
import { PLAIN_ROUTING } from './routing-plan.ts';
import { testRoutes } from './test-routes.ts';

const calendar = createCalendar({
  version: 'test',
  holidays: ['2026-10-01'],
  makeUpWorkdays: ['2026-10-10'],
  until: '2026-12-31',
});

const facts = (change: Partial<RoutedFacts> & { at?: string } = {}): RoutedFacts => {
  const { at = '2026-11-27 10:00', ...rest } = change;
  return {
    level: 2,
    ruleId: 'area-exit',
    region: '511722',
    subjectClass: 'cc',
    atMs: parseInstant(at) as number,
    ...rest,
  };
};

const TREE = `id: tree
routes:
  - name: county
    match: { counties: ['511722'], levels: [2] }
    to: [city, county]
    routes:
      - name: at night
        match: { hours: { from: '22:00', until: '06:00' } }
        channel: phone
        routes:
          - name: on rest days
            match: { days: rest-days }
            ladder: [{ after: 5m, to: leaders }]
      - name: on workdays
        match: { days: workdays, hours: { from: '06:00', until: '12:00' } }
        acknowledge: every-side
  - name: key persons
    match: { classes: [raKey], levels: [2, 3] }
    channel: phone
  - name: quiet
    match: { levels: [3] }
    quietHours: { from: '22:00', until: '07:00' }
`;

const routing = { plan: parseRouting('tree.yaml', TREE), calendar };

test('an empty plan is the level table', () => {
  for (const level of [1, 2, 3] as const) {
    const chosen = chooseRow({ plan: PLAIN_ROUTING, calendar }, facts({ level }));
    expect(chosen).toEqual({ row: LEVEL_TABLE[level], by: [], quietUntilMs: undefined });
  }
});

describe('the first node that matches decides, and its children after it', () => {
  test.each([
    ['another county', { region: '511724' }, '', 'sms', 'county'],
    ['the county by day', { at: '2026-11-27 14:00' }, 'county', 'sms', 'city county'],
    ['on a workday morning', {}, 'county / on workdays', 'sms', 'city county'],
    ['before midnight', { at: '2026-11-27 23:00' }, 'county / at night', 'phone', 'city county'],
    [
      'a holiday at night, a Thursday',
      { at: '2026-10-01 05:59' },
      'county / at night / on rest days',
      'phone',
      'city county',
    ],
    [
      'a make-up Saturday is no rest day',
      { at: '2026-10-10 02:00' },
      'county / at night',
      'phone',
      'city county',
    ],
    [
      'a key person elsewhere',
      { region: '511724', subjectClass: 'raKey' },
      'key persons',
      'phone',
      'county',
    ],
    ['level 1 in the county: nothing of it', { level: 1 }, '', 'phone', 'city county'],
  ] as const)('%s', (_what, change, by, channel, to) => {
    const { row, by: names } = chooseRow(routing, facts(change));
    expect([names.join(' / '), row.channel, row.to.join(' ')]).toEqual([by, channel, to]);
  });

  test('what a node does not say is inherited', () => {
    const { row } = chooseRow(routing, facts({ at: '2026-10-01 23:00' }));
    expect(row).toEqual({
      ...LEVEL_TABLE[2],
      to: ['city', 'county'],
      channel: 'phone',
      ladder: [{ afterMs: 300_000, to: 'leaders' }],
    });
  });
});

test.each([
  ['2026-11-27 21:59', undefined],
  ['2026-11-27 22:00', '2026-11-28 07:00'],
  ['2026-11-28 06:59', '2026-11-28 07:00'],
  ['2026-11-28 07:00', undefined],
])('a level-3 alert of %s waits until %s', (at, until) => {
  const { quietUntilMs } = chooseRow(routing, facts({ level: 3, at }));
  expect(quietUntilMs).toBe(until && parseInstant(until));
});

describe('a wrong plan is refused with line and column', () => {
  test.each([
    [
      'level 1 made quieter',
      'channel: sms',
      'name: x\n    match: {}',
      /bad\.yaml:5:14: "x": level 1 goes out by telephone/,
    ],
    [
      'level 1 to one side',
      'to: [county]',
      'name: x\n    match: { levels: [1] }',
      /level 1 needs city and county/,
    ],
    ['level 1 not followed', 'ladder: []', 'name: x\n    match: {}', /level 1 must be followed/],
    [
      'quiet hours for level 2',
      "quietHours: { from: '22:00', until: '07:00' }",
      'name: x\n    match: { levels: [2] }',
      /only level 3 has quiet hours/,
    ],
    [
      'rungs out of order',
      'ladder: [{ after: 10m, to: leaders }, { after: 5m, to: leaders }]',
      'name: x\n    match: { levels: [2] }',
      /each rung comes later/,
    ],
    [
      'a tenth rung, which would begin where a correction does',
      `ladder: [${Array.from({ length: 10 }, (_, at) => `{ after: ${at + 1}m, to: leaders }`).join(', ')}]`,
      'name: x\n    match: { levels: [2] }',
      /9 rungs at most/,
    ],
    [
      'an unknown key',
      'chanel: sms',
      'name: x\n    match: { levels: [2] }',
      /bad\.yaml:5:5: .*"chanel"/,
    ],
    [
      'an unknown level',
      'channel: sms',
      'name: x\n    match: { levels: [4] }',
      /bad\.yaml:4:23: .*a level is 1, 2 or 3/,
    ],
  ])('%s', (_what, option, head, says) => {
    const content = `id: bad\nroutes:\n  - ${head}\n    ${option}\n`;
    expect(() => parseRouting('bad.yaml', content)).toThrow(says);
    expect(() => parseRouting('bad.yaml', content)).toThrow(UserError);
  });

  test('a child that matches nothing of its parent', () => {
    const content = `id: bad
routes:
  - name: two
    match: { levels: [2] }
    routes: [{ name: three, match: { levels: [3] } }]
`;
    expect(() => parseRouting('bad.yaml', content)).toThrow(
      '"three" matches no level its parent does',
    );
  });
});

test('a story that is told wrongly fails, and says what was sent', () => {
  const plan = parseRouting(
    'story.yaml',
    `id: story
tests:
  - name: wrong
    at: '2026-11-27 10:00'
    alerts: [{ rule: area-exit, level: 2, county: '511722' }]
    expect: ['0s phone 511722-duty']
  - name: no time
    at: yesterday
    alerts: [{ rule: area-exit, level: 2, county: '511722' }]
    expect: []
`,
  );
  expect(testRoutes(plan, calendar)).toEqual([
    {
      name: 'wrong',
      passed: false,
      wanted: ['0s phone 511722-duty'],
      got: ['0s push 511722-duty', '0s sms 511722-duty'],
    },
    {
      name: 'no time',
      passed: false,
      wanted: [],
      got: ['"yesterday" is not a time such as 2026-11-26 22:30'],
    },
  ]);
});
