// One outgoing call: INVITE, credentials when asked for, ringing, picked up or not, BYE from either side
// (RFC 3261, sections 9, 13, 15, 22). It knows nothing of notices and sound.

import type { ChanceIds } from '../../../core/ids.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import { endpointOf, formatEndpoint, parseNameAddress, type Endpoint } from './address.ts';
import { endOf, type CallEnd } from './call-ends.ts';
import { answerChallenge, chooseChallenge, type Challenge } from './digest.ts';
import {
  cseqOf,
  headerOf,
  headersOf,
  type SipHeader,
  type SipRequest,
  type SipResponse,
} from './message.ts';
import { cancelOf, type Transaction } from './transaction.ts';
import { ALLOWED_METHODS, type UserAgent } from './user-agent.ts';

export type CallOrder = {
  readonly callId: string;
  /** What is dialled. */
  readonly number: string;
  readonly sdp: string;
};

export type Caller = {
  readonly trunk: Endpoint;
  /** Right of the @ in addresses. */
  readonly domain: string;
  /** The number shown to the person. */
  readonly from: string;
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** How long it may ring. */
  readonly ringMs: number;
};

export type CallListener = {
  /** The trunk has it: `ringing` once the telephone rings. */
  readonly onProgress: (ringing: boolean) => void;
  readonly onPickedUp: (sdp: string) => void;
  /** Nothing is heard from the trunk; it may have the call or not. */
  readonly onSilence: () => void;
  /** Before anybody picked up. The last thing told. */
  readonly onFailed: (end: CallEnd) => void;
  /** After it was picked up, by the other end. The last thing told. */
  readonly onHungUp: () => void;
};

export type Call = {
  /** Ends a call that is up; resolves when the other end knows, or will not. */
  hangUp(): Promise<void>;
  /** Takes a call back that nobody has picked up; its end is told as usual. */
  cancel(): void;
  /**
   * Asks about a call of which nothing was heard by taking it back: the trunk answers 200 when it had it,
   * 481 when it never did. RFC 3261 lets a CANCEL wait for a first answer, so that it does not overtake the
   * INVITE; after all its repetitions there is nothing left to overtake.
   */
  settle(): Promise<'had' | 'never-had' | 'silent'>;
};

export type CallDeps = {
  readonly agent: UserAgent;
  readonly clock: Clock;
  readonly ids: ChanceIds;
};

/** Credentials are sent once, and once more when only the nonce was old. */
const PROOFS_MAX = 2;

