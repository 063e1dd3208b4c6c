// The two kinds of error that are handled, and the one that is not. Bad data in the stream is none of
// them: see outcome.ts.

import type { Text } from './text.ts';

/** Every code a person or partner can be answered with. Sorted; a test keeps it so. */
export type UserErrorCode =
  | 'approval-needed'
  | 'bad-configuration'
  | 'bad-input'
  | 'conflict'
  | 'forbidden'
  | 'not-found'
  | 'password-change-needed'
  | 'port-in-use'
  | 'purpose-needed'
  | 'rule-invalid'
  | 'second-factor-missing'
  | 'second-factor-needed'
  | 'step-up-needed'
  | 'too-large'
  | 'too-many'
  | 'unauthenticated';

/** Someone asked wrongly. The message is a lower-case fact, detail and hint are sentences. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  readonly says: Text;
  readonly detail: string | undefined;
  readonly hint: Text | undefined;

  constructor(code: UserErrorCode, says: Text, more: { detail?: string; hint?: Text } = {}) {
    super(more.detail === undefined ? says.en : `${says.en}: ${more.detail}`);
    this.code = code;
    this.says = says;
    this.detail = more.detail;
    this.hint = more.hint;
  }
}

/** Every way the world fails us. Sorted; a test keeps it so. */
export type OperatingErrorCode =
  | 'channel-unavailable'
  | 'keys-unavailable'
  | 'log-unavailable'
  | 'records-unavailable'
  | 'source-unavailable'
  | 'warehouse-unavailable';

export type Retry = 'soon' | 'backoff' | 'never';

/** The world failed. Translated at the port by status or code, never by message text. */
export class OperatingError extends Error {
  override readonly name = 'OperatingError';
  readonly code: OperatingErrorCode;
  readonly retry: Retry;

  constructor(code: OperatingErrorCode, message: string, more: { retry: Retry; cause?: unknown }) {
    super(message, { cause: more.cause });
    this.code = code;
    this.retry = more.retry;
  }
}

/** Something we hold true does not hold: a bug. Nobody catches it; the process exits and replays. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, fact: string): asserts condition {
  if (!condition) throw new AssertionError(fact);
}

/** Marks the branch an exhaustive switch never takes. */
export function never(value: never): never {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
}
