// Reads the Arrow IPC streams this house writes without building Arrow's object model, which costs more
// than the rules for a small batch. What is not exactly our schema is left to Arrow.

import { MESSAGE_KIND, readInt64, readMessage, type FlatTable } from './ipc-message.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

/** Where a column's values lie. */
export type ColumnRange = { readonly byteOffset: number; readonly length: number };

export type HouseStream = {
  readonly rows: number;
  /** By dictionary id. */
  readonly dictionaries: ReadonlyMap<number, Utf8Dictionary>;
  /** In the order of the fields; each is a flat array without nulls. */
  readonly columns: readonly ColumnRange[];
};

/**
 * The parts of a stream whose schema message equals `schema` byte for byte; undefined for any other
 * stream, or one whose buffers are not aligned so that they could be viewed in place.
 */
export function readHouseStream(bytes: Uint8Array, schema: Uint8Array): HouseStream | undefined {
  if (bytes.byteOffset % 8 !== 0 || !startsWith(bytes, schema)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dictionaries = new Map<number, Utf8Dictionary>();
  for (let at = schema.byteLength; ;) {
    const message = readMessage(view, at);
    if (!message || message.endAt > bytes.byteLength) return undefined;
    const { kind, header, bodyAt, endAt } = message;
    if (kind === MESSAGE_KIND.dictionary) {
      dictionaries.set(header.int64(0), readDictionary(bytes, header.table(1), bodyAt));
    } else if (kind === MESSAGE_KIND.record) {
      const rows = header.int64(0);
      const buffers = readBuffers(header, bodyAt);
      const columns: ColumnRange[] = [];
      // Each column has a validity bitmap, empty here, and its values.
      for (let column = 1; column < buffers.length; column += 2) {
        columns.push({ byteOffset: bytes.byteOffset + (buffers[column]?.at ?? 0), length: rows });
      }
      return { rows, dictionaries, columns };
    } else {
      return undefined;
    }
    at = endAt;
  }
}

/** A batch of one Utf8 column: validity, offsets, bytes. */
function readDictionary(bytes: Uint8Array, batch: FlatTable, bodyAt: number): Utf8Dictionary {
  const length = batch.int64(0);
  const [, offsets, texts] = readBuffers(batch, bodyAt);
  const from = texts?.at ?? 0;
  return Utf8Dictionary.fromBytes(
    bytes.subarray(from, from + (texts?.bytes ?? 0)),
    length === 0
      ? new Int32Array(1)
      : new Int32Array(bytes.buffer, bytes.byteOffset + (offsets?.at ?? 0), length + 1),
  );
}

/** A record batch's buffers, offsets counted from the start of the stream. */
function readBuffers(batch: FlatTable, bodyAt: number): { at: number; bytes: number }[] {
  const { at, length } = batch.vector(2);
  return Array.from({ length }, (_, index) => ({
    at: bodyAt + readInt64(batch.view, at + index * 16),
    bytes: readInt64(batch.view, at + index * 16 + 8),
  }));
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.byteLength < start.byteLength) return false;
  return Buffer.compare(bytes.subarray(0, start.byteLength), start) === 0;
}

/** True when the last message is the end-of-stream mark. */
export const endsComplete = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= 8 &&
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]).equals(bytes.subarray(-8));
