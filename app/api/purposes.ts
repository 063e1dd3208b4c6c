// The purposes personal data may be asked for, for pages that let an officer choose one and for the schemas of
// what they send.

import {
  PURPOSES as DECLARED,
  purposeCodesFor,
  purposesFor,
  type Purpose,
  type PurposeCode,
} from '../../security/access/purposes.ts';

export type { Purpose, PurposeCode };

export const PURPOSES: readonly Purpose[] = DECLARED;

export const REVEAL_PURPOSES: readonly Purpose[] = purposesFor('identity.reveal');
export const REVEAL_PURPOSE_CODES = purposeCodesFor('identity.reveal');

export const HELD_PURPOSES: readonly Purpose[] = purposesFor('held.read');
export const HELD_PURPOSE_CODES = purposeCodesFor('held.read');
