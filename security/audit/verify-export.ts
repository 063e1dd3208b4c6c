// Verifies an export without anything else at hand but, better, the public key somebody noted down before:
// with the key in the file alone it is only shown that the file agrees with itself.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { epochMs } from '../../core/time.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { endMessage } from './export.ts';
import { HASHINGS, isHash } from './hashing.ts';
import { verifyConsistency } from './merkle-tree.ts';
import { FORMAT } from './record-format.ts';
import { keyIdOf, SIGNINGS, verifySignature, type PublicKey } from './signer.ts';
import { createChainVerifier, type ChainVerifier, type Finding } from './verify-chain.ts';
import { decodeCheckpoint, openCheckpoint } from './checkpoint.ts';

export type ExportVerification = {
  readonly records: number;
  readonly fromPosition: number;
  readonly size: number;
  /** Up to which size a checkpoint of the file covers the records. */
  readonly covered: number;
  readonly checkpoints: number;
  readonly keyId: string | undefined;
  readonly findings: readonly Finding[];
};

const hash = z.string().refine(isHash);
const place = z.int().min(0);

const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('head'),
    format: z.literal(FORMAT),
    hashing: z.enum(HASHINGS),
    from: place,
    until: place,
    previous: hash,
    frontier: z.array(z.strictObject({ level: place, hash })),
    key: z.strictObject({ signing: z.enum(SIGNINGS), publicKey: z.string() }),
    madeAtMs: z.int(),
  }),
  z.strictObject({ kind: z.literal('record'), hash: z.string(), body: z.string() }),
  z.strictObject({ kind: z.literal('checkpoint'), body: z.string(), signature: z.string() }),
  z.strictObject({
    kind: z.literal('proof'),
    first: place,
    second: place,
    path: z.array(hash),
  }),
  z.strictObject({
    kind: z.literal('end'),
    lines: place,
    digest: hash,
    signature: z.string(),
  }),
]);

type Line = z.infer<typeof lineSchema>;
type Head = Extract<Line, { kind: 'head' }>;
type End = Extract<Line, { kind: 'end' }>;

/**
 * Reads an export. `lines` are its lines with their line ends, as bytes; `open` gives them from the first on
 * each time it is called, for the checkpoints at the end are needed to read the records.
 */
export async function verifyExport(
  open: () => AsyncIterable<Uint8Array>,
  trusted: { readonly key?: PublicKey; readonly witnessed?: readonly SignedCheckpoint[] } = {},
): Promise<ExportVerification> {
  const { head, checkpoints, proof } = await readFrame(open);
  if (!head) return unreadable();
  const key = trusted.key ?? head.key;
  const { hashing, from, until, frontier } = head;
  const witnessed = (trusted.witnessed ?? []).filter(
    ({ body }) =>
      (decodeCheckpoint(body)?.size ?? 0) <= until && !checkpoints.some((own) => own.body === body),
  );
  const verifier = createChainVerifier({
    hashing,
    key,
    start: { position: from, previous: head.previous, frontier },
    checkpoints: [...checkpoints.filter(({ body }) => sizeOf(body) <= until), ...witnessed],
  });
  const marks = await readLines(open, head, verifier);
  const found = verifier.finish({ size: until, atMs: epochMs(head.madeAtMs) });
  const findings: Finding[] = [...found];
  const add = (because: string, at: Partial<Finding> = {}) =>
    findings.push({
      kind: 'signature',
      from,
      until: Math.max(from, until - 1),
      afterMs: null,
      beforeMs: head.madeAtMs,
      because,
      ...at,
    });
  if (trusted.key && trusted.key.publicKey !== head.key.publicKey) add('key');
  const end = endFinding(marks, key);
  // What is edited or gone says by itself that the end mark cannot fit.
  if (end !== undefined && (found.length === 0 || end === 'no-end'))
    add(end, end === 'no-end' ? { kind: 'truncation', from: verifier.size } : {});
  const beyond = checkpoints.filter(({ body }) => sizeOf(body) > until);
  if (found.length === 0 && !beyondFits(beyond, proof, { verifier, key, hashing, until }))
    add('root', { kind: 'fork' });
  return {
    records: marks.records,
    fromPosition: from,
    size: verifier.size,
    covered: coveredBy(checkpoints, until),
    checkpoints: checkpoints.length,
    keyId: keyIdOf(head.key),
    findings,
  };
}

const sizeOf = (body: string): number => decodeCheckpoint(body)?.size ?? 0;

