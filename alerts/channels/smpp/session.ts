// One connection to an SMS centre from bind to end: asks and waits for answers, answers what the centre asks,
// and ends itself when the line is dead. link.ts keeps one open.

import smpp, { type Pdu, type PduFields, type Session } from 'smpp';
import { ioClock, sleep } from '../../../core/time.ts';
import { statusName } from './refusal.ts';
import type { SmppSettings } from './settings.ts';

export type BindCommand = 'bind_transceiver' | 'bind_transmitter' | 'bind_receiver';

/** What the centre says to what it was asked. */
export type SmppAnswer =
  | { readonly kind: 'answer'; readonly pdu: Pdu }
  /** None came; `sent` says whether the question can have reached the centre. */
  | { readonly kind: 'none'; readonly sent: boolean; readonly code: string };

export type SessionListener = {
  /** A message or receipt came; gives the status to answer with, once its effect is recorded. */
  onDeliver(pdu: Pdu): Promise<number>;
  /** The centre said something that is no answer to anything. */
  onNonsense(code: string): void;
};

export type BoundSession = {
  /** `onLate` is given an answer that came after all when nobody waited any more. */
  ask(command: string, fields?: PduFields, onLate?: (pdu: Pdu) => void): Promise<SmppAnswer>;
  /** Resolves with the reason once the connection is gone. */
  readonly ended: Promise<string>;
  /** Says goodbye and ends. */
  close(): Promise<void>;
};

export type BindOutcome =
  | { readonly kind: 'bound'; readonly session: BoundSession }
  /** `refused`: the centre said no, and will until somebody changes something. */
  | { readonly kind: 'refused' | 'unreachable'; readonly code: string };

/** Statuses we answer with. */
export const TAKEN = smpp.errors['ESME_ROK'] as number;
export const TRY_AGAIN = smpp.errors['ESME_RX_T_APPN'] as number;
const THROTTLED = smpp.errors['ESME_RTHROTTLED'] as number;

/** Messages and receipts being recorded at once; the centre sends more when these are done. */
const DELIVERIES_MAX = 100;
/** Late answers remembered; the oldest give way. */
const LATE_MAX = 1_000;
const SEQUENCE_MAX = 0x7fff_ffff;
const VERSION_3_4 = 0x34;

/** Connects and binds, unless `stopping` meanwhile; never rejects. */
export async function openSession(
  settings: SmppSettings,
  command: BindCommand,
  listener: SessionListener,
  stopping: AbortSignal,
): Promise<BindOutcome> {
  const { host, port, tls } = settings;
  const wire = smpp.connect({ host, port, ...(tls ? { tls } : {}) });
  const line = openLine(wire, settings, listener);
  const giveUp = () => line.end('closed');
  stopping.addEventListener('abort', giveUp);
  const outcome = await bind(wire, line, { settings, command });
  stopping.removeEventListener('abort', giveUp);
  return outcome;
}

async function bind(
  wire: Session,
  line: Line,
  { settings, command }: { settings: SmppSettings; command: BindCommand },
): Promise<BindOutcome> {
  const { tls, systemId, password, systemType } = settings;
  const up = new Promise<boolean>((resolve) => {
    wire.once(tls ? 'secureConnect' : 'connect', () => resolve(true));
    wire.once('close', () => resolve(false));
  });
  const connected = await within(settings.answerWithin, up);
  if (!connected) {
    line.end('time-out');
    return { kind: 'unreachable', code: await line.ended };
  }
  const answer = await line.ask(command, {
    system_id: systemId,
    password,
    system_type: systemType,
    interface_version: VERSION_3_4,
  });
  if (answer.kind === 'none') {
    line.end(answer.code);
    return { kind: 'unreachable', code: answer.code };
  }
  const { command: says, command_status: status } = answer.pdu;
  if (status !== TAKEN || says !== `${command}_resp`) {
    line.end('bind-refused');
    return { kind: 'refused', code: status === TAKEN ? 'unreadable-answer' : statusName(status) };
  }
  void keepAlive(line, settings.enquireEvery);
  return { kind: 'bound', session: line };
}

type Line = BoundSession & { end(code: string): void };

