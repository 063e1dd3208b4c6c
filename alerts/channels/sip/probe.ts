// Asks a trunk whether it is there (OPTIONS; RFC 3261, section 11). Any answer says so, also one that refuses.

import { formatEndpoint } from './address.ts';
import { openUserAgent, type AgentDeps, type AgentOptions } from './user-agent.ts';

export type ProbeOutcome =
  | { readonly kind: 'answers'; readonly status: number; readonly tookMs: number }
  | { readonly kind: 'silent' }
  /** The question did not leave: no such name, no way there. */
  | { readonly kind: 'unsent'; readonly code: string }
  /** Our own address or port cannot be had. */
  | { readonly kind: 'no-socket'; readonly code: string };

/** Waits at most 64 times `times.t1Ms`. */
export async function probeTrunk(
  deps: AgentDeps,
  options: AgentOptions & { readonly domain: string; readonly from: string },
): Promise<ProbeOutcome> {
  const { clock, ids } = deps;
  const { trunk, domain, from } = options;
  const agent = await openUserAgent(deps, options).catch(codeOf);
  if (typeof agent === 'string') {
    return NAME_CODES.has(agent)
      ? { kind: 'unsent', code: agent }
      : { kind: 'no-socket', code: agent };
  }
  const startedAtMs = clock.now();
  const outcome = await agent.request(
    {
      kind: 'request',
      method: 'OPTIONS',
      uri: `sip:${domain}`,
      headers: [
        agent.newVia(),
        ['max-forwards', '70'],
        ['from', `<sip:${from}@${domain}>;tag=${ids.next('tag')}`],
        ['to', `<sip:${domain}>`],
        ['call-id', ids.next('probe')],
        ['cseq', '1 OPTIONS'],
        ['contact', `<sip:${from}@${formatEndpoint(agent.address)}>`],
        ['accept', 'application/sdp'],
      ],
      body: '',
    },
    trunk,
  );
  agent.close();
  if (outcome.kind !== 'final') return outcome;
  return {
    kind: 'answers',
    status: outcome.response.status,
    tookMs: clock.now() - startedAtMs,
  };
}

/** Failures to find the trunk, not to open our own socket. */
const NAME_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'no-network';
