// A trunk with telephones behind it, as a test plays it: answers calls as told, hears what is said, presses keys.

import type { Endpoint } from './address.ts';
import { chooseChallenge, digestResponse, type Challenge } from './digest.ts';
import type { Datagrams, Network } from './datagrams.ts';
import { decode } from './g711.ts';
import {
  cseqOf,
  formatMessage,
  headerOf,
  headersOf,
  parseMessage,
  type SipHeader,
  type SipRequest,
  type SipResponse,
} from './message.ts';
import { formatRtp, parseRtp, type RtpPacket } from './rtp.ts';
import { readAnswer } from './sdp.ts';

export type PeerCall = {
  readonly callId: string;
  readonly number: string;
  /** Methods in the order they came, repetitions too. */
  readonly heard: string[];
  invite: SipRequest;
  readonly sound: RtpPacket[];
  respond(status: number, more?: { headers?: readonly SipHeader[]; body?: string }): void;
  ring(): void;
  pickUp(sdp?: (sdp: string) => string): Promise<void>;
  /** Sends packets of a key; `which` chooses those that arrive. */
  press(key: string, which?: (index: number) => boolean): void;
  hangUp(): void;
  /** A request within the call; the same `cseq` again is a repetition. */
  ask(method: string, more?: { cseq?: number; type?: string; body?: string; tag?: string }): void;
  /** What was answered to what this end asked. */
  readonly answers: SipResponse[];
  /** What was said so far, as samples. */
  said(): Int16Array;
};

export type SipPeer = {
  readonly endpoint: Endpoint;
  readonly calls: PeerCall[];
  readonly problems: string[];
  onCall: (call: PeerCall) => void;
  /** What a CANCEL of a ringing call gets. */
  onCancel: (call: PeerCall) => void;
  /** Says nothing to anything. */
  isDown: boolean;
  /** Hears nothing of what is sent, but is there. */
  isDeaf: (request: SipRequest) => boolean;
  /** Asks for this user's password. */
  guard?: { readonly challenge: string; readonly user: string; readonly password: string };
  optionsStatus: number;
  close(): void;
};

const KEYS = '0123456789*#';

