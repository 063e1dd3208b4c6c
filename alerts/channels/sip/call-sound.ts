// Our end of the sound of one call: a socket, what is offered, the talk once somebody picked up, and what
// becomes of it when the other end wants the sound another way.

import type { Random } from '../../../core/random.ts';
import type { Clock } from '../../../core/time.ts';
import type { Endpoint } from './address.ts';
import type { Datagrams, Network } from './datagrams.ts';
import { answerTo, offer, readAnswer, type Law } from './sdp.ts';
import type { Sounds } from './sounds.ts';
import { startTalk, type Talk, type TalkListener } from './talk.ts';

export type SoundOptions = {
  readonly trunk: Endpoint;
  readonly local: Endpoint;
  /** Ports for sound, both included; any free one when left out. */
  readonly soundPorts?: readonly [first: number, last: number] | undefined;
  /** The law we like better. */
  readonly law: Law;
};

export type CallSound = {
  readonly offer: string;
  /** Begins to talk by the answer to the offer. */
  start(
    answer: string,
    sounds: Sounds,
    listener: TalkListener,
  ): 'no-sound' | 'no-keypad' | 'talking';
  /** What we agree to when the other end wants the sound another way; see DialogListener. */
  reoffer(sdp: string | undefined): string | undefined;
  /** Its answer to what `reoffer` offered. */
  agreed(sdp: string): void;
  /** A key that came by INFO. */
  press(key: string): void;
  close(): void;
};

export type SoundDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
};

/** Rejects with the system's error when there is no port. `host` is the address the other end is told. */
export async function openCallSound(
  deps: SoundDeps,
  options: SoundOptions,
  host: string,
): Promise<CallSound> {
  const socket = await openSocket(deps.network, options);
  const sessionId = deps.random.int(0x7fff_ffff);
  let version = 1;
  let talk: Talk | undefined;
  const ours = () => ({ host, port: socket.port, sessionId, version, law: options.law });
  return {
    offer: offer(ours()),
    start(answer, sounds, listener) {
      const started = startTalk(
        { ...deps, socket },
        { answer, trunk: options.trunk, sounds },
        listener,
      );
      if (started.kind === 'no-sound') return 'no-sound';
      talk = started;
      return started.hasKeypad ? 'talking' : 'no-keypad';
    },
    reoffer(sdp) {
      if (sdp === undefined) {
        version++;
        return offer(ours());
      }
      const agreement = readAnswer(sdp);
      if (!agreement) return undefined;
      version++;
      talk?.agree(agreement);
      return answerTo(sdp, agreement, ours());
    },
    agreed(sdp) {
      const agreement = readAnswer(sdp);
      if (agreement) talk?.agree(agreement);
    },
    press: (key) => talk?.press(key),
    close() {
      talk?.stop();
      socket.close();
    },
  };
}

/** Ports are tried from the first on: there are at least as many as lines. */
async function openSocket(
  network: Network,
  { local: { host }, soundPorts }: SoundOptions,
): Promise<Datagrams> {
  if (!soundPorts) return network.open({ host, port: 0 });
  const [first, last] = soundPorts;
  for (let port = first; port < last; port += 2) {
    const socket = await network.open({ host, port }).catch(() => undefined);
    if (socket) return socket;
  }
  return network.open({ host, port: last });
}
