import { expect, test } from 'vitest';
import { createManualClock } from '../../core/time.ts';
import type { Coverage } from './coverage.ts';
import { createFreshCoverage } from './fresh-coverage.ts';

function reader() {
  const clock = createManualClock(1_795_000_000_000);
  const pending: ((coverage: Coverage) => void)[] = [];
  let reads = 0;
  const fresh = createFreshCoverage({ clock, timer: clock }, () => {
    const read = ++reads;
    return new Promise((resolve) => {
      pending.push(() => resolve({ fromMs: 0, knownUntilMs: read, version: '' }));
    });
  });
  const arrive = async () => {
    for (const one of pending.splice(0)) one({ fromMs: 0, knownUntilMs: 0, version: '' });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const ask = () => fresh.of('alerts').then(({ knownUntilMs }) => knownUntilMs);
  return { clock, fresh, arrive, ask, reads: () => reads };
}

test('while somebody asks it is read in time, and nobody waits', async () => {
  const { clock, arrive, ask, reads } = reader();
  const first = Promise.all([ask(), ask()]);
  await arrive();
  expect(await first).toEqual([1, 1]);
  clock.advance(400);
  expect(reads()).toBe(2);
  // Under way: the one before is fresh for three seconds.
  clock.advance(2_300);
  expect(await ask()).toBe(1);
  await arrive();
  clock.advance(350);
  expect(await ask()).toBe(2);
});

test('nothing is older than three seconds', async () => {
  const { clock, arrive, ask } = reader();
  const first = ask();
  await arrive();
  await first;
  clock.advance(3_000);
  const late = ask();
  const turn = new Promise((resolve) => setImmediate(resolve, 'nothing yet'));
  expect(await Promise.race([late, turn])).toBe('nothing yet');
  await arrive();
  expect(await late).toBeGreaterThan(1);
});

test('nobody asks: nothing is read', async () => {
  const { clock, fresh, arrive, ask, reads } = reader();
  void ask();
  for (let turn = 0; turn < 60; turn++) {
    await arrive();
    clock.advance(400);
  }
  const before = reads();
  expect(before).toBeLessThan(30);
  clock.advance(60_000);
  await arrive();
  expect(reads()).toBe(before);
  void ask();
  await arrive();
  fresh.close();
  clock.advance(400);
  expect(reads()).toBe(before + 1);
});
