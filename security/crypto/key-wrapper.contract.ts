// The promises of everything that wraps keys.

import { expect, test } from 'vitest';
import type { KeyWrapper } from './key-wrapper.ts';

/** `create` gives a wrapper that knows `secret`: two with one secret understand each other. */
export function describeKeyWrapper(name: string, create: (secret: string) => KeyWrapper): void {
  const key = Uint8Array.from({ length: 32 }, (_, at) => at * 7);
  const ID = 'vault.1';

  test(`${name}: gives back what it wrapped, also after a restart`, async () => {
    const wrapped = await create('one').wrap(ID, key);
    expect(Buffer.from(await create('one').unwrap(ID, wrapped))).toEqual(Buffer.from(key));
  });

  test(`${name}: refuses a key that was wrapped under another id, altered or cut`, async () => {
    const wrapped = await create('one').wrap(ID, key);
    const altered = Buffer.from(wrapped);
    altered[altered.length - 1] = (altered.at(-1) as number) ^ 1;
    const refusal = { name: 'UserError', code: 'bad-configuration' };
    await expect(create('one').unwrap('vault.2', wrapped)).rejects.toMatchObject(refusal);
    await expect(create('one').unwrap(ID, altered)).rejects.toMatchObject(refusal);
    await expect(create('one').unwrap(ID, wrapped.subarray(0, 20))).rejects.toMatchObject(refusal);
    await expect(create('one').unwrap(ID, new Uint8Array(0))).rejects.toMatchObject(refusal);
  });
}
