// Exports in the configuration: by which hash files are marked, and which of them wait for a second person. The
// limits are proposals nobody has approved.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';
import { HASHINGS } from '../security/audit/hashing.ts';
import type { ExportLimits } from '../security/exports/export-requests.ts';

const positive = durationSchema.refine((ms) => ms > 0, 'it must be longer than nothing');

export const exportConfigSchema = z
  .strictObject({
    /** Of files and their content: SHA-256 or SM3 (GB/T 32905). */
    hash: z.enum(HASHINGS).default('sha256'),
    /** More rows, or data about more persons, wait for a second person. */
    largeRows: z.number().int().min(1).default(5_000),
    largePersons: z.number().int().min(1).default(100),
    /** How long a request waits for a decision, and how long an approved one may be used. */
    requestFor: positive.prefault('24h'),
    approvedFor: positive.prefault('24h'),
    /** By which part an answer may have grown since it was approved. */
    growth: z.number().min(0).max(1).default(0.1),
    /** An authority that stamps the seals of files with its time (RFC 3161). */
    timeStamp: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        /** PEM: the certificate of the authority, or of its issuer. */
        certificateFile: z.string().min(1),
        /** Of what it is given; not every authority knows SM3. */
        hash: z.enum(HASHINGS).default('sha256'),
        /** How often it is asked for what has no stamp yet. */
        every: positive.prefault('30s'),
      })
      .optional(),
  })
  .prefault({});

export type ExportConfig = z.infer<typeof exportConfigSchema>;

export const exportLimitsOf = (config: ExportConfig): ExportLimits => ({
  largeRows: config.largeRows,
  largePersons: config.largePersons,
  requestMs: config.requestFor,
  approvedMs: config.approvedFor,
  growth: config.growth,
});
