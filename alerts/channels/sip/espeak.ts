// The voice of espeak-ng, a program of the machine. The text goes in by its standard input and never into a
// command line.

import { spawn } from 'node:child_process';
import { ioClock } from '../../../core/time.ts';
import { withReadings } from './readings.ts';
import { readAloud, type SpeechOutcome, type Voice } from './speech.ts';
import { readWav } from './wav.ts';

const PROGRAM = 'espeak-ng';
/**
 * Standard Chinese and English as espeak-ng names them. Its plain `cmn` says the number of each tone as an
 * English word in version 1.51, which Debian has (espeak-ng issue 1236); letters stand by themselves in both.
 */
export const VOICES = { zh: 'cmn-latn-pinyin', en: 'en' } as const;
/** Slower than a person speaks: it is heard on a telephone, perhaps at night. A message lasts about 20 s. */
const WORDS_PER_MINUTE = { zh: '180', en: '150' } as const;
const SPEAK_MS_MAX = 10_000;
/** Two minutes at its rate; no notice is that long. */
const WAV_BYTES_MAX = 22_050 * 2 * 120;

export const createEspeakVoice = (program: string = PROGRAM): Voice => ({
  async say(text, language) {
    const aloud = readAloud(text, language);
    const spoken = language === 'zh' ? withReadings(aloud) : aloud;
    const run = await pipe(
      program,
      ['-v', VOICES[language], '-s', WORDS_PER_MINUTE[language]],
      spoken,
    );
    if (run.kind === 'mute') return run;
    const samples = readWav(run.wav);
    return typeof samples === 'string'
      ? { kind: 'mute', code: 'program-failed', detail: `${program}: ${samples}` }
      : { kind: 'spoken', samples };
  },
});

type Run =
  | { readonly kind: 'wav'; readonly wav: Buffer }
  | Extract<SpeechOutcome, { kind: 'mute' }>;

function pipe(program: string, options: readonly string[], text: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, [...options, '--stdin', '--stdout'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (run: Run) => {
      timer.cancel();
      resolve(run);
    };
    const mute = (code: 'program-failed' | 'program-missing' | 'too-long', detail: string) =>
      end({ kind: 'mute', code, detail });
    const timer = ioClock.after(SPEAK_MS_MAX, () => child.kill('SIGKILL'));
    child.once('error', (error: NodeJS.ErrnoException) =>
      mute(error.code === 'ENOENT' ? 'program-missing' : 'program-failed', program),
    );
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= WAV_BYTES_MAX) pieces.push(piece);
      else child.kill('SIGKILL');
    });
    child.once('close', (code, signal) => {
      if (bytes > WAV_BYTES_MAX) mute('too-long', program);
      else if (code === 0) end({ kind: 'wav', wav: Buffer.concat(pieces) });
      else mute('program-failed', `${program} ended with ${signal ?? code}`);
    });
    // It may end before it has read everything; its exit says so.
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}
