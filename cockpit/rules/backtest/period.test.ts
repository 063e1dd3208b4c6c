import { expect, test } from 'vitest';
import { lengthMs, proposedPeriod } from './period.ts';

const at = (written: string) => Date.parse(`${written}+08:00`);

test('what is proposed lies within what is kept, to the minute', () => {
  const kept = { fromMs: at('2026-11-20T08:00:30'), untilMs: at('2026-11-22T20:47:59') };
  expect(proposedPeriod(kept)).toEqual({ from: '2026-11-20T08:01', to: '2026-11-22T20:47' });
});

test('of a long history the last fourteen days are proposed', () => {
  const kept = { fromMs: at('2026-09-01T00:00:00'), untilMs: at('2026-11-22T20:47:00') };
  expect(proposedPeriod(kept)).toEqual({ from: '2026-11-08T20:47', to: '2026-11-22T20:47' });
});

test('a stretch has a length once both ends are given', () => {
  expect(lengthMs({ from: '2026-11-20T08:00', to: '2026-11-20T09:30' })).toBe(5_400_000);
  expect(lengthMs({ from: '', to: '2026-11-20T09:30' })).toBeUndefined();
});
