// The records of people and programs that use the product, as TypeScript sees them.

import type { Arrival } from '../core/observation.ts';
import type { RegionCode } from '../core/region.ts';
import type { Language } from '../core/text.ts';
import type { EpochMs } from '../core/time.ts';
import type { Flag } from './flag-column.ts';
import type { JsonText } from './json-column.ts';
import type { SignInFactor } from './records-access.ts';

export type OfficerTable = {
  id: string;
  name: string;
  role: 'city-officer' | 'county-officer' | 'leader';
  /** The city or county whose bureau the officer serves. */
  region: RegionCode;
  phone: string | null;
  /** When the officer last answered a test on that number; null while nobody has tried. */
  phoneVerifiedAtMs: EpochMs | null;
  active: Flag;
};

export type AccountRole =
  | 'city-officer'
  | 'county-officer'
  | 'analyst'
  | 'system-administrator'
  | 'security-administrator'
  | 'audit-administrator'
  /** A wall screen; no account has it. */
  | 'kiosk';

export type AccountTable = {
  id: string;
  login: string;
  passwordHash: string;
  displayZh: string;
  displayEn: string;
  role: AccountRole;
  /** The city or county whose data the account sees. */
  region: RegionCode;
  language: Language;
  /** The officer who signs in with this account, if it is one. */
  officerId: string | null;
  active: Flag;
};

export type SessionTable = {
  /** SHA-256 of the token; the token itself is known only to the browser. */
  tokenHash: string;
  accountId: string;
  createdAtMs: EpochMs;
  expiresAtMs: EpochMs;
  lastSeenAtMs: EpochMs;
  /** What lists call it; null in sessions of older versions. */
  publicId: string | null;
  /** When the password or the second factor was last given. */
  provenAtMs: EpochMs;
  factor: SignInFactor;
  /** Browser and system, as it says itself; shortened. */
  agent: string;
};

/** Who may push observations. */
export type PartnerTable = {
  id: string;
  name: string;
  /** SHA-256 of the token. */
  tokenHash: string;
  /** Feeds they may push, as `rail/12306`. */
  sources: JsonText<readonly string[]>;
  kinds: JsonText<readonly Arrival['kind'][]>;
  /** A trusted partner's observations need no check of their own against its register. */
  trusted: Flag;
};
