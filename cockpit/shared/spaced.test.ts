import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { createSpaced } from './spaced.ts';

test('however often it is asked for, it is done at once and then once a pause, the last ask included', () => {
  const clock = createManualClock(0);
  const done: number[] = [];
  const spaced = createSpaced(clock, 1_000, () => done.push(clock.now()));
  for (let i = 0; i < 25; i++) {
    spaced.ask();
    clock.advance(100);
  }
  clock.advance(5_000);
  expect(done).toEqual([0, 1_000, 2_000, 3_000]);
});

test('what was cancelled is not done, and can be asked for again', () => {
  const clock = createManualClock(0);
  let done = 0;
  const spaced = createSpaced(clock, 1_000, () => done++);
  spaced.ask();
  spaced.ask();
  spaced.cancel();
  clock.advance(5_000);
  expect(done).toBe(1);
  spaced.ask();
  expect(done).toBe(2);
});
