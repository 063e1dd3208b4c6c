// Client transactions over UDP (RFC 3261, section 17.1): a request is repeated until something is heard, a
// final answer to INVITE is acknowledged every time it comes.

import type { Clock, Timer } from '../../../core/time.ts';
import { headerOf, type SipRequest, type SipResponse } from './message.ts';

export type TransactionTimes = {
  /** Estimate of a round trip; everything else follows from it. */
  readonly t1Ms: number;
  /** Longest pause between two repetitions of what is not an INVITE. */
  readonly t2Ms: number;
};

/** RFC 3261, section 17.1.1.1. */
export const TRANSACTION_TIMES: TransactionTimes = { t1Ms: 500, t2Ms: 4_000 };

/** Timers B, D, F, H: after so many round trips nothing more is to be expected. */
export const TRIPS_MAX = 64;

export type TransactionDeps = {
  readonly clock: Clock;
  readonly times: TransactionTimes;
  /** Resolves with a code when the request certainly did not leave. */
  readonly send: (request: SipRequest) => Promise<string | undefined>;
};

export type Transaction = {
  receive(response: SipResponse): void;
  /** Stops all timers; nothing is told any more. */
  stop(): void;
};

export type InviteListener = {
  readonly onProvisional: (response: SipResponse) => void;
  /** Every 2xx, repetitions too: each wants an ACK of its own, which is the dialog's to send. */
  readonly onSuccess: (response: SipResponse) => void;
  readonly onFailure: (response: SipResponse) => void;
  /** Nothing was heard at all. What comes later is still told. */
  readonly onSilence: () => void;
  readonly onUnsent: (code: string) => void;
};

export function startInvite(
  deps: TransactionDeps,
  request: SipRequest,
  listener: InviteListener,
): Transaction {
  const { clock, times, send } = deps;
  let state: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'stopped' = 'calling';
  let repeating: Timer | undefined;
  let acknowledgement: SipRequest | undefined;
  const stopWaiting = () => {
    repeating?.cancel();
    silence.cancel();
  };
  const transmit = async (isFirst: boolean) => {
    const code = await send(request);
    // A later repetition that does not leave changes nothing: an earlier one may have arrived.
    if (code === undefined || !isFirst || state !== 'calling') return;
    state = 'stopped';
    stopWaiting();
    listener.onUnsent(code);
  };
  const repeatAfter = (ms: number) => {
    repeating = clock.after(ms, () => {
      void transmit(false);
      repeatAfter(ms * 2);
    });
  };
  const silence = clock.after(TRIPS_MAX * times.t1Ms, () => {
    repeating?.cancel();
    listener.onSilence();
  });
  repeatAfter(times.t1Ms);
  void transmit(true);

  return {
    receive(response) {
      if (state === 'stopped') return;
      stopWaiting();
      if (response.status < 200) {
        if (state === 'calling') state = 'proceeding';
        if (state === 'proceeding') listener.onProvisional(response);
      } else if (response.status < 300) {
        if (state === 'completed') return;
        state = 'accepted';
        listener.onSuccess(response);
      } else if (state !== 'accepted') {
        acknowledgement ??= acknowledgeFailure(request, response);
        void send(acknowledgement);
        const isFirst = state !== 'completed';
        state = 'completed';
        if (isFirst) listener.onFailure(response);
      }
    },
    stop() {
      state = 'stopped';
      stopWaiting();
    },
  };
}

/** Section 17.1.1.3: the branch of the INVITE, the To of the answer. */
export function acknowledgeFailure(request: SipRequest, response: SipResponse): SipRequest {
  return { ...sameTransaction(request, 'ACK', headerOf(response, 'to')), body: '' };
}

/** Section 9.1: takes an INVITE back; matches it by its branch. */
export const cancelOf = (invite: SipRequest): SipRequest =>
  sameTransaction(invite, 'CANCEL', headerOf(invite, 'to'));

const CARRIED: ReadonlySet<string> = new Set(['via', 'from', 'call-id', 'max-forwards', 'route']);

function sameTransaction(request: SipRequest, method: string, to: string | undefined): SipRequest {
  const number = (headerOf(request, 'cseq') ?? '').split(' ')[0] ?? '';
  return {
    kind: 'request',
    method,
    uri: request.uri,
    headers: [
      ...request.headers.filter(([name]) => CARRIED.has(name)),
      ['to', to ?? ''],
      ['cseq', `${number} ${method}`],
    ],
    body: '',
  };
}

export type RequestOutcome =
  | { readonly kind: 'final'; readonly response: SipResponse }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unsent'; readonly code: string };

/** Any request but INVITE and ACK. `onEnd` is told once. */
export function startRequest(
  { clock, times, send }: TransactionDeps,
  request: SipRequest,
  onEnd: (outcome: RequestOutcome) => void,
): Transaction {
  let repeating: Timer | undefined;
  let isOver = false;
  let isProceeding = false;
  const end = (outcome: RequestOutcome | undefined) => {
    if (isOver) return;
    isOver = true;
    repeating?.cancel();
    silence.cancel();
    if (outcome) onEnd(outcome);
  };
  const transmit = async (isFirst: boolean) => {
    const code = await send(request);
    if (code !== undefined && isFirst) end({ kind: 'unsent', code });
  };
  const repeatAfter = (ms: number) => {
    repeating = clock.after(ms, () => {
      void transmit(false);
      repeatAfter(isProceeding ? times.t2Ms : Math.min(ms * 2, times.t2Ms));
    });
  };
  const silence = clock.after(TRIPS_MAX * times.t1Ms, () => end({ kind: 'silent' }));
  repeatAfter(times.t1Ms);
  void transmit(true);

  return {
    receive(response) {
      if (response.status >= 200) end({ kind: 'final', response });
      else isProceeding = true;
    },
    stop: () => end(undefined),
  };
}
