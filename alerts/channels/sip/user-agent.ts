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
  parseMessage,
  type SipHeader,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from './message.ts';
import { createServed, type ServedAnswer } from './served.ts';
import {
  startInvite,
  startRequest,
  TRIPS_MAX,
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

/** What a request of the other end is answered with; an ACK gets no answer. */
export type Serve = (request: SipRequest) => ServedAnswer | undefined;

export type UserAgent = {
  readonly times: TransactionTimes;
  /** Where the other end reaches us. */
  readonly address: Endpoint;
  /** A Via for a new transaction. */
  newVia(): SipHeader;
  invite(request: SipRequest, to: Endpoint, listener: InviteListener): Transaction;
  request(request: SipRequest, to: Endpoint): Promise<RequestOutcome>;
  /** What needs no answer: an ACK. */
  sendOnce(request: SipRequest, to: Endpoint): void;
  /** Takes the requests of the other end in this call, repetitions left out. Returns how to stop. */
  serve(callId: string, answer: Serve): () => void;
  close(): void;
};

/** RFC 3261, section 8.1.1.7: marks branches that are unique. */
const BRANCH_COOKIE = 'z9hG4bK';

export async function openUserAgent(deps: AgentDeps, options: AgentOptions): Promise<UserAgent> {
  const { clock, ids, network, logger } = deps;
  const { trunk, local, times } = options;
  const host = options.publicHost ?? (await network.addressTowards(trunk));
  const socket: Datagrams = await network.open(local);
  const address = { host, port: socket.port };
  const transactions = new Map<string, Transaction>();
  const calls = new Map<string, Serve>();
  const forgetting = new Set<Timer>();

  const sendTo = (to: Endpoint) => (message: SipMessage) => socket.send(formatMessage(message), to);
  const remember = (request: SipRequest, transaction: Transaction) => {
    transactions.set(keyOf(request), transaction);
    return transaction;
  };
  const forgetLater = (request: SipRequest) => {
    const timer = clock.after(TRIPS_MAX * times.t1Ms, () => {
      transactions.delete(keyOf(request));
      forgetting.delete(timer);
    });
    forgetting.add(timer);
  };

  const served = createServed(
    { clock, ids },
    { times, contact: `<sip:${formatEndpoint(address)}>`, send: socket.send },
  );

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
    const call = calls.get(headerOf(message, 'call-id') ?? '');
    if (message.method === 'ACK') {
      served.acknowledged(message);
      return void call?.(message);
    }
    // Back to where it came from: a NAT in between knows no other way.
    return served.answer(message, from, () => call?.(message) ?? answerToStranger(message));
  });

  return {
    times,
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
      served.close();
      socket.close();
    },
  };
}

/** Section 17.1.3: an answer belongs to the request with its branch and method. */
function keyOf(message: SipRequest | SipResponse): string {
  const branch = parametersBehind(headerOf(message, 'via') ?? '').get('branch') ?? '';
  return `${branch} ${cseqOf(message).method}`;
}

/** Trunks ask by OPTIONS whether we are there. Nobody calls us. */
function answerToStranger({ method }: SipRequest): ServedAnswer {
  if (method === 'OPTIONS') return { status: 200 };
  return { status: method === 'INVITE' ? 403 : 481 };
}
