import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaisedFinding } from '../../core/finding.ts';
import {
  linesOf,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import { derive, verifyAlert } from '../verify.ts';

const MINUTE = 60_000;
const EVENTS = ['tamper', 'power-off', 'removed', 'sos', 'restored'] as const;
type Event = (typeof EVENTS)[number];

const worlds = fc.record({
  order: fc.constantFrom('strict', 'any', 'groups'),
  withinMinutes: fc.integer({ min: 1, max: 10 }),
  without: fc.boolean(),
  clears: fc.constantFrom('fact', 'time', 'both'),
  clearMinutes: fc.integer({ min: 1, max: 8 }),
  steps: fc.array(
    fc.record({
      after: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: -5, max: -1 }) },
      ),
      event: fc.constantFrom(
        ...EVENTS,
        'tamper' as const,
        'power-off' as const,
        'removed' as const,
      ),
    }),
    { maxLength: 16 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const STEPS: readonly Event[] = ['tamper', 'power-off', 'removed'];
const GROUPS = [['tamper', 'power-off'], ['removed']];

const rulebookFor = (world: World) =>
  rulebookOf(
    ruleOf('sequence', {
      steps: STEPS.map((event) => ({
        name: event,
        fact: 'device',
        when: `fact.event == "${event}"`,
      })),
      order: world.order === 'groups' ? GROUPS : world.order,
      within: `${world.withinMinutes}m`,
      keptMax: 200,
      ...(world.without ? { without: { fact: 'device', when: 'fact.event == "sos"' } } : {}),
      ...(world.clears === 'time'
        ? {}
        : { clearWhen: { fact: 'device', when: 'fact.event == "restored"' } }),
      ...(world.clears === 'fact' ? {} : { clearAfter: `${world.clearMinutes}m` }),
    }),
  );

function arrivalsOf({ steps }: World): Arriving[] {
  let newest = 0;
  return steps.map(({ after, event }) => {
    const minute = newest + after;
    newest = Math.max(newest, minute);
    return {
      subject: 'P0',
      atMs: WORLD_START_MS + minute * MINUTE,
      source: 'bracelet',
      content: { kind: 'device', event },
    };
  });
}

type Seen = { minute: number; event: Event };

/** Tries every choice of three facts. */
function sequencesIn(seen: readonly Seen[], { order, withinMinutes, without }: World): number[][] {
  const at = (event: Event) => seen.flatMap((one, index) => (one.event === event ? [index] : []));
  const inOrder = (a: number, b: number, c: number) =>
    order === 'strict' ? a < b && b < c : order === 'groups' ? a < c && b < c : true;
  return at('tamper').flatMap((a) =>
    at('power-off').flatMap((b) =>
      at('removed').flatMap((c) => {
        const [first, , last] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const between = seen.slice(first + 1, last).some(({ event }) => event === 'sos');
        const span = (seen[last] as Seen).minute - (seen[first] as Seen).minute;
        if (!inOrder(a, b, c) || span > withinMinutes || (without && between)) return [];
        return [[first, last, a, b, c]];
      }),
    ),
  );
}

function oracle(world: World): string[] {
  const lines: string[] = [];
  let seen: Seen[] = [];
  let open: { since: number; until: number } | undefined;
  const byTime = world.clears !== 'fact';
  /** What time alone does up to the minute. */
  const advance = (minute: number) => {
    if (open && open.until <= minute) {
      lines.push(`P0 ${open.until} cleared`);
      open = undefined;
      seen = [];
    }
    const newest = Math.max(-Infinity, ...seen.map((one) => one.minute));
    if (newest + world.withinMinutes <= minute) seen = [];
  };
  let watermark = -Infinity;
  let newestOfAll = 0;
  for (const { after, event } of world.steps) {
    const minute = newestOfAll + after;
    newestOfAll = Math.max(newestOfAll, minute);
    watermark = Math.max(watermark, minute - 1);
    advance(watermark);
    if (event === 'restored') {
      if (open && world.clears !== 'time' && minute >= open.since) {
        lines.push(`P0 ${minute} cleared`);
        open = undefined;
        seen = [];
      }
      continue;
    }
    if (event === 'sos' && (!world.without || seen.length === 0)) continue;
    const at = seen.findLastIndex((one) => one.minute <= minute) + 1;
    seen = seen.toSpliced(at, 0, { minute, event });
    if (event === 'sos') continue;
    // A sequence that was there before only moved up by one place.
    const unmoved = (index: number) => (index >= at ? index + 1 : index);
    const ends = new Set(
      sequencesIn(seen.toSpliced(at, 1), world).map(([, last]) => unmoved(last as number)),
    );
    const fresh = sequencesIn(seen, world).filter(([, last]) => !ends.has(last as number));
    if (fresh.length === 0) continue;
    const end = Math.min(...fresh.map(([, last]) => last as number));
    const endMinute = (seen[end] as Seen).minute;
    const until = byTime ? endMinute + world.clearMinutes : Infinity;
    if (open) {
      lines.push(`P0 ${endMinute} episode-open`);
      open.until = Math.max(open.until, until);
      continue;
    }
    const late = minute < Math.max(...seen.map((one) => one.minute));
    lines.push(`P0 ${endMinute} raised${late ? ' late' : ''}`);
    open = { since: endMinute, until };
  }
  advance(1_000);
  return lines.sort();
}

describe('sequence', () => {
  test('says what trying every choice of facts says', () => {
    const told = { raised: 0, late: 0, cleared: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const lines = linesOf(runWorld(rulebookFor(world), arrivalsOf(world)));
        for (const word of ['raised', 'late', 'cleared'] as const) {
          told[word] += lines.filter((line) => line.includes(word)).length;
        }
        expect(lines).toEqual(oracle(world));
      }),
      { numRuns: 2_000 },
    );
    expect(told.raised).toBeGreaterThan(150);
    expect(told.late).toBeGreaterThan(15);
    expect(told.cleared).toBeGreaterThan(100);
  });

  test('every alert proves itself, and without any one fact does not come', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rulebook = rulebookFor(world);
        const deps = { rulebook, ...surroundings };
        const raised = runWorld(rulebook, arrivalsOf(world)).filter(
          (finding): finding is RaisedFinding => finding.kind === 'raised',
        );
        for (const finding of raised) {
          expect(verifyAlert(finding, deps)).toMatchObject({
            proven: true,
            finding: { values: finding.values },
          });
          for (const item of finding.evidence) {
            const evidence = finding.evidence.filter((other) => other !== item);
            const again = derive({ ...finding, evidence }, deps);
            expect(again.some(({ alertId }) => alertId === finding.alertId)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('keeps no more facts than declared, and gives up the oldest', () => {
    const rulebook = rulebookOf(
      ruleOf('sequence', {
        steps: [
          { name: 'tamper', fact: 'device', when: 'fact.event == "tamper"' },
          { name: 'off', fact: 'device', when: 'fact.event == "power-off"' },
          { name: 'removed', fact: 'device', when: 'fact.event == "removed"' },
        ],
        order: 'strict',
        within: '1d',
        clearAfter: '1h',
        keptMax: 3,
      }),
    );
    const world = (events: Event[]): Arriving[] =>
      events.map((event, minute) => ({
        subject: 'P0',
        atMs: WORLD_START_MS + minute * MINUTE,
        source: 'bracelet',
        content: { kind: 'device', event },
      }));
    const raises = (events: Event[]) =>
      runWorld(rulebook, world(events)).some(({ kind }) => kind === 'raised');
    expect(raises(['tamper', 'power-off', 'removed'])).toBe(true);
    expect(raises(['tamper', 'power-off', 'power-off', 'removed'])).toBe(false);
  });
});