const coveredBy = (checkpoints: readonly SignedCheckpoint[], until: number): number =>
  Math.min(until, Math.max(0, ...checkpoints.map(({ body }) => sizeOf(body))));

/** Head, checkpoints and proof: what has to be known before the records are read. */
async function readFrame(open: () => AsyncIterable<Uint8Array>) {
  let head: Head | undefined;
  let proof: Extract<Line, { kind: 'proof' }> | undefined;
  const checkpoints: SignedCheckpoint[] = [];
  for await (const bytes of open()) {
    const line = readLine(bytes);
    if (line?.kind === 'head') head ??= line;
    if (line?.kind === 'proof') proof ??= line;
    if (line?.kind === 'checkpoint')
      checkpoints.push({ body: line.body, signature: line.signature });
  }
  return { head, checkpoints, proof };
}

type Marks = {
  readonly records: number;
  readonly lines: number;
  readonly digest: string;
  readonly end: End | undefined;
  /** Lines that are none, or not written as they are written, or where they do not belong. */
  readonly strange: number;
};

async function readLines(
  open: () => AsyncIterable<Uint8Array>,
  head: Head,
  verifier: ChainVerifier,
): Promise<Marks> {
  const digest = createHash(head.hashing);
  let [records, lines, strange, order] = [0, 0, 0, 0];
  let end: End | undefined;
  for await (const bytes of open()) {
    const line = readLine(bytes);
    if (end !== undefined) {
      strange++;
      continue;
    }
    if (line?.kind === 'end') {
      end = line;
      continue;
    }
    digest.update(bytes);
    lines++;
    const rank = line === undefined ? order : ORDER[line.kind];
    if (line === undefined || rank < order || (line.kind === 'head') !== (lines === 1)) strange++;
    order = Math.max(order, rank);
    if (line?.kind === 'record') {
      records++;
      verifier.take({ body: line.body, hash: line.hash });
    } else if (line === undefined && lines > 1 && verifier.size < head.until) {
      // Among the records: a record that can be read no more.
      verifier.take({ body: '', hash: '' });
    }
  }
  return { records, lines, digest: digest.digest('hex'), end, strange };
}

const ORDER: Readonly<Record<Line['kind'], number>> = {
  head: 0,
  record: 1,
  checkpoint: 2,
  proof: 3,
  end: 4,
};

/** A line, when it is written in the one way lines are written. */
function readLine(bytes: Uint8Array): Line | undefined {
  const written = Buffer.from(bytes).toString('utf8');
  try {
    const value: unknown = JSON.parse(written);
    const parsed = lineSchema.safeParse(value);
    const isCanonical = parsed.success && `${JSON.stringify(value)}\n` === written;
    return isCanonical && Buffer.from(written, 'utf8').equals(bytes) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function endFinding({ end, lines, digest, strange }: Marks, key: PublicKey): string | undefined {
  if (!end) return 'no-end';
  const message = endMessage(end.lines, end.digest);
  const isSigned = verifySignature(key, { message, signature: end.signature });
  if (!isSigned || end.lines !== lines || end.digest !== digest) return 'mark';
  return strange > 0 ? 'line' : undefined;
}

/** A checkpoint that covers more than the file has must still begin with what the file has. */
function beyondFits(
  beyond: readonly SignedCheckpoint[],
  proof: Extract<Line, { kind: 'proof' }> | undefined,
  given: {
    verifier: ChainVerifier;
    key: PublicKey;
    hashing: Head['hashing'];
    until: number;
  },
): boolean {
  const { verifier, key, hashing, until } = given;
  if (beyond.length === 0) return proof === undefined;
  if (until === 0) return true;
  return beyond.every((signed) => {
    const checkpoint = openCheckpoint(key, signed);
    if (!checkpoint || !proof) return false;
    return (
      proof.first === until &&
      proof.second === checkpoint.size &&
      verifyConsistency(hashing, {
        first: until,
        second: checkpoint.size,
        firstRoot: verifier.root(),
        secondRoot: checkpoint.root,
        path: proof.path,
      })
    );
  });
}

const unreadable = (): ExportVerification => ({
  records: 0,
  fromPosition: 0,
  size: 0,
  covered: 0,
  checkpoints: 0,
  keyId: undefined,
  findings: [
    { kind: 'signature', from: 0, until: 0, afterMs: null, beforeMs: null, because: 'line' },
  ],
});
