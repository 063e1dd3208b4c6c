// The periods and limits of what follows the answer. None of them is from the law: all are proposals, for the
// city to set in its configuration (docs/after-the-answer.md).

import type { Level } from '../../core/finding.ts';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import type { TaskPeriods } from '../../warehouse/records-tasks.ts';

/** Who may open a closed alert again: who closed it, a leader of the bureau, an officer of the city. */
export const REOPENERS = ['closer', 'leader', 'city'] as const;

export type Reopener = (typeof REOPENERS)[number];

export type AnswerOptions = TaskPeriods & {
  /** Within this time of its closing an alert may be opened again, by these. */
  readonly reopenWithinMs: number;
  readonly reopenBy: readonly Reopener[];
  /** Before the end of a shift the console lists what is to be handed over, this much ahead. */
  readonly shiftEndMs: number;
  /** An objection is decided within so many workdays, counted from the day after it was raised. */
  readonly objectionWorkdays: number;
  /** Of one photo, and photos of one alert. */
  readonly photoBytesMax: number;
  readonly photosMax: number;
};

const DUE_HOURS: Readonly<Record<Level, number>> = { 1: 2, 2: 24, 3: 72 };

export const ANSWER_DEFAULTS: AnswerOptions = {
  dueMs: {
    1: DUE_HOURS[1] * HOUR_MS,
    2: DUE_HOURS[2] * HOUR_MS,
    3: DUE_HOURS[3] * HOUR_MS,
  },
  leaderAfterMs: 4 * HOUR_MS,
  reopenWithinMs: 30 * DAY_MS,
  reopenBy: REOPENERS,
  shiftEndMs: HOUR_MS,
  objectionWorkdays: 5,
  photoBytesMax: 5 * 1024 * 1024,
  photosMax: 9,
};
