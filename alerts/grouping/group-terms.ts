// How alerts of several persons share one notice: by what they are alike, how long the first waits for others,
// and how soon the next notice of the kind may follow. Frozen into the alert when it is routed.

import { z } from 'zod';
import type { Level } from '../../core/finding.ts';
import { contentId } from '../../core/ids.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';

/** What alerts of one notice may be asked to have in common. Their level always is. */
export const GROUPS_BY = ['rule', 'county', 'class'] as const;

export type GroupBy = (typeof GROUPS_BY)[number];

/** What a routing node says about groups. */
export type GroupOptions = {
  readonly by: readonly GroupBy[];
  /** How long the first alert waits for others, in milliseconds. */
  readonly wait: number;
  /** How long after one notice the next of the same kind to the same person may go out. */
  readonly interval: number;
  /** Alerts of one notice: one key acknowledges them all. */
  readonly max: number;
};

/**
 * The longest that grouping may hold up an alert, by level. A call of level 1 has to ring within 30 s and an SMS of
 * level 2 to leave within 60 s of the fact, with room for everything else that takes time.
 */
export const LONGEST: Readonly<
  Record<Level, { readonly waitMs: number; readonly intervalMs: number }>
> = {
  1: { waitMs: 5_000, intervalMs: 10_000 },
  2: { waitMs: 30_000, intervalMs: 30_000 },
  3: { waitMs: 15 * 60_000, intervalMs: 60 * 60_000 },
};

export const ALERTS_OF_ONE_NOTICE_MAX = 50;

const termsSchema = z.object({
  /** Alerts with the same one are alike. */
  key: z.string(),
  waitMs: z.number(),
  intervalMs: z.number(),
  max: z.number(),
});

export type GroupTerms = z.infer<typeof termsSchema>;

const termsColumn = jsonColumn(termsSchema);

type Alike = Pick<AlertTable, 'ruleId' | 'region' | 'subjectClass'>;

/** The terms of an alert that is routed so, as a column; null when it goes out by itself. */
export function termsFor(
  alert: Alike,
  options: GroupOptions | undefined,
): AlertTable['groupTerms'] {
  if (!options) return null;
  const has: Readonly<Record<GroupBy, string>> = {
    rule: alert.ruleId,
    county: alert.region,
    class: alert.subjectClass,
  };
  const key = contentId(
    'gr',
    GROUPS_BY.filter((by) => options.by.includes(by)).map((by) => `${by} ${has[by]}`),
  );
  const { wait: waitMs, interval: intervalMs, max } = options;
  return termsColumn.encode({ key, waitMs, intervalMs, max });
}

/** The terms an alert of that level goes by; no terms hold up a grave one for long. */
export function termsOf(
  groupTerms: AlertTable['groupTerms'],
  level: Level,
): GroupTerms | undefined {
  if (groupTerms === null) return undefined;
  const terms = termsColumn.decode(groupTerms);
  const longest = LONGEST[level];
  return {
    ...terms,
    waitMs: Math.min(terms.waitMs, longest.waitMs),
    intervalMs: Math.min(terms.intervalMs, longest.intervalMs),
  };
}

export type NoticeGroup = {
  readonly groupKey: string;
  /** Until then it waits for others. */
  readonly groupUntilMs: EpochMs;
};

type GroupedAlert = Pick<AlertTable, 'level' | 'late' | 'exercise'> &
  Partial<Pick<AlertTable, 'groupTerms'>>;

/**
 * Of which group a new notice is; undefined when it goes out by itself. `says` is what its words say besides
 * (that it was corrected, say): what says something of its own goes by itself. What is practised meets nothing.
 */
export function groupOfNotice(
  { level, late, exercise, groupTerms = null }: GroupedAlert,
  { says, atMs }: { says: string; atMs: EpochMs },
): NoticeGroup | undefined {
  const terms = exercise === null ? termsOf(groupTerms, level) : undefined;
  if (!terms || !SHARED.has(says)) return undefined;
  return {
    groupKey: contentId('gk', [terms.key, level, late, says]),
    groupUntilMs: epochMs(atMs + terms.waitMs),
  };
}

/** Words that can be said of several alerts at once. */
const SHARED: ReadonlySet<string> = new Set(['notice', 'silenceOver']);
