// The records of silences, as TypeScript sees them.

import type { Level } from '../core/finding.ts';
import type { SubjectClass } from '../core/order.ts';
import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { Flag } from './flag-column.ts';
import type { JsonText } from './json-column.ts';
import type { AccountRole } from './records-accounts.ts';

/** What is not to be told for a while. Append-only. */
export type SilenceTable = {
  id: string;
  matcher: JsonText<SilenceMatcher>;
  /** What the author answers for: nothing outside it is hidden. */
  region: RegionCode;
  /** Also hides what matches and is open when it takes effect. */
  coversOpen: Flag;
  /** Takes effect when a second person has approved. */
  needsApproval: Flag;
  /** An account id. */
  author: string;
  authorRole: AccountRole;
  reason: string;
  fromMs: EpochMs;
  untilMs: EpochMs;
  createdAtMs: EpochMs;
};

/** Of all that is named, each must hold. */
export type SilenceMatcher = {
  readonly levels: readonly Level[];
  readonly rules?: readonly string[] | undefined;
  readonly counties?: readonly RegionCode[] | undefined;
  readonly classes?: readonly SubjectClass[] | undefined;
  readonly subjects?: readonly SubjectKey[] | undefined;
};

/**
 * `approved`, `ended`: a person did so. `began`: all that was open and is covered is hidden. `over`: all it
 * hid is told again.
 */
export type SilenceActKind = 'approved' | 'ended' | 'began' | 'over';

/** What became of a silence, each kind once. Append-only. */
export type SilenceActTable = {
  id: string;
  silenceId: string;
  kind: SilenceActKind;
  /** An account id, or the part of the system that acted. */
  actor: string;
  reason: string;
  atMs: EpochMs;
};

/** That a silence hid an alert. Append-only. */
export type SilencedAlertTable = {
  silenceId: string;
  alertId: string;
  atMs: EpochMs;
};
