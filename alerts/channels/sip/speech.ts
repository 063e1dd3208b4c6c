// The port to a voice, and what every voice needs: digits said one by one, sound kept by text.

import type { Language } from '../../../core/text.ts';

export type SpeechOutcome =
  | { readonly kind: 'spoken'; readonly samples: Int16Array }
  /** `detail` names what is missing: a program, a file, the words nobody recorded. */
  | { readonly kind: 'mute'; readonly code: SpeechProblem; readonly detail: string };

export type SpeechProblem =
  | 'not-configured'
  | 'program-failed'
  | 'program-missing'
  | 'recording-missing'
  | 'recording-unreadable'
  | 'too-long';

export type Voice = {
  say(text: string, language: Language): Promise<SpeechOutcome>;
};

const DIGITS = '零一二三四五六七八九';

/**
 * A text as it is read aloud. Chinese digits are said one by one; the characters of a reference stand apart
 * (、) and there 1 is "yāo", as on every Chinese telephone, because "yī" and "qī" are mistaken.
 */
export function readAloud(text: string, language: Language): string {
  if (language === 'en') return text;
  return text
    .replaceAll(/(?<=[、号])1(?=[、。])/g, '幺')
    .replaceAll(/\d/g, (digit) => DIGITS[Number(digit)] ?? digit);
}

/** Messages kept: the same alert is told to several people, several times. */
const KEPT_MAX = 32;

/** Keeps what was spoken, by text. What could not be spoken is tried again. */
export function keepSpoken(voice: Voice): Voice {
  const kept = new Map<string, Promise<SpeechOutcome>>();
  return {
    async say(text, language) {
      const key = `${language} ${text}`;
      const found = kept.get(key);
      if (found) return found;
      const saying = voice.say(text, language);
      kept.set(key, saying);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
      const outcome = await saying;
      if (outcome.kind === 'mute') kept.delete(key);
      return outcome;
    },
  };
}

/** What a call without a voice carries: three rising notes, so that nobody hears a dead line. */
export function attentionTones(): Int16Array {
  return joinSamples([523, 659, 784].flatMap((hertz) => [tone(hertz, 300), pause(100)]));
}

/** Heard instead of a word after a key: one note for "taken", two falling ones for "passed on", three low ones. */
export function confirmationTones(what: 'acknowledged' | 'passed-on' | 'not-recorded'): Int16Array {
  switch (what) {
    case 'acknowledged':
      return tone(784, 400);
    case 'passed-on':
      return joinSamples([tone(784, 200), pause(60), tone(523, 300)]);
    case 'not-recorded':
      return joinSamples([1, 2, 3].flatMap(() => [tone(262, 250), pause(100)]));
  }
}

const RATE_PER_MS = 8;
const AMPLITUDE = 8_000;
const FADE_SAMPLES = 40;

function tone(hertz: number, ms: number): Int16Array {
  const length = ms * RATE_PER_MS;
  return Int16Array.from({ length }, (_, at) => {
    const fade = Math.min(1, at / FADE_SAMPLES, (length - at) / FADE_SAMPLES);
    return Math.round(AMPLITUDE * fade * Math.sin((2 * Math.PI * hertz * at) / 8_000));
  });
}

export const pause = (ms: number): Int16Array => new Int16Array(ms * RATE_PER_MS);

export function joinSamples(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
