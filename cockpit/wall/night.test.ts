import { expect, test } from 'vitest';
import { fromLocal } from '../../core/local-time.ts';
import { msUntilNight } from './night.ts';

test.each([
  [20, 0, 8 * 60 + 10],
  [0, 0, 4 * 60 + 10],
  [4, 9, 24 * 60 + 1],
  [4, 10, 24 * 60],
  [12, 0, 16 * 60 + 10],
])('at %d:%d a wall starts afresh in %d minutes', (hour, minute, minutes) => {
  const nowMs = fromLocal({ year: 2026, month: 11, day: 22, hour, minute }) as number;
  expect(msUntilNight(nowMs)).toBe(minutes * 60_000);
});
