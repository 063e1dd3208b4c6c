// The purposes personal data may be asked for, for pages that let an officer choose one.

import {
  PURPOSES as DECLARED,
  type Purpose,
  type PurposeCode,
} from '../../security/access/purposes.ts';

export type { Purpose, PurposeCode };

export const PURPOSES: readonly Purpose[] = DECLARED;