export async function openSipPeer(network: Network): Promise<SipPeer> {
  const socket = await network.open({ host: '127.0.0.1', port: 0 });
  const endpoint = { host: '127.0.0.1', port: socket.port };
  const sockets: Datagrams[] = [socket];
  const peer: SipPeer = {
    endpoint,
    calls: [],
    problems: [],
    onCall: (call) => call.ring(),
    onCancel: (call) => call.respond(487),
    isDown: false,
    isDeaf: () => false,
    optionsStatus: 200,
    close: () => sockets.forEach((open) => open.close()),
  };

  const answer = (
    request: SipRequest,
    from: Endpoint,
    status: number,
    headers: readonly SipHeader[] = [],
    body = '',
  ) => {
    const message = formatMessage({
      kind: 'response',
      status,
      phrase: 'As Told',
      headers: [
        ...request.headers.filter(([name]) => ['via', 'from', 'call-id', 'cseq'].includes(name)),
        [
          'to',
          `${headerOf(request, 'to') ?? ''}${/tag=/.test(headerOf(request, 'to') ?? '') ? '' : ';tag=peer'}`,
        ],
        ...headers,
      ],
      body,
    });
    void socket.send(message, from);
  };

  const createCall = (first: SipRequest, from: Endpoint): PeerCall => {
    let media: Datagrams | undefined;
    let timestamp = 1_000;
    let sequence = 1;
    let nextCseq = 1;
    const call: PeerCall = {
      callId: headerOf(first, 'call-id') ?? '',
      number: /sip:([^@]*)@/.exec(first.uri)?.[1] ?? '',
      heard: [],
      invite: first,
      sound: [],
      respond: (status, { headers, body } = {}) => answer(call.invite, from, status, headers, body),
      ring: () => call.respond(180),
      async pickUp(change = (sdp) => sdp) {
        media = await network.open({ host: '127.0.0.1', port: 0 });
        sockets.push(media);
        media.onPacket((bytes) => {
          const packet = parseRtp(bytes);
          if (packet) call.sound.push(packet);
        });
        const sdp = [
          'v=0',
          'o=- 1 1 IN IP4 127.0.0.1',
          's=-',
          'c=IN IP4 127.0.0.1',
          't=0 0',
          `m=audio ${media.port} RTP/AVP 8 101`,
          'a=rtpmap:101 telephone-event/8000',
          '',
        ].join('\r\n');
        call.respond(200, {
          headers: [
            ['contact', `<sip:phone@127.0.0.1:${endpoint.port}>`],
            ['content-type', 'application/sdp'],
          ],
          body: change(sdp),
        });
      },
      press(key, which = () => true) {
        const to = readAnswer(call.invite.body)?.to;
        if (!to || !media) throw new Error('nobody to press a key to');
        timestamp += 8_000;
        for (let index = 0; index < 6; index++) {
          const isEnd = index >= 3;
          const duration = 160 * Math.min(index + 1, 4);
          const payload = Uint8Array.of(
            KEYS.indexOf(key),
            isEnd ? 0x8a : 0x0a,
            duration >> 8,
            duration & 0xff,
          );
          const packet = {
            payloadType: 101,
            marker: index === 0,
            sequence: sequence++,
            timestamp,
            source: 7,
            payload,
          };
          if (which(index)) void media.send(formatRtp(packet), to);
        }
      },
      hangUp: () => call.ask('BYE'),
      answers: [],
      ask(method, { cseq = nextCseq++, type, body = '', tag = 'peer' } = {}) {
        const contact = /<sip:[^>]*@([^:>]*):(\d+)>/.exec(headerOf(call.invite, 'contact') ?? '');
        const request = formatMessage({
          kind: 'request',
          method,
          uri: `sip:us@${contact?.[1]}:${contact?.[2]}`,
          headers: [
            ['via', `SIP/2.0/UDP 127.0.0.1:${endpoint.port};rport;branch=z9hG4bK${method}${cseq}`],
            ['from', `${headerOf(call.invite, 'to') ?? ''};tag=${tag}`],
            ['to', headerOf(call.invite, 'from') ?? ''],
            ['call-id', call.callId],
            ['cseq', `${cseq} ${method}`],
            ['contact', `<sip:phone@127.0.0.1:${endpoint.port}>`],
            ...(type === undefined ? [] : [['content-type', type] as const]),
          ],
          body,
        });
        void socket.send(request, { host: contact?.[1] ?? '', port: Number(contact?.[2]) });
      },
      said() {
        const bytes = call.sound.flatMap(({ payload }) => [...payload]);
        return decode(Uint8Array.from(bytes), 'a-law');
      },
    };
    return call;
  };

  const isProven = (request: SipRequest): boolean => {
    if (!peer.guard) return true;
    const { challenge, user, password } = peer.guard;
    const given = headerOf(request, 'authorization');
    const field = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(given ?? '')?.[1] ?? '';
    const asked = chooseChallenge([challenge]) as Challenge;
    const count = Number.parseInt(field('nc') || '1', 16);
    const proof = {
      user,
      password,
      method: request.method,
      uri: request.uri,
      cnonce: field('cnonce'),
      count,
    };
    return given !== undefined && field('response') === digestResponse(asked, proof);
  };

  socket.onPacket((bytes, from) => {
    const parsed = parseMessage(bytes);
    if (peer.isDown) return;
    if (parsed.kind === 'malformed') return void peer.problems.push(parsed.reason);
    const { message } = parsed;
    const callId = headerOf(message, 'call-id');
    const known = peer.calls.find((call) => call.callId === callId);
    if (message.kind === 'response') return void known?.answers.push(message);
    if (peer.isDeaf(message)) return;
    known?.heard.push(message.method);
    switch (message.method) {
      case 'INVITE': {
        const isRepeated = known && cseqOf(known.invite).number === cseqOf(message).number;
        if (isRepeated) return;
        if (!isProven(message)) {
          return answer(message, from, 401, [['www-authenticate', peer.guard?.challenge ?? '']]);
        }
        const call = known ?? createCall(message, from);
        call.invite = message;
        if (!known) {
          call.heard.push('INVITE');
          peer.calls.push(call);
        }
        return peer.onCall(call);
      }
      case 'CANCEL': {
        const branchOf = (request: SipRequest) => headersOf(request, 'via')[0];
        const isMine = known && branchOf(known.invite) === branchOf(message);
        answer(message, from, isMine ? 200 : 481);
        if (isMine) peer.onCancel(known);
        return;
      }
      case 'ACK':
        return;
      case 'OPTIONS':
        return answer(message, from, peer.optionsStatus);
      default:
        if (!isProven(message)) {
          return answer(message, from, 401, [['www-authenticate', peer.guard?.challenge ?? '']]);
        }
        answer(message, from, known ? 200 : 481);
    }
  });
  return peer;
}
