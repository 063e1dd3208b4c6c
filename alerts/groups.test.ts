import { expect, test } from 'vitest';
import { createGroups } from './groups.ts';

test('writes one group at a time, with all that came in meanwhile, in order', async () => {
  const groups: string[] = [];
  let running = 0;
  const write = createGroups<string>(async (group) => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    groups.push(group.join(''));
    running--;
  });
  const first = ['a', 'b'].map(write);
  await first[0];
  const second = write('c');
  const third = (async () => {
    // By then the write of c has begun.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([write('d'), write('e')]);
  })();
  await Promise.all([...first, second, third]);
  expect(groups).toEqual(['ab', 'c', 'de']);
});

test('a write that fails fails for its group alone', async () => {
  const write = createGroups<string>((group) =>
    group.includes('bad') ? Promise.reject(new Error('no')) : Promise.resolve(),
  );
  const outcomes = await Promise.allSettled([write('good'), write('bad')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(write('good')).resolves.toBeUndefined();
});
