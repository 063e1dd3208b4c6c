// The parts of the configuration about cryptography and identities.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';
import type { LookLimits } from '../security/vault/look-limits.ts';

const persons = (most: number) => z.number().int().min(1).max(most);

export const cryptoConfigSchema = z
  .strictObject({
    /** How this site is called on the card it gives to others. */
    site: z.string().min(1).max(100).default('未命名站点'),
    /** `gm` for the national algorithms, `intl` for the international ones; older data stays readable. */
    suite: z.enum(['gm', 'intl']).default('gm'),
    keys: z
      .strictObject({
        /** Folder of the key files; relative to the data folder. */
        folder: z.string().min(1).default('keys'),
        protection: z
          .discriminatedUnion('kind', [
            /** Wrapped by a key derived from this installation's secret. */
            z.strictObject({ kind: z.literal('secret') }),
            /** Bare in files only their owner reads. */
            z.strictObject({ kind: z.literal('file') }),
            /** Wrapped by a program: the client of a key management service. */
            z.strictObject({
              kind: z.literal('command'),
              command: z.tuple([z.string().min(1)], z.string()),
              timeLimit: durationSchema.prefault('10s'),
            }),
          ])
          .prefault({ kind: 'secret' }),
      })
      .prefault({}),
  })
  .prefault({});

export const identitiesConfigSchema = z
  .strictObject({
    /** Persons one account may look at within an hour. */
    personsPerHour: persons(10_000).default(30),
    /** More than this at once needs a second person. */
    personsAtOnce: persons(1_000).default(5),
    /** Most persons of one request. */
    personsPerRequest: persons(5_000).default(200),
    /** How long a screen shows what was revealed. */
    shownFor: durationSchema
      .refine((ms) => ms >= 5_000 && ms <= 3_600_000, 'it must be 5s to 60m')
      .prefault('60s'),
    /** How long a request for many may wait and, once allowed, be opened. */
    requestFor: durationSchema.prefault('4h'),
  })
  .prefault({});

export const lookLimitsOf = (config: z.infer<typeof identitiesConfigSchema>): LookLimits => ({
  personsPerHourMax: config.personsPerHour,
  personsAtOnceMax: config.personsAtOnce,
  personsPerRequestMax: config.personsPerRequest,
  shownMs: config.shownFor,
  requestMs: config.requestFor,
});
