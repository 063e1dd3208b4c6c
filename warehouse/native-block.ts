// Rows as a block of ClickHouse's Native format (https://clickhouse.com/docs/interfaces/formats/Native):
// columns one after the other, numbers as they lie in memory. Our position columns go in without being
// touched row by row, and the engine converts to the table's own types.

import { assert } from '../core/errors.ts';
import type { Utf8Dictionary } from '../core/utf8-dictionary.ts';

/** A column's values in the wire form of its type. */
export type NativeColumn = {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
};

/** A block of `rows` rows; blocks may follow each other in one insert. */
export function encodeBlock(rows: number, columns: readonly NativeColumn[]): Uint8Array {
  const parts: Uint8Array[] = [varint(columns.length), varint(rows)];
  for (const { name, type, bytes } of columns) parts.push(text(name), text(type), bytes);
  return Buffer.concat(parts);
}

const NUMBER_TYPES = {
  Uint8Array: 'UInt8',
  Uint16Array: 'UInt16',
  Uint32Array: 'UInt32',
  Int32Array: 'Int32',
  Float32Array: 'Float32',
  Float64Array: 'Float64',
} as const;

export type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Numbers as they lie in memory; every machine we run on is little-endian, like the format. */
export function numberColumn(name: string, values: Numbers): NativeColumn {
  const kind = values.constructor.name as keyof typeof NUMBER_TYPES;
  assert(kind in NUMBER_TYPES, 'a column of numbers is a typed array');
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, type: NUMBER_TYPES[kind], bytes };
}

/** Whole numbers up to 2^53 that a table keeps in 64 bits. */
export const wideColumn = (name: string, values: readonly number[]): NativeColumn =>
  numberColumn(name, Float64Array.from(values));

export function textColumn(name: string, values: readonly string[]): NativeColumn {
  const lengths = values.map((value) => Buffer.byteLength(value, 'utf8'));
  const bytes = room(lengths);
  let at = 0;
  for (const [index, value] of values.entries()) {
    at = putVarint(bytes, at, lengths[index] as number);
    at += bytes.write(value, at, 'utf8');
  }
  return { name, type: 'String', bytes };
}

/** Texts that are UTF-8 already. */
export function bytesColumn(name: string, values: readonly Uint8Array[]): NativeColumn {
  const bytes = room(values.map(({ byteLength }) => byteLength));
  let at = 0;
  for (const value of values) {
    at = putVarint(bytes, at, value.byteLength);
    bytes.set(value, at);
    at += value.byteLength;
  }
  return { name, type: 'String', bytes };
}

/** Room for texts of these lengths, each behind its length. */
const room = (lengths: readonly number[]): Buffer =>
  Buffer.allocUnsafe(lengths.reduce((size, length) => size + varintLength(length) + length, 0));

/** Texts shorter than 128 bytes, given as codes into dictionaries, one pair for each batch. */
export function wordColumn(
  name: string,
  batches: readonly { readonly words: Utf8Dictionary; readonly codes: Int32Array | Uint8Array }[],
): NativeColumn {
  const parts = batches.map(({ words, codes }) => spellOut(words, codes));
  return { name, type: 'String', bytes: Buffer.concat(parts) };
}

/** Writes each row's text out, byte by byte: faster than a copy call for texts this short. */
function spellOut({ bytes, offsets }: Utf8Dictionary, codes: Int32Array | Uint8Array): Uint8Array {
  let size = codes.length;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    size += (offsets[code + 1] as number) - (offsets[code] as number);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    const end = offsets[code + 1] as number;
    let from = offsets[code] as number;
    assert(end - from < 128, 'a word is shorter than 128 bytes');
    out[at++] = end - from;
    while (from < end) out[at++] = bytes[from++] as number;
  }
  return out;
}

/** A text behind the number of its bytes. */
const text = (value: string): Uint8Array => textColumn('', [value]).bytes;

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  putVarint(bytes, 0, value);
  return bytes;
}

const varintLength = (value: number): number =>
  value < 128 ? 1 : 1 + varintLength(Math.floor(value / 128));

/** Unsigned LEB128; gives the place after it. */
function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest >= 128) {
    bytes[next++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[next++] = rest;
  return next;
}
