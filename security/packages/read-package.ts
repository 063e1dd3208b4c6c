// Reads a package as a stream and lets nothing pass that is not whole, for us, and from who it says. Pieces
// are given on as they open, so whoever acts on them waits for the end, where the signature is.

import type { z } from 'zod';
import { KEY_BYTES, type Recipient } from '../crypto/suite.ts';
import type { Suites } from '../crypto/suites.ts';
import { openPieces, type NextPiece } from './open-pieces.ts';
import {
  fingerprint,
  HEAD_BYTES_MAX,
  headSchema,
  LAST_BIT,
  MAGIC,
  manifestSchema,
  PIECE_BYTES,
  SIGNATURE_BYTES,
  type Card,
  type PackageFault,
  type PackageHead,
  type PackageManifest,
} from './package-form.ts';
import { signedOf } from './write-package.ts';

export type ReadPackage =
  | {
      readonly kind: 'read';
      /** The hash of the head: two packages never have the same. */
      readonly id: string;
      readonly head: PackageHead;
      readonly manifest: PackageManifest;
    }
  | { readonly kind: 'refused'; readonly fault: PackageFault; readonly head?: PackageHead };

export type ReadDeps = {
  readonly suites: Suites;
  /** Our receiving key by the fingerprint of its public half. */
  readonly recipientOf: (fingerprint: string) => Promise<Recipient | undefined>;
  /** Who is believed. */
  readonly sender: Card;
};

/** Sealing adds less than this to a piece; a line may be longer than a piece by itself. */
const SEALED_BYTES_MAX = 64 * PIECE_BYTES;

/** Gives every whole line to `onLine`; whether they may be used is known when the answer is there. */
export async function readPackage(
  { suites, recipientOf, sender }: ReadDeps,
  source: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<ReadPackage> {
  const take = createTaker(source);
  const start = await readHead(take);
  if ('fault' in start) return { kind: 'refused', fault: start.fault };
  const { head, bytes } = start;
  const refuse = (fault: PackageFault): ReadPackage => ({ kind: 'refused', fault, head });

  const signing = Buffer.from(sender.signing, 'base64');
  const verify = suites[sender.suite].verifier(signing);
  if (!verify || head.sender.key !== fingerprint(suites, signing)) return refuse('unknown-sender');
  const recipient = await recipientOf(head.receiver.key);
  const suite = suites[head.receiver.suite];
  if (!recipient) return refuse('not-for-us');
  const key = recipient.open(Buffer.from(head.contentKey, 'base64'));
  if (key?.byteLength !== KEY_BYTES) return refuse('altered');

  const bound = suite.hash(bytes);
  const hash = suite.startHash();
  let rest = '';
  let count = 0;
  const decoder = new TextDecoder();
  for await (const piece of openPieces({ suite, key, bound }, () => nextSealed(take))) {
    if ('fault' in piece) return refuse(piece.fault);
    const { plain, isLast } = piece;
    if (!isLast) {
      hash.update(plain);
      count += plain.byteLength;
      const lines = (rest + decoder.decode(plain, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      continue;
    }
    const signature = await take(SIGNATURE_BYTES);
    if (!signature) return refuse('cut-off');
    if (!verify(signedOf(bound, plain), signature)) return refuse('wrong-signature');
    if (await take(1)) return refuse('more-behind');
    const manifest = readJson(manifestSchema, plain);
    if (!manifest) return refuse('altered');
    const isWhole =
      manifest.bytes === count &&
      manifest.hash === Buffer.from(hash.digest()).toString('hex') &&
      rest === '';
    if (!isWhole) return refuse('altered');
    return { kind: 'read', id: Buffer.from(bound).toString('hex'), head, manifest };
  }
  throw new Error('a package ends with its last piece or with a fault');
}

async function nextSealed(take: Taker): Promise<NextPiece<'altered' | 'cut-off'>> {
  const lengthBytes = await take(4);
  if (!lengthBytes) return { fault: 'cut-off' };
  const word = Buffer.from(lengthBytes).readUInt32BE();
  const isLast = word >= LAST_BIT;
  const length = isLast ? word - LAST_BIT : word;
  if (length > SEALED_BYTES_MAX) return { fault: 'altered' };
  const sealed = await take(length);
  return sealed ? { sealed, isLast } : { fault: 'cut-off' };
}

/** The head alone, for a look at a package that may be for somebody else. */
export async function inspectPackage(
  source: AsyncIterable<Uint8Array>,
): Promise<PackageHead | PackageFault> {
  const start = await readHead(createTaker(source));
  return 'fault' in start ? start.fault : start.head;
}

type Taker = (count: number) => Promise<Uint8Array | undefined>;

async function readHead(
  take: Taker,
): Promise<{ head: PackageHead; bytes: Uint8Array } | { fault: PackageFault }> {
  const magic = await take(MAGIC.byteLength);
  if (!magic) return { fault: 'no-package' };
  const given = Buffer.from(magic);
  if (!given.equals(MAGIC)) {
    const isOurs = given.subarray(0, -1).equals(MAGIC.subarray(0, -1));
    return { fault: isOurs ? 'other-version' : 'no-package' };
  }
  const lengthBytes = await take(4);
  if (!lengthBytes) return { fault: 'cut-off' };
  const length = Buffer.from(lengthBytes).readUInt32BE();
  if (length > HEAD_BYTES_MAX) return { fault: 'altered' };
  const bytes = await take(length);
  if (!bytes) return { fault: 'cut-off' };
  const head = readJson(headSchema, bytes);
  return head ? { head, bytes } : { fault: 'altered' };
}

/** Undefined when the bytes are no JSON or not what the schema asks for. */
function readJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Takes exactly so many bytes from a stream; undefined when there are not as many left. */
function createTaker(source: AsyncIterable<Uint8Array>): Taker {
  const iterator = source[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  return async (count) => {
    while (heldBytes < count) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      held.push(value);
      heldBytes += value.byteLength;
    }
    const all = held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held);
    held = [all.subarray(count)];
    heldBytes = all.byteLength - count;
    return all.subarray(0, count);
  };
}
