// ② One terminal's connection without the socket: bytes in, frames cut and read, the session stepped,
// locations handed to the gatherer, answers out. Memory per connection is bounded at every step.

import { ok } from '../../core/outcome.ts';
import type { Clock } from '../../core/time.ts';
import type { AlarmBook } from './alarm-book.ts';
import { RESULT } from './body-answer.ts';
import { STANDARD_MODEL, type DeviceModel } from './device-model.ts';
import { peekPhones, readFrame, writeFrame, type Frame, type FrameRules } from './frame.ts';
import { createFrameSplitter } from './frame-splitter.ts';
import type { Gatherer, Sender } from './gatherer.ts';
import { decodeBody, encodeBody, MESSAGES, type PlatformBody } from './message.ts';
import { createPlainLocationReader, type PlainLocationReader } from './plain-location.ts';
import type { Reason } from './reasons.ts';
import {
  answersTo,
  NEW_SESSION,
  step,
  type MessageHeader,
  type Session,
  type Terminals,
} from './session.ts';
import { createPacketAssembler } from './split-packets.ts';
import { terminalAlias, terminalNumber } from './to-arrivals.ts';

/** What all connections of a server share. */
export type ConnectionDeps = {
  readonly clock: Clock;
  readonly terminals: Terminals;
  /** The model of a terminal by its number. */
  readonly modelOf: (number: string) => DeviceModel;
  readonly alarms: AlarmBook;
  readonly gatherer: Gatherer;
  readonly source: string;
  readonly refuse: (reason: Reason) => void;
  /** Counts a frame that was taken in spite of a defect its model is known for. */
  readonly flag: () => void;
};

/** The other end. */
export type Peer = { write(bytes: Uint8Array): void; close(): void };

export type Connection = {
  receive(chunk: Uint8Array, nowMs: number): void;
  /** Forgets what has waited too long. */
  expire(nowMs: number): void;
  readonly isAuthenticated: boolean;
  /** After this nothing is read or written any more. */
  close(): void;
};

export function createConnection(deps: ConnectionDeps, peer: Peer): Connection {
  let session: Session = NEW_SESSION;
  let sender: Sender | undefined;
  let readPlainLocation: PlainLocationReader | undefined;
  let isClosed = false;
  let receivedMs = 0;
  let serial = 0;

  /** At once, whatever else the terminal sent in the same breath. */
  const close = () => {
    isClosed = true;
    peer.close();
  };

  const send = (header: MessageHeader, body: PlatformBody) => {
    if (isClosed) return;
    const { version, phone } = header;
    const { messageId } = MESSAGES[body.kind];
    peer.write(writeFrame({ messageId, version, phone, serial }, encodeBody(body, version)));
    serial = (serial + 1) & 0xffff;
  };

  const answer = (header: MessageHeader, result: number) => {
    for (const body of answersTo(header, result)) send(header, body);
  };

  const take = (header: MessageHeader, bytes: Uint8Array) => {
    const context = { terminals: deps.terminals, nowMs: deps.clock.now() };
    const [next, answers, effects] = step(context, session, {
      header,
      body: decodeBody(header, bytes),
    });
    if (next.number !== session.number) {
      sender = senderOf(deps, next.number, answer);
      readPlainLocation = sender && createPlainLocationReader(header);
    }
    session = next;
    for (const body of answers) send(header, body);
    for (const effect of effects) {
      if (effect.kind === 'refuse') deps.refuse(effect.reason);
      else if (effect.kind === 'close') close();
      else if (sender) {
        const { blindZone, items } = effect;
        deps.gatherer.add(sender, { header, blindZone, items });
      }
    }
  };

  const packets = createPacketAssembler(deps.refuse);

  const onSound = (frame: Frame) => {
    if (frame.flags.length > 0) deps.flag();
    if (!frame.split) {
      take(frame, frame.body);
    } else if (session.number === undefined) {
      // Nobody we do not know yet may make us keep packets.
      deps.refuse('not-authenticated');
      answer(frame, RESULT.failed);
    } else {
      const whole = packets.add(frame, receivedMs);
      if (whole) take(whole, whole.body);
    }
  };

  const splitter = createFrameSplitter({
    onDefect: deps.refuse,
    onFrame(escaped) {
      if (isClosed) return;
      const plain = readPlainLocation?.(escaped);
      if (plain && sender) {
        const { header, location } = plain;
        deps.gatherer.add(sender, { header, blindZone: false, items: [ok(location)] });
        return;
      }
      const frame = readFrame(escaped, sender?.model ?? rulesFor(deps, escaped));
      if (frame.kind === 'ok') onSound(frame.value);
      else deps.refuse(frame.reason);
    },
  });

  return {
    get isAuthenticated() {
      return session.number !== undefined;
    },
    receive(chunk, nowMs) {
      receivedMs = nowMs;
      if (!isClosed) splitter.push(chunk);
    },
    expire: packets.expire,
    close() {
      isClosed = true;
    },
  };
}

function senderOf(
  deps: ConnectionDeps,
  number: string | undefined,
  answer: Sender['answer'],
): Sender | undefined {
  if (number === undefined) return undefined;
  const { source } = deps;
  const model = deps.modelOf(number);
  return { subject: terminalAlias(number), source, model, alarms: deps.alarms.of(number), answer };
}

/**
 * How to read a frame before anyone has authenticated. A device that sets the version bit wrongly is
 * recognised by its number standing where its true header has it.
 */
function rulesFor(deps: ConnectionDeps, escaped: Uint8Array): FrameRules {
  for (const phone of peekPhones(escaped)) {
    const number = terminalNumber(phone);
    if (deps.terminals.knows(number)) return deps.modelOf(number);
  }
  return STANDARD_MODEL;
}
