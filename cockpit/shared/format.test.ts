import { expect, test } from 'vitest';
import { fromLocal } from '../../core/local-time.ts';
import {
  ageText,
  countText,
  dateText,
  dayClockText,
  dayText,
  distanceText,
  latencyText,
  momentText,
  secondText,
  shareText,
  shortSpanText,
  spanText,
} from './format.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

const EVENING = fromLocal({ year: 2026, month: 11, day: 22, hour: 20, minute: 47, second: 36 })!;

test.each([
  [0, '0'],
  [999, '999'],
  [12_480, '12,480'],
  [1_234_567, '1,234,567'],
  [null, '—'],
  [undefined, '—'],
  [Number.NaN, '—'],
])('the count %s reads %s', (count, wanted) => {
  expect(countText(count)).toBe(wanted);
});

test.each([
  [-5 * S, '刚刚', 'now'],
  [59 * S, '刚刚', 'now'],
  [60 * S, '1 分', '1 min'],
  [59 * M + 59 * S, '59 分', '59 min'],
  [2 * H + 5 * M, '2 时 05 分', '2 h 05'],
  [D + 3 * H, '1 天 3 时', '1 d 3 h'],
  [2 * D + 59 * M, '2 天', '2 d'],
])('an age of %d ms reads %s and %s', (ms, zh, en) => {
  expect(ageText(ms)).toEqual({ zh, en });
});

test.each([
  [0, '0 秒', '0 s'],
  [45 * S, '45 秒', '45 s'],
  [80 * S, '1 分 20 秒', '1 min 20 s'],
  [2 * H, '2 小时', '2 h'],
  [2 * H + 5 * M + 9 * S, '2 小时 5 分', '2 h 5 min'],
  [3 * D + H, '3 天 1 小时', '3 d 1 h'],
  [59 * M + 59.7 * S, '1 小时', '1 h'],
  [null, '—', '—'],
])('a span of %s ms reads %s and %s', (ms, zh, en) => {
  expect(spanText(ms)).toEqual({ zh, en });
});

test.each([
  [96 * S, '1分36秒', '1m 36s'],
  [2 * H + 5 * M, '2小时5分', '2h 5m'],
  [null, '—', '—'],
])('in the least room a span of %s ms reads %s and %s', (ms, zh, en) => {
  expect(shortSpanText(ms)).toEqual({ zh, en });
});

test.each([
  [84.4, '84 毫秒', '84 ms'],
  [1_240, '1.2 秒', '1.2 s'],
  [40_020, '40 秒', '40 s'],
  [59_600, '1 分', '1 min'],
  [75_000, '1 分 15 秒', '1 min 15 s'],
  [null, '—', '—'],
])('a latency of %s ms reads %s and %s', (ms, zh, en) => {
  expect(latencyText(ms)).toEqual({ zh, en });
});

test.each([
  [0, '0 米'],
  [340.4, '340 米'],
  [2_360, '2.4 公里'],
  [5_000, '5 公里'],
  [9_960, '10 公里'],
  [18_400, '18 公里'],
])('a distance of %d m reads %s', (m, zh) => {
  expect(distanceText(m).zh).toBe(zh);
});

test.each([
  [96, 100, '96%'],
  [999, 1_000, '99%'],
  [3, 3, '100%'],
  [0, 0, '—'],
  [1, Number.NaN, '—'],
])('%d of %d is %s', (part, whole, wanted) => {
  expect(shareText(part, whole)).toBe(wanted);
});

test('instants read as China time whatever the host thinks', () => {
  expect(secondText(EVENING)).toBe('20:47:36');
  expect(dayText(EVENING)).toEqual({
    zh: '2026年11月22日 星期日',
    en: 'Sunday, 22 Nov 2026',
  });
  expect(dateText(EVENING)).toEqual({ zh: '2026年11月22日', en: '22 Nov 2026' });
  expect(dayClockText(EVENING)).toEqual({ zh: '11月22日 20:47', en: '22 Nov 20:47' });
  expect(momentText(EVENING - 2 * H, EVENING)).toBe('18:47');
  expect(momentText(EVENING - D, EVENING)).toBe('11-21 20:47');
});
