// One's own account, the accounts and rights of others, wall kiosks, and the access matrix, as pages read and
// change them.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { grantedScopeSchema, SCOPE_KINDS } from '../../security/access/data-scope.ts';
import { POLICY_ROLES } from '../../security/access/roles.ts';
import { ROLES } from './session.ts';

const reason = z.string().trim().min(2).max(300);

export const sessionRowSchema = z.strictObject({
  id: z.string().nullable(),
  createdAtMs: z.number(),
  lastSeenAtMs: z.number(),
  factor: z.enum(['password', 'password-and-code', 'certificate']),
  agent: z.string(),
  isThis: z.boolean(),
});

/** GET /api/account */
export const ownAccountSchema = z.strictObject({
  role: z.enum(POLICY_ROLES),
  isDemo: z.boolean(),
  mustChangePassword: z.boolean(),
  /** Since when; null without one. */
  secondFactorSinceMs: z.number().nullable(),
  needsSecondFactor: z.boolean(),
  recoveryCodesLeft: z.number(),
  sessions: z.array(sessionRowSchema),
  nowMs: z.number(),
});

/** POST /api/account/password */
export const changePasswordSchema = z.strictObject({
  current: z.string().min(1).max(200),
  next: z.string().min(1).max(400),
});

/** POST /api/account/second-factor/begin */
export const factorBegunSchema = z.strictObject({ secret: z.string(), uri: z.string() });

/** POST /api/account/second-factor/confirm */
export const factorCodeSchema = z.strictObject({ code: z.string().min(1).max(40) });
export const factorConfirmedSchema = z.strictObject({ recoveryCodes: z.array(z.string()) });

export const endedSchema = z.strictObject({ ended: z.number() });

/** GET /api/account/certificates and /api/accounts/:id/certificates */
export const certificateListSchema = z.strictObject({
  certificates: z.array(
    z.strictObject({
      fingerprint: z.string(),
      kind: z.enum(['x509', 'sm2']),
      boundAtMs: z.number(),
      endedAtMs: z.number().nullable(),
    }),
  ),
});

const grantSchema = z.strictObject({
  id: z.string(),
  role: z.enum(ROLES),
  region: regionCodeSchema,
  scope: grantedScopeSchema.nullable(),
  reason: z.string(),
  askedBy: textSchema,
  askedAtMs: z.number(),
  /** Whether who asks may decide it. */
  mayDecide: z.boolean(),
});

export const accountRowSchema = z.strictObject({
  id: z.string(),
  login: z.string(),
  name: textSchema,
  role: z.enum(POLICY_ROLES),
  region: regionCodeSchema,
  scope: grantedScopeSchema.nullable(),
  active: z.boolean(),
  isDemo: z.boolean(),
  isMe: z.boolean(),
  mustChangePassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  sessions: z.number(),
  lastSeenAtMs: z.number().nullable(),
  /** Rights that wait for the second person. */
  waiting: grantSchema.nullable(),
});

/** GET /api/accounts */
export const accountListSchema = z.strictObject({ accounts: z.array(accountRowSchema) });

const rights = {
  role: z.enum(ROLES).exclude(['kiosk']),
  region: regionCodeSchema,
  scope: grantedScopeSchema.nullable().default(null),
  reason,
};

/** POST /api/accounts/:id/grants */
export const askRightsSchema = z.strictObject(rights);

/** POST /api/accounts */
export const newAccountSchema = z.strictObject({
  ...rights,
  login: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{1,39}$/,
      'a login has 2 to 40 small letters, digits, dots or dashes',
    ),
  displayZh: z.string().trim().min(1).max(40),
  displayEn: z.string().trim().min(1).max(80),
  officerId: z.string().min(1).max(80).nullable().default(null),
});

export const oneTimePasswordSchema = z.strictObject({ id: z.string(), password: z.string() });

/** POST /api/accounts/:id/reset-password */
export const resetPasswordSchema = z.strictObject({ secondFactor: z.boolean().default(false) });

/** POST /api/grants/:id/approve and /refuse */
export const decideGrantSchema = z.strictObject({ reason: z.string().trim().max(300).default('') });

export const kioskRowSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  region: regionCodeSchema,
  enrolledBy: textSchema,
  enrolledAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
  lastSeenAtMs: z.number().nullable(),
});

/** GET /api/kiosks */
export const kioskListSchema = z.strictObject({ kiosks: z.array(kioskRowSchema) });

/** POST /api/kiosks */
export const enrolKioskSchema = z.strictObject({
  code: z.string().min(4).max(20),
  name: z.string().trim().min(1).max(60),
  region: regionCodeSchema,
});

/** POST /api/kiosk, by the wall itself */
export const kioskCodeSchema = z.strictObject({ code: z.string(), untilMs: z.number() });

/** GET /api/kiosk */
export const kioskStateSchema = z.strictObject({
  state: z.enum(['unknown', 'waiting', 'enrolled']),
});

/** GET /api/access/matrix */
export const matrixSchema = z.strictObject({
  roles: z.array(z.strictObject({ role: z.enum(POLICY_ROLES), name: textSchema })),
  functions: z.array(
    z.strictObject({
      fn: z.string(),
      name: textSchema,
      operation: z.enum(['read', 'write', 'approve', 'export']),
      personal: z.boolean(),
      sensitive: z.boolean(),
      cells: z.array(z.enum(SCOPE_KINDS).nullable()),
    }),
  ),
  scopes: z.record(z.enum(SCOPE_KINDS), textSchema),
});

export type OwnAccount = z.infer<typeof ownAccountSchema>;
export type FactorBegun = z.infer<typeof factorBegunSchema>;
export type FactorConfirmed = z.infer<typeof factorConfirmedSchema>;
export type CertificateList = z.infer<typeof certificateListSchema>;
export type AccountRow = z.infer<typeof accountRowSchema>;
export type AccountList = z.infer<typeof accountListSchema>;
export type OneTimePassword = z.infer<typeof oneTimePasswordSchema>;
export type KioskList = z.infer<typeof kioskListSchema>;
export type KioskCode = z.infer<typeof kioskCodeSchema>;
export type KioskState = z.infer<typeof kioskStateSchema>;
export type Matrix = z.infer<typeof matrixSchema>;
