import { describe, expect, test } from 'vitest';
import type { Delivery, Publish } from '../../connectors/publish.ts';
import { OperatingError } from '../../core/errors.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { factId } from '../../core/observation.ts';
import { positionAt } from '../../core/position-batch.ts';
import { createAcceleratedClock, createManualClock, epochMs, type Clock } from '../../core/time.ts';
import { areas, locate, START_MS } from './platform.fixture.ts';
import { openCity, type CityCursor, type CityRunDeps } from './run.ts';

const MINUTE_MS = 60_000;
const OPTIONS = { seed: 'test', size: 600, bracelets: 40 };

/** A platform that remembers everything it took, by id. */
function createPlatform() {
  const ids = new Set<string>();
  const kinds: string[] = [];
  const state = { failing: 0, deliveries: 0 };
  const publish: Publish = async (delivery: Delivery) => {
    await Promise.resolve();
    if (state.failing > 0) {
      state.failing--;
      throw new OperatingError('log-unavailable', 'the log is away', { retry: 'soon' });
    }
    state.deliveries++;
    const { positions, facts = [] } = delivery;
    for (let row = 0; row < (positions?.length ?? 0); row++) {
      if (positions) ids.add(positionAt(positions, row).id);
    }
    for (const fact of facts) {
      ids.add(factId(fact));
      kinds.push(fact.kind);
    }
    const admitted = (positions?.length ?? 0) + facts.length;
    return { admitted, duplicates: 0, refused: {}, dead: {} };
  };
  return { ids, kinds, state, publish };
}

const depsOf = (clock: Clock, publish: Publish, more: Partial<CityRunDeps> = {}): CityRunDeps => ({
  publish,
  refuse: () => {},
  clock,
  ids: createCountingIds(),
  logger: silentLogger,
  areas,
  locate,
  ...more,
});

function memoryCursor(): CityCursor & { value: string | undefined } {
  return {
    value: undefined,
    load() {
      return Promise.resolve(this.value);
    },
    save(value) {
      this.value = value;
      return Promise.resolve();
    },
  };
}

/** Moves the clock and lets everything that follows happen. */
async function pass(clock: ReturnType<typeof createManualClock>, ms: number, stepMs = 1_000) {
  for (let gone = 0; gone < ms; gone += stepMs) {
    clock.advance(Math.min(stepMs, ms - gone));
    await settle();
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function uninterrupted(ms: number) {
  const platform = createPlatform();
  const clock = createManualClock(START_MS);
  const run = await openCity(depsOf(clock, platform.publish), OPTIONS);
  await settle();
  await pass(clock, ms);
  await run.stop();
  return { ...platform, run };
}

describe('a run', () => {
  test('hands over the frame first, then history, then each second', async () => {
    const { kinds, state, run, ids } = await uninterrupted(3 * MINUTE_MS);
    expect(kinds.slice(0, OPTIONS.size).every((kind) => kind === 'order')).toBe(true);
    expect(state.deliveries).toBeGreaterThan(60);
    expect(ids.size).toBe(run.status().admitted);
    expect(run.status().reportedToMs).toBe(START_MS + 3 * MINUTE_MS);
  });

  test('killed and resumed it has said exactly what it says uninterrupted', async () => {
    const whole = await uninterrupted(12 * MINUTE_MS);
    const platform = createPlatform();
    const cursor = memoryCursor();
    const clock = createManualClock(START_MS);
    for (const seconds of [100, 7, 250, 1, 362]) {
      const before = cursor.value;
      const run = await openCity(depsOf(clock, platform.publish, { cursor }), OPTIONS);
      await settle();
      await pass(clock, seconds * 1_000);
      await run.stop();
      // A killed process saved its cursor last some time ago, or never.
      const [startAtMs, toMs] = (cursor.value ?? '').split(' ').map(Number) as [number, number];
      cursor.value = before === undefined ? `${startAtMs} ${toMs - 90_000}` : cursor.value;
    }
    expect([...platform.ids].sort()).toEqual([...whole.ids].sort());
  });

  test('after a long pause the register is complete and the devices have their last half hour', async () => {
    const platform = createPlatform();
    const cursor = memoryCursor();
    cursor.value = `${START_MS} ${START_MS + MINUTE_MS}`;
    const clock = createManualClock(START_MS + 6 * 60 * MINUTE_MS);
    const run = await openCity(depsOf(clock, platform.publish, { cursor }), OPTIONS);
    await settle();
    await settle();
    await pass(clock, 5_000);
    await run.stop();
    expect(platform.kinds).not.toContain('order');
    expect(platform.kinds).toContain('leave');
    expect(run.status().reportedToMs).toBe(START_MS + 6 * 60 * MINUTE_MS + 5_000);
  });

  test('waits while the platform takes nothing, and loses nothing', async () => {
    const whole = await uninterrupted(MINUTE_MS);
    const platform = createPlatform();
    const clock = createManualClock(START_MS);
    const run = await openCity(depsOf(clock, platform.publish), OPTIONS);
    platform.state.failing = 1;
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await pass(clock, MINUTE_MS);
    await run.stop();
    expect(platform.ids).toEqual(whole.ids);
  });

  test('an error that is no outage is not swallowed', async () => {
    const clock = createManualClock(START_MS);
    const publish: Publish = () => Promise.reject(new TypeError('a bug'));
    await expect(openCity(depsOf(clock, publish), OPTIONS)).rejects.toThrow('a bug');
  });

  test('hands bracelets to the fleet and tickets to the partner when there are such', async () => {
    const platform = createPlatform();
    const points: number[] = [];
    const items: string[] = [];
    const clock = createManualClock(START_MS);
    const run = await openCity(
      depsOf(clock, platform.publish, {
        fleet: (city) => ({
          report: (index, own) => {
            expect(index).toBeLessThan(city.population.terminals.length);
            points.push(...own.map(({ atMs }) => atMs));
          },
        }),
        feed: { push: ({ kind }) => items.push(kind) },
      }),
      OPTIONS,
    );
    await settle();
    await pass(clock, 10 * MINUTE_MS, 5_000);
    await run.stop();
    expect(points.length).toBeGreaterThan(40 * 18);
    expect(items.length).toBeGreaterThan(3);
    expect(platform.kinds).not.toContain('booking');
    expect(platform.kinds).not.toContain('device');
  });

  test('keeps up with a clock six hundred times as fast', async () => {
    const platform = createPlatform();
    const machine = createManualClock(0);
    const clock = createAcceleratedClock(machine, { startAtMs: epochMs(START_MS), speed: 600 });
    const run = await openCity(depsOf(clock, platform.publish), OPTIONS);
    await settle();
    await pass(machine, 30_000, 20);
    for (let i = 0; i < 50; i++) await settle();
    await pass(machine, 100, 20);
    await run.stop();
    const behindMs = clock.now() - run.status().reportedToMs;
    expect(behindMs).toBeLessThan(2 * MINUTE_MS);
    expect(platform.ids.size).toBeGreaterThan(40 * 290);
  });
});
