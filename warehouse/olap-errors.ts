// What ClickHouse's error codes mean to us. Both engines raise the same codes; anything not listed is a
// mistake in our SQL and passes through as it is.

import { OperatingError, UserError, type Retry } from '../core/errors.ts';
import { text } from '../core/text.ts';

/** Codes (src/Common/ErrorCodes.cpp of ClickHouse) that mean the world failed, with what to do. */
const FAILURES: Readonly<Record<string, Retry>> = {
  '159': 'backoff', // TIMEOUT_EXCEEDED
  '198': 'backoff', // DNS_ERROR
  '202': 'soon', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209': 'backoff', // SOCKET_TIMEOUT
  '210': 'backoff', // NETWORK_ERROR
  '236': 'backoff', // ABORTED
  '241': 'backoff', // MEMORY_LIMIT_EXCEEDED
  '242': 'backoff', // TABLE_IS_READ_ONLY
  '243': 'backoff', // NOT_ENOUGH_SPACE
  '252': 'backoff', // TOO_MANY_PARTS
  '394': 'soon', // QUERY_WAS_CANCELLED
  '516': 'never', // AUTHENTICATION_FAILED
  '999': 'backoff', // KEEPER_EXCEPTION
};

const TOO_LARGE = new Set(['158', '307', '396']); // TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES

/** The error as our own kinds name it. */
export function translated(cause: unknown): unknown {
  const code = codeOf(cause);
  if (code !== undefined && TOO_LARGE.has(code)) {
    return new UserError(
      'too-large',
      text('查询结果过大', 'the result of the query is too large'),
      {
        hint: text('请缩小时间范围或增加筛选条件', 'Choose a shorter time or add a filter.'),
      },
    );
  }
  // What carries no ClickHouse code never reached the engine: the connection to it failed.
  const retry = code === undefined ? 'backoff' : FAILURES[code];
  if (retry === undefined) return cause;
  return new OperatingError('warehouse-unavailable', `the warehouse failed with ${nameOf(cause)}`, {
    retry,
    cause,
  });
}

export const tooLarge = (): UserError =>
  new UserError('too-large', text('查询结果过大', 'the result of the query is too large'), {
    hint: text('请缩小时间范围或增加筛选条件', 'Choose a shorter time or add a filter.'),
  });

/** The numeric code of a ClickHouse error; its class differs between engines, the fields do not. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return /^\d+$/.test(String(error.code)) ? String(error.code) : undefined;
}

function nameOf(error: unknown): string {
  if (error instanceof Error && 'type' in error && error.type) return String(error.type);
  if (error instanceof Error && 'code' in error) return String(error.code);
  return 'a lost connection';
}
