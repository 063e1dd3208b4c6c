// Proves to the trunk who calls: takes up its challenge and answers it in the requests that follow
// (RFC 3261, section 22).

import type { ChanceIds } from '../../../core/ids.ts';
import { answerChallenge, chooseChallenge, type Challenge } from './digest.ts';
import { headersOf, type SipHeader, type SipRequest, type SipResponse } from './message.ts';

export type Credentials = { readonly user: string; readonly password: string };

export type Proofs = {
  /** Takes up the challenge of a 401 or 407; false when there is no use in another try. */
  take(response: SipResponse): boolean;
  /** The headers that prove a request; none while nobody asked. */
  headersFor(method: string, uri: string): SipHeader[];
  /** The headers of an ACK: those of its INVITE. */
  headersOfAck(invite: SipRequest): SipHeader[];
  /** Another request may be asked anew. */
  begin(): void;
};

/** Credentials are sent once, and once more when only the nonce was old. */
const PROOFS_MAX = 2;

export function createProofs(ids: ChanceIds, credentials: Credentials | undefined): Proofs {
  let taken = 0;
  let proof: { header: string; challenge: Challenge; used: number } | undefined;
  return {
    take(response) {
      const isProxy = response.status === 407;
      if (!isProxy && response.status !== 401) return false;
      const challenge = chooseChallenge(
        headersOf(response, isProxy ? 'proxy-authenticate' : 'www-authenticate'),
      );
      if (!credentials || !challenge || taken >= PROOFS_MAX) return false;
      if (taken > 0 && !challenge.stale) return false;
      taken++;
      proof = { header: isProxy ? 'proxy-authorization' : 'authorization', challenge, used: 0 };
      return true;
    },
    headersFor(method, uri) {
      if (!proof || !credentials) return [];
      proof.used++;
      const given = { ...credentials, method, uri, cnonce: ids.next('c'), count: proof.used };
      return [[proof.header, answerChallenge(proof.challenge, given)]];
    },
    headersOfAck: (invite) => invite.headers.filter(([name]) => name === proof?.header),
    begin() {
      taken = 0;
    },
  };
}
