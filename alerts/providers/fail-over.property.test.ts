// Whatever the providers do, as long as they tell the truth about what they have: nobody is told twice unless
// the time for a receipt is over, and somebody is told in the end.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import type { AttemptStage } from '../../warehouse/records-schema.ts';
import type { FakeBehaviour } from '../channels/channel.fixture.ts';
import { chooseProvider, isSpent, turnAfter, type Tried } from './choose-provider.ts';
import { withTwoProviders, exit } from './fail-over.fixture.ts';
import { createProviderHealth, HEALTH_DEFAULTS } from './provider-health.ts';

const behaviours: readonly FakeBehaviour[] = [
  'accept',
  'busy',
  'refuse',
  'take-and-time-out',
  'lose-and-time-out',
  'down',
];

const act = fc.oneof(
  fc.record({ kind: fc.constant('behave'), of: fc.nat(1), as: fc.constantFrom(...behaviours) }),
  fc.record({ kind: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant('report'),
    of: fc.nat(1),
    state: fc.constantFrom('delivered', 'failed'),
  }),
) as fc.Arbitrary<
  | { kind: 'behave'; of: number; as: FakeBehaviour }
  | { kind: 'pass'; seconds: number }
  | { kind: 'report'; of: number; state: 'delivered' | 'failed' }
>;

test('one effect for one key unless a time ran out, and never none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), (acts) =>
      withTwoProviders(async ({ program, first, second, id, trail, state }) => {
        const both = [first, second] as const;
        await program.find();
        for (const given of acts.slice(0, 2)) {
          if (given.kind === 'behave') both[given.of as 0 | 1].behaviour = given.as;
        }
        await program.find(exit);
        const key = await id();
        for (const given of acts) {
          if (given.kind === 'behave') both[given.of as 0 | 1].behaviour = given.as;
          if (given.kind === 'pass') await program.pass(given.seconds / 60, 7);
          if (given.kind === 'report' && both[given.of as 0 | 1].effectsOf(key) > 0) {
            await both[given.of as 0 | 1].report(key, { state: given.state, reason: 'carrier' });
          }
        }
        for (const one of both) one.behaviour = 'accept';
        await program.pass(3, 20);
        const effects = both.map((one) => one.effectsOf(key));
        const steps = await trail();
        const ranOut = steps.some((step) => /no-receipt|unreconciled|undelivered/.test(step));
        expect(Math.max(...effects), 'a provider acts once').toBeLessThanOrEqual(1);
        if (!ranOut) expect(effects[0]! + effects[1]!, steps.join('\n')).toBeLessThanOrEqual(1);
        const refusedByBoth = steps.filter((step) => step.includes('refused')).length === 2;
        if (!refusedByBoth) expect(effects[0]! + effects[1]!).toBeGreaterThan(0);
        expect(['waiting', 'sending', 'uncertain']).not.toContain(await state());
      }),
    ),
    { numRuns: 40 },
  );
}, 60_000);

describe('the choice', () => {
  const stages: AttemptStage[] = [
    'begun',
    'accepted',
    'rejected',
    'refused',
    'unknown',
    'no-receipt',
  ];
  const tried: fc.Arbitrary<Tried[]> = fc.array(
    fc.record({ provider: fc.constantFrom('a', 'b', 'c'), what: fc.constantFrom(...stages) }),
    { maxLength: 12 },
  );
  const order = fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1 });

  test('never falls on a provider that refused the notice or may still carry it out', () =>
    fc.assert(
      fc.property(order, tried, (names, steps) => {
        const chosen = chooseProvider(names, steps);
        const left = names.filter((name) => !isSpent(name, steps));
        expect(chosen === undefined).toBe(left.length === 0);
        if (chosen !== undefined) expect(left).toContain(chosen);
      }),
    ));

  test('lets everybody have a turn before anybody has a second one', () => {
    const names = ['a', 'b', 'c'];
    const steps: Tried[] = [];
    const turns: string[] = [];
    for (let index = 0; index < 6; index++) {
      const provider = chooseProvider(names, steps) ?? '';
      turns.push(`${provider} ${turnAfter(names, steps, { provider, what: 'rejected' })}`);
      steps.push({ provider, what: 'rejected' });
    }
    expect(turns).toEqual([
      'a at-once',
      'b at-once',
      'c after-a-pause',
      'a at-once',
      'b at-once',
      'c after-a-pause',
    ]);
  });
});

describe('health', () => {
  test('loses nobody: whatever fails, every provider is in the order once', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            provider: fc.constantFrom('a', 'b', 'c'),
            well: fc.boolean(),
            afterMs: fc.nat(100_000),
          }),
        ),
        fc.constantFrom(1, 2, 3),
        (events, level) => {
          const health = createProviderHealth(['a', 'b', 'c']);
          let nowAtMs = epochMs(0);
          for (const { provider, well, afterMs } of events) {
            nowAtMs = epochMs(nowAtMs + afterMs);
            if (well) health.worked(provider);
            else health.failed(provider, 'x', nowAtMs);
            const inOrder = health.inOrder({ level: level as 1 | 2 | 3, nowAtMs });
            expect(inOrder.toSorted()).toEqual(['a', 'b', 'c']);
          }
        },
      ),
    ));

  test('a grave notice risks no delay for a probe as soon as others do', () => {
    const health = createProviderHealth(['a', 'b']);
    for (let count = 0; count < HEALTH_DEFAULTS.failuresMax; count++)
      health.failed('a', 'x', epochMs(0));
    const first = (level: 1 | 2 | 3, atMs: number) =>
      health.inOrder({ level, nowAtMs: epochMs(atMs) })[0];
    expect([first(1, 60_000), first(2, 59_999), first(2, 60_000), first(1, 600_000)]).toEqual([
      'b',
      'b',
      'a',
      'a',
    ]);
    health.begun('a', epochMs(60_000));
    expect(first(2, 60_001)).toBe('b');
    health.worked('a');
    expect(first(1, 60_002)).toBe('a');
  });
});
