// The operational records as TypeScript sees them: what must be read back row by row and survive every
// crash. Columns are the same words in snake_case; the tables themselves are made in records-migrations.

import type { AccessTables } from './records-access.ts';
import type { AccountTable, OfficerTable, PartnerTable, SessionTable } from './records-accounts.ts';
import type {
  AlertCorrectionTable,
  AlertEventTable,
  AlertRaiseTable,
  AlertTable,
  SuppressedFindingTable,
} from './records-alerts.ts';
import type { AuditTables } from './records-audit.ts';
import type { VoidTables } from './records-void.ts';
import type { BasisProposalTable, BasisVersionTable, RefusalHourTable } from './records-basis.ts';
import type {
  RetentionCertificateTable,
  RetentionHoldTable,
  RetentionTaskTable,
} from './records-forget.ts';
import type { ExportTables } from './records-exports.ts';
import type { IndexTables } from './records-indices.ts';
import type { WorkbenchTables } from './records-workbench.ts';
import type { ImportTables } from './records-imports.ts';
import type {
  MessageAttemptTable,
  OfficerMessageTable,
  SmsPartTable,
  SmsReplyPartTable,
  SmsReplyTable,
} from './records-messages.ts';
import type {
  EscalationTable,
  NoticeAttemptTable,
  OutboxTable,
  PushSubscriptionTable,
} from './records-notices.ts';
import type { PackageTables } from './records-packages.ts';
import type { RollupTables } from './records-rollups.ts';
import type { ConsumerOffsetTable, CursorTable, SnapshotTable } from './records-progress.ts';
import type { ReaderTables } from './records-readers.ts';
import type { ReportFileTable, ReportTable } from './records-reports.ts';
import type {
  PhoneCheckTable,
  RosterActTable,
  RosterNoteSeenTable,
  RosterNoteTable,
} from './records-roster.ts';
import type {
  BacktestReportTable,
  RuleActivationTable,
  RuleProposalTable,
  RuleVersionTable,
} from './records-rules.ts';
import type { SilenceActTable, SilenceTable, SilencedAlertTable } from './records-silences.ts';
import type { AliasTable, LeaveVersionTable, SupervisionOrderTable } from './records-subjects.ts';
import type {
  AlertFeedbackTable,
  AlertPhotoTable,
  AlertTaskTable,
  ObjectionTable,
} from './records-tasks.ts';
import type { VaultTables } from './records-vault.ts';
import type { DrillTable, StallTable } from './records-watch.ts';

// The types of each part lie in a file of its own; here is the list of tables. Whoever reads several parts finds
// their types here too.
export { flag, type Flag } from './flag-column.ts';
export type * from './records-accounts.ts';
export type * from './records-alerts.ts';
export type * from './records-messages.ts';
export type * from './records-notices.ts';
export type * from './records-progress.ts';
export type * from './records-reports.ts';
export type * from './records-roster.ts';
export type * from './records-rules.ts';
export type * from './records-silences.ts';
export type * from './records-subjects.ts';
export type * from './records-watch.ts';

export type RecordsSchema = AccessTables &
  AuditTables &
  ExportTables &
  IndexTables &
  WorkbenchTables &
  ImportTables &
  VaultTables &
  PackageTables &
  ReaderTables &
  RollupTables &
  VoidTables & {
    account: AccountTable;
    alert: AlertTable;
    alertCorrection: AlertCorrectionTable;
    alertEvent: AlertEventTable;
    alertFeedback: AlertFeedbackTable;
    alertPhoto: AlertPhotoTable;
    alertTask: AlertTaskTable;
    objection: ObjectionTable;
    alertRaise: AlertRaiseTable;
    alias: AliasTable;
    basisProposal: BasisProposalTable;
    basisVersion: BasisVersionTable;
    refusalHour: RefusalHourTable;
    consumerOffset: ConsumerOffsetTable;
    cursor: CursorTable;
    drill: DrillTable;
    escalation: EscalationTable;
    leaveVersion: LeaveVersionTable;
    messageAttempt: MessageAttemptTable;
    noticeAttempt: NoticeAttemptTable;
    officer: OfficerTable;
    officerMessage: OfficerMessageTable;
    outbox: OutboxTable;
    partner: PartnerTable;
    phoneCheck: PhoneCheckTable;
    pushSubscription: PushSubscriptionTable;
    report: ReportTable;
    retentionCertificate: RetentionCertificateTable;
    retentionHold: RetentionHoldTable;
    retentionTask: RetentionTaskTable;
    reportFile: ReportFileTable;
    backtestReport: BacktestReportTable;
    rosterAct: RosterActTable;
    rosterNote: RosterNoteTable;
    rosterNoteSeen: RosterNoteSeenTable;
    ruleActivation: RuleActivationTable;
    ruleProposal: RuleProposalTable;
    ruleVersion: RuleVersionTable;
    session: SessionTable;
    smsPart: SmsPartTable;
    smsReply: SmsReplyTable;
    smsReplyPart: SmsReplyPartTable;
    silence: SilenceTable;
    silenceAct: SilenceActTable;
    silencedAlert: SilencedAlertTable;
    snapshot: SnapshotTable;
    stall: StallTable;
    supervisionOrder: SupervisionOrderTable;
    suppressedFinding: SuppressedFindingTable;
  };
