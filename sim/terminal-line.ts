// The line of a simulated terminal to its platform: dials, registers, authenticates, frames what is said
// and reads what is answered. What is said and when to dial again is terminal.ts.

import { connect, type Socket } from 'node:net';
import { RESULT, type PlatformAnswer } from '../connectors/jt808/body-answer.ts';
import type { Register, RegisterAnswer } from '../connectors/jt808/body-registration.ts';
import { createFrameSplitter } from '../connectors/jt808/frame-splitter.ts';
import { readFrame, writeFrame, type ProtocolVersion } from '../connectors/jt808/frame.ts';
import {
  decodeBody,
  encodeBody,
  MESSAGES,
  type TerminalBody,
} from '../connectors/jt808/message.ts';
import { elapsedMs } from '../core/time.ts';

export type LineOptions = {
  /** Up to 12 digits in edition 2013, up to 20 in 2019. */
  readonly phone: string;
  readonly version: ProtocolVersion;
  readonly host: string;
  readonly port: number;
};

export type LineStage = 'away' | 'connecting' | 'registering' | 'authenticating' | 'ready';

export type LineEvents = {
  readonly onReady: () => void;
  readonly onAnswer: (answer: PlatformAnswer) => void;
  /** After a failed attempt as well as after a connection. */
  readonly onClosed: () => void;
};

export type Line = {
  readonly stage: LineStage;
  /** Monotonic milliseconds of the last byte sent or heard. */
  readonly activeMs: number;
  readonly sentMs: number;
  dial(): void;
  /** Sends a message and gives the serial it has. */
  send(body: TerminalBody): number;
  hangUp(): Promise<void>;
};

export function createLine(options: LineOptions, events: LineEvents): Line {
  const { phone, version } = options;
  let stage: LineStage = 'away';
  let socket: Socket | undefined;
  /** Kept over connections, as a device keeps it in its memory. */
  let authCode: string | undefined;
  let serial = 0;
  let sentMs = 0;
  let heardMs = 0;

  const send = (body: TerminalBody): number => {
    const used = serial;
    serial = (serial + 1) & 0xffff;
    const { messageId } = MESSAGES[body.kind];
    const header = { messageId, version, phone, serial: used };
    socket?.write(writeFrame(header, encodeBody(body, version)));
    sentMs = elapsedMs();
    return used;
  };

  const introduce = () => {
    stage = authCode === undefined ? 'registering' : 'authenticating';
    send(authCode === undefined ? registrationOf(options) : { kind: 'authenticate', authCode });
  };

  const onRegistered = (answer: RegisterAnswer) => {
    if (stage !== 'registering') return;
    authCode = answer.authCode;
    if (authCode === undefined) socket?.destroy();
    else introduce();
  };

  const onAuthenticated = (result: number) => {
    if (result === RESULT.ok) {
      stage = 'ready';
      events.onReady();
    } else {
      authCode = undefined;
      socket?.destroy();
    }
  };

  const onFrame = (escaped: Uint8Array) => {
    const frame = readFrame(escaped);
    const body = frame.kind === 'ok' && decodeBody(frame.value, frame.value.body);
    if (!body || body.kind !== 'ok') return;
    const answer = body.value;
    if (answer.kind === 'register-answer') onRegistered(answer);
    else if (answer.kind !== 'platform-answer') return;
    else if (stage === 'authenticating') onAuthenticated(answer.result);
    else events.onAnswer(answer);
  };

  return {
    get stage() {
      return stage;
    },
    get activeMs() {
      return Math.max(sentMs, heardMs);
    },
    get sentMs() {
      return sentMs;
    },
    send,
    dial() {
      stage = 'connecting';
      heardMs = elapsedMs();
      const splitter = createFrameSplitter({ onFrame, onDefect: () => {} });
      socket = connect({ host: options.host, port: options.port, noDelay: true });
      socket.on('connect', introduce);
      socket.on('data', (chunk) => {
        heardMs = elapsedMs();
        splitter.push(chunk);
      });
      // What went wrong does not matter to a device: `close` follows.
      socket.on('error', () => {});
      socket.on('close', () => {
        socket = undefined;
        stage = 'away';
        events.onClosed();
      });
    },
    hangUp() {
      const line = socket;
      if (!line) return Promise.resolve();
      return new Promise((resolve) => {
        line.once('close', () => resolve());
        line.destroy();
      });
    },
  };
}

/** 51 1722 is a county of Dazhou; a bracelet has no number plate. */
const registrationOf = ({ version, phone }: LineOptions): Register => ({
  kind: 'register',
  edition: version,
  province: 51,
  city: 1_722,
  maker: 'PLUMB',
  model: 'SIMULATED',
  terminalId: phone.slice(-7),
  plateColour: 0,
  plate: '',
});
