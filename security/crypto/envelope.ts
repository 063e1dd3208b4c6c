// A sealed value as it is stored: a version, the suite, the id of the key, and the sealed bytes. Where the
// value belongs is bound into the seal, so that one moved to another column or row does not open.

import { assert } from '../../core/errors.ts';
import type { SuiteName } from './suite.ts';
import type { Suites } from './suites.ts';

/** Where a value stands. */
export type Place = { readonly table: string; readonly column: string; readonly row: string };

/** A key with the name it is found by again. */
export type SealingKey = {
  readonly id: string;
  readonly suite: SuiteName;
  readonly bytes: Uint8Array;
};

export type Opened =
  | { readonly kind: 'opened'; readonly plain: Uint8Array }
  /** `malformed`: no envelope; `altered`: another key or place, or changed since it was sealed. */
  | { readonly kind: 'refused'; readonly reason: 'altered' | 'malformed' | 'wrong-key' };

const VERSION = 1;
const SUITE_CODES: Readonly<Record<SuiteName, number>> = { gm: 1, intl: 2 };
const KEY_ID = /^[a-z0-9][a-z0-9.-]{0,59}$/;
const HEAD_BYTES = 3;

/** `version · suite · length of the key id · key id · sealed`. */
export function sealEnvelope(
  suites: Suites,
  key: SealingKey,
  place: Place,
  plain: Uint8Array,
): Uint8Array {
  assert(KEY_ID.test(key.id), 'a key id is short and plain');
  const head = headOf(key);
  return Buffer.concat([head, suites[key.suite].seal(key.bytes, plain, associatedOf(head, place))]);
}

/** The id of the key an envelope wants; undefined when it is none. */
export const envelopeKeyId = (envelope: Uint8Array): string | undefined =>
  readHead(envelope)?.keyId;

export function openEnvelope(
  suites: Suites,
  key: SealingKey,
  place: Place,
  envelope: Uint8Array,
): Opened {
  const head = readHead(envelope);
  if (!head) return { kind: 'refused', reason: 'malformed' };
  if (head.keyId !== key.id || head.suite !== key.suite) {
    return { kind: 'refused', reason: 'wrong-key' };
  }
  const plain = suites[key.suite].open(
    key.bytes,
    envelope.subarray(head.bytes.byteLength),
    associatedOf(head.bytes, place),
  );
  return plain ? { kind: 'opened', plain } : { kind: 'refused', reason: 'altered' };
}

const headOf = ({ id, suite }: SealingKey): Uint8Array =>
  Buffer.concat([Uint8Array.of(VERSION, SUITE_CODES[suite], id.length), Buffer.from(id, 'latin1')]);

function readHead(envelope: Uint8Array) {
  const [version, code, length] = envelope;
  const suite = (['gm', 'intl'] as const).find((name) => SUITE_CODES[name] === code);
  if (version !== VERSION || !suite || length === undefined) return undefined;
  const bytes = envelope.subarray(0, HEAD_BYTES + length);
  const keyId = Buffer.from(bytes.subarray(HEAD_BYTES)).toString('latin1');
  return keyId.length === length && KEY_ID.test(keyId) ? { suite, keyId, bytes } : undefined;
}

/** Each part behind its length: no two places give the same bytes. */
function associatedOf(head: Uint8Array, { table, column, row }: Place): Uint8Array {
  const parts = [head, ...[table, column, row].map((part) => Buffer.from(part))];
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.byteLength);
      return [length, part];
    }),
  );
}
