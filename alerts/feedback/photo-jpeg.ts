// A JPEG (ITU-T T.81) reduced to what draws it: frame, tables and scans, its colours, and which side is up.

import { joined, type Cleaned } from './photo-bytes.ts';
import { readOrientation, writeOrientation } from './photo-orientation.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const DHT = 0xc4;
const DAC = 0xcc;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;

const EXIF = 'Exif\0\0';

export function cleanJpeg(bytes: Uint8Array): Cleaned {
  const kept: Uint8Array[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation: number | undefined;
  let hasScan = false;
  for (let at = 2; ;) {
    const segment = segmentAt(bytes, at);
    if (!segment) return 'broken';
    const { marker, start, end } = segment;
    if (marker === EOI) break;
    const body = bytes.subarray(start, end);
    if (isFrame(marker)) size = sizeOf(body);
    if (marker === APP1 && hasName(body, EXIF)) {
      orientation ??= readOrientation(body.subarray(EXIF.length));
    }
    const whole = keptSegment(marker, body);
    if (whole) kept.push(whole);
    at = end;
    if (marker !== SOS) continue;
    const scanEnd = endOfScan(bytes, end);
    if (scanEnd === undefined) return 'broken';
    kept.push(bytes.subarray(end, scanEnd));
    hasScan = true;
    at = scanEnd;
  }
  // What stands behind the end is not part of the picture: previews, films, anything.
  if (!size || !hasScan) return 'broken';
  const turned = orientation === undefined ? [] : [exifOf(orientation)];
  return {
    ...size,
    body: joined([
      Uint8Array.of(0xff, SOI),
      ...kept.slice(0, leading(kept)),
      ...turned,
      ...kept.slice(leading(kept)),
      Uint8Array.of(0xff, EOI),
    ]),
  };
}

/** A JFIF head stands first of all. */
const leading = ([first]: readonly Uint8Array[]): number => (first?.[1] === APP0 ? 1 : 0);

type Segment = { readonly marker: number; readonly start: number; readonly end: number };

/** The marker at `at`, fill bytes skipped, with the bounds of what belongs to it. */
function segmentAt(bytes: Uint8Array, at: number): Segment | undefined {
  if (bytes[at] !== 0xff) return undefined;
  let marker = at + 1;
  while (bytes[marker] === 0xff) marker++;
  const code = bytes[marker];
  if (code === undefined || code === 0) return undefined;
  if (code === EOI) return { marker: code, start: marker + 1, end: marker + 1 };
  const [high, low] = [bytes[marker + 1], bytes[marker + 2]];
  if (high === undefined || low === undefined) return undefined;
  const end = marker + 1 + high * 256 + low;
  if (high * 256 + low < 2 || end > bytes.length) return undefined;
  return { marker: code, start: marker + 3, end };
}

/** Where the coded data of a scan ends: at the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at < bytes.length - 1; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] as number;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return undefined;
}

/** Start of frame, of any process; DHT, JPG and DAC lie in the same range. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== DAC;

const sizeOf = (frame: Uint8Array) => ({
  height: (frame[1] ?? 0) * 256 + (frame[2] ?? 0),
  width: (frame[3] ?? 0) * 256 + (frame[4] ?? 0),
});

/** The segment as it is kept; undefined when the picture can be drawn without it. */
function keptSegment(marker: number, body: Uint8Array): Uint8Array | undefined {
  if (isFrame(marker) || [DHT, DQT, DRI, DAC, SOS].includes(marker)) return written(marker, body);
  // Without its thumbnail.
  if (marker === APP0 && hasName(body, 'JFIF\0') && body.length >= 14) {
    return written(marker, joined([body.subarray(0, 12), Uint8Array.of(0, 0)]));
  }
  if (marker === APP2 && hasName(body, 'ICC_PROFILE\0')) return written(marker, body);
  if (marker === APP14 && hasName(body, 'Adobe')) return written(marker, body);
  return undefined;
}

function written(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2;
  return joined([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), body]);
}

const exifOf = (orientation: number): Uint8Array =>
  written(APP1, joined([new TextEncoder().encode(EXIF), writeOrientation(orientation)]));

const hasName = (body: Uint8Array, name: string): boolean =>
  body.length >= name.length && [...name].every((char, at) => body[at] === char.charCodeAt(0));
