// The form of a package: one file that only its receiver opens and whose sender is certain.
//
//   magic · length of the head · head (JSON) · pieces · signature
//
// A piece is its length, with the highest bit set in the last one, and sealed bytes. The last piece is the
// manifest. The signature is over the head and the manifest, and so over everything.

import { z } from 'zod';
import { text, type Text } from '../../core/text.ts';
import { SUITE_NAMES } from '../crypto/suite.ts';
import type { Suites } from '../crypto/suites.ts';

export const MAGIC = Buffer.from('PLUMBPK1', 'latin1');
export const HEAD_BYTES_MAX = 64 * 1024;
/** Content of one piece. */
export const PIECE_BYTES = 512 * 1024;
export const LAST_BIT = 0x8000_0000;
export const SIGNATURE_BYTES = 64;

const suiteSchema = z.enum(SUITE_NAMES);

/** Who a site is to others: made by `package card`, handed over in person or by another safe way. */
export const cardSchema = z.strictObject({
  version: z.literal(1),
  site: z.string().min(1).max(100),
  suite: suiteSchema,
  signing: z.base64(),
  receiving: z.base64(),
});

export const headSchema = z.strictObject({
  version: z.literal(1),
  sender: z.strictObject({ site: z.string().max(100), suite: suiteSchema, key: z.string() }),
  receiver: z.strictObject({ site: z.string().max(100), suite: suiteSchema, key: z.string() }),
  /** Rises with every package of this sender for this receiver. */
  sequence: z.number().int().min(1),
  madeAtMs: z.number().int(),
  purpose: z.string().max(60),
  /** The key of the content, sealed to the receiver. */
  contentKey: z.base64(),
});

export const manifestSchema = z.strictObject({
  rows: z.strictObject({ order: z.number().int(), identity: z.number().int() }),
  bytes: z.number().int(),
  /** Of the whole content, in hexadecimal. */
  hash: z.string(),
});

export type Card = z.infer<typeof cardSchema>;
export type PackageHead = z.infer<typeof headSchema>;
export type PackageManifest = z.infer<typeof manifestSchema>;

/** A public key in twenty characters. */
export const fingerprint = (suites: Suites, publicKey: Uint8Array): string =>
  Buffer.from(suites.intl.hash(publicKey)).toString('hex').slice(0, 20);

export type PackageFault =
  | 'altered'
  | 'cut-off'
  | 'more-behind'
  | 'no-package'
  | 'not-for-us'
  | 'other-version'
  | 'replayed'
  | 'unknown-sender'
  | 'wrong-signature';

export const PACKAGE_FAULTS: Readonly<Record<PackageFault, Text>> = {
  altered: text('内容被改动过，或传输中损坏', 'it was altered or damaged on its way'),
  'cut-off': text('文件不完整，只收到一部分', 'the file is cut off'),
  'more-behind': text('文件末尾有多余的内容', 'there is something behind its end'),
  'no-package': text('不是准绳的数据包', 'it is no package of Plumbline'),
  'not-for-us': text(
    '这个包不是发给本站的，或加密所用的密钥本站已没有',
    'it is for another site, or for a key that is here no more',
  ),
  'other-version': text('数据包的版本不认识，请升级系统', 'its version is not known here'),
  replayed: text(
    '这是旧包：同一来源的这个包或更新的包已经导入过',
    'it is an old one: this or a later package of the sender was taken in before',
  ),
  'unknown-sender': text('签发单位与所给的名片不符', 'its sender is not the one of the given card'),
  'wrong-signature': text('签名不对，不是该单位签发的', 'its signature is not the sender’s'),
};
