// The international algorithms: AES-256-GCM, SHA-256, Ed25519, and X25519 for what is sealed to somebody.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
  hkdfSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { assert } from '../../core/errors.ts';
import { KEY_BYTES, type Content, type SecretBytes, type Suite } from './suite.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const POINT_BYTES = 32;

type Curve = 'ed25519' | 'x25519';

/** What stands before the 32 bytes of a key in DER (RFC 8410). */
const PRIVATE_HEAD: Readonly<Record<Curve, string>> = {
  ed25519: '302e020100300506032b657004220420',
  x25519: '302e020100300506032b656e04220420',
};
const PUBLIC_HEAD: Readonly<Record<Curve, string>> = {
  ed25519: '302a300506032b6570032100',
  x25519: '302a300506032b656e032100',
};

export function createIntlSuite(random: SecretBytes): Suite {
  const derive: Suite['derive'] = (key, name, count = KEY_BYTES) =>
    new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), name, count));

  const seal: Suite['seal'] = (key, plain, associated) => {
    assert(key.byteLength === KEY_BYTES, 'a key has 32 bytes');
    const nonce = random(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
    const body = Buffer.concat([nonce, cipher.update(plain), cipher.final()]);
    return Buffer.concat([body, cipher.getAuthTag()]);
  };

  const open: Suite['open'] = (key, sealed, associated) => {
    if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
    assert(key.byteLength === KEY_BYTES, 'a key has 32 bytes');
    const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(associated).setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = cipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return attempt(() => Buffer.concat([plain, cipher.final()]));
  };

  /** The key both ends of an exchange come to, bound to both public keys. */
  const sharedKey = (shared: Uint8Array, ephemeral: Uint8Array, receiver: Uint8Array) =>
    new Uint8Array(
      hkdfSync('sha256', shared, Buffer.concat([ephemeral, receiver]), 'sealed to x25519', 32),
    );

  return {
    name: 'intl',
    hash: (content) => hash('sha256', content, 'buffer'),
    startHash() {
      const running = createHash('sha256');
      return { update: (content) => void running.update(content), digest: () => running.digest() };
    },
    mac: (key, content) => createHmac('sha256', key).update(content).digest(),
    derive,
    seal,
    open,
    signer(seed) {
      const key = privateKeyOf('ed25519', derive(seed, 'ed25519 signing key'));
      return {
        publicKey: publicBytesOf(key),
        sign: (content) => sign(null, bytesOf(content), key),
      };
    },
    verifier(publicKey) {
      const key = publicKeyOf('ed25519', publicKey);
      if (!key) return undefined;
      return (content, signature) => verify(null, bytesOf(content), key, signature);
    },
    recipient(seed) {
      const privateKey = privateKeyOf('x25519', derive(seed, 'x25519 receiving key'));
      const own = publicBytesOf(privateKey);
      return {
        publicKey: own,
        open(sealed) {
          const ephemeral = sealed.subarray(0, POINT_BYTES);
          const publicKey = publicKeyOf('x25519', ephemeral);
          // A point of low order gives no shared secret and is refused by OpenSSL.
          const shared = publicKey && attempt(() => diffieHellman({ privateKey, publicKey }));
          if (!shared) return undefined;
          const key = sharedKey(shared, ephemeral, own);
          return open(key, sealed.subarray(POINT_BYTES), ephemeral);
        },
      };
    },
    sealTo(receiver, plain) {
      const publicKey = publicKeyOf('x25519', receiver);
      if (!publicKey) return undefined;
      const privateKey = privateKeyOf('x25519', random(KEY_BYTES));
      const ephemeral = publicBytesOf(privateKey);
      const shared = attempt(() => diffieHellman({ privateKey, publicKey }));
      if (!shared) return undefined;
      const key = sharedKey(shared, ephemeral, receiver);
      return Buffer.concat([ephemeral, seal(key, plain, ephemeral)]);
    },
  };
}

const privateKeyOf = (curve: Curve, bytes: Uint8Array): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from(PRIVATE_HEAD[curve], 'hex'), bytes]),
    format: 'der',
    type: 'pkcs8',
  });

function publicKeyOf(curve: Curve, bytes: Uint8Array): KeyObject | undefined {
  if (bytes.byteLength !== POINT_BYTES) return undefined;
  const key = Buffer.concat([Buffer.from(PUBLIC_HEAD[curve], 'hex'), bytes]);
  return attempt(() => createPublicKey({ key, format: 'der', type: 'spki' }));
}

const publicBytesOf = (privateKey: KeyObject): Uint8Array =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-POINT_BYTES);

const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content;

/** OpenSSL throws on what does not fit, which for us is an answer. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
