import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { createServerClock } from './server-clock.ts';

const LOCAL = 1_000_000;
const SERVER = 5_000_000;

test('before the server spoke, the machine has to do', () => {
  expect(createServerClock(createManualClock(LOCAL), { still: false }).now()).toBe(LOCAL);
});

test('a machine that is minutes off shows the time of the server', () => {
  const clock = createManualClock(LOCAL);
  const server = createServerClock(clock, { still: false });
  server.observe(SERVER);
  clock.advance(1_500);
  expect(server.now()).toBe(SERVER + 1_500);
});

test('jitter of the network does not make the clock step', () => {
  const clock = createManualClock(LOCAL);
  const server = createServerClock(clock, { still: false });
  for (const lateMs of [0, 120, 30, 200, 80, 10]) {
    server.observe(SERVER + (clock.now() - LOCAL) - lateMs);
    expect(server.now()).toBe(SERVER + (clock.now() - LOCAL));
    clock.advance(1_000);
  }
});

test('a drill at sixty times the speed of life is followed between what the server says', () => {
  const clock = createManualClock(LOCAL);
  const server = createServerClock(clock, { still: false });
  for (let second = 0; second <= 12; second++) {
    server.observe(SERVER + second * 60_000);
    clock.advance(1_000);
  }
  expect(server.speed()).toBeCloseTo(60, 5);
  expect(server.now()).toBeCloseTo(SERVER + 13 * 60_000, 0);
});

test('with still the clock stands', () => {
  const clock = createManualClock(LOCAL);
  const server = createServerClock(clock, { still: true });
  server.observe(SERVER);
  clock.advance(60_000);
  expect(server.now()).toBe(SERVER);
});
