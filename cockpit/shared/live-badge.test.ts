import { expect, test } from 'vitest';
import { ageOfData } from './live-badge.tsx';

const S = 1_000;

test.each([
  ['just came', { atMs: 100 * S, receivedAtMs: 7 * S }, [7 * S, 100 * S, 1], 0],
  ['came a while ago', { atMs: 100 * S, receivedAtMs: 7 * S }, [27 * S, 120 * S, 1], 20],
  [
    'came now but was made long ago',
    { atMs: 40 * S, receivedAtMs: 7 * S },
    [7 * S, 100 * S, 1],
    60,
  ],
  ['made a minute of a drill ago', { atMs: 40 * S, receivedAtMs: 7 * S }, [7 * S, 100 * S, 60], 1],
  ['a server ahead of itself', { atMs: 200 * S, receivedAtMs: 7 * S }, [7 * S, 100 * S, 1], 0],
] as const)('data that %s', (_what, data, [localMs, serverMs, speed], seconds) => {
  expect(ageOfData(data, { localMs, serverMs, speed })).toBe(seconds * S);
});
