import { expect, test } from 'vitest';
import { createAddressList, networkSchema } from './address-list.ts';

test.each([
  ['10.20.0.0/16', '10.20.255.1', true],
  ['10.20.0.0/16', '10.21.0.1', false],
  ['10.20.0.7', '10.20.0.7', true],
  ['10.20.0.7', '10.20.0.8', false],
  ['10.20.0.0/16', '::ffff:10.20.3.4', true],
  ['10.20.0.0/16', '::ffff:10.21.3.4', false],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', '10.20.0.7', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', 'no address', false],
])('of %s is %s: %s', (network, address, isIn) => {
  expect(networkSchema.safeParse(network).success).toBe(true);
  expect(createAddressList([network])(address)).toBe(isIn);
  expect(createAddressList(['192.0.2.1', network])(address)).toBe(isIn);
});

test('no network means every address', () => {
  expect(createAddressList([])('203.0.113.9')).toBe(true);
});

test.each(['', '10.20.0.0/33', '10.20.0.0/', '10.20.0', '10.20.0.0/16/2', 'fd00::/129', 'host'])(
  '"%s" is no network',
  (network) => expect(networkSchema.safeParse(network).success).toBe(false),
);
