// A PNG (W3C PNG, third edition) reduced to what draws it. Text, time, Exif and everything unknown is left out.

import { crc32 } from 'node:zlib';
import { ascii, joined, type Cleaned } from './photo-bytes.ts';
import { readOrientation, writeOrientation } from './photo-orientation.ts';

const SIGNATURE_BYTES = 8;

const KEPT = new Set('IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs'.split(' '));

export function cleanPng(bytes: Uint8Array): Cleaned {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  let size: { width: number; height: number } | undefined;
  let orientation: number | undefined;
  let hasData = false;
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return 'broken';
    const name = ascii(bytes, at + 4);
    const body = bytes.subarray(at + 8, end - 4);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return 'broken';
    if (name === 'acTL') return 'animated';
    if (name === 'IHDR' && body.length === 13) {
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    }
    if (name === 'eXIf') orientation = readOrientation(body);
    if (name === 'IDAT' && !hasData) {
      hasData = true;
      if (orientation !== undefined) kept.push(chunkOf('eXIf', writeOrientation(orientation)));
    }
    if (KEPT.has(name)) kept.push(bytes.subarray(at, end));
    if (name === 'IEND') return size && hasData ? { ...size, body: joined(kept) } : 'broken';
    at = end;
  }
  return 'broken';
}

function chunkOf(name: string, body: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + body.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length);
  chunk.set(new TextEncoder().encode(name), 4);
  chunk.set(body, 8);
  view.setUint32(8 + body.length, crc32(chunk.subarray(4, 8 + body.length)));
  return chunk;
}
