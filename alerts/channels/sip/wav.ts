// Recorded or synthesized speech from a WAV file, at the telephone's rate.

import { SAMPLES_PER_SECOND } from './g711.ts';

export type WavProblem = 'not-wav' | 'not-pcm-16' | 'no-sound';

const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE; its sub-format is PCM for everything with 16 bits. */
const EXTENSIBLE = 0xfffe;

/** Mono samples at 8,000 a second, or what is wrong with the file. */
export function readWav(given: Uint8Array): Int16Array | WavProblem {
  const bytes = Buffer.from(given);
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF') return 'not-wav';
  if (bytes.toString('latin1', 8, 12) !== 'WAVE') return 'not-wav';
  let format: { channels: number; rate: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    // A program that writes to a pipe does not know the length yet and says "very long".
    const length = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ' && length >= 16) {
      const kind = content.readUInt16LE(0);
      const bits = content.readUInt16LE(14);
      if ((kind !== PCM && kind !== EXTENSIBLE) || bits !== 16) return 'not-pcm-16';
      format = { channels: content.readUInt16LE(2), rate: content.readUInt32LE(4) };
    }
    if (name === 'data' && format) {
      if (format.channels < 1 || format.rate < SAMPLES_PER_SECOND) return 'not-pcm-16';
      const mono = mixDown(content, format.channels);
      return mono.length === 0 ? 'no-sound' : resample(mono, format.rate);
    }
    at += 8 + length + (length % 2);
  }
  return 'no-sound';
}

/** Mono samples at 8,000 a second as a WAV file. */
export function formatWav(samples: Int16Array): Buffer {
  const bytes = samples.length * 2;
  const file = Buffer.alloc(44 + bytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + bytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  file.writeUInt32LE(SAMPLES_PER_SECOND * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(bytes, 40);
  samples.forEach((sample, at) => file.writeInt16LE(sample, 44 + at * 2));
  return file;
}

function mixDown(content: Buffer, channels: number): Int16Array {
  const mono = new Int16Array(Math.floor(content.length / 2 / channels));
  for (let frame = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += content.readInt16LE((frame * channels + channel) * 2);
    }
    mono[frame] = Math.round(sum / channels);
  }
  return mono;
}

/** Zero crossings of the filter on each side, at the lower rate. */
const LOBES = 12;
/** A little below half the rate, so that the filter's slope does not fold back. */
const CUT_OFF = 0.45;

/** To 8,000 a second by a windowed sinc, which keeps what a telephone can carry and folds nothing back. */
export function resample(samples: Int16Array, rate: number): Int16Array {
  if (rate === SAMPLES_PER_SECOND) return samples;
  const ratio = rate / SAMPLES_PER_SECOND;
  const reach = LOBES * ratio;
  const out = new Int16Array(Math.floor(samples.length / ratio));
  for (let index = 0; index < out.length; index++) {
    const center = index * ratio;
    let sum = 0;
    let weights = 0;
    const last = Math.min(samples.length - 1, Math.floor(center + reach));
    for (let at = Math.max(0, Math.ceil(center - reach)); at <= last; at++) {
      const weight = filterAt((at - center) / ratio);
      sum += weight * (samples[at] ?? 0);
      weights += weight;
    }
    out[index] = Math.max(-32_768, Math.min(32_767, Math.round(weights === 0 ? 0 : sum / weights)));
  }
  return out;
}

/** Hann window over a sinc; `x` in samples of the lower rate. */
function filterAt(x: number): number {
  const angle = 2 * Math.PI * CUT_OFF * x;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / LOBES));
}
