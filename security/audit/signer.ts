// Who signs checkpoints: Ed25519 by node:crypto, or SM2 (GB/T 32918) with SM3 and the standard user id by
// sm-crypto-v2. Node's own SM2 keys sign with an empty user id, or plain ECDSA, which peers refuse.
// Keys and signatures are lower-case hexadecimal, so that no two texts mean the same signature.

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { contentId } from '../../core/ids.ts';

export const SIGNINGS = ['ed25519', 'sm2'] as const;

export type Signing = (typeof SIGNINGS)[number];

export type PublicKey = {
  readonly signing: Signing;
  /** Ed25519: SPKI in DER; SM2: the uncompressed point. */
  readonly publicKey: string;
};

export type KeyPair = PublicKey & {
  /** Ed25519: PKCS #8 in DER; SM2: the number. */
  readonly privateKey: string;
};

export type Signer = PublicKey & {
  readonly keyId: string;
  sign(message: string): string;
};

/** GM/T 0009: what is signed with when the parties have agreed on nothing else. */
const SM2_USER_ID = '1234567812345678';

/** A short name of a key, for people and files. */
export const keyIdOf = ({ signing, publicKey }: PublicKey): string =>
  contentId('ak', [signing, publicKey]);

export function createKeyPair(signing: Signing): KeyPair {
  if (signing === 'sm2') return { signing, ...sm2.generateKeyPairHex() };
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    signing,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('hex'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('hex'),
  };
}

export function createSigner({ signing, publicKey, privateKey }: KeyPair): Signer {
  const keyId = keyIdOf({ signing, publicKey });
  if (signing === 'sm2') {
    const options = { hash: true, der: false, publicKey, userId: SM2_USER_ID };
    return {
      signing,
      publicKey,
      keyId,
      sign: (message) => sm2.doSignature(bytesOf(message), privateKey, options),
    };
  }
  const key = createPrivateKey({
    key: Buffer.from(privateKey, 'hex'),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    signing,
    publicKey,
    keyId,
    sign: (message) => sign(null, bytesOf(message), key).toString('hex'),
  };
}

/** False also for what is no signature or no key. */
export function verifySignature(
  { signing, publicKey }: PublicKey,
  { message, signature }: { message: string; signature: string },
): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  try {
    if (signing === 'sm2') {
      const options = { hash: true, der: false, userId: SM2_USER_ID };
      return sm2.doVerifySignature(bytesOf(message), signature, publicKey, options);
    }
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'hex'),
      format: 'der',
      type: 'spki',
    });
    return verify(null, bytesOf(message), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

const bytesOf = (message: string): Uint8Array => Buffer.from(message, 'utf8');
