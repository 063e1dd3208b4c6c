// Small photos of each format as a browser writes them, and what a telephone adds to them: place, time, maker.

import { crc32, deflateSync } from 'node:zlib';

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

/** 24 × 16 points, drawn and written by Chromium. */
export const JPEG = bytesOf(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AAB' +
    'AAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAA' +
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFla' +
    'AAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAA' +
    'AChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1' +
    'AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBh' +
    'cmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAc' +
    'AEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9' +
    'PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2Nj' +
    'Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAQABgDASIAAhEBAxEB/8QAFgABAQEA' +
    'AAAAAAAAAAAAAAAAAAQF/8QAHRAAAQQDAQEAAAAAAAAAAAAAAwABAhEEBRJBYf/EABUBAQEAAAAAAAAAAAAAAAAA' +
    'AAQD/8QAHREAAgICAwEAAAAAAAAAAAAAAQIAAxFBBCExUf/aAAwDAQACEQMRAD8At12vxT4IyEF1N7t+nb1/qzNi' +
    'KAM4gxx5g1U134ymRNo4ltd7WtYWBz1oZOfuvPIZ7VZAoXBG4RET5Cf/2Q==',
);

export const WEBP = bytesOf(
  'UklGRlYCAABXRUJQVlA4WAoAAAAgAAAAFwAADwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AAB' +
    'AAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAA' +
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFla' +
    'AAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAA' +
    'AChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1' +
    'AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBh' +
    'cmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAc' +
    'AEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggaAAAAFAEAJ0BKhgAEAA+0VSjS6gkoyGwCAEAGglo' +
    'ALsNcA6R7yVQNNa70yIEQAAA9rm7c7v01EZf+Yl/wpupm/6nyE6/rAu3/F77tFrGevuD2//NlqkR/k6nP7q8+4Kv' +
    'gPKPTL5t1SSsW9gA',
);

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export function chunk(name: string, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(joined(text(name), body)));
  return joined(head, text(name), body, tail);
}

/** A grey PNG of `side` × `side` points, with further chunks before its data. */
export function pngOf(side: number, ...more: Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (side + 1), 120);
  for (let row = 0; row < side; row++) rows[row * (side + 1)] = 0;
  return joined(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  );
}

/** What nobody may read out of a kept photo. */
export const SECRETS = ['GPS-31.2107N', 'Telephone Maker', '2026:11:22 08:31:30', 'XMP-place'];

/** A TIFF with an orientation, a maker, a time and a place. */
export function exifOf(orientation: number): Uint8Array {
  const tiff = Buffer.alloc(8 + 2 + 12 * 2 + 4);
  tiff.write('II', 0);
  tiff.writeUInt16LE(42, 2);
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(2, 8);
  tiff.writeUInt16LE(0x010f, 10);
  tiff.writeUInt16LE(2, 12);
  tiff.writeUInt32LE(16, 14);
  tiff.writeUInt32LE(38, 18);
  tiff.writeUInt16LE(0x0112, 22);
  tiff.writeUInt16LE(3, 24);
  tiff.writeUInt32LE(1, 26);
  tiff.writeUInt16LE(orientation, 30);
  return joined(tiff, text(SECRETS.join('|')));
}

function segment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2;
  return joined(Uint8Array.of(0xff, marker, length >> 8, length & 0xff), body);
}

/** The JPEG as a telephone writes it: with Exif, XMP, a comment, and a second picture behind its end. */
export const jpegWithSecrets = (orientation = 6): Uint8Array =>
  joined(
    JPEG.subarray(0, 2),
    segment(0xe1, joined(text('Exif\0\0'), exifOf(orientation))),
    segment(0xe1, text(`http://ns.adobe.com/xap/1.0/\0${SECRETS[3]}`)),
    segment(0xfe, text(SECRETS[0] as string)),
    JPEG.subarray(2),
    text(SECRETS.join(' ')),
    JPEG,
  );

export const pngWithSecrets = (): Uint8Array =>
  joined(
    pngOf(
      16,
      chunk('tEXt', text(`Location\0${SECRETS[0]}`)),
      chunk('eXIf', exifOf(8)),
      chunk('iTXt', text(`XML:com.adobe.xmp\0${SECRETS[3]}`)),
    ),
    text(SECRETS.join(' ')),
  );

/** The WebP with Exif and XMP, which its head announces. */
export function webpWithSecrets(): Uint8Array {
  const part = (name: string, body: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    return joined(text(name), length, body, new Uint8Array(body.length % 2));
  };
  const inner = joined(
    WEBP.subarray(12),
    part('EXIF', exifOf(3)),
    part('XMP ', text(SECRETS[3] as string)),
  );
  inner[8] = (inner[8] as number) | 0x0c;
  const head = Buffer.alloc(12);
  head.write('RIFF', 0);
  head.writeUInt32LE(inner.length + 4, 4);
  head.write('WEBP', 8);
  return joined(head, inner);
}
