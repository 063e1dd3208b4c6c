// The records of the identity vault, as TypeScript sees them. Names and numbers are in none of these types:
// they are sealed bytes and keyed hashes here.

import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** What is known of a person beside the pseudonymous key. `face` is where a picture lies, not the picture. */
export const IDENTITY_FIELDS = ['name', 'id-number', 'phone', 'address', 'face'] as const;

export type IdentityField = (typeof IDENTITY_FIELDS)[number];

/** Fields a person can be looked up by. */
export type IndexedField = 'id-number' | 'phone';

/** `current` seals what is written now; `old` only opens; `retired` has nothing left to open. */
export type VaultKeyState = 'current' | 'old' | 'retired';

export type VaultKeyTable = { id: string; state: VaultKeyState; sinceMs: EpochMs };

export type VaultPersonTable = {
  subject: SubjectKey;
  /** Whose the person is while no order says so. */
  county: RegionCode;
  /** Invented, as every person of a demonstration is. */
  synthetic: 0 | 1;
  updatedAtMs: EpochMs;
};

export type VaultValueTable = {
  subject: SubjectKey;
  field: IdentityField;
  /** An envelope of security/crypto/envelope.ts, bound to subject and field. */
  sealed: Uint8Array;
  keyId: string;
  updatedAtMs: EpochMs;
};

export type VaultIndexTable = {
  subject: SubjectKey;
  field: IndexedField;
  /** Keyed hash of the normalised value, in hexadecimal. */
  hash: string;
  keyId: string;
};

/** How many persons an account looked at when; for the limits only, and kept for a day. */
export type VaultLookTable = { id: string; accountId: string; persons: number; atMs: EpochMs };

export type VaultRequestState = 'waiting' | 'approved' | 'rejected' | 'opened';

/** That somebody asked to see many persons at once, which a second person must allow. */
export type VaultRequestTable = {
  id: string;
  requestedBy: string;
  /** Of whoever asked: all the persons must lie within. */
  region: RegionCode;
  subjects: JsonText<readonly SubjectKey[]>;
  fields: JsonText<readonly IdentityField[]>;
  purpose: string;
  reason: string;
  requestedAtMs: EpochMs;
  state: VaultRequestState;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  /** Neither decided nor opened from then on. */
  untilMs: EpochMs;
};

export type VaultTables = {
  vaultKey: VaultKeyTable;
  vaultPerson: VaultPersonTable;
  vaultValue: VaultValueTable;
  vaultIndex: VaultIndexTable;
  vaultLook: VaultLookTable;
  vaultRequest: VaultRequestTable;
};
