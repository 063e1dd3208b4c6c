import { expect, test } from 'vitest';
import { createAcceleratedClock, createManualClock, epochMs, sleep } from './time.ts';

test('a manual clock fires timers in order of their instant, also those set while firing', () => {
  const clock = createManualClock(1_000);
  const fired: string[] = [];
  clock.after(50, () => fired.push(`b ${clock.now()}`));
  clock.after(20, () => {
    fired.push(`a ${clock.now()}`);
    clock.after(10, () => fired.push(`c ${clock.now()}`));
  });
  clock.after(70, () => fired.push('never')).cancel();
  clock.advance(100);
  expect(fired).toEqual(['a 1020', 'c 1030', 'b 1050']);
  expect(clock.now()).toBe(1_100);
});

test('an accelerated clock runs from its start at its speed', () => {
  const base = createManualClock(0);
  const fast = createAcceleratedClock(base, { startAtMs: epochMs(5_000_000), speed: 60 });
  const fired: number[] = [];
  fast.after(60_000, () => fired.push(fast.now()));
  base.advance(999);
  expect(fired).toEqual([]);
  base.advance(1);
  expect(fired).toEqual([5_060_000]);
});

test('sleeping ends with its time, or at once when aborted', async () => {
  const clock = createManualClock(0);
  const sleeping = sleep(clock, 10);
  clock.advance(10);
  await sleeping;
  const controller = new AbortController();
  const aborted = sleep(clock, 10, controller.signal);
  controller.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
});
