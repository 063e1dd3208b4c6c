// What the two ends of a call agree on about sound (RFC 4566, 3264): G.711 in either law, and keys as events.

import type { Endpoint } from './address.ts';

export type Law = 'a-law' | 'mu-law';

/** Static payload types of RFC 3551. */
const PAYLOAD_OF: Readonly<Record<Law, number>> = { 'a-law': 8, 'mu-law': 0 };

/** The number we offer for telephone-event; the other end may name its own. */
export const EVENT_PAYLOAD = 101;

export type Agreement = {
  /** Where our sound goes; undefined while the other end wants none. */
  readonly to: Endpoint;
  readonly isHeld: boolean;
  readonly law: Law;
  readonly payload: number;
  /** Payload types under which keys may come; empty when the other end sends none. */
  readonly eventPayloads: readonly number[];
};

/** The A-law of Chinese and European networks is offered first. */
export function offer({
  host,
  port,
  sessionId,
}: Endpoint & { readonly sessionId: number }): string {
  const family = host.includes(':') ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=plumbline ${sessionId} 1 IN ${family} ${host}`,
    's=-',
    `c=IN ${family} ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8 0 ${EVENT_PAYLOAD}`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    `a=rtpmap:${EVENT_PAYLOAD} telephone-event/8000`,
    `a=fmtp:${EVENT_PAYLOAD} 0-15`,
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
}

/** What an answer agrees to; undefined when it leaves no sound in common. */
export function readAnswer(sdp: string): Agreement | undefined {
  const lines = sdp.split(/\r?\n/);
  const mediaAt = lines.findIndex((line) => line.startsWith('m='));
  const audioAt = lines.findIndex((line) => /^m=audio\s/.test(line));
  if (audioAt < 0) return undefined;
  const nextAt = lines.findIndex((line, at) => at > audioAt && line.startsWith('m='));
  const audio = lines.slice(audioAt, nextAt < 0 ? undefined : nextAt);
  const session = lines.slice(0, mediaAt);
  const [, portText = '', payloadText = ''] =
    /^m=audio (\d+)(?:\/\d+)? RTP\/AVP ([\d ]+)\s*$/.exec(audio[0] ?? '') ?? [];
  const port = Number(portText);
  const payloads = payloadText.trim().split(/ +/).map(Number);
  const law = (['a-law', 'mu-law'] as const)
    .map((name) => ({ name, at: payloads.indexOf(PAYLOAD_OF[name]) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0]?.name;
  const connection = [...audio, ...session].find((line) => line.startsWith('c='));
  const host = /^c=IN IP[46] ([^\s/]+)/.exec(connection ?? '')?.[1];
  if (port < 1 || port > 65_535 || law === undefined || host === undefined) return undefined;
  const direction = [...audio, ...session].find((line) =>
    /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(line),
  );
  const named = audio.flatMap((line) => {
    const match = /^a=rtpmap:(\d+) telephone-event\/8000/i.exec(line);
    return match && payloads.includes(Number(match[1])) ? [Number(match[1])] : [];
  });
  return {
    to: { host, port },
    isHeld: host === '0.0.0.0' || /^a=(sendonly|inactive)/.test(direction ?? ''),
    law,
    payload: PAYLOAD_OF[law],
    // Some ends send under the number of our offer whatever they answered.
    eventPayloads: named.length === 0 ? [] : [...new Set([...named, EVENT_PAYLOAD])],
  };
}
