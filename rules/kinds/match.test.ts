import { expect, test } from 'vitest';
import { linesOf, rulebookOf, ruleOf, runWorld, WORLD_START_MS } from '../fact-world.fixture.ts';

const MINUTE = 60_000;

const rulebook = rulebookOf(
  ruleOf('match', {
    fact: 'device',
    when: 'fact.event == "tamper"',
    clearWhen: 'fact.event == "restored"',
  }),
);

const tell = (...events: (readonly [minute: number, event: string])[]) =>
  linesOf(
    runWorld(
      rulebook,
      events.map(([minute, event]) => ({
        subject: 'P0',
        atMs: WORLD_START_MS + minute * MINUTE,
        source: 'bracelet' as const,
        content: { kind: 'device', event },
      })),
    ),
  );

test('an end told of late that lies before the beginning ends nothing', () => {
  expect(tell([10, 'tamper'], [5, 'restored'])).toEqual(['P0 10 raised']);
  expect(tell([10, 'tamper'], [5, 'restored'], [12, 'restored'])).toEqual([
    'P0 10 raised',
    'P0 12 cleared',
  ]);
});

test('an end at the very instant of the beginning ends it', () => {
  expect(tell([10, 'tamper'], [10, 'restored'])).toEqual(['P0 10 cleared', 'P0 10 raised']);
});
