// What a final answer to a call means: did the person decide, could the person not be reached, or did the
// trunk not do its work? Only the last is tried again by the outbox at once.

import type { Retry } from '../../../core/errors.ts';
import type { FAILURE_REASONS } from '../channel.ts';
import { headersOf, type SipResponse } from './message.ts';

type FailureReason = (typeof FAILURE_REASONS)[number];

export type CallEnd =
  /** About the person. */
  | { readonly kind: 'not-reached'; readonly reason: FailureReason; readonly status: number }
  /** About the trunk: the call was not placed. */
  | { readonly kind: 'refused'; readonly code: string; readonly retry: Retry };

const BUSY: ReadonlySet<number> = new Set([486, 600]);
const DECLINED: ReadonlySet<number> = new Set([603, 607]);
/** Said for a telephone that is off, and by many exchanges for one that nobody picks up. */
const GONE: ReadonlySet<number> = new Set([408, 480, 487]);
/** Not found, gone, number incomplete. */
const UNREACHABLE: ReadonlySet<number> = new Set([404, 410, 484, 485, 604]);

/**
 * What the telephone network says behind the trunk (ITU-T Q.850, in the header of RFC 3326): it knows better
 * than the trunk's own status, which is often one for everything.
 */
const REASON_OF_CAUSE: Readonly<Record<number, FailureReason>> = {
  1: 'unreachable',
  3: 'unreachable',
  17: 'busy',
  18: 'unreachable',
  19: 'no-answer',
  20: 'unreachable',
  21: 'declined',
  22: 'unreachable',
  27: 'unreachable',
  28: 'unreachable',
};

/** `hasRung`: the telephone rang before. */
export function endOf(
  response: Pick<SipResponse, 'status' | 'headers' | 'body'>,
  hasRung: boolean,
): CallEnd {
  const { status } = response;
  const reached = (reason: FailureReason) => ({ kind: 'not-reached', reason, status }) as const;
  const cause = REASON_OF_CAUSE[causeOf(response)];
  if (cause) return reached(cause);
  if (BUSY.has(status)) return reached('busy');
  if (DECLINED.has(status)) return reached('declined');
  if (GONE.has(status)) return reached(hasRung ? 'no-answer' : 'unreachable');
  // No trunk should send us elsewhere.
  if (UNREACHABLE.has(status) || status < 400) return reached('unreachable');
  const retry = status >= 500 && status < 600 ? 'backoff' : 'never';
  return { kind: 'refused', code: `sip-${status}`, retry };
}

/** Of a call that we took back. */
export const takenBack = (hasRung: boolean): CallEnd => ({
  kind: 'not-reached',
  reason: hasRung ? 'no-answer' : 'unreachable',
  status: 487,
});

function causeOf(response: Pick<SipResponse, 'headers' | 'body'>): number {
  const written = headersOf(response, 'reason').join(', ');
  return Number(/Q\.850\s*;[^,]*?cause\s*=\s*(\d+)/i.exec(written)?.[1] ?? 0);
}
