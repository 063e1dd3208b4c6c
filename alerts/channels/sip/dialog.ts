// A call that was picked up, as the two ends know it (RFC 3261, section 12), and what the other end may ask in
// it: that it ends, that the sound goes elsewhere, that a key was pressed.

import { endpointOf, parseNameAddress, type Endpoint } from './address.ts';
import { keyOfInfo } from './info-key.ts';
import { cseqOf, headerOf, headersOf, type SipRequest, type SipResponse } from './message.ts';
import type { ServedAnswer } from './served.ts';

export type Dialog = {
  /** With the other end's tag. */
  readonly to: string;
  target: string;
  readonly route: readonly string[];
  hop: Endpoint;
  /** The number of the other end's last request. */
  heard: number;
};

/** Section 12.1.2. An answer without a usable Contact is answered by way of the trunk. */
export function dialogOf(
  response: SipResponse,
  { uri, trunk }: { uri: string; trunk: Endpoint },
): Dialog {
  const contact = contactOf(response);
  const route = headersOf(response, 'record-route').reverse();
  const firstHop = route[0] === undefined ? contact : parseNameAddress(route[0])?.uri;
  return {
    to: headerOf(response, 'to') ?? '',
    target: contact ?? uri,
    route,
    hop: (firstHop === undefined ? undefined : endpointOf(firstHop)) ?? trunk,
    heard: -1,
  };
}

const contactOf = (message: SipRequest | SipResponse): string | undefined =>
  parseNameAddress(headerOf(message, 'contact') ?? '')?.uri;

export type DialogListener = {
  readonly onHungUp: () => void;
  readonly onKey: (key: string) => void;
  /**
   * The other end wants the sound another way; undefined asks what we would like. Gives what we agree to, or
   * nothing, which leaves the sound as it is (section 14.2).
   */
  readonly onOffer: (sdp: string | undefined) => string | undefined;
  /** Its answer to what we would like. */
  readonly onAgreed: (sdp: string) => void;
};

/** What a request within the dialog is answered with; nothing for an ACK. */
export function answerInDialog(
  dialog: Dialog,
  request: SipRequest,
  listener: DialogListener,
): ServedAnswer | undefined {
  const { number } = cseqOf(request);
  if (request.method === 'ACK') {
    if (request.body !== '') listener.onAgreed(request.body);
    return undefined;
  }
  // Section 12.2.2: older than what was heard already.
  if (number <= dialog.heard) return { status: 500 };
  dialog.heard = number;
  switch (request.method) {
    case 'BYE':
      listener.onHungUp();
      return { status: 200 };
    case 'INFO': {
      const key = keyOfInfo(headerOf(request, 'content-type') ?? '', request.body);
      if (key !== undefined) listener.onKey(key);
      return { status: key === undefined && request.body !== '' ? 415 : 200 };
    }
    case 'INVITE':
    case 'UPDATE':
      return answerOffer(dialog, request, listener);
    default:
      return { status: 405 };
  }
}

function answerOffer(
  dialog: Dialog,
  request: SipRequest,
  { onOffer }: DialogListener,
): ServedAnswer {
  // An UPDATE without a body only says that the call is still there (RFC 3311).
  const isRefresh = request.method === 'UPDATE' && request.body === '';
  const sdp = isRefresh ? '' : onOffer(request.body === '' ? undefined : request.body);
  if (sdp === undefined) return { status: 488 };
  const contact = contactOf(request);
  dialog.target = contact ?? dialog.target;
  if (dialog.route.length === 0 && contact) dialog.hop = endpointOf(contact) ?? dialog.hop;
  return isRefresh
    ? { status: 200 }
    : { status: 200, headers: [['content-type', 'application/sdp']], body: sdp };
}

/** True when the request carries the two tags of this call: nobody else's may end it or press keys in it. */
export function isOfDialog(
  { to }: Dialog,
  request: SipRequest,
  ours: { readonly from: string },
): boolean {
  const tagOf = (value: string | undefined) =>
    parseNameAddress(value ?? '')?.parameters.get('tag') ?? '';
  return (
    tagOf(headerOf(request, 'from')) === tagOf(to) &&
    tagOf(headerOf(request, 'to')) === tagOf(ours.from)
  );
}
