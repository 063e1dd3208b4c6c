// The national algorithms: SM4-CTR with HMAC-SM3 over the ciphertext (this Node has no SM4-GCM), SM3, SM2.
// SM4 and SM3 are those of OpenSSL; its SM2 signs without the standard user id, so SM2 is another package's.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { assert } from '../../core/errors.ts';
import { createSm2Recipient, createSm2Signer, createSm2Verifier, sealToSm2 } from './sm2.ts';
import { KEY_BYTES, type SecretBytes, type Suite } from './suite.ts';

const SM4_KEY_BYTES = 16;
const COUNTER_BYTES = 16;
const TAG_BYTES = 32;
/** SM2 private keys are numbers below an order of 256 bits; 16 bytes more make them evenly spread. */
const SCALAR_BYTES = 48;

export function createGmSuite(random: SecretBytes): Suite {
  const derive: Suite['derive'] = (key, name, count = KEY_BYTES) =>
    new Uint8Array(hkdfSync('sm3', key, new Uint8Array(0), name, count));
  const mac: Suite['mac'] = (key, content) => createHmac('sm3', key).update(content).digest();

  return {
    name: 'gm',
    hash: (content) => createHash('sm3').update(content).digest(),
    startHash() {
      const hash = createHash('sm3');
      return { update: (content) => void hash.update(content), digest: () => hash.digest() };
    },
    mac,
    derive,
    seal(key, plain, associated) {
      const { cipherKey, macKey } = split(derive, key);
      const counter = random(COUNTER_BYTES);
      const cipher = createCipheriv('sm4-ctr', cipherKey, counter);
      const body = Buffer.concat([counter, cipher.update(plain), cipher.final()]);
      return Buffer.concat([body, tagOf(macKey, body, associated)]);
    },
    open(key, sealed, associated) {
      if (sealed.byteLength < COUNTER_BYTES + TAG_BYTES) return undefined;
      const { cipherKey, macKey } = split(derive, key);
      const body = sealed.subarray(0, -TAG_BYTES);
      const tag = sealed.subarray(-TAG_BYTES);
      if (!timingSafeEqual(tagOf(macKey, body, associated), tag)) return undefined;
      const cipher = createDecipheriv('sm4-ctr', cipherKey, body.subarray(0, COUNTER_BYTES));
      return Buffer.concat([cipher.update(body.subarray(COUNTER_BYTES)), cipher.final()]);
    },
    signer: (seed) => createSm2Signer(derive(seed, 'sm2 signing key', SCALAR_BYTES)),
    verifier: createSm2Verifier,
    recipient: (seed) => createSm2Recipient(derive(seed, 'sm2 receiving key', SCALAR_BYTES)),
    sealTo: sealToSm2,
  };
}

/** One key for each of the two acts: the same bits must not serve as both. */
function split(derive: Suite['derive'], key: Uint8Array) {
  assert(key.byteLength === KEY_BYTES, 'a key has 32 bytes');
  const both = derive(key, 'sm4-ctr and hmac-sm3', SM4_KEY_BYTES + KEY_BYTES);
  return { cipherKey: both.subarray(0, SM4_KEY_BYTES), macKey: both.subarray(SM4_KEY_BYTES) };
}

/** The length goes first, so that nothing can be moved between the associated data and the body. */
function tagOf(key: Uint8Array, body: Uint8Array, associated: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(associated.byteLength));
  return createHmac('sm3', key).update(length).update(associated).update(body).digest();
}
