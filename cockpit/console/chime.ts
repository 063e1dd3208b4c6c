// The sound of a new grave alert: two plain tones made on the spot, louder for level 1, nothing for level
// 3. Browsers allow it only after the reader switched it on with a press.

import type { Level } from '../../core/finding.ts';

export type Chime = {
  /** Asks the browser for permission; to be called from a press. Plays once so that one knows it. */
  allow(): void;
  play(level: Level): void;
};

type Tone = { readonly hz: number; readonly atS: number; readonly forS: number };

const TONES: Readonly<Record<Level, readonly Tone[]>> = {
  1: [
    { hz: 880, atS: 0, forS: 0.18 },
    { hz: 660, atS: 0.22, forS: 0.18 },
    { hz: 880, atS: 0.6, forS: 0.18 },
    { hz: 660, atS: 0.82, forS: 0.3 },
  ],
  2: [
    { hz: 660, atS: 0, forS: 0.16 },
    { hz: 880, atS: 0.2, forS: 0.2 },
  ],
  3: [],
};

const LOUDNESS: Readonly<Record<Level, number>> = { 1: 0.35, 2: 0.2, 3: 0 };

export function createChime(): Chime {
  let context: AudioContext | undefined;

  const play = (level: Level) => {
    if (!context || context.state === 'closed') return;
    const now = context.currentTime;
    for (const { hz, atS, forS } of TONES[level]) {
      const oscillator = context.createOscillator();
      const gain = context.createGain();
      oscillator.frequency.value = hz;
      gain.gain.setValueAtTime(0, now + atS);
      gain.gain.linearRampToValueAtTime(LOUDNESS[level], now + atS + 0.02);
      gain.gain.setTargetAtTime(0, now + atS + forS, 0.04);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(now + atS);
      oscillator.stop(now + atS + forS + 0.3);
    }
  };

  return {
    allow() {
      context ??= new AudioContext();
      void context.resume().then(() => play(2));
    },
    play,
  };
}
