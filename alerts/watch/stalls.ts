// What should have moved and did not, from rows and the present instant: pure. It shares nothing with the pipeline
// but the records, so that a mistake there is seen here.

import type { Level } from '../../core/finding.ts';
import { MINUTE_MS } from '../../core/local-time.ts';
import type { OutboxState } from '../../warehouse/records-schema.ts';

export const STALL_KINDS = [
  /** A level-1 alert is open and no person has been reached. */
  'unreached',
  /** A rung of a ladder is due and nobody climbs it. */
  'rung',
  /** A notice has been on its way for too long. */
  'notice',
  /** Findings lie in the log and are not taken. */
  'findings',
  /** A channel's notices are due and do not go out. */
  'outbox',
  /** Canaries do not arrive. */
  'canary',
  /** Somebody's task is over its time. */
  'task',
] as const;

export type StallKind = (typeof STALL_KINDS)[number];

export type Stall = {
  /** What stands still; the same thing has the same key as long as it does. */
  readonly key: string;
  readonly kind: StallKind;
  readonly alertId: string | null;
  readonly level: Level | null;
  /** Since when it should have moved. */
  readonly sinceMs: number;
  /** Codes and numbers that say more, as `channel=sms notices=14`. */
  readonly what: string;
};

type OfAlert = { readonly alertId: string; readonly level: Level };

export type WatchRows = {
  /** Open level-1 alerts nobody has taken any side of. */
  readonly graves: readonly {
    readonly alertId: string;
    readonly recordedAtMs: number;
    readonly isReached: boolean;
  }[];
  /** Rungs that are due and wait. */
  readonly rungs: readonly (OfAlert & {
    readonly step: number;
    readonly side: string;
    readonly dueAtMs: number;
  })[];
  /** Notices that have not settled. */
  readonly notices: readonly (OfAlert & {
    readonly channel: string;
    readonly state: Extract<OutboxState, 'waiting' | 'sending' | 'uncertain'>;
    readonly createdAtMs: number;
    /** When the next one does something about it; of one in hand, when the lease ends. */
    readonly nextAttemptAtMs: number;
  })[];
  /** Of each channel what is due: how many, and since when the oldest. */
  readonly outboxes: readonly {
    readonly channel: string;
    readonly notices: number;
    readonly oldestDueMs: number;
  }[];
  /** Partitions of the findings with something unread, and when the first of it was appended. */
  readonly findings: readonly { readonly partition: number; readonly waitingSinceMs: number }[];
  /** Partitions canaries go through, and when the newest was sent that arrived. */
  readonly canaries: readonly { readonly partition: number; readonly sentAtMs: number | null }[];
  /** Since when canaries are looked out for. */
  readonly watchedSinceMs: number;
  readonly tasks: readonly (OfAlert & { readonly taskId: string; readonly dueAtMs: number })[];
};

export type WatchLimits = {
  /** From the recording of a level-1 alert until a person is reached. */
  readonly unreachedMs: number;
  readonly rungLateMs: number;
  /** Beyond the instant at which something was to be done about a notice. */
  readonly noticeLateMs: number;
  /** How long nobody may know whether a provider took a notice. */
  readonly uncertainMs: number;
  readonly outboxLateMs: number;
  readonly findingsLateMs: number;
  readonly taskLateMs: number;
  readonly canaryEveryMs: number;
  /** So many canaries in a row may be missing. */
  readonly canariesMissedMax: number;
};

export const WATCH_LIMITS: WatchLimits = {
  unreachedMs: 3 * MINUTE_MS,
  rungLateMs: MINUTE_MS,
  noticeLateMs: 2 * MINUTE_MS,
  uncertainMs: 10 * MINUTE_MS,
  outboxLateMs: 5 * MINUTE_MS,
  findingsLateMs: 2 * MINUTE_MS,
  taskLateMs: 0,
  canaryEveryMs: 10 * MINUTE_MS,
  canariesMissedMax: 3,
};

