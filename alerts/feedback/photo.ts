// A photo as it comes in and as it is kept. What it is, its first bytes say, not its name; what is not needed to
// draw it (place, time, camera, comments, thumbnails, whatever follows its end) is left out before anybody
// else sees it.

import type { PhotoMediaType } from '../../warehouse/records-tasks.ts';
import { ascii, type Cleaned } from './photo-bytes.ts';
import { cleanJpeg } from './photo-jpeg.ts';
import { cleanPng } from './photo-png.ts';
import { cleanWebp } from './photo-webp.ts';

export type CleanPhoto = {
  readonly mediaType: PhotoMediaType;
  readonly body: Uint8Array;
  readonly width: number;
  readonly height: number;
};

export type PhotoOutcome =
  | ({ readonly kind: 'clean' } & CleanPhoto)
  | {
      readonly kind: 'refused';
      readonly because:
        | 'empty'
        | 'unknown-format'
        | 'heic'
        | 'animated'
        | 'broken'
        | 'too-many-pixels';
    };

/** More than any telephone takes; a small file that unpacks to more is an attack. */
const PIXELS_MAX = 120_000_000;

export function cleanPhoto(bytes: Uint8Array): PhotoOutcome {
  if (bytes.length === 0) return { kind: 'refused', because: 'empty' };
  const mediaType = sniff(bytes);
  if (mediaType === 'heic') return { kind: 'refused', because: 'heic' };
  if (mediaType === undefined) return { kind: 'refused', because: 'unknown-format' };
  const cleaned = CLEANERS[mediaType](bytes);
  if (typeof cleaned === 'string') return { kind: 'refused', because: cleaned };
  const { width, height } = cleaned;
  if (width === 0 || height === 0) return { kind: 'refused', because: 'broken' };
  if (width * height > PIXELS_MAX) return { kind: 'refused', because: 'too-many-pixels' };
  return { kind: 'clean', mediaType, ...cleaned };
}

const CLEANERS: Readonly<Record<PhotoMediaType, (bytes: Uint8Array) => Cleaned>> = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
};

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'mif1', 'msf1', 'heim', 'heis', 'avif'];

function sniff(bytes: Uint8Array): PhotoMediaType | 'heic' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)) return 'image/png';
  if (ascii(bytes, 0) === 'RIFF' && ascii(bytes, 8) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 4) === 'ftyp' && HEIC_BRANDS.includes(ascii(bytes, 8))) return 'heic';
  return undefined;
}
