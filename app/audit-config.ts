// The audit trail in the configuration: by which hash and signature, how often, and who bears witness.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';
import { HASHINGS } from '../security/audit/hashing.ts';
import { SIGNINGS } from '../security/audit/signer.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/);

export const auditConfigSchema = z
  .strictObject({
    /** Stays as it is at the first start: the chain is made by it. */
    hash: z.enum(HASHINGS).default('sha256'),
    /** Stays as well: the key is of this kind. */
    signature: z.enum(SIGNINGS).default('ed25519'),
    /** File of the key checkpoints are signed with; made at the first start, in the data folder. */
    keyFile: z.string().min(1).optional(),
    /** How long what is told may wait for the chain. */
    sealEvery: durationSchema.prefault('1s'),
    checkpointEvery: durationSchema.prefault('1h'),
    /** How often everything is read again. */
    verifyEvery: durationSchema.prefault('24h'),
    /** Rules about those who read, which tell the audit administrator. */
    readers: z
      .strictObject({
        pack: z.string().min(1).default('rules/packs/readers'),
        lookEvery: durationSchema.prefault('2s'),
        /** Records that are read again after a crash, at most. */
        unsavedMax: z.number().int().min(1).max(100_000).default(500),
        /** Looks at the same person count for so long. */
        againWithin: durationSchema.prefault('7d'),
        /** A device is new for so long after the first sign-in on it. */
        newDeviceFor: durationSchema.prefault('2h'),
      })
      .prefault({}),
    /** Who keeps our checkpoints. */
    witnesses: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('folder'), name, path: z.string().min(1) }),
          z.strictObject({
            kind: z.literal('plumbline'),
            name,
            url: z.url(),
            token: z.string().min(16),
          }),
        ]),
      )
      .max(10)
      .default([]),
    /** For whom this instance keeps checkpoints: the id of their key, and the token they come with. */
    witnessFor: z
      .array(z.strictObject({ name, origin: z.string().min(1), token: z.string().min(16) }))
      .max(20)
      .default([]),
  })
  .prefault({});

export type AuditConfig = z.infer<typeof auditConfigSchema>;
