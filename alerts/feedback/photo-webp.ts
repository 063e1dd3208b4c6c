// A WebP (RFC 9649) reduced to what draws it. Exif, XMP and everything unknown is left out; so are animations.

import { ascii, joined, type Cleaned } from './photo-bytes.ts';
import { readOrientation, writeOrientation } from './photo-orientation.ts';

const HEAD_BYTES = 12;
const ANIMATION_FLAG = 0x02;
const XMP_FLAG = 0x04;
const EXIF_FLAG = 0x08;

const KEPT = new Set(['VP8 ', 'VP8L', 'ALPH', 'ICCP']);

export function cleanWebp(bytes: Uint8Array): Cleaned {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = 8 + view.getUint32(4, true);
  if (whole > bytes.length + 1) return 'broken';
  let extended: Uint8Array | undefined;
  let size: { width: number; height: number } | undefined;
  let orientation: number | undefined;
  const kept: Uint8Array[] = [];
  for (let at = HEAD_BYTES; at + 8 <= Math.min(whole, bytes.length);) {
    const name = ascii(bytes, at);
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) return 'broken';
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'ANIM' || name === 'ANMF') return 'animated';
    if (name === 'VP8X' && length >= 10) {
      if (((body[0] as number) & ANIMATION_FLAG) !== 0) return 'animated';
      extended = body.slice(0, 10);
    }
    if (name === 'VP8 ' || name === 'VP8L') size ??= sizeOf(name, body);
    if (name === 'EXIF') orientation = readOrientation(body);
    if (KEPT.has(name)) kept.push(chunkOf(name, body));
    at += 8 + length + (length % 2);
  }
  if (!size) return 'broken';
  if (!extended) return { ...size, body: riffOf(kept) };
  const exif = orientation === undefined ? [] : [chunkOf('EXIF', writeOrientation(orientation))];
  const flags = (extended[0] as number) & ~(EXIF_FLAG | XMP_FLAG);
  extended[0] = flags | (exif.length > 0 ? EXIF_FLAG : 0);
  return { ...canvasOf(extended), body: riffOf([chunkOf('VP8X', extended), ...kept, ...exif]) };
}

/** Width and height less one, 24 bits each. */
const canvasOf = (body: Uint8Array) => ({
  width: 1 + number24(body, 4),
  height: 1 + number24(body, 7),
});

const number24 = (body: Uint8Array, at: number): number =>
  (body[at] as number) + (body[at + 1] as number) * 256 + (body[at + 2] as number) * 65_536;

function sizeOf(
  name: 'VP8 ' | 'VP8L',
  body: Uint8Array,
): { width: number; height: number } | undefined {
  if (body.length < 10) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (name === 'VP8 ') {
    // RFC 6386: a key frame begins with these three bytes.
    if (body[3] !== 0x9d || body[4] !== 0x01 || body[5] !== 0x2a) return undefined;
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  }
  if (body[0] !== 0x2f) return undefined;
  const bits = view.getUint32(1, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** With a byte of padding when its length is odd. */
function chunkOf(name: string, body: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + body.length + (body.length % 2));
  chunk.set(new TextEncoder().encode(name), 0);
  new DataView(chunk.buffer).setUint32(4, body.length, true);
  chunk.set(body, 8);
  return chunk;
}

function riffOf(chunks: readonly Uint8Array[]): Uint8Array {
  const body = joined(chunks);
  const head = new Uint8Array(HEAD_BYTES);
  head.set(new TextEncoder().encode('RIFF'), 0);
  new DataView(head.buffer).setUint32(4, body.length + 4, true);
  head.set(new TextEncoder().encode('WEBP'), 8);
  return joined([head, body]);
}
