// Who is asking: what the sign-in routes take and give.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';

export const ROLES = [
  'city-officer',
  'county-officer',
  'analyst',
  'system-administrator',
  'security-administrator',
  'audit-administrator',
  'kiosk',
] as const;

/** POST /api/session */
export const signInSchema = z.strictObject({
  login: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
  /** Of the second factor, once it is asked for. */
  code: z.string().min(1).max(40).optional(),
});

/** POST /api/session/proof: one of the two. */
export const proofSchema = z.strictObject({
  password: z.string().min(1).max(200).optional(),
  code: z.string().min(1).max(40).optional(),
});

/** GET /api/me, and the answer to POST /api/session */
export const meSchema = z.strictObject({
  accountId: z.string(),
  login: z.string(),
  name: textSchema,
  role: z.enum(ROLES),
  /** The city or county whose data the account sees. */
  region: regionCodeSchema,
  language: z.enum(['zh', 'en']),
  /** The officer who signs in with the account, and whether they lead a bureau. */
  officerId: z.string().nullable(),
  leads: z.boolean(),
  expiresAtMs: z.number(),
  /** An account of a demonstration. */
  isDemo: z.boolean().optional(),
  /** What has to be done before anything else. */
  owes: z.enum(['new-password', 'second-factor']).nullable().optional(),
  /** Functions of the policy the account has a right to. */
  rights: z.array(z.string()).optional(),
});

/** Every refusal, in both languages; screens show the reader's. */
export const problemSchema = z.strictObject({
  code: z.string(),
  says: textSchema,
  detail: z.string().optional(),
  hint: textSchema.optional(),
});

export type Me = z.infer<typeof meSchema>;
export type Role = (typeof ROLES)[number];
export type SignIn = z.infer<typeof signInSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type Problem = z.infer<typeof problemSchema>;
