// The seal of a program: the hash of each of its files, signed by whoever made it. Verified from another place
// before the program runs, it shows which file was altered, taken away or put in.

import { z } from 'zod';
import type { Suite, SuiteName } from '../crypto/suite.ts';
import { SUITE_NAMES } from '../crypto/suite.ts';
import type { Suites } from '../crypto/suites.ts';
import { hashFile, programFiles } from './program-files.ts';

/** What is known of whoever sealed: the suite and the public key, in base 64. */
export const sealKeySchema = z.strictObject({ suite: z.enum(SUITE_NAMES), publicKey: z.base64() });

export type SealKey = z.infer<typeof sealKeySchema>;

const headSchema = sealKeySchema.extend({
  format: z.literal(1),
  version: z.string().max(60),
  sealedAtMs: z.int(),
  files: z.int().min(1),
});

export type SealHead = z.infer<typeof headSchema>;

export type SealFault = 'no-seal' | 'other-key' | 'wrong-signature';

export type FileFinding = {
  readonly kind: 'altered' | 'missing' | 'added';
  readonly path: string;
};

export type SealOutcome =
  | { readonly kind: 'refused'; readonly because: SealFault }
  | { readonly kind: 'read'; readonly head: SealHead; readonly findings: readonly FileFinding[] };

const CONTEXT = 'plumbline program seal 1\n';

/** The text of the seal over the files under `root`. `seed` is the secret of the key. */
export function sealProgram(
  root: string,
  { suite, seed, version, atMs }: { suite: Suite; seed: Uint8Array; version: string; atMs: number },
): string {
  const signer = suite.signer(seed);
  const files = programFiles(root);
  const head: SealHead = {
    format: 1,
    suite: suite.name,
    publicKey: Buffer.from(signer.publicKey).toString('base64'),
    version,
    sealedAtMs: atMs,
    files: files.length,
  };
  const lines = files.map((path) => `${hashFile(root, path, suite.startHash)}  ${path}`);
  const content = `${[JSON.stringify(head), ...lines].join('\n')}\n`;
  const signature = Buffer.from(signer.sign(CONTEXT + content)).toString('base64');
  return `${content}signature ${signature}\n`;
}

export const sealKeyOf = (suite: Suite, seed: Uint8Array): SealKey => ({
  suite: suite.name,
  publicKey: Buffer.from(suite.signer(seed).publicKey).toString('base64'),
});

/** Holds the files under `root` against a seal of the given key. Reads every file. */
export function verifyProgram(
  root: string,
  { seal, key, suites }: { seal: string; key: SealKey; suites: Suites },
): SealOutcome {
  const read = readSeal(seal);
  if (!read) return { kind: 'refused', because: 'no-seal' };
  const { head, content, signature, hashes } = read;
  if (head.suite !== key.suite || head.publicKey !== key.publicKey) {
    return { kind: 'refused', because: 'other-key' };
  }
  const suite = suites[key.suite satisfies SuiteName];
  const verify = suite.verifier(Buffer.from(key.publicKey, 'base64'));
  if (!verify?.(CONTEXT + content, signature)) {
    return { kind: 'refused', because: 'wrong-signature' };
  }
  const there = new Set(programFiles(root));
  const findings: FileFinding[] = [];
  for (const [path, hash] of hashes) {
    if (!there.has(path)) findings.push({ kind: 'missing', path });
    else if (hashFile(root, path, suite.startHash) !== hash) {
      findings.push({ kind: 'altered', path });
    }
  }
  for (const path of there) if (!hashes.has(path)) findings.push({ kind: 'added', path });
  return { kind: 'read', head, findings };
}

/** Undefined for what is no seal, or half of one. */
function readSeal(seal: string) {
  const [, content, signature] = /^([\s\S]*\n)signature ([A-Za-z0-9+/=]+)\n$/.exec(seal) ?? [];
  if (content === undefined || signature === undefined) return undefined;
  const [first = '', ...lines] = content.trimEnd().split('\n');
  const head = headSchema.safeParse(jsonOf(first));
  const hashes = new Map<string, string>();
  for (const line of lines) {
    const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined) return undefined;
    hashes.set(path, hash);
  }
  if (!head.success || hashes.size !== head.data.files) return undefined;
  return { head: head.data, content, signature: Buffer.from(signature, 'base64'), hashes };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
