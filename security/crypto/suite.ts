// The two sets of algorithms personal data, audit and packages are protected by, behind one interface:
// `gm` the national ones (SM4, SM3, SM2), `intl` the international ones (AES, SHA-256, Ed25519, X25519).

export const SUITE_NAMES = ['gm', 'intl'] as const;

export type SuiteName = (typeof SUITE_NAMES)[number];

/** Every symmetric key of ours has this length; what an algorithm needs is derived from it. */
export const KEY_BYTES = 32;

export type Content = Uint8Array | string;

/** A hash that is fed piece by piece. */
export type RunningHash = {
  update(content: Content): void;
  /** 32 bytes; nothing can be added afterwards. */
  digest(): Uint8Array;
};

export type Signer = {
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(content: Content): Uint8Array;
};

/** True when the signature is of this content by the key the function was made for. */
export type Verify = (content: Content, signature: Uint8Array) => boolean;

/** Who opens what others sealed to a public key. */
export type Recipient = {
  readonly publicKey: Uint8Array;
  /** Undefined when it was sealed to somebody else or altered. */
  open(sealed: Uint8Array): Uint8Array | undefined;
};

export type Suite = {
  readonly name: SuiteName;
  /** 32 bytes. */
  hash(content: Content): Uint8Array;
  startHash(): RunningHash;
  /** 32 bytes. */
  mac(key: Uint8Array, content: Content): Uint8Array;
  /** `count` bytes from a key under a name (HKDF, RFC 5869): knowing one tells nothing about another. */
  derive(key: Uint8Array, name: string, count?: number): Uint8Array;
  /** Encrypts and authenticates with a key of 32 bytes; `associated` is authenticated only. */
  seal(key: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array;
  /** Undefined when the key or the associated data is another one, or a single bit was altered. */
  open(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined;
  /** The signing key pair that belongs to 32 secret bytes, always the same one. */
  signer(seed: Uint8Array): Signer;
  /** Undefined when this is no public key. Keep the function: making it costs more than using it. */
  verifier(publicKey: Uint8Array): Verify | undefined;
  /** The receiving key pair that belongs to 32 secret bytes. */
  recipient(seed: Uint8Array): Recipient;
  /** Seals a few bytes, such as a key, so that only the holder of the private key opens them. */
  sealTo(publicKey: Uint8Array, plain: Uint8Array): Uint8Array | undefined;
};

/** Bytes nobody can guess. */
export type SecretBytes = (count: number) => Uint8Array;
