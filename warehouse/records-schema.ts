// The operational records as TypeScript sees them: what must be read back row by row and survive every
// crash. Columns are the same words in snake_case; the tables themselves are made in records-migrations.

import type { Generated } from 'kysely';
import type { AlertEvent, AlertEventKind } from '../core/alert-event.ts';
import type {
  CorrectedFinding,
  CorrectionReason,
  Exercise,
  Level,
  RaisedFinding,
  SuppressedFinding,
} from '../core/finding.ts';
import type { Arrival, LeaveFact, OrderFact } from '../core/observation.ts';
import type { SubjectClass } from '../core/order.ts';
import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { Language } from '../core/text.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** A boolean in a column: 0 or 1 on both engines. */
export type Flag = 0 | 1;

export const flag = (value: boolean): Flag => (value ? 1 : 0);

/** Which subject a terminal, card or phone stands for. Values are stored only as keyed hashes. */
export type AliasTable = {
  namespace: string;
  valueHash: string;
  subject: SubjectKey;
};

export type SupervisionOrderTable = {
  /** The observation's id. */
  id: string;
  subject: SubjectKey;
  orderId: string;
  action: OrderFact['action'];
  atMs: EpochMs;
  effectiveAtMs: EpochMs;
  category: OrderFact['category'];
  subjectClass: SubjectClass;
  county: RegionCode;
  untilMs: EpochMs;
  body: JsonText<OrderFact>;
};

export type LeaveVersionTable = {
  /** The observation's id. */
  id: string;
  subject: SubjectKey;
  leaveId: string;
  action: LeaveFact['action'];
  atMs: EpochMs;
  effectiveAtMs: EpochMs;
  fromMs: EpochMs;
  untilMs: EpochMs;
  body: JsonText<LeaveFact>;
};

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

export type AlertStatus = 'new' | 'acknowledged' | 'closed';

export type AlertTable = {
  /** The finding's alertId. */
  id: string;
  ruleId: string;
  ruleVersion: string;
  /** As it is now; a correction may have changed it. */
  level: Level;
  /** As it was when the alert opened. */
  raisedLevel: Level;
  subject: SubjectKey;
  subjectClass: SubjectClass;
  /** The county that answers for the subject. */
  region: RegionCode;
  titleZh: string;
  titleEn: string;
  article: string;
  /** Event time at which the condition was met. */
  openedAtMs: EpochMs;
  /** When the observation that completed the condition reached us. */
  receivedAtMs: EpochMs;
  /** When this row was written. */
  recordedAtMs: EpochMs;
  /** Event time at which the condition ended by itself. */
  clearedAtMs: EpochMs | null;
  late: Flag;
  status: AlertStatus;
  /** When everyone who must acknowledge has done so, and who was last. */
  acknowledgedAtMs: EpochMs | null;
  acknowledgedBy: string | null;
  closedAtMs: EpochMs | null;
  closedBy: string | null;
  /** Open alerts of one subject that began close together share an episode; see alerts/merge.ts. */
  episodeId: string;
  repeats: number;
  lastRepeatAtMs: EpochMs | null;
  evidence: JsonText<RaisedFinding['evidence']>;
  measured: JsonText<RaisedFinding['values']>;
  checkedLeaves: JsonText<RaisedFinding['checkedLeaves']>;
  /** What the officer found out: a code of alerts/, with a note. */
  feedbackResult: string | null;
  feedbackNote: string | null;
  feedbackAtMs: EpochMs | null;
  feedbackBy: string | null;
  /** Since when it is known that the alert was none; null while it stands. */
  withdrawnAtMs: EpochMs | null;
  /** Why it was corrected last, and how often it was. */
  correctedBecause: CorrectionReason | null;
  corrections: number;
  /** A drill or canary: counts nowhere. Null for what is real. */
  exercise: Exercise | null;
};

