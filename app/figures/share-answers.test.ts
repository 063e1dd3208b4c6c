import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import { createSharedAnswers } from './share-answers.ts';

test('an answer is made once for all who ask within a second, and again after it', async () => {
  const clock = createManualClock(1_795_000_000_000);
  const share = createSharedAnswers<number>(clock);
  let made = 0;
  const ask = (key: string) => share(key, () => Promise.resolve(++made));
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual([1, 1, 2]);
  clock.advance(999);
  expect(await ask('a')).toBe(1);
  clock.advance(1);
  expect(await ask('a')).toBe(3);
});

test('a failure is not kept', async () => {
  const share = createSharedAnswers<number>(createManualClock(1_795_000_000_000));
  const fail = () => Promise.reject(new Error('away'));
  await expect(Promise.all([share('a', fail), share('a', fail)])).rejects.toThrow('away');
  expect(await share('a', () => Promise.resolve(7))).toBe(7);
});
