// The records of alerts, as TypeScript sees them: what they are, what became of them, their timeline.

import type { Generated } from 'kysely';
import type { AlertCorrectionReason, AlertEvent, AlertEventKind } from '../core/alert-event.ts';
import type {
  CorrectedFinding,
  Exercise,
  Level,
  RaisedFinding,
  SuppressedFinding,
} from '../core/finding.ts';
import type { SubjectClass } from '../core/order.ts';
import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { Flag } from './flag-column.ts';
import type { JsonText } from './json-column.ts';

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
