// One outgoing call: INVITE, credentials when asked for, ringing, picked up or not, BYE from either side
// (RFC 3261, sections 9, 13, 15). It knows nothing of notices and sound.

import type { ChanceIds } from '../../../core/ids.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import { formatEndpoint, type Endpoint } from './address.ts';
import { endOf, takenBack, type CallEnd } from './call-ends.ts';
import {
  answerInDialog,
  dialogOf,
  isOfDialog,
  type Dialog,
  type DialogListener,
} from './dialog.ts';
import { cseqOf, type SipHeader, type SipRequest, type SipResponse } from './message.ts';
import { createProofs, type Credentials } from './proofs.ts';
import { ALLOWED_METHODS } from './served.ts';
import { cancelOf, TRIPS_MAX, type Transaction } from './transaction.ts';
import type { UserAgent } from './user-agent.ts';

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
  readonly credentials?: Credentials | undefined;
  /** How long it may ring. */
  readonly ringMs: number;
};

export type CallListener = DialogListener & {
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

export function placeCall(
  { agent, clock, ids }: CallDeps,
  caller: Caller,
  { callId, number, sdp }: CallOrder,
  listener: CallListener,
): Call {
  const { trunk, domain, from, ringMs } = caller;
  const uri = `sip:${number}@${domain}`;
  const contact = `<sip:${from}@${formatEndpoint(agent.address)}>`;
  const fromHeader = `<sip:${from}@${domain}>;tag=${ids.next('tag')}`;
  const proofs = createProofs(ids, caller.credentials);
  let state: 'inviting' | 'silent' | 'cancelling' | 'up' | 'over' = 'inviting';
  let cseq = 0;
  let hasRung = false;
  let invite: SipRequest;
  let transaction: Transaction | undefined;
  let ring: Timer | undefined;
  let dialog: Dialog | undefined;

  const build = (
    method: string,
    to: { readonly uri: string; readonly to: string; readonly number: number },
    more: readonly SipHeader[],
    body = '',
  ): SipRequest => ({
    kind: 'request',
    method,
    uri: to.uri,
    headers: [
      agent.newVia(),
      ['max-forwards', '70'],
      ['from', fromHeader],
      ['to', to.to],
      ['call-id', callId],
      ['cseq', `${to.number} ${method}`],
      ...(method === 'ACK' ? proofs.headersOfAck(invite) : proofs.headersFor(method, to.uri)),
      ...more,
    ],
    body,
  });
  const inDialog = (method: string, { to, target, route }: Dialog, sequence: number): SipRequest =>
    build(
      method,
      { uri: target, to, number: sequence },
      route.map((hop): SipHeader => ['route', hop]),
    );
  const end = (tell: () => void) => {
    if (state === 'over') return;
    state = 'over';
    ring?.cancel();
    stopServing();
    tell();
  };
  const stopServing = agent.serve(callId, (request) => {
    if (request.method === 'OPTIONS' || request.method === 'CANCEL') return { status: 200 };
    if (!dialog || !isOfDialog(dialog, request, { from: fromHeader })) return { status: 481 };
    return answerInDialog(dialog, request, {
      ...listener,
      onHungUp: () => end(listener.onHungUp),
    });
  });

  const sendInvite = () => {
    cseq++;
    invite = build(
      'INVITE',
      { uri, to: `<${uri}>`, number: cseq },
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
        hasRung ||= status === 180 || status === 183;
        if (state === 'inviting') listener.onProgress(status > 100);
      },
      onSuccess: pickUp,
      onFailure(response) {
        if (state !== 'cancelling' && proofs.take(response)) return sendInvite();
        // Whatever it answers to a call we took back: it rang, and nobody picked up.
        const cause = state === 'cancelling' ? takenBack(hasRung) : endOf(response, hasRung);
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
    acknowledge(fresh);
    if (dialog && fresh.to !== dialog.to) return void takeDown(fresh);
    if (dialog) return undefined;
    dialog = fresh;
    ring?.cancel();
    if (state === 'over') return void takeDown(fresh);
    state = 'up';
    return listener.onPickedUp(response.body);
  };
  // With the number of the INVITE, whatever was sent since.
  const acknowledge = (given: Dialog) =>
    agent.sendOnce(inDialog('ACK', given, cseqOf(invite).number), given.hop);
  const takeDown = async (given: Dialog) => {
    proofs.begin();
    const outcome = await agent.request(inDialog('BYE', given, ++cseq), given.hop);
    if (outcome.kind !== 'final' || !proofs.take(outcome.response)) return;
    await agent.request(inDialog('BYE', given, ++cseq), given.hop);
  };
  const cancel = () => {
    if (state !== 'inviting') return;
    state = 'cancelling';
    void agent.request(cancelOf(invite), trunk);
    // A trunk that does not answer the INVITE any more has ended it (section 9.1).
    ring?.cancel();
    ring = clock.after(TRIPS_MAX * agent.times.t1Ms, () => {
      transaction?.stop();
      end(() => listener.onFailed(takenBack(hasRung)));
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