/** A correction that changed an alert or one of the raises it stands for. Append-only. */
export type AlertCorrectionTable = {
  /** The finding's id. */
  id: string;
  alertId: string;
  raiseId: string;
  outcome: CorrectedFinding['outcome'];
  atMs: EpochMs;
  body: JsonText<CorrectedFinding>;
};

/** A raised finding an alert stands for: the one that opened it, or one that was merged into it. */
export type AlertRaiseTable = {
  /** The finding's alertId. */
  id: string;
  alertId: string;
  /** Event time at which the condition was met, and at which it ended by itself. */
  openedAtMs: EpochMs;
  clearedAtMs: EpochMs | null;
  /** Null in rows of before alerts were corrected: the alert's level. */
  level: Level | null;
  /** Since when it is known that it should not have been raised. */
  withdrawnAtMs: EpochMs | null;
  /** The last correction that was taken. */
  correctedAtMs: EpochMs | null;
  correctionId: string | null;
};

/**
 * The timeline of every alert, append-only. Rows in `seq` order feed the log's alert-events, so who
 * writes here takes the turn `alert-event` first (Records.takeTurn).
 */
export type AlertEventTable = {
  seq: Generated<number>;
  /** Content id, so that doing the same thing twice leaves one row. */
  id: string;
  alertId: string;
  kind: AlertEventKind;
  atMs: EpochMs;
  /** An account id, or the part of the system that acted. */
  actor: string;
  body: JsonText<AlertEvent>;
};

export type SuppressedFindingTable = {
  id: string;
  ruleId: string;
  ruleVersion: string;
  subject: SubjectKey;
  subjectClass: SubjectClass;
  region: RegionCode;
  atMs: EpochMs;
  because: SuppressedFinding['because'];
  /** The leave that covers, or the alert that is open. */
  reference: string | null;
  body: JsonText<SuppressedFinding>;
};

export type ChannelKind = 'phone' | 'sms' | 'push';

/** Canaries have a channel of their own, which reaches nobody. */
export type NoticeChannel = ChannelKind | 'canary';

/** `uncertain`: handed to the provider without an answer; a receipt must settle it before a retry. */
export type OutboxState =
  | 'waiting'
  | 'sending'
  | 'uncertain'
  | 'sent'
  | 'delivered'
  | 'answered'
  | 'failed'
  | 'cancelled';

export type OutboxTable = {
  /** Hash of alert, step, person and channel. */
  id: string;
  alertId: string;
  /** Step of the escalation, from 0. */
  step: number;
  channel: NoticeChannel;
  /** An officer id; numbers and addresses are looked up when sending. */
  recipient: string;
  textZh: string;
  textEn: string;
  state: OutboxState;
  attempts: number;
  nextAttemptAtMs: EpochMs;
  leasedUntilMs: EpochMs | null;
  leasedBy: string | null;
  provider: string | null;
  providerMessageId: string | null;
  /** Receipts may come out of order; the highest sequence counts. */
  providerSequence: number | null;
  lastErrorCode: string | null;
  createdAtMs: EpochMs;
  sentAtMs: EpochMs | null;
  deliveredAtMs: EpochMs | null;
  answeredAtMs: EpochMs | null;
  /** Which time round, of a rung that is climbed again and again. */
  round: number;
  /** That of the alert. */
  exercise: Exercise | null;
};

/** `moot`: when its time came, somebody had the alert. */
export type EscalationState = 'waiting' | 'done' | 'moot';

/** One rung of an alert's ladder: who is told next when a side has not acknowledged by then. */
export type EscalationTable = {
  /** Hash of alert, step and side. */
  id: string;
  alertId: string;
  /** That of its notices: rung by rung, and correction by correction; see alerts/notify.ts. */
  step: number;
  side: 'city' | 'county';
  dueAtMs: EpochMs;
  channel: ChannelKind;
  recipients: JsonText<readonly string[]>;
  state: EscalationState;
  doneAtMs: EpochMs | null;
  /** Climbed again so long after, round by round, until somebody has the alert; null for once. */
  everyMs: number | null;
  /** Which time round, from 0. */
  round: number;
};

