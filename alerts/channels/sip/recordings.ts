// A voice of recorded parts: each part of a sentence is a WAV file named in the configuration. A text is
// spoken only when every word of it was recorded; a message with a gap would say something else.

import { readFileSync } from 'node:fs';
import { joinSamples, pause, readAloud, type Voice } from './speech.ts';
import { readWav } from './wav.ts';

export type RecordedParts = ReadonlyMap<string, Int16Array>;

export type RecordingProblem = { readonly file: string; readonly problem: string };

/** Reads every file; problems come back all at once, for the operator to mend in one go. */
export function readRecordings(files: Readonly<Record<string, string>>): {
  readonly parts: RecordedParts;
  readonly problems: readonly RecordingProblem[];
} {
  const parts = new Map<string, Int16Array>();
  const problems: RecordingProblem[] = [];
  for (const [words, file] of Object.entries(files)) {
    const read = readFile(file);
    if (typeof read === 'string') problems.push({ file, problem: read });
    else parts.set(words, read);
  }
  return { parts, problems };
}

function readFile(file: string): Int16Array | string {
  try {
    return readWav(readFileSync(file));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

const SENTENCE_PAUSE_MS = 350;
const PART_PAUSE_MS = 120;

export const createRecordedVoice = (parts: RecordedParts): Voice => {
  // The longest part that fits is taken first: "一级预警" before "一".
  const words = [...parts.keys()].sort((a, b) => b.length - a.length);
  return {
    say(text, language) {
      const spoken = readAloud(text, language);
      const pieces: Int16Array[] = [];
      for (let at = 0; at < spoken.length;) {
        const sign = spoken[at] ?? '';
        const found = words.find((word) => spoken.startsWith(word, at));
        const recorded = found === undefined ? undefined : parts.get(found);
        if (found !== undefined && recorded) {
          pieces.push(recorded);
          at += found.length;
        } else if (/[\s\p{P}]/u.test(sign)) {
          pieces.push(pause(/[。.!?！？]/.test(sign) ? SENTENCE_PAUSE_MS : PART_PAUSE_MS));
          at++;
        } else {
          const detail = spoken.slice(at, at + 20);
          return Promise.resolve({ kind: 'mute', code: 'recording-missing', detail });
        }
      }
      return Promise.resolve({ kind: 'spoken', samples: joinSamples(pieces) });
    },
  };
};
