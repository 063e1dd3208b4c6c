// The records of the audit trail, as TypeScript sees them. All but the notices are append-only; the triggers
// of the migration see to it.

import type { Generated } from 'kysely';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';

/** An entry as it was told, until the sealer has chained it. */
export type AuditPendingTable = {
  seq: Generated<number>;
  /** Canonical JSON; see security/audit/record-format.ts. */
  body: string;
};

/** A chained record. The columns behind the hash repeat what the body says, for searching. */
export type AuditRecordTable = {
  /** From 0, without gaps. */
  position: number;
  /** The row of audit_pending it was told in; -1 for the first record, which nobody told. */
  pendingSeq: number;
  /** Canonical JSON with the place and the hash of the record before. */
  body: string;
  /** RFC 6962 leaf hash of the body, in hexadecimal. */
  hash: string;
  atMs: EpochMs;
  actor: string;
  action: string;
  outcome: 'done' | 'refused' | 'failed';
  purpose: string | null;
};

/** Whom a record is about. */
export type AuditSubjectTable = {
  subject: SubjectKey;
  position: number;
};

/** So many records in a row, closed: a perfect subtree of the Merkle tree. */
export type AuditSegmentTable = {
  /** From 0. */
  number: number;
  /** Canonical JSON with root, head, times and the hash of the segment before. */
  body: string;
  hash: string;
  root: string;
  head: string;
  lastAtMs: EpochMs;
};

/** That the records of a segment were taken out of the store. */
export type AuditArchiveTable = {
  segment: number;
  atMs: EpochMs;
  actor: string;
};

export type AuditCheckpointTable = {
  /** From 0, without gaps. */
  number: number;
  /** How many records it covers. */
  size: number;
  atMs: EpochMs;
  /** Canonical JSON; see security/audit/checkpoint.ts. */
  body: string;
  signature: string;
};

/** That an outside witness has, or refused, a checkpoint. */
export type AuditWitnessedTable = {
  checkpoint: number;
  witness: string;
  atMs: EpochMs;
  outcome: 'accepted' | 'refused';
};

/** A checkpoint of another instance. */
export type AuditForeignTable = {
  origin: string;
  size: number;
  root: string;
  body: string;
  signature: string;
  receivedAtMs: EpochMs;
};

/** That the whole store was verified, and what was found. */
export type AuditVerificationTable = {
  atMs: EpochMs;
  size: number;
  /** JSON. */
  findings: string;
};

/** What the audit administrator is told of. */
export type AuditNoticeTable = {
  id: string;
  kind: string;
  /** Whom it is about; null for the trail itself. */
  actor: string | null;
  atMs: EpochMs;
  /** JSON. */
  body: string;
  seenBy: string | null;
  seenAtMs: EpochMs | null;
  /** What became of a notice about a person who reads; see security/audit/notice-answers.ts. */
  answer: 'explained' | 'referred' | null;
  answerReason: string | null;
  answeredBy: string | null;
  answeredAtMs: EpochMs | null;
};

export type AuditTables = {
  auditPending: AuditPendingTable;
  auditRecord: AuditRecordTable;
  auditSubject: AuditSubjectTable;
  auditSegment: AuditSegmentTable;
  auditArchive: AuditArchiveTable;
  auditCheckpoint: AuditCheckpointTable;
  auditWitnessed: AuditWitnessedTable;
  auditForeign: AuditForeignTable;
  auditVerification: AuditVerificationTable;
  auditNotice: AuditNoticeTable;
};