/** A drill somebody started. The pipeline opens its alert like any other. */
export type DrillTable = {
  id: string;
  alertId: string;
  level: Level;
  /** Whose title and duty the drill has. */
  ruleId: string;
  /** The county it is about. */
  region: RegionCode;
  purpose: string;
  /** An account id. */
  startedBy: string;
  startedAtMs: EpochMs;
  /** When its finding was in the log. */
  appendedAtMs: EpochMs | null;
  endedAtMs: EpochMs | null;
  /** An account id, or `limit` when its time was up. */
  endedBy: string | null;
};

/** Something that did not move though it should have; see alerts/watch/stalls.ts. One row per episode. */
export type StallTable = {
  id: string;
  /** What stands still: one lasting episode for each. */
  stallKey: string;
  kind: string;
  alertId: string | null;
  level: Level | null;
  what: string;
  sinceMs: EpochMs;
  foundAtMs: EpochMs;
  toldAtMs: EpochMs | null;
  overAtMs: EpochMs | null;
  overToldAtMs: EpochMs | null;
};

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

export type AccountRole = 'city-officer' | 'county-officer' | 'analyst' | 'administrator';

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
};

export type ConsumerOffsetTable = {
  consumer: string;
  topic: string;
  partition: number;
  nextOffset: number;
};

/** How far a poll of an outside source has come. */
export type CursorTable = {
  name: string;
  value: string;
  updatedAtMs: EpochMs;
};

export type SnapshotTable = {
  consumer: string;
  partition: number;
  /** The first record the snapshot does not contain. */
  nextOffset: number;
  /** Name and version of the body's form; a consumer refuses one it does not know. */
  format: string;
  body: Uint8Array;
  savedAtMs: EpochMs;
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

/** A report as it was made. Append-only. */
export type ReportTable = {
  /** Of a scheduled report made of kind, period and region, so that it is made once. */
  id: string;
  kind: 'week' | 'month' | 'days';
  fromMs: EpochMs;
  untilMs: EpochMs;
  region: RegionCode;
  /** The period was over when the report was made. */
  isWhole: Flag;
  origin: 'schedule' | 'demand';
  /** SHA-256 of the body. */
  contentHash: string;
  /** The numbers, as models/report has them. */
  body: string;
  /** An account id, or `schedule`. */
  madeBy: string;
  purpose: string;
  madeAtMs: EpochMs;
};

/** That somebody took a report away as a file. Append-only. */
export type ReportFileTable = {
  id: string;
  reportId: string;
  format: 'xlsx' | 'docx' | 'pdf';
  /** SHA-256 of the file: a file that turns up can be traced. */
  contentHash: string;
  /** An account id. */
  takenBy: string;
  purpose: string;
  takenAtMs: EpochMs;
};

export type RecordsSchema = {
  account: AccountTable;
  alert: AlertTable;
  alertCorrection: AlertCorrectionTable;
  alertEvent: AlertEventTable;
  alertRaise: AlertRaiseTable;
  alias: AliasTable;
  consumerOffset: ConsumerOffsetTable;
  cursor: CursorTable;
  drill: DrillTable;
  escalation: EscalationTable;
  leaveVersion: LeaveVersionTable;
  officer: OfficerTable;
  outbox: OutboxTable;
  partner: PartnerTable;
  report: ReportTable;
  reportFile: ReportFileTable;
  backtestReport: BacktestReportTable;
  ruleActivation: RuleActivationTable;
  ruleProposal: RuleProposalTable;
  ruleVersion: RuleVersionTable;
  session: SessionTable;
  snapshot: SnapshotTable;
  stall: StallTable;
  supervisionOrder: SupervisionOrderTable;
  suppressedFinding: SuppressedFindingTable;
};
