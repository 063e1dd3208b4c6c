import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { createSeen, STANDS_MS } from './seen.ts';

function open(isVisible = true) {
  const clock = createManualClock(0);
  const told: string[] = [];
  let fails = false;
  const seen = createSeen(
    clock,
    (ids) => {
      if (fails) return Promise.reject(new Error('away'));
      told.push(ids.join(' '));
      return Promise.resolve();
    },
    { isVisible },
  );
  return { clock, told, seen, fail: (on: boolean) => (fails = on) };
}

test('a row that stands on a visible screen is seen, once', () => {
  const { clock, told, seen } = open();
  seen.onScreen('a', true);
  expect(told).toEqual([]);
  clock.advance(STANDS_MS);
  expect(told).toEqual(['a']);
  seen.onScreen('a', false);
  seen.onScreen('a', true);
  clock.advance(STANDS_MS);
  expect(told).toEqual(['a']);
});

test('nothing is seen on a page that is behind another', () => {
  const { clock, told, seen } = open(false);
  seen.onScreen('a', true);
  clock.advance(60_000);
  expect(told).toEqual([]);
  seen.visible(true);
  clock.advance(STANDS_MS);
  expect(told).toEqual(['a']);
  seen.visible(false);
  seen.onScreen('b', true);
  clock.advance(60_000);
  expect(told).toEqual(['a']);
});

test('nor is what was scrolled past, or was hidden before it stood', () => {
  const { clock, told, seen } = open();
  seen.onScreen('a', true);
  clock.advance(STANDS_MS - 1);
  seen.onScreen('a', false);
  seen.onScreen('b', true);
  clock.advance(STANDS_MS - 1);
  expect(told).toEqual([]);
  seen.visible(false);
  clock.advance(STANDS_MS);
  seen.visible(true);
  clock.advance(STANDS_MS);
  expect(told).toEqual(['b']);
});

test('what could not be told is told later', async () => {
  const { clock, told, seen, fail } = open();
  fail(true);
  seen.onScreen('a', true);
  clock.advance(STANDS_MS);
  await Promise.resolve().then(() => undefined);
  fail(false);
  clock.advance(60_000);
  expect(told).toEqual(['a']);
});
