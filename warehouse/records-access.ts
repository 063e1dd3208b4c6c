// The records of accounts and rights, as TypeScript sees them: what an account holds beside its role, second
// factors, failed sign-ins, grants, wall kiosks and certificates.

import type { ColumnType } from 'kysely';
import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { AccountRole, Flag } from './records-schema.ts';

type WithDefault<Value> = ColumnType<Value, Value | undefined, Value>;

/** How somebody proved who they are. */
export type SignInFactor = 'password' | 'password-and-code' | 'certificate';

/** What an account has beside its role. None for accounts that have nothing of it. */
export type AccountAccessTable = {
  accountId: string;
  /** An account of a demonstration: its password is shown to everybody, and no second factor is asked. */
  isDemo: WithDefault<Flag>;
  /** JSON of a granted data scope; null for that of the role. */
  scope: WithDefault<string | null>;
  mustChangePassword: WithDefault<Flag>;
  /** Until when a one-time password can be used. */
  oneTimeUntilMs: WithDefault<EpochMs | null>;
  /** Sealed with a key of the installation; null while none is set up. */
  totpSecret: WithDefault<string | null>;
  /** When the first code was given; null while it is only being set up. */
  totpSinceMs: WithDefault<EpochMs | null>;
  /** The last time step a code was taken of: no code is taken twice. */
  totpLastStep: WithDefault<number>;
};

export type RecoveryCodeTable = {
  accountId: string;
  codeHash: string;
};

/** Failed sign-ins by a key that says neither login nor address. */
export type SignInFailureTable = {
  keyHash: string;
  failures: number;
  lastAtMs: EpochMs;
};

export type GrantState = 'open' | 'approved' | 'refused';

/** That an account is to have a role, a unit and a scope; takes two persons. Never deleted. */
export type AccessGrantTable = {
  id: string;
  accountId: string;
  role: AccountRole;
  region: RegionCode;
  scope: string | null;
  reason: string;
  askedBy: string;
  askedAtMs: EpochMs;
  state: GrantState;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  decisionReason: string | null;
};

/** A wall screen that shows counts without anybody signed in. */
export type KioskDeviceTable = {
  id: string;
  name: string;
  region: RegionCode;
  /** Of the code on the screen, until somebody types it in. */
  codeHash: string | null;
  codeUntilMs: EpochMs | null;
  tokenHash: string;
  askedAtMs: EpochMs;
  enrolledBy: string | null;
  enrolledAtMs: EpochMs | null;
  revokedBy: string | null;
  revokedAtMs: EpochMs | null;
  lastSeenAtMs: EpochMs | null;
};

export type AccountCertificateTable = {
  /** SHA-256 of the certificate. */
  fingerprint: string;
  accountId: string;
  kind: 'x509' | 'sm2';
  /** Of an SM2 key, in hexadecimal; empty for others, whose proof is the TLS handshake. */
  publicKey: string;
  boundBy: string;
  boundAtMs: EpochMs;
  endedAtMs: EpochMs | null;
};

export type CertificateChallengeTable = {
  id: string;
  fingerprint: string;
  challenge: string;
  untilMs: EpochMs;
};

/** What decides the rights of an account, as it was when they were given; see security/access/rights-seal.ts. */
export type AccountSealTable = {
  accountId: string;
  sealed: string;
  /** HMAC of it, in base 64. */
  seal: string;
};

/** The tables of this file. */
export type AccessTables = {
  accessGrant: AccessGrantTable;
  accountAccess: AccountAccessTable;
  accountCertificate: AccountCertificateTable;
  accountRecoveryCode: RecoveryCodeTable;
  accountSeal: AccountSealTable;
  certificateChallenge: CertificateChallengeTable;
  kioskDevice: KioskDeviceTable;
  signInFailure: SignInFailureTable;
};
