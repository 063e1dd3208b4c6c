import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import {
  lastWhole,
  monthOf,
  periodBefore,
  periodCode,
  periodName,
  readPeriod,
  weekOf,
} from './period.ts';

const at = (written: string) => parseInstant(written) as number;
const NOW = at('2026-11-26 10:00');
const bounds = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }) =>
  `${localDateTime(fromMs)} – ${localDateTime(untilMs)}`;

describe('a period is named and found again', () => {
  test.each([
    [
      '2026-W47',
      '2026-11-16 00:00:00 – 2026-11-23 00:00:00',
      '2026年第47周（2026-11-16 至 2026-11-22）',
    ],
    ['2026-10', '2026-10-01 00:00:00 – 2026-11-01 00:00:00', '2026年10月'],
    ['2024-02', '2024-02-01 00:00:00 – 2024-03-01 00:00:00', '2024年2月'],
    // 2020 has 53 weeks; the last begins in one year and ends in the next.
    [
      '2020-W53',
      '2020-12-28 00:00:00 – 2021-01-04 00:00:00',
      '2020年第53周（2020-12-28 至 2021-01-03）',
    ],
    [
      '2026-W01',
      '2025-12-29 00:00:00 – 2026-01-05 00:00:00',
      '2026年第1周（2025-12-29 至 2026-01-04）',
    ],
  ])('%s', (period, span, name) => {
    const found = readPeriod({ period }, NOW);
    expect([bounds(found), periodName(found).zh, periodCode(found)]).toEqual([span, name, period]);
  });

  test('days include the last one', () => {
    const days = readPeriod({ from: '2026-11-01', to: '2026-11-03' }, NOW);
    expect(bounds(days)).toBe('2026-11-01 00:00:00 – 2026-11-04 00:00:00');
    expect(bounds(periodBefore(days))).toBe('2026-10-29 00:00:00 – 2026-11-01 00:00:00');
  });

  test('without a word it is the last whole week', () => {
    expect(periodCode(readPeriod({}, NOW))).toBe('2026-W47');
    expect(periodCode(readPeriod({}, at('2026-11-23 00:00')))).toBe('2026-W47');
    expect(periodCode(readPeriod({}, at('2026-11-22 23:59:59')))).toBe('2026-W46');
  });
});

test.each([
  [{ period: '2026-W49' }, '报告时段尚未开始'],
  [{ period: '2027-01' }, '报告时段尚未开始'],
  [{ from: '2026-11-27', to: '2026-11-28' }, '报告时段尚未开始'],
  [{ from: '2026-11-20', to: '2026-11-18' }, '起始日期晚于截止日期'],
  [{ from: '2026-11-20' }, '起止日期缺一项'],
  [{ from: '2026-02-30', to: '2026-03-01' }, '日期写法不对'],
  [{ from: 'yesterday', to: '2026-03-01' }, '日期写法不对'],
  [{ from: '2020-01-01', to: '2026-03-01' }, '报告时段超过 400 天'],
  [{ period: '2026-W54' }, '周期写法不对'],
  [{ period: '2026-13' }, '周期写法不对'],
  [{ period: 'last week' }, '周期写法不对'],
  [{ period: '2026-10', from: '2026-11-20', to: '2026-11-21' }, '周期与起止日期只能填一种'],
])('%o is refused: %s', (asked, zh) => {
  expect(() => readPeriod(asked, NOW)).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      says: expect.objectContaining({ zh }),
      hint: expect.anything(),
    }),
  );
});

test('weeks and months meet without gap, hold their instant, and their code finds them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('2001-01-01'), max: NOW }),
      fc.constantFrom(weekOf, monthOf),
      (atMs, periodAt) => {
        const period = periodAt(atMs);
        expect(period.fromMs <= atMs && atMs < period.untilMs).toBe(true);
        expect(periodBefore(period).untilMs).toBe(period.fromMs);
        expect(readPeriod({ period: periodCode(period) }, NOW)).toEqual(period);
        const whole = lastWhole(period.kind as 'week' | 'month', atMs);
        expect(whole.untilMs).toBe(period.fromMs);
      },
    ),
  );
});
