// The records of forgetting, as TypeScript sees them: holds, deletions under way, certificates.

import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** That a person's data must not be deleted for now. */
export type RetentionHoldTable = {
  id: string;
  subject: SubjectKey;
  /** The case it is about, when it is about one. */
  alertId: string | null;
  reason: string;
  documentNumber: string;
  /** An account id. */
  placedBy: string;
  placedAtMs: EpochMs;
  untilMs: EpochMs;
  /** Another account; without one the hold lapses after a few days. */
  approvedBy: string | null;
  approvedAtMs: EpochMs | null;
  liftedBy: string | null;
  liftedAtMs: EpochMs | null;
  liftReason: string | null;
};

/** `person`: everything about one person; `age`: what of one table has become too old. */
export type RetentionTaskKind = 'person' | 'age';

/** Steps of a deletion, in order; one is done again when it was cut short. */
export const RETENTION_STAGES = [
  'count',
  'rules',
  'log',
  'warehouse',
  'files',
  'records',
  'done',
] as const;

export type RetentionStage = (typeof RETENTION_STAGES)[number];

export type RetentionTaskTable = {
  id: string;
  kind: RetentionTaskKind;
  /** The id of a rule of the declaration. */
  rule: string;
  /** Why now: a code of security/retention/tasks.ts. */
  because: string;
  /** Whom; null once it is done. */
  subject: SubjectKey | null;
  placeholder: SubjectKey | null;
  cutoffMs: EpochMs | null;
  stage: RetentionStage;
  /** How far the stage has come, in its own words; empty at its begin. */
  place: string;
  /** What was found when it began, by store and table. */
  counts: JsonText<Readonly<Record<string, number>>>;
  createdAtMs: EpochMs;
  endedAtMs: EpochMs | null;
};

/** What was deleted, how much, by which rule. Append-only; says of nobody that it was them. */
export type RetentionCertificateTable = {
  id: string;
  taskId: string;
  rule: string;
  because: string;
  rows: number;
  /** The certificate, whose SHA-256 is `contentHash`. */
  body: string;
  contentHash: string;
  atMs: EpochMs;
};
