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

/** Our end of the sound of a call. */
export type OurSound = Endpoint & {
  readonly sessionId: number;
  /** Rises with every description of the same session (RFC 3264, section 8). */
  readonly version: number;
  /** The law we like better. */
  readonly law: Law;
};

export function offer(ours: OurSound): string {
  const [first, second] = ours.law === 'a-law' ? [8, 0] : [0, 8];
  return [
    ...sessionLines(ours),
    `m=audio ${ours.port} RTP/AVP ${first} ${second} ${EVENT_PAYLOAD}`,
    ...payloadLines([8, 0], [EVENT_PAYLOAD]),
    'a=sendrecv',
    '',
  ].join('\r\n');
}

/** Our answer to an offer that `readAnswer` could read: what was agreed, other media refused (RFC 3264, section 6). */
export function answerTo(theirs: string, { payload, eventPayloads }: Agreement, ours: OurSound) {
  const lines = theirs.split(/\r?\n/);
  const events = eventPayloads.filter((number) =>
    lines.some((line) => line.startsWith(`a=rtpmap:${number} telephone-event`)),
  );
  const wanted = lines.findLast((line) => DIRECTION.test(line))?.trim();
  const direction = wanted === undefined ? 'a=sendrecv' : (MIRRORED[wanted] ?? wanted);
  let isTaken = false;
  const media = lines
    .filter((line) => line.startsWith('m='))
    .flatMap((line) => {
      if (isTaken || !line.startsWith('m=audio ')) return [line.replace(/^(m=\S+) \d+/, '$1 0')];
      isTaken = true;
      return [
        `m=audio ${ours.port} RTP/AVP ${[payload, ...events].join(' ')}`,
        ...payloadLines([payload], events),
        direction,
      ];
    });
  return [...sessionLines(ours), ...media, ''].join('\r\n');
}

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/;
const MIRRORED: Readonly<Record<string, string>> = {
  'a=sendonly': 'a=recvonly',
  'a=recvonly': 'a=sendonly',
};

function sessionLines({ host, sessionId, version }: OurSound): string[] {
  const family = host.includes(':') ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=plumbline ${sessionId} ${version} IN ${family} ${host}`,
    's=-',
    `c=IN ${family} ${host}`,
    't=0 0',
  ];
}

const payloadLines = (payloads: readonly number[], events: readonly number[]): string[] => [
  ...payloads.map((payload) => `a=rtpmap:${payload} ${payload === 8 ? 'PCMA' : 'PCMU'}/8000`),
  ...events.flatMap((event) => [`a=rtpmap:${event} telephone-event/8000`, `a=fmtp:${event} 0-15`]),
  'a=ptime:20',
];

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
  const direction = [...audio, ...session].find((line) => DIRECTION.test(line));
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
