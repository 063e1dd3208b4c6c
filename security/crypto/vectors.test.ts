// The published examples of each algorithm, through the suites where they reach it.

import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { describe, expect, test } from 'vitest';
import { createSm2Verifier, openSm2 } from './sm2.ts';
import { createSuites } from './suites.ts';

const { gm, intl } = createSuites();
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

test.each([
  [
    'SM3 of abc',
    gm.hash('abc'),
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  ],
  [
    'SM3 of abcd, 16 times',
    gm.hash('abcd'.repeat(16)),
    'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
  ],
  [
    'HMAC-SM3',
    gm.mac(Buffer.from('key'), 'abc'),
    '28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393',
  ],
  [
    'SHA-256 of abc (FIPS 180-4)',
    intl.hash('abc'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
  // RFC 4231, case 2
  [
    'HMAC-SHA-256',
    intl.mac(Buffer.from('Jefe'), 'what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
])('%s', (_name, given, expected) => expect(hex(given)).toBe(expected));

test.each([gm, intl])('$name: a hash fed in pieces is the hash of the whole', (suite) => {
  const running = suite.startHash();
  for (const piece of ['ab', '', Buffer.from('c')]) running.update(piece);
  expect(hex(running.digest())).toBe(hex(suite.hash('abc')));
});

test('SM4, once and a million times (GB/T 32907)', () => {
  const key = bytes('0123456789abcdeffedcba9876543210');
  // Chained over zeros with the plain text in front, each block is the encryption of the one before it.
  const cipher = createCipheriv('sm4-cbc', key, key).setAutoPadding(false);
  const blocks = cipher.update(Buffer.alloc(16 * 1_000_000));
  expect(hex(blocks.subarray(0, 16))).toBe('681edf34d206965e86b3e94f536e4246');
  expect(hex(blocks.subarray(-16))).toBe('595298c7c6fd271f0402f804c33d3f66');
});

describe('SM2 (GB/T 32918)', () => {
  const privateKey = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
  const publicKey =
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
  const k = 0x59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21n;
  const signature =
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
  const userId = '1234567812345678';

  test('the hash over the user id', () => {
    expect(hex(sm2.getZ(publicKey, userId))).toBe(
      'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3',
    );
    expect(sm2.getHash(Buffer.from('message digest'), publicKey, userId)).toBe(
      'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
    );
  });

  test('the signature made with the given number', () => {
    const kPublic = sm2.getPublicKeyFromPrivateKey(k.toString(16));
    const x1 = BigInt(`0x${kPublic.slice(2, 66)}`);
    const options = { hash: true, publicKey, userId, pointPool: [{ k, x1 }] };
    expect(sm2.doSignature(Buffer.from('message digest'), privateKey, options)).toBe(signature);
  });

  test('our verifier takes it, and nothing else', () => {
    const verify = createSm2Verifier(bytes(publicKey));
    expect(verify?.('message digest', bytes(signature))).toBe(true);
    expect(verify?.('message digesT', bytes(signature))).toBe(false);
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
    for (const other of [
      '',
      signature.slice(2),
      `${signature}00`,
      '00'.repeat(64),
      order + signature.slice(64),
      signature.slice(0, 64) + order,
      signature.slice(64) + signature.slice(0, 64),
      'ff'.repeat(64),
    ]) {
      expect(verify?.('message digest', bytes(other))).toBe(false);
    }
  });

  // GB/T 32918.5, annex C.
  test('the encrypted example opens', () => {
    const sealed = bytes(
      `04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73
       e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0
       59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766
       21886ca989ca9c7d58087307ca93092d651efa`,
    );
    expect(Buffer.from(openSm2(privateKey, sealed) ?? []).toString()).toBe('encryption standard');
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(openSm2(privateKey, altered)).toBeUndefined();
    }
  });

  test("Node's own keys of this curve sign something else, which is why they are not used", () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const point = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    const verify = createSm2Verifier(point);
    const split = { dsaEncoding: 'ieee-p1363' } as const;
    const content = Buffer.from('message digest');
    expect(verify?.(content, sign('sm3', content, { key: pair.privateKey, ...split }))).toBe(false);
    const again = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    expect(createPublicKey(again).asymmetricKeyType).not.toBe('ec');
    expect(verify?.(content, sign('sm3', content, again))).toBe(false);
  });
});

test('Ed25519 agrees with RFC 8032, test 2', () => {
  const verify = intl.verifier(
    bytes('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  );
  const signature = bytes(
    `92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`,
  );
  expect(verify?.(bytes('72'), signature)).toBe(true);
  expect(verify?.(bytes('73'), signature)).toBe(false);
});
