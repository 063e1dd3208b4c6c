// Keeps the connections to a centre bound: one both ways, or one each way. Reconnects with growing pauses,
// and lets only so many submits be under way.

import type { Pdu, PduFields } from 'smpp';
import type { Logger } from '../../../core/logger.ts';
import type { Random } from '../../../core/random.ts';
import { ioClock, sleep } from '../../../core/time.ts';
import {
  openSession,
  type BindCommand,
  type BoundSession,
  type SessionListener,
  type SmppAnswer,
} from './session.ts';
import type { SmppSettings } from './settings.ts';

export type SmppLink = {
  /**
   * Waits for a place in the window, and a moment for the link; undefined when there is no link. Whoever
   * has a place gives it back.
   */
  place(): Promise<Place | undefined>;
  state(): LinkState;
  close(): Promise<void>;
};

export type Place = {
  ask(command: string, fields: PduFields, onLate?: (pdu: Pdu) => void): Promise<SmppAnswer>;
  giveBack(): void;
};

/** `bound`, or why not. */
export type LinkState = { readonly isBound: boolean; readonly code: string };

export type LinkDeps = {
  readonly logger: Logger;
  readonly random: Random;
};

/** What is to go out while the link comes up waits so long, not for the next attempt of the outbox. */
const BOUND_WITHIN_MS = 2_000;
const RECONNECT_MS = 500;

/** Starts to connect at once. Close it. */
export function openLink(
  deps: LinkDeps,
  settings: SmppSettings,
  listener: SessionListener,
): SmppLink {
  const stopping = new AbortController();
  const commands: readonly BindCommand[] =
    settings.bind === 'transceiver' ? ['bind_transceiver'] : ['bind_transmitter', 'bind_receiver'];
  const bound = new Map<BindCommand, BoundSession>();
  const codes = new Map<BindCommand, string>();
  const waiters = new Set<() => void>();
  const changed = () => [...waiters].forEach((wake) => wake());
  let underWay = 0;

  const keep = async (command: BindCommand) => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      const outcome = await openSession(settings, command, listener, stopping.signal);
      if (outcome.kind === 'bound') {
        failures = 0;
        bound.set(command, outcome.session);
        deps.logger.info('sms.bound', { command });
        changed();
        if (stopping.signal.aborted) await outcome.session.close();
        const code = await outcome.session.ended;
        bound.delete(command);
        codes.set(command, code);
        changed();
        if (!stopping.signal.aborted) deps.logger.warn('sms.link-lost', { command, code });
      } else {
        codes.set(command, outcome.code);
        const event = outcome.kind === 'refused' ? 'sms.bind-refused' : 'sms.unreachable';
        // A refusal stays one until somebody mends it; a network comes back by itself.
        deps.logger[outcome.kind === 'refused' ? 'error' : 'warn'](event, {
          command,
          code: outcome.code,
          failures,
        });
      }
      const pauseMs = Math.min(settings.reconnectWithin, RECONNECT_MS * 2 ** failures);
      const spreadMs = pauseMs * (0.5 + deps.random.next() / 2);
      await sleep(ioClock, spreadMs, stopping.signal).catch(() => {});
    }
  };
  const keeping = commands.map(keep);

  /** The session that carries what we send. */
  const sending = () => bound.get(commands[0] as BindCommand);
  const untilChanged = () =>
    new Promise<void>((resolve) => {
      const wake = () => {
        waiters.delete(wake);
        resolve();
      };
      waiters.add(wake);
    });

  return {
    async place() {
      const giveUp = new AbortController();
      const timer = ioClock.after(BOUND_WITHIN_MS, () => {
        giveUp.abort();
        changed();
      });
      const over = AbortSignal.any([giveUp.signal, stopping.signal]);
      while (!sending() && !over.aborted) await untilChanged();
      timer.cancel();
      while (sending() && underWay >= settings.window) await untilChanged();
      const session = sending();
      if (!session) return undefined;
      underWay++;
      return {
        ask: session.ask,
        giveBack() {
          underWay--;
          changed();
        },
      };
    },
    state() {
      const missing = commands.find((command) => !bound.has(command));
      return missing === undefined
        ? { isBound: true, code: 'bound' }
        : { isBound: false, code: codes.get(missing) ?? 'connecting' };
    },
    async close() {
      stopping.abort();
      changed();
      await Promise.all([...bound.values()].map((session) => session.close()));
      await Promise.all(keeping);
    },
  };
}
