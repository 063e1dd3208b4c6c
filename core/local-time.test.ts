import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import {
  fromLocal,
  localDateTime,
  minuteOfDay,
  parseInstant,
  startOfLocalDay,
} from './local-time.ts';

test.each([
  ['2026-11-22', '2026-11-22 00:00:00'],
  ['2026-11-22 08:30', '2026-11-22 08:30:00'],
  ['2026-11-22T08:30:05', '2026-11-22 08:30:05'],
  ['2026-11-22T00:30:05Z', '2026-11-22 08:30:05'],
  ['2026-11-22T08:30:05+08:00', '2026-11-22 08:30:05'],
  ['2024-02-29', '2024-02-29 00:00:00'],
])('%s is %s in China', (text, local) => {
  expect(localDateTime(parseInstant(text) ?? 0)).toBe(local);
});

test.each([
  '2026-02-30',
  '2026-13-01',
  '2026-11-22 25:00',
  'yesterday',
  '',
  '2026-11-22T08:30:05+0800',
])('"%s" is not an instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('the day begins at midnight in China wherever the machine stands', () => {
  const atMs = fromLocal({ year: 2026, month: 11, day: 22, hour: 3, minute: 15 }) ?? 0;
  expect(minuteOfDay(atMs)).toBe(195);
  expect(localDateTime(startOfLocalDay(atMs))).toBe('2026-11-22 00:00:00');
  expect(fromLocal({ year: 2026, month: 2, day: 30 })).toBeUndefined();
});

test.each([
  ['30s', 30_000, '30s'],
  ['5m', 300_000, '5m'],
  ['1.5h', 5_400_000, '1h 30m'],
  ['7d', 604_800_000, '7d'],
  ['250ms', 250, '0s'],
])('%s is %d ms', (text, ms, shown) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(shown);
});

test.each(['5', 'm', '-3m', '5 minutes', ''])('"%s" is not a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