export function placeCall(
  { agent, clock, ids }: CallDeps,
  caller: Caller,
  { callId, number, sdp }: CallOrder,
  listener: CallListener,
): Call {
  const { trunk, domain, from, credentials, ringMs } = caller;
  const uri = `sip:${number}@${domain}`;
  const contact = `<sip:${from}@${formatEndpoint(agent.address)}>`;
  const fromHeader = `<sip:${from}@${domain}>;tag=${ids.next('tag')}`;
  let state: 'inviting' | 'silent' | 'cancelling' | 'up' | 'over' = 'inviting';
  let cseq = 0;
  let proofs = 0;
  let proof: { header: string; challenge: Challenge; used: number } | undefined;
  let invite: SipRequest;
  let transaction: Transaction | undefined;
  let ring: Timer | undefined;
  let dialog: Dialog | undefined;

  const build = (
    method: string,
    target: string,
    more: readonly SipHeader[],
    body = '',
  ): SipRequest => ({
    kind: 'request',
    method,
    uri: target,
    headers: [
      agent.newVia(),
      ['max-forwards', '70'],
      ['from', fromHeader],
      ['to', dialog?.to ?? `<${uri}>`],
      ['call-id', callId],
      ['cseq', `${cseq} ${method}`],
      ...proven(method, target),
      ...more,
    ],
    body,
  });
  const proven = (method: string, target: string): SipHeader[] => {
    if (!proof || !credentials) return [];
    const { header, challenge } = proof;
    // Section 22.1: an ACK carries what its INVITE did.
    if (method === 'ACK') return invite.headers.filter(([name]) => name === header);
    proof.used++;
    const given = { ...credentials, method, uri: target, cnonce: ids.next('c'), count: proof.used };
    return [[header, answerChallenge(challenge, given)]];
  };
  /** Takes up a challenge; false when there is no use in another try. */
  const takeChallenge = (response: SipResponse): boolean => {
    const isProxy = response.status === 407;
    const challenge = chooseChallenge(
      headersOf(response, isProxy ? 'proxy-authenticate' : 'www-authenticate'),
    );
    if (!credentials || !challenge || proofs >= PROOFS_MAX) return false;
    if (proofs > 0 && !challenge.stale) return false;
    proofs++;
    proof = { header: isProxy ? 'proxy-authorization' : 'authorization', challenge, used: 0 };
    return true;
  };
  const end = (tell: () => void) => {
    if (state === 'over') return;
    state = 'over';
    ring?.cancel();
    stopServing();
    tell();
  };
  const stopServing = agent.serve(callId, (request) => {
    if (request.method === 'OPTIONS') return 200;
    // A change of media is declined, which leaves the call as it is (section 14.2).
    if (request.method === 'INVITE' || request.method === 'UPDATE') return 488;
    if (request.method !== 'BYE') return 405;
    if (!dialog) return 481;
    end(listener.onHungUp);
    return 200;
  });

  const sendInvite = () => {
    cseq++;
    invite = build(
      'INVITE',
      uri,
      [
        ['contact', contact],
        ['allow', ALLOWED_METHODS],
        ['content-type', 'application/sdp'],
      ],
      sdp,
    );
    transaction = agent.invite(invite, trunk, {
      onProvisional({ status }) {
        if (state === 'silent') state = 'inviting';
        ring ??= clock.after(ringMs, cancel);
        if (state === 'inviting') listener.onProgress(status > 100);
      },
      onSuccess: pickUp,
      onFailure(response) {
        if ((response.status === 401 || response.status === 407) && state !== 'cancelling') {
          if (takeChallenge(response)) return sendInvite();
        }
        // Whatever it answers to a call we took back: it rang, and nobody picked up.
        const cause = state === 'cancelling' ? endOf(487) : endOf(response.status);
        return end(() => listener.onFailed(cause));
      },
      onSilence() {
        if (state !== 'inviting') return;
        state = 'silent';
        listener.onSilence();
      },
      onUnsent: (code) => end(() => listener.onFailed({ kind: 'refused', code, retry: 'backoff' })),
    });
  };
  const pickUp = (response: SipResponse) => {
    const fresh = dialogOf(response, { uri, trunk });
    // Repetitions get the same ACK again; another branch of a forked call is taken down.
    if (dialog && fresh.to !== dialog.to) return void takeDown(fresh);
    acknowledge(fresh);
    if (dialog) return undefined;
    dialog = fresh;
    ring?.cancel();
    if (state === 'over') return void takeDown(fresh);
    state = 'up';
    return listener.onPickedUp(response.body);
  };
  const inDialog = (method: string, { to, target, route }: Dialog): SipRequest => {
    const request = build(
      method,
      target,
      route.map((hop): SipHeader => ['route', hop]),
    );
    return {
      ...request,
      headers: request.headers.map((header) => (header[0] === 'to' ? ['to', to] : header)),
    };
  };
  const acknowledge = (given: Dialog) => {
    // The number of the INVITE, whatever was sent since.
    const invited = cseqOf(invite).number;
    const request = inDialog('ACK', given);
    const headers = request.headers.map((header): SipHeader =>
      header[0] === 'cseq' ? ['cseq', `${invited} ACK`] : header,
    );
    agent.sendOnce({ ...request, headers }, given.hop);
  };
  const takeDown = async (given: Dialog) => {
    cseq++;
    const outcome = await agent.request(inDialog('BYE', given), given.hop);
    if (outcome.kind !== 'final') return;
    const { response } = outcome;
    if (response.status !== 401 && response.status !== 407) return;
    proofs = 0;
    if (!takeChallenge(response)) return;
    cseq++;
    await agent.request(inDialog('BYE', given), given.hop);
  };
  const cancel = () => {
    if (state !== 'inviting') return;
    state = 'cancelling';
    void agent.request(cancelOf(invite), trunk);
    // A trunk that does not answer the INVITE any more has ended it.
    ring?.cancel();
    ring = clock.after(CANCELLED_MS_MAX, () => {
      transaction?.stop();
      end(() => listener.onFailed(endOf(487)));
    });
  };
  sendInvite();

  return {
    async hangUp() {
      if (state !== 'up' || !dialog) return;
      state = 'over';
      stopServing();
      await takeDown(dialog);
    },
    cancel,
    async settle() {
      const outcome = await agent.request(cancelOf(invite), trunk);
      if (outcome.kind !== 'final') return 'silent';
      const had = outcome.response.status < 300;
      if (state === 'silent') end(() => {});
      return had ? 'had' : 'never-had';
    },
  };
}

/** Section 9.1: 64 round trips of half a second. */
const CANCELLED_MS_MAX = 32_000;

type Dialog = {
  /** With the other end's tag. */
  readonly to: string;
  readonly target: string;
  readonly route: readonly string[];
  readonly hop: Endpoint;
};

/** Section 12.1.2. An answer without a usable Contact is answered by way of the trunk. */
function dialogOf(response: SipResponse, { uri, trunk }: { uri: string; trunk: Endpoint }): Dialog {
  const contact = parseNameAddress(headerOf(response, 'contact') ?? '')?.uri;
  const route = headersOf(response, 'record-route').reverse();
  const firstHop = route[0] === undefined ? contact : parseNameAddress(route[0])?.uri;
  return {
    to: headerOf(response, 'to') ?? '',
    target: contact ?? uri,
    route,
    hop: (firstHop === undefined ? undefined : endpointOf(firstHop)) ?? trunk,
  };
}
