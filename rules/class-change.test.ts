// A person who moves from one class to another while an alert is open: what was told is ended, what was
// never told is not.

import { expect, test } from 'vitest';
import type { Fact } from '../core/observation.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createEngine, type EngineSnapshot } from './engine.ts';
import {
  factOf,
  linesOf,
  rulebookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from './fact-world.fixture.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Of the two classes it looks at only one has a level. */
const rulebook = rulebookOf(
  ruleOf(
    'match',
    { fact: 'device', when: 'fact.event == "tamper"', clearWhen: 'fact.event == "restored"' },
    { level: { cc: 2 }, article: { cc: '测试' }, cooldown: '10m' },
  ),
);

const order = (minute: number, action: string, category: 'cc' | 'ra') =>
  orderFact('P0', {
    atMs: WORLD_START_MS + minute * MINUTE,
    action,
    category,
    group: 'key',
    fromMs: WORLD_START_MS,
    untilMs: WORLD_START_MS + DAY,
    sources: ['bracelet'],
  });

const device = (minute: number, event: string) =>
  factOf({
    subject: 'P0',
    atMs: WORLD_START_MS + minute * MINUTE,
    source: 'bracelet',
    content: { kind: 'device', event },
  });

const tell = (facts: readonly Fact[], resumed = false) => {
  let engine = createEngine({ rulebook, ...surroundings });
  const found = facts.flatMap((fact) => {
    const findings = engine.step({ watermarkMs: fact.atMs - 1, facts: [fact] });
    if (resumed) {
      const snapshot = structuredClone(engine.snapshot()) as EngineSnapshot;
      engine = createEngine({ rulebook, ...surroundings }, snapshot);
    }
    return findings;
  });
  return linesOf([...found, ...engine.step({ watermarkMs: WORLD_START_MS + 100 * MINUTE })]);
};

test.each([false, true])(
  'an alert is cleared under a class without a level, resumed: %s',
  (resumed) => {
    const facts = [
      order(0, 'start', 'cc'),
      device(5, 'tamper'),
      order(6, 'change', 'ra'),
      device(7, 'restored'),
    ];
    expect(tell(facts, resumed)).toEqual(['P0 5 raised', 'P0 7 cleared']);
  },
);

test.each([false, true])(
  'what was ungraded is not cleared under a class with a level, resumed: %s',
  (resumed) => {
    const facts = [
      order(0, 'start', 'ra'),
      device(5, 'tamper'),
      order(6, 'change', 'cc'),
      device(7, 'restored'),
      device(8, 'tamper'),
    ];
    // Nor does it begin a quiet.
    expect(tell(facts, resumed)).toEqual(['P0 5 ungraded', 'P0 8 raised']);
  },
);

test('what ended in the quiet under another class is not told of when the quiet ends', () => {
  const facts = [
    order(0, 'start', 'cc'),
    device(5, 'tamper'),
    device(6, 'restored'),
    device(7, 'tamper'),
    order(8, 'change', 'ra'),
    device(9, 'restored'),
  ];
  expect(tell(facts)).toEqual(['P0 5 raised', 'P0 6 cleared', 'P0 7 cooldown']);
});
