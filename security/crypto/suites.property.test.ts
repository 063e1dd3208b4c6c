import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  envelopeKeyId,
  openEnvelope,
  sealEnvelope,
  type Place,
  type SealingKey,
} from './envelope.ts';
import { SUITE_NAMES, type SuiteName } from './suite.ts';
import { createSuites } from './suites.ts';

const suites = createSuites();
const content = fc.uint8Array({ maxLength: 300 });
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const keyOf = (suite: SuiteName, fill: number, id = 'vault.1'): SealingKey => ({
  id,
  suite,
  bytes: new Uint8Array(32).fill(fill),
});
const place: Place = { table: 'vault_value', column: 'name', row: 'S-1' };

/** Every byte changed by each of these in turn. */
const CHANGES = [1, 128, 255];

describe.each(SUITE_NAMES)('%s', (name) => {
  const suite = suites[name];

  test('opens what it sealed, and never seals twice alike', () => {
    fc.assert(
      fc.property(secret, content, content, (key, plain, associated) => {
        const sealed = suite.seal(key, plain, associated);
        expect(suite.open(key, sealed, associated)).toEqual(Buffer.from(plain));
        expect(suite.seal(key, plain, associated)).not.toEqual(sealed);
      }),
    );
  });

  test('refuses another key, other associated data, every altered byte and every cut', () => {
    fc.assert(
      fc.property(secret, secret, content, (key, otherKey, plain) => {
        const associated = Buffer.from('here');
        const sealed = suite.seal(key, plain, associated);
        expect(suite.open(key, sealed, Buffer.from('herE'))).toBeUndefined();
        expect(suite.open(key, sealed, new Uint8Array(0))).toBeUndefined();
        if (Buffer.compare(key, otherKey) !== 0) {
          expect(suite.open(otherKey, sealed, associated)).toBeUndefined();
        }
        for (let at = 0; at < sealed.byteLength; at++) {
          for (const change of CHANGES) {
            const altered = Buffer.from(sealed);
            altered[at] = (altered[at] as number) ^ change;
            expect(suite.open(key, altered, associated)).toBeUndefined();
          }
          expect(suite.open(key, sealed.subarray(0, at), associated)).toBeUndefined();
        }
        expect(
          suite.open(key, Buffer.concat([sealed, Buffer.alloc(1)]), associated),
        ).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  test('signs with the same key for the same secret, and verifies nothing else', () => {
    fc.assert(
      fc.property(secret, content, fc.nat(63), (seed, given, at) => {
        const signer = suite.signer(seed);
        expect(suite.signer(seed).publicKey).toEqual(signer.publicKey);
        const verify = suite.verifier(signer.publicKey);
        const signature = signer.sign(given);
        expect(verify?.(given, signature)).toBe(true);
        expect(verify?.(Buffer.concat([given, Buffer.alloc(1)]), signature)).toBe(false);
        const altered = Buffer.from(signature);
        altered[at] = (altered[at] as number) ^ 1;
        expect(verify?.(given, altered)).toBe(false);
        expect(suite.verifier(suite.signer(suite.hash(seed)).publicKey)?.(given, signature)).toBe(
          false,
        );
      }),
      { numRuns: name === 'gm' ? 3 : 10 },
    );
  });

  test('seals to a receiver, whom alone it opens for', () => {
    const seed = new Uint8Array(32).fill(5);
    const recipient = suite.recipient(seed);
    const stranger = suite.recipient(new Uint8Array(32).fill(6));
    const plain = new Uint8Array(32).fill(9);
    const sealed = suite.sealTo(recipient.publicKey, plain) as Uint8Array;
    expect(Buffer.from(recipient.open(sealed) ?? [])).toEqual(Buffer.from(plain));
    expect(stranger.open(sealed)).toBeUndefined();
    for (let at = 0; at < sealed.byteLength; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(recipient.open(altered)).toBeUndefined();
    }
    for (const missing of [1, 2, 16, 32, 48, 60, 64, sealed.byteLength]) {
      expect(recipient.open(sealed.subarray(0, -missing))).toBeUndefined();
    }
  });

  test('what is no public key is none', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70 }).filter((bytes) => bytes.length !== 32),
        (bytes) => {
          expect(suite.verifier(bytes)).toBeUndefined();
          expect(suite.sealTo(bytes, new Uint8Array(32))).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });

  test('derives keys that differ by their name', () => {
    const key = new Uint8Array(32).fill(1);
    expect(suite.derive(key, 'one')).toEqual(suite.derive(key, 'one'));
    expect(suite.derive(key, 'one')).not.toEqual(suite.derive(key, 'two'));
    expect(suite.derive(key, 'one', 80)).toHaveLength(80);
  });
});

describe.each(SUITE_NAMES)('envelope with %s', (name) => {
  const key = keyOf(name, 7);

  test('opens at its place and no other', () => {
    fc.assert(
      fc.property(
        content,
        fc.tuple(fc.string(), fc.string(), fc.string()),
        (plain, [table, column, row]) => {
          const envelope = sealEnvelope(suites, key, place, plain);
          expect(envelopeKeyId(envelope)).toBe('vault.1');
          expect(openEnvelope(suites, key, place, envelope)).toEqual({
            kind: 'opened',
            plain: Buffer.from(plain),
          });
          const elsewhere = { table, column, row };
          expect(openEnvelope(suites, key, elsewhere, envelope).kind).toBe('refused');
          // A character that wanders from one part of the place to the next makes another place.
          const shifted = { ...place, column: 'nam', row: 'eS-1' };
          expect(openEnvelope(suites, key, shifted, envelope).kind).toBe('refused');
        },
      ),
    );
  });

  test('every altered byte is refused, those of the head too', () => {
    const envelope = sealEnvelope(suites, key, place, Buffer.from('王小明'));
    for (let at = 0; at < envelope.byteLength; at++) {
      for (const change of CHANGES) {
        const altered = Buffer.from(envelope);
        altered[at] = (altered[at] as number) ^ change;
        expect(openEnvelope(suites, key, place, altered).kind).toBe('refused');
      }
      expect(openEnvelope(suites, key, place, envelope.subarray(0, at)).kind).toBe('refused');
    }
  });

  test('says why it does not open', () => {
    const envelope = sealEnvelope(suites, key, place, Buffer.from('x'));
    const reasonOf = (other: SealingKey, given: Uint8Array) => {
      const opened = openEnvelope(suites, other, place, given);
      return opened.kind === 'refused' ? opened.reason : undefined;
    };
    expect(reasonOf(keyOf(name, 7, 'vault.2'), envelope)).toBe('wrong-key');
    expect(reasonOf(keyOf(name === 'gm' ? 'intl' : 'gm', 7), envelope)).toBe('wrong-key');
    expect(reasonOf(keyOf(name, 8), envelope)).toBe('altered');
    expect(reasonOf(key, Buffer.from('plain text'))).toBe('malformed');
    expect(envelopeKeyId(Buffer.from('plain text'))).toBeUndefined();
  });
});
