// Writes a package as a stream: rows come in one by one, nothing is held but the piece under way.

import type { SecretBytes, Signer } from '../crypto/suite.ts';
import { KEY_BYTES } from '../crypto/suite.ts';
import { createPieceSealer } from '../crypto/sealed-stream.ts';
import type { Suites } from '../crypto/suites.ts';
import {
  fingerprint,
  LAST_BIT,
  MAGIC,
  PIECE_BYTES,
  type Card,
  type PackageHead,
  type PackageManifest,
} from './package-form.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type PackageRow = { readonly kind: 'order' | 'identity'; readonly line: string };

export type WriteOptions = {
  readonly sender: {
    readonly site: string;
    readonly suite: Card['suite'];
    readonly signer: Signer;
  };
  readonly receiver: Card;
  readonly sequence: number;
  readonly madeAtMs: number;
  readonly purpose: string;
};

/** The bytes of a package in order. Rejects with UserError when the receiver's card has no key. */
export async function* writePackage(
  deps: { readonly suites: Suites; readonly random: SecretBytes },
  options: WriteOptions,
  rows: AsyncIterable<PackageRow>,
): AsyncGenerator<Uint8Array, PackageManifest> {
  const { suites } = deps;
  const { sender, receiver } = options;
  const suite = suites[receiver.suite];
  const key = deps.random(KEY_BYTES);
  const receiving = Buffer.from(receiver.receiving, 'base64');
  const contentKey = suite.sealTo(receiving, key);
  if (!contentKey) throw noKey(receiver.site);
  const head: PackageHead = {
    version: 1,
    sender: {
      site: sender.site,
      suite: sender.suite,
      key: fingerprint(suites, sender.signer.publicKey),
    },
    receiver: {
      site: receiver.site,
      suite: receiver.suite,
      key: fingerprint(suites, receiving),
    },
    sequence: options.sequence,
    madeAtMs: options.madeAtMs,
    purpose: options.purpose,
    contentKey: Buffer.from(contentKey).toString('base64'),
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  yield Buffer.concat([MAGIC, lengthOf(headBytes.byteLength), headBytes]);

  const bound = suite.hash(headBytes);
  const sealer = createPieceSealer(suite, key, bound);
  const hash = suite.startHash();
  const count = { order: 0, identity: 0 };
  let bytes = 0;
  let waiting: string[] = [];
  let waitingChars = 0;
  const piece = () => {
    const plain = Buffer.from(waiting.join(''));
    waiting = [];
    waitingChars = 0;
    hash.update(plain);
    bytes += plain.byteLength;
    const sealed = sealer.seal(plain, false);
    return Buffer.concat([lengthOf(sealed.byteLength), sealed]);
  };
  for await (const { kind, line } of rows) {
    count[kind]++;
    waiting.push(line, '\n');
    waitingChars += line.length + 1;
    if (waitingChars >= PIECE_BYTES) yield piece();
  }
  if (waiting.length > 0) yield piece();
  const manifest: PackageManifest = {
    rows: count,
    bytes,
    hash: Buffer.from(hash.digest()).toString('hex'),
  };
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const last = sealer.seal(manifestBytes, true);
  yield Buffer.concat([
    lengthOf(LAST_BIT + last.byteLength),
    last,
    sender.signer.sign(signedOf(bound, manifestBytes)),
  ]);
  return manifest;
}

/** What the signature is over. */
export const signedOf = (boundToHead: Uint8Array, manifest: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from('plumbline package\n'), boundToHead, manifest]);

function lengthOf(length: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

const noKey = (site: string) =>
  new UserError(
    'bad-input',
    text('接收方名片里的公钥无效', 'the card of the receiver has no valid key'),
    { detail: site, hint: text('请对方重新出具名片', 'Ask them for a new card.') },
  );
