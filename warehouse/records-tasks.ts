// The records of what follows the answer, as TypeScript sees them: tasks, feedback, photos, objections.

import type { FeedbackResult } from '../core/alert-event.ts';
import type { Level } from '../core/finding.ts';
import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** How a task came to whoever has it. */
export type TaskCameBy = 'acknowledged' | 'assigned' | 'handed-over' | 'reopened';

/** Lengths of a task's clock in milliseconds, frozen when it starts. */
export type TaskPeriods = {
  readonly dueMs: Readonly<Record<Level, number>>;
  readonly leaderAfterMs: number;
};

/** Who is responsible for an alert, and until when it is due. One row for each alert; its past is in its events. */
export type AlertTaskTable = {
  alertId: string;
  /** The bureau that has the task. */
  bureau: RegionCode;
  /** An officer id, or the account id of somebody who is no officer; null while nobody of the bureau has it. */
  officer: string | null;
  sinceMs: EpochMs;
  /** The account or officer by whose act it came. */
  givenBy: string;
  cameBy: TaskCameBy;
  startedAtMs: EpochMs;
  dueAtMs: EpochMs;
  /** When leaders are told that it is overdue. */
  leaderAtMs: EpochMs;
  /** When the clock must be looked at next; null when nothing is awaited. */
  nextAtMs: EpochMs | null;
  remindedAtMs: EpochMs | null;
  leaderToldAtMs: EpochMs | null;
  periods: JsonText<TaskPeriods>;
  /** A hand-over that is not accepted yet: to a bureau, or to one officer of it. */
  offeredBureau: RegionCode | null;
  offeredOfficer: string | null;
  offeredBy: string | null;
  offeredAtMs: EpochMs | null;
  offerNote: string | null;
};

/** What was found, every time it was written down. Append-only; the alert's row has the last one. */
export type AlertFeedbackTable = {
  id: string;
  alertId: string;
  /** From 1. */
  number: number;
  /** A code of core/alert-cause. */
  result: FeedbackResult;
  note: string;
  measures: string;
  /** Ids of observations. */
  evidence: JsonText<readonly string[]>;
  /** Ids of photos. */
  photos: JsonText<readonly string[]>;
  atMs: EpochMs;
  givenBy: string;
};

export type PhotoMediaType = 'image/jpeg' | 'image/png' | 'image/webp';

/** A photo as it is served: without what the camera wrote into it. */
export type AlertPhotoTable = {
  id: string;
  alertId: string;
  /** SHA-256 of the body. */
  contentHash: string;
  mediaType: PhotoMediaType;
  byteCount: number;
  width: number;
  height: number;
  body: Uint8Array;
  uploadedBy: string;
  uploadedAtMs: EpochMs;
  /** The feedback it came with; null until there is one. */
  feedbackId: string | null;
};

export type ObjectionState = 'open' | 'upheld' | 'rejected';

export type ReceivedHow = 'in-person' | 'phone' | 'written' | 'online' | 'other';

/** That a supervised person objects to an alert, and what was decided. */
export type ObjectionTable = {
  id: string;
  alertId: string;
  what: string;
  receivedHow: ReceivedHow;
  /** When the person raised it. */
  raisedAtMs: EpochMs;
  recordedBy: string;
  recordedAtMs: EpochMs;
  /** The period in workdays and the calendar it was counted by, frozen. */
  workdays: number;
  calendarVersion: string;
  dueAtMs: EpochMs;
  state: ObjectionState;
  decidedBy: string | null;
  decidedAtMs: EpochMs | null;
  reason: string | null;
  nextAtMs: EpochMs | null;
  alarmedAtMs: EpochMs | null;
};