/** Everything that stands still at `nowAtMs`, the gravest and oldest first, each thing once. */
export function findStalls(rows: WatchRows, nowAtMs: number, limits: WatchLimits): Stall[] {
  const late = (sinceMs: number, limitMs: number) => nowAtMs - sinceMs > limitMs;
  const stalls: Stall[] = [
    ...rows.graves
      .filter(({ isReached, recordedAtMs }) => !isReached && late(recordedAtMs, limits.unreachedMs))
      .map(({ alertId, recordedAtMs }) => ({
        key: `unreached/${alertId}`,
        kind: 'unreached' as const,
        alertId,
        level: 1 as const,
        sinceMs: recordedAtMs,
        what: '',
      })),
    ...rows.rungs
      .filter(({ dueAtMs }) => late(dueAtMs, limits.rungLateMs))
      .map(({ alertId, level, step, side, dueAtMs }) => ({
        key: `rung/${alertId}/${side}`,
        kind: 'rung' as const,
        alertId,
        level,
        sinceMs: dueAtMs,
        what: `step=${step} side=${side}`,
      })),
    ...rows.notices
      .map((notice) => ({ ...notice, dueAtMs: dueOf(notice, limits) }))
      .filter(({ dueAtMs }) => late(dueAtMs, limits.noticeLateMs))
      .map(({ alertId, level, channel, state, dueAtMs }) => ({
        key: `notice/${alertId}/${channel}`,
        kind: 'notice' as const,
        alertId,
        level,
        sinceMs: dueAtMs,
        what: `channel=${channel} state=${state}`,
      })),
    ...rows.outboxes
      .filter(({ oldestDueMs }) => late(oldestDueMs, limits.outboxLateMs))
      .map(({ channel, notices, oldestDueMs }) => ({
        key: `outbox/${channel}`,
        kind: 'outbox' as const,
        alertId: null,
        level: null,
        sinceMs: oldestDueMs,
        what: `channel=${channel} notices=${notices}`,
      })),
    ...rows.findings
      .filter(({ waitingSinceMs }) => late(waitingSinceMs, limits.findingsLateMs))
      .map(({ partition, waitingSinceMs }) => ({
        key: `findings/${partition}`,
        kind: 'findings' as const,
        alertId: null,
        level: null,
        sinceMs: waitingSinceMs,
        what: `partition=${partition}`,
      })),
    ...missingCanaries(rows, nowAtMs, limits),
    ...rows.tasks
      .filter(({ dueAtMs }) => late(dueAtMs, limits.taskLateMs))
      .map(({ taskId, alertId, level, dueAtMs }) => ({
        key: `task/${taskId}`,
        kind: 'task' as const,
        alertId,
        level,
        sinceMs: dueAtMs,
        what: '',
      })),
  ];
  return onePerKey(stalls).toSorted(
    (a, b) => (a.level ?? 4) - (b.level ?? 4) || a.sinceMs - b.sinceMs || (a.key < b.key ? -1 : 1),
  );
}

/** When something should have been done about a notice at the latest. */
function dueOf(
  { state, createdAtMs, nextAttemptAtMs }: WatchRows['notices'][number],
  { uncertainMs }: WatchLimits,
): number {
  return state === 'uncertain'
    ? Math.min(nextAttemptAtMs, createdAtMs + uncertainMs)
    : nextAttemptAtMs;
}

/** Canaries are sent at the beginning of each period; what arrived before this program looked counts too. */
function missingCanaries(
  { canaries, watchedSinceMs }: WatchRows,
  nowAtMs: number,
  { canaryEveryMs, canariesMissedMax }: WatchLimits,
): Stall[] {
  return canaries.flatMap(({ partition, sentAtMs }) => {
    // A program that was down sent none: what it did not send is not missing.
    const lastMs = Math.max(sentAtMs ?? 0, watchedSinceMs);
    const missed = (nowAtMs - lastMs) / canaryEveryMs;
    if (missed <= canariesMissedMax + 1) return [];
    return [
      {
        key: `canary/${partition}`,
        kind: 'canary' as const,
        alertId: null,
        level: null,
        sinceMs: lastMs + canaryEveryMs,
        what: `partition=${partition}`,
      },
    ];
  });
}

/** Of one thing that stands still in several ways the oldest. */
function onePerKey(stalls: readonly Stall[]): Stall[] {
  const byKey = new Map<string, Stall>();
  for (const stall of stalls) {
    const known = byKey.get(stall.key);
    if (!known || stall.sinceMs < known.sinceMs) byKey.set(stall.key, stall);
  }
  return [...byKey.values()];
}
