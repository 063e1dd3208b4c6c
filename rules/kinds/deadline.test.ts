// What the day-by-day oracle of deadline.property.test.ts does not draw: milestones that come late, hours,
// the end of an order, a missing calendar.

import { describe, expect, test } from 'vitest';
import type { Fact } from '../../core/observation.ts';
import { createEngine } from '../engine.ts';
import {
  factOf,
  ordersFor,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import type { Surroundings } from '../kind.ts';

const DAY = 86_400_000;
const rulebook = rulebookOf(
  ruleOf('deadline', {
    start: ['start'],
    end: ['end'],
    period: { amount: 5, unit: 'day' },
    rollOver: 'none',
    extensions: [{ milestone: 'extended', add: { amount: 3, unit: 'day' } }],
    suspensions: [{ from: 'stopped', to: 'resumed' }],
    warnings: [{ left: '1d', level: 3 }],
  }),
);

/** `day` counts from the start; a late one arrives when `knownDay` has passed. */
const milestone = (day: number, name: string, knownDay?: number): Arriving => ({
  subject: 'P0',
  atMs: WORLD_START_MS + day * DAY,
  ...(knownDay === undefined ? {} : { watermarkMs: WORLD_START_MS + knownDay * DAY }),
  content: { kind: 'case-milestone', caseId: 'A1', milestone: name, authority: '测试' },
});

const says = (...world: Arriving[]): string[] =>
  runWorld(rulebook, world).map(
    ({ atMs, kind, values }) => `${(atMs - WORLD_START_MS) / DAY} ${kind} ${values['stage']}`,
  );

describe('a milestone that comes late', () => {
  test.each<[string, Arriving[], string[]]>([
    [
      'the end takes both alerts back',
      [milestone(0.5, 'start'), milestone(4, 'end', 7)],
      ['5 raised left 1d', '6 raised overdue', '5 cleared left 1d', '6 cleared overdue'],
    ],
    [
      'an extension given in time takes back what was said, and counts',
      [milestone(0.5, 'start'), milestone(3, 'extended', 7), milestone(8.5, 'end')],
      [
        '5 raised left 1d',
        '6 raised overdue',
        '5 cleared left 1d',
        '6 cleared overdue',
        '8 raised left 1d',
        '8.5 cleared left 1d',
      ],
    ],
    [
      'an extension given after the end of the period does not count',
      [milestone(0.5, 'start'), milestone(6.5, 'extended'), milestone(7, 'end')],
      ['5 raised left 1d', '6 raised overdue', '7 cleared left 1d', '7 cleared overdue'],
    ],
    [
      'the start raises at the instants that have passed',
      [milestone(0.5, 'start', 9), milestone(10, 'end')],
      ['5 raised left 1d', '6 raised overdue', '10 cleared left 1d', '10 cleared overdue'],
    ],
    [
      'an earlier start counts instead of the one known',
      [milestone(2, 'start'), milestone(0.5, 'start', 2), milestone(5.5, 'end')],
      ['5 raised left 1d', '5.5 cleared left 1d'],
    ],
  ])('%s', (_name, world, lines) => {
    expect(says(...world).sort()).toEqual(lines.sort());
  });
});

test('while the clock stands nothing is said, and the days do not count', () => {
  expect(
    says(
      milestone(0.5, 'start'),
      milestone(2, 'stopped'),
      milestone(20, 'resumed'),
      milestone(23.5, 'end'),
    ),
  ).toEqual(['23 raised left 1d', '23.5 cleared left 1d']);
});

test('hours run from the next full hour, or at once when the first is counted', () => {
  const hours = (excludeFirstDay: boolean) =>
    runWorld(
      rulebookOf(
        ruleOf('deadline', {
          start: ['start'],
          end: ['end'],
          period: { amount: 24, unit: 'hour' },
          excludeFirstDay,
          rollOver: 'none',
        }),
      ),
      [milestone(0.5 + 1 / 48, 'start')],
    ).map(({ atMs }) => (atMs - WORLD_START_MS) / DAY);
  expect(hours(true)).toEqual([1.5 + 1 / 24]);
  expect(hours(false)).toEqual([1.5 + 1 / 48]);
});

test('the end of the order ends every alert of the clock', () => {
  const engine = createEngine({ rulebook, ...surroundings });
  const [order] = ordersFor(['P0']).facts as [Fact];
  const end = { ...order, id: 'end', action: 'end', atMs: WORLD_START_MS + 9 * DAY } as Fact;
  const kinds = [order, factOf(milestone(0.5, 'start')), end]
    .flatMap((fact) => engine.step({ watermarkMs: fact.atMs - 1, facts: [fact] }))
    .map(({ kind }) => kind);
  expect(kinds).toEqual(['raised', 'raised', 'cleared', 'cleared']);
  expect(engine.step({ watermarkMs: WORLD_START_MS + 100 * DAY })).toEqual([]);
});

test('a rule is refused without a calendar', () => {
  const without: Surroundings = { areas: surroundings.areas };
  expect(() => createEngine({ rulebook, ...without })).toThrow(/test-deadline/);
});
