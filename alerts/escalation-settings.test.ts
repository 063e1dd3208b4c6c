import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../core/local-time.ts';
import { escalationSettingsSchema, levelTableWith } from './escalation-settings.ts';
import { LEVEL_TABLE } from './level-table.ts';

const parse = (settings: unknown) => escalationSettingsSchema.safeParse(settings);

const mistakes = (settings: unknown) =>
  parse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('nothing said is the level table', () => {
  expect(levelTableWith(escalationSettingsSchema.parse({}))).toEqual(LEVEL_TABLE);
});

test('louder ladders are taken, and other levels may be as the city wants', () => {
  const table = levelTableWith(
    escalationSettingsSchema.parse({
      level1: { repeatEvery: '10m' },
      level2: { ladder: [{ after: '15m', to: 'leaders' }], repeatEvery: '1h' },
    }),
  );
  expect(table[1].ladder.at(-1)).toEqual({
    afterMs: 60 * MINUTE_MS,
    to: 'all-again',
    everyMs: 10 * MINUTE_MS,
  });
  expect(table[2].ladder).toEqual([
    { afterMs: 15 * MINUTE_MS, to: 'leaders', everyMs: 60 * MINUTE_MS },
  ]);
  expect(table[3]).toEqual(LEVEL_TABLE[3]);
});

const LOUD = [
  { after: '1m', to: 'next-line' },
  { after: '4m', to: 'leaders' },
  { after: '9m', to: 'bureau-above' },
  { after: '10m', to: 'all-again' },
  { after: '20m', to: 'all-again' },
  { after: '40m', to: 'all-again' },
];

describe('level 1 is never made quieter', () => {
  test('a ladder that tells everyone sooner is taken', () => {
    expect(mistakes({ level1: { ladder: LOUD } })).toBeUndefined();
  });

  test.for(LOUD.map((_, index) => index))('not without rung %d', (index) => {
    expect(mistakes({ level1: { ladder: LOUD.toSpliced(index, 1) } })?.[0]).toMatch(
      /^level1\.ladder: level 1 tells "/,
    );
  });

  test('not with a rung that comes later than the table says', () => {
    const late = LOUD.with(1, { after: '6m', to: 'leaders' });
    expect(mistakes({ level1: { ladder: late } })).toEqual([
      'level1.ladder: level 1 tells "leaders" after 5m at the latest (rung 1 of that kind)',
    ]);
  });

  test('not with rounds further apart', () => {
    expect(mistakes({ level1: { repeatEvery: '31m' } })).toEqual([
      'level1.repeatEvery: level 1 is told again at least every 30m',
    ]);
  });
});

test('rungs out of order and rounds too close are refused at any level', () => {
  const ladder = [
    { after: '30m', to: 'leaders' },
    { after: '30m', to: 'all-again' },
  ];
  expect(mistakes({ level2: { ladder, repeatEvery: '10s' } })).toEqual([
    'level2.ladder.1.after: each rung comes later than the one before',
    'level2.repeatEvery: not more often than every 1m',
  ]);
});

test('nine rungs are climbed, a tenth is refused: it would begin where a correction does', () => {
  const rungs = Array.from({ length: 10 }, (_, at) => ({ after: `${at + 1}m`, to: 'leaders' }));
  expect(mistakes({ level2: { ladder: rungs.slice(1) } })).toBeUndefined();
  expect(mistakes({ level2: { ladder: rungs } })?.join()).toContain('9 rungs at most');
});
