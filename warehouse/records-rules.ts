// The records of rules, as TypeScript sees them: versions, proposals, what is in force.

import type { Generated } from 'kysely';
import type { EpochMs } from '../core/time.ts';

export type RuleVersionTable = {
  ruleId: string;
  /** `number@hash`, as findings carry it. */
  ruleVersion: string;
  number: number;
  contentHash: string;
  /** The rule file as it was read. */
  body: string;
  loadedAtMs: EpochMs;
};

/** `active`: alerts come from this version; `retired`: from no version of the rule any more. */
export type ActivationStatus = 'active' | 'retired';

/** That somebody wants a version in force, or a rule retired. Append-only. */
export type RuleProposalTable = {
  id: string;
  packId: string;
  ruleId: string;
  ruleVersion: string;
  status: ActivationStatus;
  /** The activation in force when it was proposed, empty for none: after another one it is spent. */
  follows: string;
  /** An account id. */
  proposedBy: string;
  reason: string;
  proposedAtMs: EpochMs;
};

/** What an approver had before them. Append-only. */
export type BacktestReportTable = {
  /** The report's own id: the hash of its content. */
  id: string;
  body: string;
  savedAtMs: EpochMs;
};

/** That a second person put a version in force, or retired a rule. The last row counts. Append-only. */
export type RuleActivationTable = {
  seq: Generated<number>;
  id: string;
  packId: string;
  ruleId: string;
  ruleVersion: string;
  status: ActivationStatus;
  /** Account ids, or `installation` for what was in the pack when the data folder was made. */
  proposedBy: string;
  approvedBy: string;
  reportId: string | null;
  reason: string;
  atMs: EpochMs;
};
