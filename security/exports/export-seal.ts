// The electronic seal of a file that leaves: what it is, who took it, when and what for, signed by a key this
// installation uses for nothing else. It lies beside the file; anyone with the public key verifies it, offline.
//
// Three lines of text: the statement as JSON, `signature` and, where an authority gave one, `timestamp`. The time
// stamp is of the first two lines, so that `head -n 2 | openssl ts -verify` says the same as we do.

import { z } from 'zod';
import { assert } from '../../core/errors.ts';
import type { ExportFileTable } from '../../warehouse/records-exports.ts';
import { HASHINGS } from '../audit/hashing.ts';
import type { KeyStore } from '../crypto/key-store.ts';
import { SUITE_NAMES, type Suite, type SuiteName } from '../crypto/suite.ts';
import type { Suites } from '../crypto/suites.ts';
import type { FileDigests } from './verify-file.ts';

/** What the keys of seals are called in the key store. */
export const EXPORT_SEAL_KEYS = 'export-seal';

/** A public key as it is given to others, in base 64. */
export const exportSealKeySchema = z.object({
  suite: z.enum(SUITE_NAMES),
  publicKey: z.base64(),
});

export type ExportSealKey = z.infer<typeof exportSealKeySchema>;

const statementSchema = exportSealKeySchema.extend({
  format: z.literal(1),
  /** How the installation is called. */
  site: z.string(),
  number: z.string(),
  title: z.string(),
  /** The visible mark: who, when, what for. */
  mark: z.string(),
  file: z.string(),
  hashing: z.enum(HASHINGS),
  /** Of every byte of the file; of paper, of its words. */
  digest: z.string(),
  madeAtMs: z.int(),
});

export type SealStatement = z.infer<typeof statementSchema>;

/** What of an entry of the ledger is sealed. */
export type Sealable = Pick<
  ExportFileTable,
  'number' | 'titleZh' | 'mark' | 'fileName' | 'hashing' | 'fileDigest' | 'madeAtMs'
>;

export type SealExport = (entry: Sealable) => Promise<string>;

const CONTEXT = 'plumbline export seal 1\n';

/** Seals with the newest key, made when there is none. */
export function createExportSealer(given: {
  readonly keys: Pick<KeyStore, 'current'>;
  readonly suites: Suites;
  readonly site: string;
}): SealExport {
  return async (entry) => {
    const { suite, bytes } = await given.keys.current(EXPORT_SEAL_KEYS);
    return sealEntry(entry, { suite: given.suites[suite], seed: bytes, site: given.site });
  };
}

function sealEntry(
  entry: Sealable,
  { suite, seed, site }: { suite: Suite; seed: Uint8Array; site: string },
): string {
  const signer = suite.signer(seed);
  const statement: SealStatement = {
    format: 1,
    suite: suite.name,
    publicKey: Buffer.from(signer.publicKey).toString('base64'),
    site,
    ...wordsOf(entry),
  };
  const line = `${JSON.stringify(statement)}\n`;
  return `${line}signature ${Buffer.from(signer.sign(CONTEXT + line)).toString('base64')}\n`;
}

const wordsOf = (entry: Sealable) => ({
  number: entry.number,
  title: entry.titleZh,
  mark: entry.mark,
  file: entry.fileName,
  hashing: entry.hashing,
  digest: entry.fileDigest,
  madeAtMs: entry.madeAtMs,
});

export type ReadSeal = {
  readonly statement: SealStatement;
  /** The lines a time stamp is of. */
  readonly stamped: string;
  /** A time stamp token, in DER. */
  readonly token: Uint8Array | undefined;
};

export type SealOutcome =
  | { readonly is: 'no-seal' | 'other-key' | 'wrong-signature' }
  | ({ readonly is: 'sound' } & ReadSeal);

/** Whether it is a seal of one of these keys. What it seals is for the caller to compare. */
export function readExportSeal(
  content: string,
  { keys, suites }: { keys: readonly ExportSealKey[]; suites: Suites },
): SealOutcome {
  const parts = /^([^\n]+\n)signature ([A-Za-z0-9+/=]+)\n(?:timestamp ([A-Za-z0-9+/=]+)\n)?$/.exec(
    content,
  );
  const [, line = '', signature = '', token] = parts ?? [];
  const parsed = statementSchema.safeParse(jsonOf(line));
  if (!parts || !parsed.success) return { is: 'no-seal' };
  const statement = parsed.data;
  const known = keys.some(
    ({ suite, publicKey }) => suite === statement.suite && publicKey === statement.publicKey,
  );
  if (!known) return { is: 'other-key' };
  const verify = suites[statement.suite].verifier(Buffer.from(statement.publicKey, 'base64'));
  if (!verify?.(CONTEXT + line, Buffer.from(signature, 'base64'))) {
    return { is: 'wrong-signature' };
  }
  return {
    is: 'sound',
    statement,
    stamped: stampedLines(content),
    token: token === undefined ? undefined : Buffer.from(token, 'base64'),
  };
}

/** The lines a time stamp is of. */
export const stampedLines = (seal: string): string => /^[^\n]*\n[^\n]*\n/.exec(seal)?.[0] ?? '';

/** The seal with its time stamp. */
export const withTimeStamp = (seal: string, token: Uint8Array): string =>
  `${stampedLines(seal)}timestamp ${Buffer.from(token).toString('base64')}\n`;

/** True when the seal is of a file with these digests. */
export const isSealOfFile = ({ hashing, digest }: SealStatement, digests: FileDigests): boolean =>
  digests[hashing] === digest;

/** True when the entry says what was sealed: nobody has rewritten the ledger since. */
export const isSealOfEntry = (statement: SealStatement, entry: Sealable): boolean =>
  Object.entries(wordsOf(entry)).every(
    ([name, value]) => statement[name as keyof SealStatement] === value,
  );

/** The public halves of every key seals were made with, the newest last. */
export async function exportSealKeys(
  keys: Pick<KeyStore, 'list' | 'find'>,
  suites: Suites,
): Promise<ExportSealKey[]> {
  const found = await Promise.all(keys.list(EXPORT_SEAL_KEYS).map((id) => keys.find(id)));
  return found.map((key) => {
    assert(key, 'a key that is listed is there');
    const suite: SuiteName = key.suite;
    const { publicKey } = suites[suite].signer(key.bytes);
    return { suite, publicKey: Buffer.from(publicKey).toString('base64') };
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
