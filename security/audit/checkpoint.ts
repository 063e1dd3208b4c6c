// A checkpoint: what the trail was at an instant, signed, for those outside who keep it. Canonical JSON with
// the keys in one order; the signature is over a line that says what it is, and the body.

import { z } from 'zod';
import type { EpochMs } from '../../core/time.ts';
import { digest, HASHINGS, isHash, type Hashing } from './hashing.ts';
import { FORMAT } from './record-format.ts';
import { verifySignature, type PublicKey, type Signer } from './signer.ts';

const hash = z.string().refine(isHash);

const checkpointSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** The key's id, which names the trail. */
  origin: z.string(),
  /** From 0, without gaps. */
  number: z.int().min(0),
  /** How many records it covers, their Merkle root, and the hash of the last. */
  size: z.int().min(1),
  root: hash,
  head: hash,
  /** Hash of the last closed segment's row. */
  segment: hash.nullable(),
  hashing: z.enum(HASHINGS),
  atMs: z.int(),
  /** Hash of the body of the checkpoint before. */
  previous: hash.nullable(),
});

export type Checkpoint = Readonly<z.infer<typeof checkpointSchema>>;

export type SignedCheckpoint = { readonly body: string; readonly signature: string };

export const signedCheckpointSchema = z.strictObject({
  body: z.string().max(2_000),
  signature: z.string().max(200),
});

export function signCheckpoint(
  signer: Signer,
  given: Omit<Checkpoint, 'format' | 'origin' | 'atMs'> & { readonly atMs: EpochMs },
): SignedCheckpoint {
  const body = encodeCheckpoint({ ...given, format: FORMAT, origin: signer.keyId });
  return { body, signature: signer.sign(messageOf(body)) };
}

export const encodeCheckpoint = (checkpoint: Checkpoint): string =>
  JSON.stringify({
    format: checkpoint.format,
    origin: checkpoint.origin,
    number: checkpoint.number,
    size: checkpoint.size,
    root: checkpoint.root,
    head: checkpoint.head,
    segment: checkpoint.segment,
    hashing: checkpoint.hashing,
    atMs: checkpoint.atMs,
    previous: checkpoint.previous,
  });

/** Undefined for what is no checkpoint, or not written as one. */
export function decodeCheckpoint(body: string): Checkpoint | undefined {
  try {
    const parsed = checkpointSchema.safeParse(JSON.parse(body));
    if (!parsed.success || encodeCheckpoint(parsed.data) !== body) return undefined;
    return parsed.data;
  } catch {
    return undefined;
  }
}

/** The checkpoint when the key signed it. */
export function openCheckpoint(key: PublicKey, signed: SignedCheckpoint): Checkpoint | undefined {
  const { body, signature } = signed;
  if (!verifySignature(key, { message: messageOf(body), signature })) return undefined;
  return decodeCheckpoint(body);
}

/** What the next checkpoint carries of this one. */
export const checkpointHash = (hashing: Hashing, { body }: SignedCheckpoint): string =>
  digest(hashing, body);

const messageOf = (body: string): string => `plumbline audit checkpoint ${FORMAT}\n${body}`;
