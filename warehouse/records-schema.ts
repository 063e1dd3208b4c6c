// The operational records as TypeScript sees them: what must be read back row by row and survive every
// crash. Columns are the same words in snake_case; the tables themselves are made in records-migrations.

import type { Generated } from 'kysely';
import type { AlertCorrectionReason, AlertEvent, AlertEventKind } from '../core/alert-event.ts';
import type {
  CorrectedFinding,
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
import type { MessageAttemptTable, SmsReplyPartTable } from './records-messages.ts';
import type {
  RetentionCertificateTable,
  RetentionHoldTable,
  RetentionTaskTable,
} from './records-forget.ts';
import type { AuditTables } from './records-audit.ts';
import type { BasisProposalTable, BasisVersionTable, RefusalHourTable } from './records-basis.ts';
import type { AccessTables, SignInFactor } from './records-access.ts';
import type {
  AlertFeedbackTable,
  AlertPhotoTable,
  AlertTaskTable,
  ObjectionTable,
} from './records-tasks.ts';
import type { VaultTables } from './records-vault.ts';
import type { PackageTables } from './records-packages.ts';

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

/** The terms by which an alert shares notices. */
export type GroupTermsColumn = {
  key: string;
  waitMs: number;
  intervalMs: number;
  max: number;
};

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
  /** What the officer has to do, as the rule said when the alert opened; null in alerts of before. */
  dutyZh: string | null;
  dutyEn: string | null;
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
  correctedBecause: AlertCorrectionReason | null;
  corrections: number;
  /** Acts of officers on the alert so far. */
  acts: number;
  /** The silence that hides it now, so that it tells nobody. */
  silencedBy: string | null;
  /**
   * Why it was routed anew the last time, which counts up `corrections` whatever the reason. Null when it
   * never was, and in rows of before silences: a correction.
   */
  reroutedBecause: ReroutedBecause | null;
  /** Event time of the repeat that made it graver by one; null while none has. */
  repeatsRaisedAtMs: EpochMs | null;
  /** A drill or canary: counts nowhere. Null for what is real. */
  exercise: Exercise | null;
  /** How it may share notices with alerts about others; null when it goes out by itself. See alerts/grouping/. */
  groupTerms: JsonText<GroupTermsColumn> | null;
};

export type ReroutedBecause = 'corrected' | 'repeats' | 'silence-over';

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
  /** The alert's when the notice was written; the database fills in 2. The gravest goes first. */
  level: Level | null;
  /** How often it was handed to a provider, and when first; the database fills in 0. */
  handOvers: number | null;
  handedOverAtMs: EpochMs | null;
  /** When the provider that has it is asked why there is no receipt. */
  receiptDueAtMs: EpochMs | null;
  /** A limit of the person's held it back until then. */
  heldUntilMs: EpochMs | null;
  /** The notice that told the person of this one too. */
  coveredBy: string | null;
  /** Which time round, of a rung that is climbed again and again. */
  round: number;
  /** That of the alert. */
  exercise: Exercise | null;
  /** Notices of one kind may go out as one; null for what goes by itself. */
  groupKey: string | null;
  /** Until then it waits for others. */
  groupUntilMs: EpochMs | null;
  /** The notice that was sent instead, with words for both. */
  carriedBy: string | null;
  /** How many alerts it speaks of; null where it is its own alone. */
  carries: number | null;
};

/** What happened to a notice on its way; see alerts/providers/attempt-store.ts. */
export type AttemptStage =
  /** About to be handed to the provider. */
  | 'begun'
  | 'accepted'
  /** Not taken, perhaps later. */
  | 'rejected'
  /** Not taken, for good. */
  | 'refused'
  | 'uncertain'
  /** Asked, and the provider never had it. */
  | 'unknown'
  /** Asked, without an answer. */
  | 'unanswered'
  | 'receipt'
  /** A receipt of a provider that was given up on. */
  | 'late-receipt'
  /** A receipt that says that the provider could not deliver. */
  | 'undelivered'
  /** The provider has it, and no receipt came in time. */
  | 'no-receipt'
  /** Nothing could be learnt from the provider in time. */
  | 'unreconciled'
  /** Held back by a limit of the person's. */
  | 'held'
  /** Told by another notice, which gives the number of those it stands for. */
  | 'covered'
  /** Told together with others by one notice. */
  | 'carried';

/** One step of one attempt to hand a notice to a provider. Append-only. */
export type NoticeAttemptTable = {
  seq: Generated<number>;
  /** Content id, so that the same receipt leaves one row. */
  id: string;
  noticeId: string;
  alertId: string;
  /** Which hand-over, from 1; 0 before the first. */
  attempt: number;
  /** Empty when no provider had to do with it. */
  provider: string;
  what: AttemptStage;
  /** Why; the state of a receipt; the notice that covers this one. */
  code: string | null;
  messageId: string | null;
  sequence: number | null;
  atMs: EpochMs;
  /** Until when it is held back. */
  untilMs: EpochMs | null;
};

