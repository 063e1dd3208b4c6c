// SM2 (GB/T 32918) with the recommended curve and the standard user id: signatures as r then s, encryption
// as C1 C3 C2. The package reads hexadecimal and throws on what it dislikes; here it is bytes and outcomes.

import { sm2 } from 'sm-crypto-v2';
import type { Content, Recipient, Signer, Verify } from './suite.ts';

/** The order of the recommended curve (GB/T 32918.5). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SCALAR_BYTES = 32;
const SIGNATURE_BYTES = 64;
const PUBLIC_KEY_BYTES = 65;
const POINT_BYTES = 64;
const CHECK_BYTES = 32;
/** The hash is over the user id and the message, as GM/T 0009 has it. */
const STANDARD = { hash: true, userId: '1234567812345678' } as const;

/** From bytes nobody knows to a key pair; the same bytes give the same one. */
export function createSm2Signer(secret: Uint8Array): Signer {
  const privateKey = privateKeyOf(secret);
  const publicKey = sm2.getPublicKeyFromPrivateKey(privateKey);
  return {
    publicKey: fromHex(publicKey),
    sign: (content) =>
      fromHex(sm2.doSignature(bytesOf(content), privateKey, { ...STANDARD, publicKey })),
  };
}

export function createSm2Verifier(publicKey: Uint8Array): Verify | undefined {
  if (!isPublicKey(publicKey)) return undefined;
  const hex = toHex(publicKey);
  // Six times as fast from the second signature on; for a single one it would cost more than it gives.
  let point: ReturnType<typeof sm2.precomputePublicKey> | undefined;
  let key: typeof hex | NonNullable<typeof point> = hex;
  let uses = 0;
  return (content, signature) => {
    if (++uses > 2) key = point ??= sm2.precomputePublicKey(hex);
    if (signature.byteLength !== SIGNATURE_BYTES) return false;
    if (![signature.subarray(0, SCALAR_BYTES), signature.subarray(SCALAR_BYTES)].every(isScalar)) {
      return false;
    }
    return (
      attempt(() => sm2.doVerifySignature(bytesOf(content), toHex(signature), key, STANDARD)) ===
      true
    );
  };
}

export function createSm2Recipient(secret: Uint8Array): Recipient {
  const privateKey = privateKeyOf(secret);
  return {
    publicKey: fromHex(sm2.getPublicKeyFromPrivateKey(privateKey)),
    open: (sealed) => openSm2(privateKey, sealed),
  };
}

/** Undefined when this is no public key, or there is nothing to seal. */
export function sealToSm2(publicKey: Uint8Array, plain: Uint8Array): Uint8Array | undefined {
  if (!isPublicKey(publicKey) || plain.byteLength === 0) return undefined;
  return fromHex(sm2.doEncrypt(plain, toHex(publicKey), 1));
}

/** Exported for the standard's example, whose private key is given and not made from a secret. */
export function openSm2(privateKey: string, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.byteLength <= POINT_BYTES + CHECK_BYTES) return undefined;
  const plain = attempt(() => sm2.doDecrypt(toHex(sealed), privateKey, 1, { output: 'array' }));
  return plain && plain.length > 0 ? Uint8Array.from(plain) : undefined;
}

/** Evenly spread over 1 to order - 2, as the standard wants private keys. */
function privateKeyOf(secret: Uint8Array): string {
  const scalar = (BigInt(`0x${toHex(secret)}`) % (ORDER - 2n)) + 1n;
  return scalar.toString(16).padStart(2 * SCALAR_BYTES, '0');
}

function isPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES || publicKey[0] !== 4) return false;
  return attempt(() => sm2.verifyPublicKey(toHex(publicKey))) === true;
}

/** Numbers outside of 1 to order - 1 are refused here: the package takes some of them modulo the order. */
function isScalar(bytes: Uint8Array): boolean {
  const number = BigInt(`0x${toHex(bytes)}`);
  return number > 0n && number < ORDER;
}

/** The package throws on malformed input, which for us is an answer. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content;
