import { expect, test } from 'vitest';
import type { BacktestProgress } from '../api/backtests.ts';
import { createProgressReport } from './progress-report.ts';

test('rate and time left are those of this run, also when it began in the middle', () => {
  let nowMs = 5_000;
  const told: BacktestProgress[] = [];
  const { reading, comparing } = createProgressReport(
    () => nowMs,
    (so) => void told.push(so),
  );
  reading({ observations: 1_000, share: 0.5, reachedMs: 0 });
  expect(told).toEqual([
    {
      phase: 'reading',
      share: 0.5,
      observations: 1_000,
      perSecond: 0,
      reachedMs: null,
      leftMs: null,
    },
  ]);
  nowMs += 100;
  reading({ observations: 1_050, share: 0.51, reachedMs: 1 });
  expect(told).toHaveLength(1);
  nowMs += 1_900;
  reading({ observations: 3_000, share: 0.75, reachedMs: 9 });
  expect(told[1]).toEqual({
    phase: 'reading',
    share: 0.75,
    observations: 3_000,
    perSecond: 1_000,
    reachedMs: 9,
    leftMs: 2_000,
  });
  comparing();
  expect(told[2]).toMatchObject({ phase: 'comparing', share: 1, leftMs: 0 });
});