/** A browser an officer wants to be pushed to. */
export type PushSubscriptionTable = {
  /** Hash of the endpoint. */
  id: string;
  officerId: string;
  endpoint: string;
  /** Keys of the browser, base64url. */
  p256dh: string;
  auth: string;
  /** What the officer calls it. */
  device: string;
  language: Language;
  createdAtMs: EpochMs;
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

/** What happened to a change of the duty roster: a swap is agreed, perhaps confirmed; any may be withdrawn. */
export type RosterActKind = 'made' | 'agreed' | 'confirmed' | 'declined' | 'withdrawn';

/**
 * What people did to the duty roster, append-only. Rows in `seq` order, so who writes here takes the turn
 * `roster` first (Records.takeTurn).
 */
export type RosterActTable = {
  seq: Generated<number>;
  /** Content id: doing the same thing twice leaves one row. */
  id: string;
  changeId: string;
  act: RosterActKind;
  bureau: RegionCode;
  /** The change itself, in the row `made`; see alerts/roster/plan-changes.ts. */
  body: string | null;
  /** End of the change: later it has no effect any more. */
  untilMs: EpochMs;
  reason: string;
  /** An account id. */
  actedBy: string;
  atMs: EpochMs;
};

/** What an officer leaves for whoever comes on duty next. Append-only. */
export type RosterNoteTable = {
  id: string;
  bureau: RegionCode;
  /** Whose turn ends, and the turn. */
  officer: string;
  turnFromMs: EpochMs;
  turnUntilMs: EpochMs;
  body: string;
  /** An account id. */
  writtenBy: string;
  atMs: EpochMs;
};

export type RosterNoteSeenTable = {
  noteId: string;
  accountId: string;
  atMs: EpochMs;
};

/** A number being tried: a code went out to it and is to be entered. */
export type PhoneCheckTable = {
  id: string;
  officer: string;
  phone: string;
  /** SHA-256 of id and code. */
  codeHash: string;
  /** An account id. */
  askedBy: string;
  askedAtMs: EpochMs;
  expiresAtMs: EpochMs;
  /** Codes entered so far. */
  tries: number;
  passedAtMs: EpochMs | null;
};

/** A message to an officer that is about no alert, under the same promises as a notice of the outbox. */
export type OfficerMessageTable = Pick<
  OutboxTable,
  | 'id'
  | 'channel'
  | 'recipient'
  | 'textZh'
  | 'textEn'
  | 'state'
  | 'attempts'
  | 'nextAttemptAtMs'
  | 'leasedUntilMs'
  | 'leasedBy'
  | 'provider'
  | 'providerMessageId'
  | 'providerSequence'
  | 'lastErrorCode'
  | 'createdAtMs'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
  | 'handOvers'
  | 'receiptDueAtMs'
> & {
  kind: 'duty-tomorrow' | 'phone-code';
  /** Where it goes when not to the officer's number: a number that is being tried. */
  address: string | null;
  /** When it is of no use any more. */
  expiresAtMs: EpochMs;
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

/** `submitted`: handed to the centre, which has not said whether it took it. */
export type SmsPartState = 'submitted' | 'accepted' | 'failed' | 'delivered';

/** A part of a notice that was handed to an SMS centre; one the centre refused leaves no row. */
export type SmsPartTable = {
  provider: string;
  noticeId: string;
  /** From 0. */
  part: number;
  parts: number;
  /** E.164. */
  number: string;
  /** What the message carries so that a centre can repeat it in a receipt; 16 bits of the notice's id. */
  reference: number;
  state: SmsPartState;
  /** As the centre named it, and as its receipts do. */
  messageId: string | null;
  receiptKey: string | null;
  reason: string | null;
  submittedAtMs: EpochMs;
};

/** A reply of an officer, without what it said. */
export type SmsReplyTable = {
  /** Hash of the provider and its name for the reply, or of who, what and when. */
  id: string;
  provider: string;
  officerId: string;
  /** The alert it was understood to be about. */
  alertId: string | null;
  /** A code of alerts/replies.ts. */
  outcome: string;
  /** What it was read as, which tells whether the same was written again. */
  code: string;
  receivedAtMs: EpochMs;
  answerZh: string | null;
  answerEn: string | null;
  answerState: 'none' | 'waiting' | 'sent' | 'failed';
  answerAttempts: number;
  answerDueAtMs: EpochMs;
};

export type RecordsSchema = AccessTables &
  AuditTables &
  VaultTables &
  PackageTables & {
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
