import { expect, test } from 'vitest';
import { digest } from './hashing.ts';
import { createKeyPair, createSigner, SIGNINGS, verifySignature } from './signer.ts';

test.each(SIGNINGS)('%s: a signature holds for its key and message alone', (signing) => {
  const signer = createSigner(createKeyPair(signing));
  const other = createSigner(createKeyPair(signing));
  const signature = signer.sign('第一条');
  expect(verifySignature(signer, { message: '第一条', signature })).toBe(true);
  expect(verifySignature(signer, { message: '第二条', signature })).toBe(false);
  expect(verifySignature(other, { message: '第一条', signature })).toBe(false);
  expect(verifySignature(signer, { message: '第一条', signature: signature.toUpperCase() })).toBe(
    /^\d+$/.test(signature),
  );
  for (const wrong of ['', 'ff', `${signature}00`, signature.replace(/^../, 'zz')]) {
    expect(verifySignature(signer, { message: '第一条', signature: wrong })).toBe(false);
  }
  const nonsense = { signing, publicKey: 'abcd' };
  expect(verifySignature(nonsense, { message: '第一条', signature })).toBe(false);
});

test('SM2 is that of GB/T 32918 with the standard user id', () => {
  const key = {
    signing: 'sm2',
    publicKey:
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  } as const;
  const signature =
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
  expect(verifySignature(key, { message: 'message digest', signature })).toBe(true);
  expect(verifySignature(key, { message: 'message digests', signature })).toBe(false);
});

test('SM3 is that of GB/T 32905', () => {
  expect(digest('sm3', 'abc')).toBe(
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  );
});
