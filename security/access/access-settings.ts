// What a site may set about sign-in, sessions and proofs.

import { z } from 'zod';
import { durationSchema } from '../../core/duration.ts';
import { networkSchema } from './address-list.ts';
import { sessionLimitsSchema } from './session-limits.ts';

const SECOND_FACTOR_ROLES = ['city-officer', 'county-officer', 'analyst'] as const;

export const accessSettingsSchema = z.strictObject({
  sessions: sessionLimitsSchema.prefault({}),
  /** Sessions an account may have at a time; the one unused longest ends when there is one more. */
  sessionsPerAccount: z.number().int().min(1).max(1_000).default(20),
  /** How long a given password or code is good for sensitive acts. */
  proof: durationSchema.prefault('5m'),
  /** Roles that need a second factor besides the three administrators, who always do; a site may name fewer. */
  secondFactorFor: z.array(z.enum(SECOND_FACTOR_ROLES)).default([...SECOND_FACTOR_ROLES]),
  /** File of leaked passwords to check new ones against, besides the list that ships. */
  leakedPasswordsFile: z.string().min(1).optional(),
  /** How long a one-time password can be used. */
  oneTimePassword: durationSchema.prefault('24h'),
  /** Failed sign-ins before the next must wait, and the longest wait; the wait doubles in between. */
  lockOut: z
    .strictObject({
      free: z.number().int().min(1).max(100).default(5),
      waitMax: durationSchema.prefault('15m'),
      /** Many people share one address: it may fail so many times as often. */
      addressFactor: z.number().int().min(1).max(1_000).default(10),
    })
    .prefault({}),
  /** Passwords that are checked at once (as many as there are cores when not set), and who may wait. */
  signInTurns: z
    .strictObject({
      atOnceMax: z.number().int().min(1).max(64).optional(),
      waitingMax: z.number().int().min(1).max(100_000).default(1_000),
    })
    .prefault({}),
  /** Networks the three administrators may come from, as "10.20.0.0/16"; none means anywhere. */
  administratorsFrom: z.array(networkSchema).max(100).default([]),
  /** How long the code on a new wall can be typed in. */
  kioskCode: durationSchema.prefault('10m'),
  /** Sign-in by certificate behind a reverse proxy that checks it; the proxy signs what it says. */
  certificates: z
    .strictObject({
      /** File with the secret shared with the proxy. */
      proxySecretFile: z.string().min(1).optional(),
      sm2: z.boolean().default(false),
    })
    .prefault({}),
});

export type AccessSettings = z.infer<typeof accessSettingsSchema>;

export const ACCESS_DEFAULTS: AccessSettings = accessSettingsSchema.parse({});

/** The defaults, but officers and analysts sign in by password alone. */
export const PASSWORD_ALONE: AccessSettings = { ...ACCESS_DEFAULTS, secondFactorFor: [] };
