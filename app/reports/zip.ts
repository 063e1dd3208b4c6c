// The container of XLSX and DOCX files: a ZIP archive whose bytes depend on nothing but what is in it.
// Format: PKWARE APPNOTE 6.3.x, sections 4.3.7, 4.3.12 and 4.3.16.

import { crc32, deflateRawSync } from 'node:zlib';

export type ZipPart = { readonly path: string; readonly content: string };

/** A part that was packed while it was written. */
export type PackedPart = {
  readonly path: string;
  readonly packed: Buffer;
  readonly byteCount: number;
  readonly crc: number;
};

const DEFLATED = 8;
const VERSION = 20;
/** Paths are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the earliest a ZIP can say: when a file was packed is not part of what it says. */
const DATE = 0x0021;

/** An archive of the parts in their order. */
export function zip(parts: readonly (ZipPart | PackedPart)[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.path);
    const { packed, byteCount, crc } = 'packed' in part ? part : pack(part);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(VERSION, 0);
    about.writeUInt16LE(FLAGS, 2);
    about.writeUInt16LE(DEFLATED, 4);
    about.writeUInt16LE(DATE, 8);
    about.writeUInt32LE(crc, 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(byteCount, 18);
    about.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([signature(0x04034b50), about, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signature(0x02014b50), uint16(VERSION), about, place, name]));
    files.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, index, signature(0x06054b50), end]);
}

function pack({ path, content }: ZipPart): PackedPart {
  const bytes = Buffer.from(content);
  const packed = deflateRawSync(bytes, { level: 9 });
  return { path, packed, byteCount: bytes.length, crc: crc32(bytes) };
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
