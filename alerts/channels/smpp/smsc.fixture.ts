// An SMS centre as a test plays it: the server of the package smpp on loopback. It takes submits, fails as
// told, sends receipts and what handsets reply, and cuts the line.

import type { AddressInfo } from 'node:net';
import smpp, { type Pdu, type PduFields, type Session } from 'smpp';
import type { FakeBehaviour } from '../channel.fixture.ts';
import { textOf } from './body.ts';
import { smppSettingsSchema, type SmppSettings } from './settings.ts';

export const PASSWORD = 'secret';
export const SENDER = '10690818';

export type Submitted = {
  readonly messageId: string;
  readonly number: string;
  readonly text: string;
  readonly pdu: Pdu;
};

export type Smsc = {
  readonly port: number;
  /** What it took, in order, parts one by one. */
  readonly submitted: Submitted[];
  /** Command of each session that was bound, in order. */
  readonly binds: string[];
  settings(change?: Record<string, unknown>): SmppSettings;
  behave(behaviour: FakeBehaviour): void;
  /** Answers the next submits itself; undefined: as it behaves. */
  answerSubmits(answer: ((pdu: Pdu, session: Session) => void) | undefined): void;
  /** How a message with this status is answered instead of being taken. */
  refuseWith(name: string | undefined): void;
  /** States by message for query_sm; without one it does not answer queries. */
  readonly states: Map<string, number>;
  /** Hands over a message of any kind; resolves with the status it was answered with. */
  deliver(fields: PduFields): Promise<number>;
  /** A receipt in text as most centres send it. */
  receipt(
    message: Pick<Submitted, 'messageId' | 'number'>,
    stat?: string,
    more?: PduFields,
  ): Promise<number>;
  reply(from: string, text: string, more?: PduFields): Promise<number>;
  /** Cuts every connection without a word. */
  cut(): void;
  close(): Promise<void>;
};

export async function openSmsc(): Promise<Smsc> {
  const submitted: Submitted[] = [];
  const binds: string[] = [];
  const states = new Map<string, number>();
  const sessions = new Set<Session>();
  const receivers = new Set<Session>();
  const waiters: (() => void)[] = [];
  let behaviour: FakeBehaviour = 'accept';
  let answering: ((pdu: Pdu, session: Session) => void) | undefined;
  let refusal: string | undefined;
  let count = 0;

  const take = (pdu: Pdu): Submitted => {
    const messageId = `m${String(++count).padStart(4, '0')}`;
    const number = pdu.destination_addr ?? '';
    const message = { messageId, number, text: textOf(pdu) ?? '', pdu };
    submitted.push(message);
    return message;
  };
  const submit = (pdu: Pdu, session: Session) => {
    if (answering) return answering(pdu, session);
    const refuse = (name: string) =>
      void session.send(pdu.response({ command_status: smpp.errors[name] }));
    if (refusal) return refuse(refusal);
    if (behaviour === 'busy') return refuse('ESME_RTHROTTLED');
    if (behaviour === 'refuse') return refuse('ESME_RINVDSTADR');
    if (behaviour === 'lose-and-time-out' || behaviour === 'down') return undefined;
    const { messageId } = take(pdu);
    if (behaviour === 'accept') session.send(pdu.response({ message_id: messageId }));
    return undefined;
  };
  const bind = (pdu: Pdu, session: Session) => {
    if (pdu.password !== PASSWORD) {
      session.send(pdu.response({ command_status: smpp.errors['ESME_RINVPASWD'] }));
      return;
    }
    binds.push(pdu.command);
    if (pdu.command !== 'bind_transmitter') receivers.add(session);
    session.send(pdu.response({ system_id: 'smsc' }));
    waiters.splice(0).forEach((wake) => wake());
  };
  const hear = (pdu: Pdu, session: Session) => {
    switch (pdu.command) {
      case 'bind_transceiver':
      case 'bind_transmitter':
      case 'bind_receiver':
        return bind(pdu, session);
      case 'submit_sm':
        return submit(pdu, session);
      case 'query_sm': {
        const state = states.get(pdu.message_id ?? '');
        const failed = { command_status: smpp.errors['ESME_RQUERYFAIL'] };
        const answer = { message_id: pdu.message_id, message_state: state, final_date: '' };
        session.send(pdu.response(state === undefined ? failed : answer));
        return undefined;
      }
      case 'enquire_link':
        if (behaviour !== 'down') session.send(pdu.response());
        return undefined;
      case 'unbind':
        receivers.delete(session);
        session.send(pdu.response());
        return undefined;
      default:
        return undefined;
    }
  };
  const server = smpp.createServer((session) => {
    sessions.add(session);
    session.on('pdu', (pdu: Pdu) => hear(pdu, session));
    session.on('error', () => {});
    session.on('close', () => {
      sessions.delete(session);
      receivers.delete(session);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const receiver = async (): Promise<Session> => {
    for (;;) {
      const [session] = receivers;
      if (session) return session;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  };
  /** What a line that is cut carried away is handed over again on the next one. */
  const deliver = async (fields: PduFields): Promise<number> => {
    for (;;) {
      const session = await receiver();
      const status = await new Promise<number | 'cut'>((resolve) => {
        const cut = () => resolve('cut');
        session.once('close', cut);
        const sent = session.send(new smpp.PDU('deliver_sm', fields), (answer) => {
          session.off('close', cut);
          resolve(answer.command_status);
        });
        if (!sent) cut();
      });
      if (status !== 'cut') return status;
      receivers.delete(session);
    }
  };

  return {
    port,
    submitted,
    binds,
    states,
    settings: (change = {}) =>
      smppSettingsSchema.parse({
        kind: 'smpp',
        host: '127.0.0.1',
        port,
        systemId: 'plumbline',
        password: PASSWORD,
        sender: SENDER,
        answerWithin: '400ms',
        reconnectWithin: '50ms',
        ...change,
      }),
    behave(next) {
      behaviour = next;
    },
    answerSubmits(answer) {
      answering = answer;
    },
    refuseWith(name) {
      refusal = name;
    },
    deliver,
    receipt: ({ messageId, number }, stat = 'DELIVRD', more = {}) =>
      deliver({
        source_addr: number,
        destination_addr: SENDER,
        esm_class: 0x04,
        data_coding: 0,
        short_message: `id:${messageId} sub:001 dlvrd:001 submit date:2611220900 done date:2611220901 stat:${stat} err:000 text:`,
        ...more,
      }),
    reply: (from, text, more = {}) =>
      deliver({
        source_addr: from,
        destination_addr: SENDER,
        data_coding: 8,
        short_message: text,
        ...more,
      }),
    cut() {
      for (const session of sessions) session.socket.resetAndDestroy();
    },
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
