// What it means when a centre says no: whether it may say yes later. Every refusal is sure: a message that is
// answered with an error was not taken.

import smpp from 'smpp';
import type { Retry } from '../../../core/errors.ts';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(smpp.errors).map(([name, status]) => [status, name]),
);

/** Statuses that pass: full queues, throttling, trouble inside the centre, a binding that was lost. */
const PASSING: ReadonlySet<string> = new Set([
  'ESME_RINVBNDSTS',
  'ESME_RMSGQFUL',
  'ESME_RSERTYPUNAVAIL',
  'ESME_RSUBMITFAIL',
  'ESME_RSYSERR',
  'ESME_RTHROTTLED',
  'ESME_RUNKNOWNERR',
  'ESME_RX_T_APPN',
]);

/** From here on each centre has its own codes (SMPP 3.4, section 5.1.3): tried again within bounds. */
const OF_VENDOR_FROM = 0x400;

/** The name of a command_status, as operators of centres know it. */
export const statusName = (status: number): string =>
  NAMES.get(status) ?? `smpp-0x${status.toString(16).padStart(4, '0')}`;

export function refusalOf(status: number): { readonly code: string; readonly retry: Retry } {
  const code = statusName(status);
  const isPassing = PASSING.has(code) || status >= OF_VENDOR_FROM;
  return { code, retry: isPassing ? 'backoff' : 'never' };
}
