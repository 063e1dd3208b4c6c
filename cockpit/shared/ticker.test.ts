import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { createTicker } from './ticker.ts';

test('all listeners hear the full second, and nobody is left ticking when the last one goes', () => {
  const clock = createManualClock(10_400);
  const ticker = createTicker(clock, 1_000);
  const heard: string[] = [];
  const leaveA = ticker.subscribe(() => heard.push(`a ${clock.now()}`));
  clock.advance(1_000);
  const leaveB = ticker.subscribe(() => heard.push(`b ${clock.now()}`));
  clock.advance(1_000);
  leaveA();
  clock.advance(1_000);
  leaveB();
  clock.advance(10_000);
  expect(heard).toEqual(['a 11000', 'a 12000', 'b 12000', 'b 13000']);
});
