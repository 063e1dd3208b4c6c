// What a final answer to a call means: did the person decide, could the person not be reached, or did the
// trunk not do its work? Only the last is tried again by the outbox at once.

import type { Retry } from '../../../core/errors.ts';
import type { FAILURE_REASONS } from '../channel.ts';

export type CallEnd =
  /** About the person. */
  | {
      readonly kind: 'not-reached';
      readonly reason: (typeof FAILURE_REASONS)[number];
      readonly status: number;
    }
  /** About the trunk: the call was not placed. */
  | { readonly kind: 'refused'; readonly code: string; readonly retry: Retry };

const BUSY: ReadonlySet<number> = new Set([486, 600]);
const DECLINED: ReadonlySet<number> = new Set([403, 603, 607]);
const NO_ANSWER: ReadonlySet<number> = new Set([487]);
/** Not found, gone, switched off, number incomplete, and every redirection, which no trunk should give. */
const UNREACHABLE: ReadonlySet<number> = new Set([404, 408, 410, 480, 484, 485, 604]);

/** RFC 3261, section 21. */
export function endOf(status: number): CallEnd {
  if (BUSY.has(status)) return { kind: 'not-reached', reason: 'busy', status };
  if (DECLINED.has(status)) return { kind: 'not-reached', reason: 'declined', status };
  if (NO_ANSWER.has(status)) return { kind: 'not-reached', reason: 'no-answer', status };
  if (UNREACHABLE.has(status) || status < 400) {
    return { kind: 'not-reached', reason: 'unreachable', status };
  }
  const retry = status >= 500 && status < 600 ? 'backoff' : 'never';
  return { kind: 'refused', code: `sip-${status}`, retry };
}
