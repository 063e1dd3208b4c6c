// What the officer can do about an alert now, and what comes first. The server has the last word; this
// only keeps people from pressing what it would refuse.

import type { AlertDetail } from '../../app/api/alerts.ts';
import type { Role } from '../../app/api/session.ts';

export type Step = 'acknowledge' | 'feedback' | 'close';

export type NextSteps = {
  /** The one to do next; undefined when nothing is left or others come first. */
  readonly first: Step | undefined;
  /** What else may be done. */
  readonly also: readonly Step[];
  /** Whom one waits for when there is nothing to do. */
  readonly waitingFor: 'city' | 'county' | undefined;
};

const NOTHING: NextSteps = { first: undefined, also: [], waitingFor: undefined };

export function nextSteps(
  {
    status,
    level,
    awaiting,
    feedback,
    withdrawnAtMs,
  }: Pick<AlertDetail, 'status' | 'level' | 'awaiting' | 'feedback' | 'withdrawnAtMs'>,
  role: Role,
): NextSteps {
  if (status === 'closed') return NOTHING;
  // What was none needs nobody to look into it.
  if (withdrawnAtMs !== null) return { first: 'close', also: [], waitingFor: undefined };
  if (status === 'new') {
    const own = role === 'city-officer' ? 'city' : 'county';
    // Below level 1 whoever sees it first may take it up.
    const mine = awaiting.includes(own) || level > 1;
    return mine
      ? { first: 'acknowledge', also: [], waitingFor: undefined }
      : { ...NOTHING, waitingFor: awaiting[0] };
  }
  return feedback === null
    ? { first: 'feedback', also: [], waitingFor: undefined }
    : { first: 'close', also: ['feedback'], waitingFor: undefined };
}
