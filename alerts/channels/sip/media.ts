// The sound of one call: a packet every 20 ms for as long as it is up, speech or silence, and the keys that
// come back.

import type { Random } from '../../../core/random.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import type { Endpoint } from './address.ts';
import type { Datagrams } from './datagrams.ts';
import { encode, SAMPLES_PER_SECOND } from './g711.ts';
import { stepKeypad, type KeypadState } from './keypad.ts';
import { formatRtp, parseRtp } from './rtp.ts';
import type { Agreement } from './sdp.ts';

export const PACKET_MS = 20;
const PACKET_SAMPLES = (SAMPLES_PER_SECOND * PACKET_MS) / 1_000;

/** A machine that slept this long goes on from now, and sends no burst of what it missed. */
const LATE_MS_MAX = 200;

export type Media = {
  /** Says this now, whatever was being said; `onEnd` is told when it was said to its end. */
  play(samples: Int16Array, onEnd: () => void): void;
  /** Says nothing any more; `onEnd` of what was being said is not told. */
  hush(): void;
  /** The sound goes elsewhere from now on, or in the other law; what is being said goes on. */
  change(to: Pick<MediaOptions, 'agreement' | 'hosts'>): void;
  stop(): void;
};

export type MediaOptions = {
  readonly agreement: Agreement;
  /** Hosts keys are taken from: those the other end named. Nobody else presses keys in this call. */
  readonly hosts: ReadonlySet<string>;
  readonly onKey: (key: string) => void;
};

export function startMedia(
  { clock, random, socket }: { clock: Clock; random: Random; socket: Datagrams },
  { onKey, ...first }: MediaOptions,
): Media {
  let { agreement, hosts } = first;
  const source = random.int(0x1_0000_0000);
  const silence = new Int16Array(PACKET_SAMPLES);
  let sequence = random.int(0x1_0000);
  let timestamp = random.int(0x1_0000_0000);
  let saying: { samples: Int16Array; at: number; onEnd: () => void } | undefined;
  let begins = true;
  let keypad: KeypadState | undefined;
  let timer: Timer | undefined;
  let stopped = false;

  socket.onPacket((bytes, from) => {
    const packet = parseRtp(bytes);
    if (stopped || !packet || !hosts.has(from.host)) return;
    if (!agreement.eventPayloads.includes(packet.payloadType)) return;
    const [next, key] = stepKeypad(keypad, packet);
    keypad = next;
    if (key !== undefined) onKey(key);
  });

  const sendOne = () => {
    const samples = saying?.samples.subarray(saying.at, saying.at + PACKET_SAMPLES);
    // Somebody put on hold hears nothing: what is said waits.
    if (!agreement.isHeld) {
      const packet = {
        payloadType: agreement.payload,
        marker: begins,
        sequence,
        timestamp,
        source,
        payload: encode(samples ? padded(samples, silence) : silence, agreement.law),
      };
      void socket.send(formatRtp(packet), agreement.to);
      begins = false;
      sequence = (sequence + 1) & 0xffff;
    }
    timestamp = (timestamp + PACKET_SAMPLES) >>> 0;
    if (!saying || agreement.isHeld) return;
    saying.at += PACKET_SAMPLES;
    if (saying.at < saying.samples.length) return;
    const { onEnd } = saying;
    saying = undefined;
    onEnd();
  };

  let dueAtMs: number = clock.now();
  const isDue = () => !stopped && dueAtMs <= clock.now();
  const tick = () => {
    const behindMs = clock.now() - dueAtMs;
    if (behindMs > LATE_MS_MAX || behindMs < -PACKET_MS) dueAtMs = clock.now();
    // Packets are due on a grid: a timer that fires late delays one packet, not all that follow.
    for (; isDue(); dueAtMs += PACKET_MS) {
      sendOne();
    }
    if (!stopped) timer = clock.after(Math.max(0, dueAtMs - clock.now()), tick);
  };
  tick();

  return {
    play(samples, onEnd) {
      begins = true;
      saying = { samples, at: 0, onEnd };
    },
    hush() {
      saying = undefined;
    },
    change(to) {
      begins = true;
      ({ agreement, hosts } = to);
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

/** The last piece of what is said, filled up with silence. */
function padded(piece: Int16Array, silence: Int16Array): Int16Array {
  if (piece.length === silence.length) return piece;
  const whole = Int16Array.from(silence);
  whole.set(piece);
  return whole;
}

/** Where `to` is, for `hosts`. */
export const hostsOf = (...endpoints: readonly Endpoint[]): ReadonlySet<string> =>
  new Set(endpoints.map(({ host }) => host));
