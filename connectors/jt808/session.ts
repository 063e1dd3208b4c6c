// ② The conversation with one terminal as a pure state machine: register or present the code, then
// report. It answers at once what costs nothing, and hands over what must first be durable.

import { timingSafeEqual } from 'node:crypto';
import { ok, type Outcome } from '../../core/outcome.ts';
import type { EpochMs } from '../../core/time.ts';
import { RESULT, type PlatformAnswer } from './body-answer.ts';
import type { Location, LocationBatchBody } from './body-location.ts';
import { REGISTER_RESULT, type Authenticate } from './body-registration.ts';
import type { FrameHeader } from './frame.ts';
import type { Body, PlatformBody, Unsupported } from './message.ts';
import type { BodyDefect, Reason } from './reasons.ts';
import type { WholeFrame } from './split-packets.ts';
import { terminalNumber } from './to-arrivals.ts';

/** The register of terminals. Numbers are as `terminalNumber` writes them. */
export type Terminals = {
  knows(number: string): boolean;
  /** The code a terminal of this number authenticates with; the same at every call. */
  authCode(number: string): string;
  /** Id of its device model; without one it is read by the letter of the standard. */
  modelOf?(number: string): string | undefined;
};

export type Session = {
  /** The terminal that authenticated on this connection. */
  readonly number?: string;
  readonly failedAuthentications: number;
};

export const NEW_SESSION: Session = { failedAuthentications: 0 };

/** A connection that presents a wrong code this often is closed. */
export const FAILED_AUTHENTICATIONS_MAX = 5;

export type MessageHeader = Omit<FrameHeader, 'split'> & Pick<WholeFrame, 'packetSerials'>;

export type Message = {
  readonly header: MessageHeader;
  readonly body: Outcome<Body | Unsupported, BodyDefect>;
};

export type Effect =
  /** Publish, then answer the message with `answersTo`. Unreadable items are refused already. */
  | {
      readonly kind: 'deliver';
      readonly blindZone: boolean;
      readonly items: readonly Outcome<Location, BodyDefect>[];
    }
  | { readonly kind: 'refuse'; readonly reason: Reason }
  | { readonly kind: 'close' };

export type Step = readonly [Session, readonly PlatformBody[], readonly Effect[]];

export type SessionContext = { readonly terminals: Terminals; readonly nowMs: EpochMs };

/** One message of the terminal: the session after it, answers to send now, and what else is to do. */
export function step(context: SessionContext, session: Session, message: Message): Step {
  const { header, body } = message;
  if (body.kind === 'ok') {
    switch (body.value.kind) {
      case 'register':
        return register(context, session, header);
      case 'authenticate':
        return authenticate(context, session, { header, body: body.value });
      case 'time-query':
        return [session, [{ kind: 'time-answer', atMs: context.nowMs }], NOTHING];
      case 'time-sync':
        return [session, [{ kind: 'time-sync-answer', atMs: context.nowMs }], NOTHING];
      default:
    }
  }
  if (session.number === undefined) return refused(session, message, 'not-authenticated');
  if (session.number !== terminalNumber(header.phone)) {
    return refused(session, message, 'other-terminal');
  }
  return report(session, message);
}

/** The general answers a message wants: one, or one for each packet it came in. */
export function answersTo(header: MessageHeader, result: number): PlatformAnswer[] {
  const { packetSerials, serial, messageId } = header;
  const answer = (toSerial: number): PlatformAnswer => ({
    kind: 'platform-answer',
    toSerial,
    toMessageId: messageId,
    result,
  });
  return packetSerials ? packetSerials.map(answer) : [answer(serial)];
}

const NOTHING: readonly never[] = [];

/** A message of the authenticated terminal that is not about the session itself. */
function report(session: Session, { header, body }: Message): Step {
  if (body.kind !== 'ok') {
    return [session, answersTo(header, RESULT.wrong), [{ kind: 'refuse', reason: body.reason }]];
  }
  switch (body.value.kind) {
    case 'location':
      return deliver(session, header, {
        kind: 'location-batch',
        blindZone: false,
        items: [ok(body.value.location)],
      });
    case 'location-batch':
      return deliver(session, header, body.value);
    case 'heartbeat':
      return [session, answersTo(header, RESULT.ok), NOTHING];
    case 'logout':
      return [NEW_SESSION, answersTo(header, RESULT.ok), NOTHING];
    case 'terminal-answer':
      return [session, NOTHING, NOTHING];
    default:
      return [
        session,
        answersTo(header, RESULT.unsupported),
        [{ kind: 'refuse', reason: 'unsupported-message' }],
      ];
  }
}

function deliver(session: Session, header: MessageHeader, batch: LocationBatchBody): Step {
  const { blindZone, items } = batch;
  const refusals: Effect[] = [];
  for (const item of items) {
    if (item.kind !== 'ok') refusals.push({ kind: 'refuse', reason: item.reason });
  }
  if (refusals.length === items.length) {
    const result = items.length === 0 ? RESULT.ok : RESULT.wrong;
    return [session, answersTo(header, result), refusals];
  }
  return [session, NOTHING, [{ kind: 'deliver', blindZone, items }, ...refusals]];
}

/** Nobody's data is taken before the terminal has shown who it is, nor for anyone else after. */
const refused = (session: Session, { header, body }: Message, reason: Reason): Step => [
  session,
  body.kind === 'ok' && body.value.kind === 'terminal-answer'
    ? NOTHING
    : answersTo(header, RESULT.failed),
  [{ kind: 'refuse', reason }],
];

function register({ terminals }: SessionContext, session: Session, header: MessageHeader): Step {
  const number = terminalNumber(header.phone);
  const answer = { kind: 'register-answer', toSerial: header.serial } as const;
  if (!terminals.knows(number)) {
    return [
      session,
      [{ ...answer, result: REGISTER_RESULT.noTerminal }],
      [{ kind: 'refuse', reason: 'unknown-terminal' }],
    ];
  }
  const authCode = terminals.authCode(number);
  return [session, [{ ...answer, result: REGISTER_RESULT.ok, authCode }], NOTHING];
}

function authenticate(
  { terminals }: SessionContext,
  session: Session,
  { header, body }: { header: MessageHeader; body: Authenticate },
): Step {
  const number = terminalNumber(header.phone);
  const known = terminals.knows(number);
  if (known && isSameText(body.authCode, terminals.authCode(number))) {
    return [{ number, failedAuthentications: 0 }, answersTo(header, RESULT.ok), NOTHING];
  }
  const failedAuthentications = session.failedAuthentications + 1;
  const refusal: Effect = { kind: 'refuse', reason: known ? 'bad-auth-code' : 'unknown-terminal' };
  return [
    { failedAuthentications },
    answersTo(header, RESULT.failed),
    failedAuthentications < FAILED_AUTHENTICATIONS_MAX ? [refusal] : [refusal, { kind: 'close' }],
  ];
}

/** Takes the same time wherever two texts of one length differ. */
function isSameText(a: string, b: string): boolean {
  const [aBytes, bBytes] = [Buffer.from(a), Buffer.from(b)];
  return aBytes.length === bBytes.length && timingSafeEqual(aBytes, bBytes);
}
