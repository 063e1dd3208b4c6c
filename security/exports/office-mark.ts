// The mark in the metadata of XLSX and DOCX: custom document properties (ECMA-376, part 1, 15.2.12.2), and how
// they are found again in the archive, also in one that was cut.

import { inflateRawSync } from 'node:zlib';
import { FIELDS, markFields, type ExportMark } from './export-mark.ts';

export const CUSTOM_PATH = 'docProps/custom.xml';
export const CUSTOM_TYPE = 'application/vnd.openxmlformats-officedocument.custom-properties+xml';
export const CUSTOM_RELATION =
  'http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties';

/** The part with the properties; `escape` writes a text into XML. */
export function customProperties(mark: ExportMark, escape: (value: string) => string): string {
  const properties = markFields(mark).map(
    ([name, value], index) =>
      `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="${index + 2}" name="${name}"><vt:lpwstr>${escape(value)}</vt:lpwstr></property>`,
  );
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">${properties.join('')}</Properties>`;
}

const LOCAL = 0x04034b50;
const END = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
/** Length of the end record without a comment. */
const END_BYTES = 22;
const DIRECTORY = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
/** Properties are small; whoever claims more is not believed. */
const PROPERTIES_BYTES_MAX = 256 * 1024;

export function readOffice(file: Buffer): {
  readonly number: string | undefined;
  isWhole: boolean;
} {
  const end = file.lastIndexOf(END);
  const isWhole = end >= 0 && end + END_BYTES <= file.length;
  const xml = partIn(file, CUSTOM_PATH);
  const number = new RegExp(`name="${FIELDS.number}"[^>]*>\\s*<vt:lpwstr>([^<]*)<`).exec(xml ?? '');
  return { number: number?.[1], isWhole };
}

/** The text of a part: by the directory, or where its own header stands when there is none any more. */
function partIn(file: Buffer, path: string): string | undefined {
  const name = Buffer.from(path);
  for (let at = file.indexOf(DIRECTORY); at >= 0; at = file.indexOf(DIRECTORY, at + 4)) {
    if (at + 46 > file.length) break;
    const nameLength = file.readUInt16LE(at + 28);
    if (!file.subarray(at + 46, at + 46 + nameLength).equals(name)) continue;
    return unpack(file, file.readUInt32LE(at + 42), file.readUInt32LE(at + 20));
  }
  const at = file.indexOf(name) - 30;
  if (at < 0 || file.readUInt32LE(at) !== LOCAL) return undefined;
  return unpack(file, at, file.readUInt32LE(at + 18));
}

function unpack(file: Buffer, at: number, size: number): string | undefined {
  if (at + 30 > file.length || file.readUInt32LE(at) !== LOCAL) return undefined;
  const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
  const packed = file.subarray(start, start + size);
  if (file.readUInt16LE(at + 8) === 0) return packed.toString();
  try {
    return inflateRawSync(packed, { maxOutputLength: PROPERTIES_BYTES_MAX }).toString();
  } catch {
    return undefined;
  }
}
