import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from './engine.ts';
import {
  factOf,
  linesOf,
  ordersFor,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from './fact-world.fixture.ts';

const MINUTE = 60_000;

const steps = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 4 }), tampers: fc.boolean(), person: fc.nat(1) }),
  { maxLength: 24 },
);
const cooldowns = fc.integer({ min: 1, max: 8 });

const rulebookFor = (cooldown: number) =>
  rulebookOf(
    ruleOf(
      'match',
      {
        fact: 'device',
        when: 'fact.event == "tamper"',
        clearWhen: 'fact.event == "tamper-cleared"',
      },
      { cooldown: `${cooldown}m` },
    ),
  );

type Step = { after: number; tampers: boolean; person: number };

function arrivalsOf(list: readonly Step[]): Arriving[] {
  let minute = 0;
  return list.map(({ after, tampers, person }) => ({
    subject: `P${person}`,
    atMs: WORLD_START_MS + (minute += after) * MINUTE,
    source: 'bracelet',
    content: { kind: 'device', event: tampers ? 'tamper' : 'tamper-cleared' },
  }));
}

/** Builds the episodes of a person first, then says what is told of each. */
function oracle(list: readonly Step[], cooldown: number): string[] {
  const lines: string[] = [];
  for (const person of [0, 1]) {
    let minute = 0;
    const moments = list.flatMap((step) => {
      minute += step.after;
      return step.person === person ? [{ minute, tampers: step.tampers }] : [];
    });
    const episodes: { from: number; until: number }[] = [];
    for (const { minute: at, tampers } of moments) {
      const last = episodes.at(-1);
      const isOpen = last?.until === Infinity;
      if (tampers && isOpen) lines.push(`P${person} ${at} episode-open`);
      if (tampers && !isOpen) episodes.push({ from: at, until: Infinity });
      if (!tampers && isOpen) last.until = at;
    }
    let quietUntil = -Infinity;
    for (const { from, until } of episodes) {
      const isQuiet = from < quietUntil;
      if (isQuiet) lines.push(`P${person} ${from} cooldown`);
      if (isQuiet && until < quietUntil) continue;
      lines.push(`P${person} ${from} raised`);
      if (until === Infinity) continue;
      lines.push(`P${person} ${until} cleared`);
      quietUntil = until + cooldown;
    }
  }
  return lines.sort();
}

test('what begins in the quiet is recorded, and told of only if it outlasts the quiet', () => {
  let quiet = 0;
  fc.assert(
    fc.property(steps, cooldowns, (list, cooldown) => {
      const lines = linesOf(runWorld(rulebookFor(cooldown), arrivalsOf(list)));
      quiet += lines.filter((line) => line.includes('cooldown')).length;
      expect(lines).toEqual(oracle(list, cooldown));
    }),
    { numRuns: 1_000 },
  );
  expect(quiet).toBeGreaterThan(80);
});

test('it is told of the moment the quiet ends, not later', () => {
  const rulebook = rulebookFor(5);
  const engine = createEngine({ rulebook, ...surroundings });
  const facts = arrivalsOf([
    { after: 0, tampers: true, person: 0 },
    { after: 1, tampers: false, person: 0 },
    { after: 1, tampers: true, person: 0 },
  ]).map((one) => factOf(one));
  engine.step(ordersFor(['P0']));
  for (const fact of facts) engine.step({ watermarkMs: fact.atMs - 1, facts: [fact] });
  const saidBy = (minute: number) =>
    linesOf(engine.step({ watermarkMs: WORLD_START_MS + minute * MINUTE - 1 }));
  expect(saidBy(6)).toEqual([]);
  expect(linesOf(engine.step({ watermarkMs: WORLD_START_MS + 6 * MINUTE }))).toEqual([
    'P0 2 raised',
  ]);
  expect(saidBy(20)).toEqual([]);
});
