// One message of an Arrow IPC stream, found by its offsets: a prefix, metadata as a FlatBuffers table, a
// body. What core/ipc-read.ts and core/ipc-write.ts share.
//
// Format: Arrow Columnar Format 1.5, "Encapsulated message format"; metadata tables as in Message.fbs.

import { assert } from './errors.ts';

/** One message of a stream, by offsets into it. */
export type Message = {
  kind: number;
  table: FlatTable;
  header: FlatTable;
  bodyAt: number;
  endAt: number;
};

const CONTINUATION = 0xffff_ffff;
export const MESSAGE_KIND = { dictionary: 2, record: 3 } as const;
const PREFIX_BYTES = 8;

/** The message that begins at `at`; undefined at the end of the stream. */
export function readMessage(view: DataView, at: number): Message | undefined {
  if (at + PREFIX_BYTES > view.byteLength || view.getUint32(at, true) !== CONTINUATION) {
    return undefined;
  }
  const metadataBytes = view.getInt32(at + 4, true);
  if (metadataBytes === 0) return undefined;
  const metadataAt = at + PREFIX_BYTES;
  const table = new FlatTable(view, metadataAt + view.getUint32(metadataAt, true));
  const bodyAt = metadataAt + metadataBytes;
  return {
    kind: table.uint8(1),
    table,
    header: table.table(2),
    bodyAt,
    endAt: bodyAt + table.int64(3),
  };
}

/** The length in bytes of the first message of a stream: its schema. */
export function schemaLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return PREFIX_BYTES + view.getInt32(4, true);
}

/** A FlatBuffers table: fields are found through its vtable; an absent field reads as zero. */
export class FlatTable {
  readonly view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.view = view;
    this.#at = at;
  }

  uint8(field: number): number {
    const at = this.#find(field);
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  int64(field: number): number {
    const at = this.#find(field);
    return at === 0 ? 0 : readInt64(this.view, at);
  }

  table(field: number): FlatTable {
    const at = this.#find(field);
    return new FlatTable(this.view, at + this.view.getUint32(at, true));
  }

  /** Where the value of a field that is present stands. */
  placeOf(field: number): number {
    const at = this.#find(field);
    assert(at !== 0, 'a sample states every number');
    return at;
  }

  vector(field: number): { at: number; length: number } {
    const reference = this.#find(field);
    if (reference === 0) return { at: 0, length: 0 };
    const at = reference + this.view.getUint32(reference, true);
    return { at: at + 4, length: this.view.getUint32(at, true) };
  }

  #find(field: number): number {
    const vtable = this.#at - this.view.getInt32(this.#at, true);
    const slot = 4 + field * 2;
    if (slot >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + slot, true);
    return offset === 0 ? 0 : this.#at + offset;
  }
}

/** Lengths and offsets are far below 2^53. */
export const readInt64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

export function writeInt64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
