// Answers to what the other end asks, each request answered alike however often it is repeated; a success for
// an INVITE is said again until its ACK comes (RFC 3261, sections 13.3.1.4 and 17.2).

import type { ChanceIds } from '../../../core/ids.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import { parametersBehind, type Endpoint } from './address.ts';
import {
  cseqOf,
  formatMessage,
  headerOf,
  headersOf,
  type SipHeader,
  type SipRequest,
} from './message.ts';
import type { TransactionTimes } from './transaction.ts';

export type ServedAnswer = {
  readonly status: number;
  readonly headers?: readonly SipHeader[];
  readonly body?: string;
};

export type Served = {
  /** Answers with what `decide` gives, or as before when the request is a repetition. */
  answer(request: SipRequest, from: Endpoint, decide: () => ServedAnswer): void;
  /** An ACK of the other end: the answer to its INVITE has arrived. */
  acknowledged(request: SipRequest): void;
  close(): void;
};

type Kept = { readonly bytes: Uint8Array; readonly callId: string; repeating?: Timer; end: Timer };

/** Round trips after which a request is not repeated any more. */
const TRIPS_MAX = 64;
/** Answers kept; whoever floods us gets each answered, the oldest ones without memory. */
const KEPT_MAX = 1_000;

export const ALLOWED_METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';

export function createServed(
  { clock, ids }: { readonly clock: Clock; readonly ids: ChanceIds },
  {
    times,
    contact,
    send,
  }: {
    readonly times: TransactionTimes;
    readonly contact: string;
    readonly send: (bytes: Uint8Array, to: Endpoint) => Promise<unknown>;
  },
): Served {
  const kept = new Map<string, Kept>();

  const forget = (key: string) => {
    const one = kept.get(key);
    one?.repeating?.cancel();
    one?.end.cancel();
    kept.delete(key);
  };
  const repeat = (one: Kept, to: Endpoint, afterMs: number) => {
    one.repeating = clock.after(afterMs, () => {
      void send(one.bytes, to);
      repeat(one, to, Math.min(afterMs * 2, times.t2Ms));
    });
  };

  return {
    answer(request, from, decide) {
      const key = keyOf(request);
      const known = kept.get(key);
      if (known) return void send(known.bytes, from);
      const answer = decide();
      const bytes = formatMessage(responseTo(request, answer, { ids, from, contact }));
      const end = clock.after(TRIPS_MAX * times.t1Ms, () => forget(key));
      const one: Kept = { bytes, callId: inviteOf(request), end };
      kept.set(key, one);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_MAX && oldest !== undefined) forget(oldest);
      if (request.method === 'INVITE' && answer.status < 300) repeat(one, from, times.t1Ms);
      return void send(bytes, from);
    },
    acknowledged(request) {
      const callId = inviteOf(request);
      for (const one of kept.values()) if (one.callId === callId) one.repeating?.cancel();
    },
    close() {
      for (const key of kept.keys()) forget(key);
    },
  };
}

/** Section 17.2.3. */
function keyOf(request: SipRequest): string {
  const via = headerOf(request, 'via') ?? '';
  const branch = parametersBehind(via).get('branch') ?? '';
  return [branch, via.split(';')[0], request.method, headerOf(request, 'cseq')].join(' ');
}

/** The INVITE that a request is, or acknowledges. */
const inviteOf = (request: SipRequest): string =>
  `${headerOf(request, 'call-id') ?? ''} ${cseqOf(request).number}`;

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
  481: 'Call/Transaction Does Not Exist',
  488: 'Not Acceptable Here',
  500: 'Server Internal Error',
};

function responseTo(
  request: SipRequest,
  { status, headers = [], body = '' }: ServedAnswer,
  { ids, from, contact }: { ids: ChanceIds; from: Endpoint; contact: string },
) {
  const to = headerOf(request, 'to') ?? '';
  const isTagged = /;\s*tag=/i.test(to);
  const vias = headersOf(request, 'via').map((via, index): SipHeader => [
    'via',
    index === 0 ? viaSeenFrom(via, from) : via,
  ]);
  return {
    kind: 'response' as const,
    status,
    phrase: PHRASES[status] ?? '',
    headers: [
      ...vias,
      ['from', headerOf(request, 'from') ?? ''] as const,
      ['to', isTagged ? to : `${to};tag=${ids.next('tag')}`] as const,
      ['call-id', headerOf(request, 'call-id') ?? ''] as const,
      ['cseq', headerOf(request, 'cseq') ?? ''] as const,
      ['contact', contact] as const,
      ['allow', ALLOWED_METHODS] as const,
      ...headers,
    ],
    body,
  };
}

/** RFC 3581, section 4: who asks learns where it was seen. */
const viaSeenFrom = (via: string, { host, port }: Endpoint): string =>
  via.replace(/;\s*rport\s*(?=;|$)/i, `;received=${host};rport=${port}`);
