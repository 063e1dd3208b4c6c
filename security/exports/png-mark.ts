// The mark in the metadata of a PNG: one iTXt chunk for each field, behind the header (W3C PNG, 11.3.3.4).

import { crc32 } from 'node:zlib';
import { FIELDS, markFields, type ExportMark } from './export-mark.ts';

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Signature and header chunk: what every PNG begins with. */
const HEAD_BYTES = 8 + 25;

export function markPng(png: Buffer, mark: ExportMark): Buffer {
  const chunks = markFields(mark).map(([name, value]) => textChunk(name, value));
  return Buffer.concat([png.subarray(0, HEAD_BYTES), ...chunks, png.subarray(HEAD_BYTES)]);
}

function textChunk(keyword: string, value: string): Buffer {
  const data = Buffer.concat([
    Buffer.from('iTXt'),
    Buffer.from(keyword),
    // End of the keyword, not compressed, no method, no language, no translation.
    Buffer.from([0, 0, 0, 0, 0]),
    Buffer.from(value.toWellFormed()),
  ]);
  const out = Buffer.alloc(data.length + 8);
  out.writeUInt32BE(data.length - 4, 0);
  data.copy(out, 4);
  out.writeUInt32BE(crc32(data), data.length + 4);
  return out;
}

/** The number in the metadata of a PNG, and whether the picture has its end. */
export function readPng(png: Buffer): { readonly number: string | undefined; isWhole: boolean } {
  let at = 8;
  let number: string | undefined;
  while (at + 12 <= png.length) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (type === 'IEND') return { number, isWhole: end <= png.length };
    if (type === 'iTXt' && end <= png.length) {
      const data = png.subarray(at + 8, at + 8 + length);
      const name = Buffer.from(`${FIELDS.number}\0`);
      if (data.subarray(0, name.length).equals(name)) {
        number = data.subarray(name.length + 4).toString();
      }
    }
    at = end;
  }
  return { number, isWhole: false };
}
