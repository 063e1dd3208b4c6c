// Sound as the telephone network carries it: one byte a sample, 8,000 a second (ITU-T G.711).

import type { Law } from './sdp.ts';

export const SAMPLES_PER_SECOND = 8_000;

export function encode(samples: Int16Array, law: Law): Uint8Array {
  const encodeOne = law === 'a-law' ? toALaw : toMuLaw;
  return Uint8Array.from(samples, encodeOne);
}

export function decode(bytes: Uint8Array, law: Law): Int16Array {
  return Int16Array.from(bytes, law === 'a-law' ? fromALaw : fromMuLaw);
}

function toALaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  // Negative values are mirrored without the step at zero.
  const magnitude = Math.min(0x7fff, sample >= 0 ? sample : -sample - 1) >> 3;
  const segment = magnitude < 32 ? 0 : 27 - Math.clz32(magnitude);
  const mantissa = (segment < 2 ? magnitude >> 1 : magnitude >> segment) & 0x0f;
  return (sign | (segment << 4) | mantissa) ^ 0x55;
}

function fromALaw(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 0x07;
  const mantissa = code & 0x0f;
  const magnitude =
    segment === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

const BIAS = 0x84;
const CLIP = 32_635;

function toMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(CLIP, Math.abs(sample)) + BIAS;
  const segment = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | mantissa) & 0xff;
}

function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + BIAS) << ((code >> 4) & 0x07)) - BIAS;
  return code & 0x80 ? -magnitude : magnitude;
}