function openLine(wire: Session, settings: SmppSettings, listener: SessionListener): Line {
  const waiting = new Map<number, (pdu: Pdu) => void>();
  const late = new Map<number, (pdu: Pdu) => void>();
  const losses = new Set<(code: string) => void>();
  let sequence = 0;
  let deliveries = 0;
  let over: string | undefined;
  let tell: (code: string) => void = () => {};
  const ended = new Promise<string>((resolve) => (tell = resolve));

  const end = (code: string) => {
    over ??= code;
    wire.destroy();
    for (const lose of losses) lose(over);
    tell(over);
  };
  const answer = async (pdu: Pdu) => {
    if (deliveries >= DELIVERIES_MAX) {
      wire.send(pdu.response({ command_status: THROTTLED }));
      return;
    }
    deliveries++;
    // What could not be recorded is sent again by the centre.
    const status = await listener.onDeliver(pdu).catch(() => TRY_AGAIN);
    deliveries--;
    wire.send(pdu.response({ command_status: status }));
  };
  const hear = (pdu: Pdu) => {
    if (pdu.isResponse()) {
      const take = waiting.get(pdu.sequence_number) ?? late.get(pdu.sequence_number);
      waiting.delete(pdu.sequence_number);
      late.delete(pdu.sequence_number);
      if (take) take(pdu);
      else listener.onNonsense('unexpected-answer');
      return;
    }
    switch (pdu.command) {
      case 'deliver_sm':
      case 'data_sm':
        void answer(pdu);
        return;
      case 'unbind':
        wire.send(pdu.response());
        end('unbound');
        return;
      case 'enquire_link':
        wire.send(pdu.response());
        return;
      case 'alert_notification':
      case 'outbind':
        return;
      default:
        listener.onNonsense('unexpected-command');
        wire.send(pdu.response({ command_status: smpp.errors['ESME_RINVCMDID'] }));
    }
  };
  wire.on('pdu', hear);
  wire.on('close', () => end('connection-lost'));
  // Octets that are no protocol data unit come as an error too: nothing after them can be trusted.
  wire.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unreadable'));

  const ask = (command: string, fields: PduFields = {}, onLate?: (pdu: Pdu) => void) =>
    new Promise<SmppAnswer>((resolve) => {
      if (over !== undefined) return resolve({ kind: 'none', sent: false, code: over });
      sequence = sequence >= SEQUENCE_MAX ? 1 : sequence + 1;
      const own = sequence;
      const settle = (outcome: SmppAnswer) => {
        timer.cancel();
        waiting.delete(own);
        losses.delete(lose);
        resolve(outcome);
      };
      const lose = (code: string) => settle({ kind: 'none', sent: true, code });
      const timer = ioClock.after(settings.answerWithin, () => {
        if (onLate) late.set(own, onLate);
        const [oldest] = late.keys();
        if (late.size > LATE_MAX && oldest !== undefined) late.delete(oldest);
        settle({ kind: 'none', sent: true, code: 'time-out' });
      });
      waiting.set(own, (pdu) => settle({ kind: 'answer', pdu }));
      losses.add(lose);
      const question = new smpp.PDU(command, { ...fields, sequence_number: own });
      if (!wire.send(question)) settle({ kind: 'none', sent: false, code: 'not-bound' });
      return undefined;
    });

  return {
    ask,
    ended,
    end,
    async close() {
      if (over === undefined) await within(CLOSE_MS_MAX, ask('unbind'));
      end('closed');
    },
  };
}

/** A centre that is gone answers nobody; nor does one that only forgets to. */
const CLOSE_MS_MAX = 1_000;

/** Asks now and then whether the other side is there; one answer missing ends the line. */
async function keepAlive(line: Line, everyMs: number): Promise<void> {
  const over = new AbortController();
  const ending = line.ended.finally(() => over.abort());
  while (!over.signal.aborted) {
    await sleep(ioClock, everyMs, over.signal).catch(() => {});
    if (over.signal.aborted) break;
    const { kind } = await line.ask('enquire_link');
    if (kind === 'none') line.end('link-dead');
  }
  await ending;
}

/** What comes in time; undefined after `ms`. */
async function within<Value>(ms: number, coming: Promise<Value>): Promise<Value | undefined> {
  const inTime = new AbortController();
  const late = sleep(ioClock, ms, inTime.signal).catch(() => {});
  const first = await Promise.race([coming, late]);
  inTime.abort();
  return first ?? undefined;
}
