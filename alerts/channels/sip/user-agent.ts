// One socket towards the trunk: sends requests, brings answers to their transaction and requests of the
// other end to their call (RFC 3261, sections 8 and 18).

import type { ChanceIds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import { formatEndpoint, parametersBehind, type Endpoint } from './address.ts';
import type { Datagrams, Network } from './datagrams.ts';
import {
  cseqOf,
  formatMessage,
  headerOf,
  headersOf,
  parseMessage,
  type SipHeader,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from './message.ts';
import {
  startInvite,
  startRequest,
  type InviteListener,
  type RequestOutcome,
  type Transaction,
  type TransactionTimes,
} from './transaction.ts';

export type AgentDeps = {
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly logger: Logger;
  readonly network: Network;
};

export type AgentOptions = {
  readonly trunk: Endpoint;
  /** What the socket is bound to. */
  readonly local: Endpoint;
  /** The address the other end is told; found from the way to the trunk when left out. */
  readonly publicHost?: string | undefined;
  readonly times: TransactionTimes;
};

export type UserAgent = {
  /** Where the other end reaches us. */
  readonly address: Endpoint;
  /** A Via for a new transaction. */
  newVia(): SipHeader;
  invite(request: SipRequest, to: Endpoint, listener: InviteListener): Transaction;
  request(request: SipRequest, to: Endpoint): Promise<RequestOutcome>;
  /** What needs no answer: an ACK. */
  sendOnce(request: SipRequest, to: Endpoint): void;
  /** Requests of the other end in this call; gives the status to answer with. Returns how to stop. */
  serve(callId: string, answer: (request: SipRequest) => number): () => void;
  close(): void;
};

/** How long a transaction can still be spoken of: 64 round trips. */
const REMEMBERED_TRIPS = 64;
/** RFC 3261, section 8.1.1.7: marks branches that are unique. */
const BRANCH_COOKIE = 'z9hG4bK';

export async function openUserAgent(deps: AgentDeps, options: AgentOptions): Promise<UserAgent> {
  const { clock, ids, network, logger } = deps;
  const { trunk, local, times } = options;
  const host = options.publicHost ?? (await network.addressTowards(trunk));
  const socket: Datagrams = await network.open(local);
  const address = { host, port: socket.port };
  const transactions = new Map<string, Transaction>();
  const calls = new Map<string, (request: SipRequest) => number>();
  const forgetting = new Set<Timer>();

  const sendTo = (to: Endpoint) => (message: SipMessage) => socket.send(formatMessage(message), to);
  const remember = (request: SipRequest, transaction: Transaction) => {
    transactions.set(keyOf(request), transaction);
    return transaction;
  };
  const forgetLater = (request: SipRequest) => {
    const timer = clock.after(REMEMBERED_TRIPS * times.t1Ms, () => {
      transactions.delete(keyOf(request));
      forgetting.delete(timer);
    });
    forgetting.add(timer);
  };

  socket.onPacket((bytes, from) => {
    const parsed = parseMessage(bytes);
    if (parsed.kind === 'malformed') {
      if (parsed.reason !== 'empty') {
        logger.warn('alerts.sip-unreadable', { reason: parsed.reason });
      }
      return;
    }
    const { message } = parsed;
    if (message.kind === 'response') return transactions.get(keyOf(message))?.receive(message);
    if (message.method === 'ACK') return undefined;
    const status = statusFor(message, calls.get(headerOf(message, 'call-id') ?? ''));
    // Back to where it came from: a NAT in between knows no other way.
    return void socket.send(formatMessage(responseTo(message, status, ids)), from);
  });

  return {
    address,
    newVia: () => [
      'via',
      `SIP/2.0/UDP ${formatEndpoint(address)};branch=${ids.next(BRANCH_COOKIE)};rport`,
    ],
    invite(request, to, listener) {
      const ending = <Heard>(tell: (heard: Heard) => void) => {
        let isFirst = true;
        return (heard: Heard) => {
          if (isFirst) forgetLater(request);
          isFirst = false;
          tell(heard);
        };
      };
      const transaction = startInvite({ clock, times, send: sendTo(to) }, request, {
        ...listener,
        onSuccess: ending(listener.onSuccess),
        onFailure: ending(listener.onFailure),
        onUnsent: ending(listener.onUnsent),
        onSilence() {
          forgetLater(request);
          listener.onSilence();
        },
      });
      remember(request, transaction);
      return {
        ...transaction,
        stop() {
          transaction.stop();
          transactions.delete(keyOf(request));
        },
      };
    },
    request: (request, to) =>
      new Promise((resolve) => {
        const transaction = startRequest({ clock, times, send: sendTo(to) }, request, (outcome) => {
          transactions.delete(keyOf(request));
          resolve(outcome);
        });
        remember(request, transaction);
      }),
    sendOnce(request, to) {
      void sendTo(to)(request);
    },
    serve(callId, answer) {
      calls.set(callId, answer);
      return () => void calls.delete(callId);
    },
    close() {
      for (const transaction of transactions.values()) transaction.stop();
      for (const timer of forgetting) timer.cancel();
      socket.close();
    },
  };
}

/** Section 17.1.3: an answer belongs to the request with its branch and method. */
function keyOf(message: SipRequest | SipResponse): string {
  const branch = parametersBehind(headerOf(message, 'via') ?? '').get('branch') ?? '';
  return `${branch} ${cseqOf(message).method}`;
}

function statusFor(request: SipRequest, answer: ((request: SipRequest) => number) | undefined) {
  if (answer) return answer(request);
  // Trunks ask like this whether we are there. Nobody calls us.
  if (request.method === 'OPTIONS') return 200;
  return request.method === 'INVITE' ? 403 : 481;
}

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  481: 'Call/Transaction Does Not Exist',
  488: 'Not Acceptable Here',
};

export const ALLOWED_METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS';

function responseTo(request: SipRequest, status: number, ids: ChanceIds): SipResponse {
  const to = headerOf(request, 'to') ?? '';
  const isTagged = /;\s*tag=/i.test(to);
  return {
    kind: 'response',
    status,
    phrase: PHRASES[status] ?? '',
    headers: [
      ...headersOf(request, 'via').map((via): SipHeader => ['via', via]),
      ['from', headerOf(request, 'from') ?? ''],
      ['to', isTagged ? to : `${to};tag=${ids.next('tag')}`],
      ['call-id', headerOf(request, 'call-id') ?? ''],
      ['cseq', headerOf(request, 'cseq') ?? ''],
      ['allow', ALLOWED_METHODS],
    ],
    body: '',
  };
}
