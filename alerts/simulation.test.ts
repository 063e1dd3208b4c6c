// A thousand random worlds: whatever dies, lies or comes twice, somebody hears of every alert of level 1, or
// the operators are told that nobody does.
//
// SIM_SEED=17 runs one world and prints what happened in it, SIM_WITHOUT=lies,crashes leaves troubles out,
// SIM_SEEDS=20000 runs more of them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Records } from '../warehouse/records.ts';
import { openMemoryRecords } from './scenario.fixture.ts';
import { simulate, TROUBLES, type Trouble, type WorldEnd } from './simulation.fixture.ts';

const SEEDS = Number(process.env['SIM_SEEDS'] ?? 1_000);
const CHUNK = 100;
const only = process.env['SIM_SEED'];
const without = (process.env['SIM_WITHOUT'] ?? '').split(',') as Trouble[];

let records: Records;
beforeAll(async () => {
  records = await openMemoryRecords();
});
afterAll(() => records.close());

/** Leaves out one trouble after the other for as long as the world stays wrong. */
async function shrink(seed: number): Promise<{ end: WorldEnd; without: readonly Trouble[] }> {
  let end = await simulate(records, { seed });
  let left: Trouble[] = [];
  for (const trouble of TROUBLES) {
    const tried = await simulate(records, { seed, without: [...left, trouble] });
    if (tried.wrong.length === 0) continue;
    end = tried;
    left = [...left, trouble];
  }
  return { end, without: left };
}

async function explain(seed: number): Promise<string> {
  const { end, without: needless } = await shrink(seed);
  const command = [
    `SIM_SEED=${seed}`,
    ...(needless.length > 0 ? [`SIM_WITHOUT=${needless.join(',')}`] : []),
    'npx vitest run alerts/simulation.test.ts',
  ].join(' ');
  return `seed ${seed}:\n  ${end.wrong.join('\n  ')}\nagain, as small as it gets:\n  ${command}\n`;
}

if (only === undefined) {
  const chunks = Array.from({ length: Math.ceil(SEEDS / CHUNK) }, (_, index) => index * CHUNK);
  const total = { crashed: 0, levelOne: 0, alarms: 0, carried: 0 };

  test.each(chunks)(
    'worlds from %i on',
    async (first) => {
      for (let seed = first; seed < Math.min(SEEDS, first + CHUNK); seed++) {
        const end = await simulate(records, { seed });
        if (end.wrong.length > 0) throw new Error(await explain(seed));
        total.crashed += end.starts - 2;
        total.levelOne += end.levelOne;
        total.alarms += end.alarms;
        total.carried += end.carried;
      }
    },
    600_000,
  );

  test('the worlds had troubles in them', () => {
    // In a world without any of these the test would say nothing.
    expect(total.crashed).toBeGreaterThan(SEEDS / 2);
    expect(total.levelOne).toBeGreaterThan(SEEDS / 20);
    expect(total.alarms).toBeGreaterThan(SEEDS / 20);
    expect(total.carried).toBeGreaterThan(SEEDS / 20);
  });

  test('the same seed gives the same world to the byte', async () => {
    for (const seed of [1, 2, 3]) {
      const once = await simulate(records, { seed });
      await simulate(records, { seed: seed + 10 });
      const again = await simulate(records, { seed });
      expect(again.trace.join('\n')).toBe(once.trace.join('\n'));
    }
  }, 60_000);
} else {
  test(`world ${only}`, async () => {
    const end = await simulate(records, { seed: Number(only), without });
    process.stderr.write(`${end.trace.join('\n')}\n`);
    expect(end.wrong).toEqual([]);
  }, 60_000);
}
