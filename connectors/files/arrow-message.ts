// Looks through the description of an Arrow message before the Arrow library does. The library believes
// every count it finds: a few changed bytes make it build lists of four thousand million entries.
// Layout: Arrow format/Message.fbs and Schema.fbs; every table, vector and text must lie in the bytes.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/** Tables looked at in one message; more only when tables are nested into each other. */
const TABLES_MAX = 20_000;

/** What the header of a message is. */
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;

/** Types that hold other columns: list, struct, union, fixed-size list, map, large list, run-end. */
const NESTED_TYPES: ReadonlySet<number> = new Set([12, 13, 14, 16, 17, 21, 22]);
const TIMESTAMP_TYPE = 10;

/** A field node or buffer of a record batch: two numbers of eight bytes. */
const STRUCT_BYTES = 16;

/** Throws UserError `bad-input` unless the message is sound and of a kind a table of plain columns has. */
export function checkArrowMessage(metadata: Uint8Array): { isSchema: boolean; bodyBytes: number } {
  try {
    const message = Table.root(metadata);
    const kind = message.uint8(1);
    const header = message.table(2);
    if (kind === SCHEMA) checkSchema(header);
    else if (kind === RECORD_BATCH) checkRecordBatch(header);
    else if (kind === DICTIONARY_BATCH) checkRecordBatch(header?.table(1));
    else throw damaged();
    message.texts(4);
    const bodyBytes = Number(message.int64(3));
    if (bodyBytes < 0) throw damaged();
    return { isSchema: kind === SCHEMA, bodyBytes };
  } catch (cause) {
    throw cause instanceof RangeError ? damaged() : cause;
  }
}

function checkSchema(schema: Table | undefined): void {
  if (!schema) throw damaged();
  for (const field of schema.tables(1)) {
    const name = field.text(0);
    const type = field.uint8(2);
    if (NESTED_TYPES.has(type) || field.tables(5).length > 0) throw nested(name);
    const details = field.table(3);
    if (type === TIMESTAMP_TYPE) details?.text(1);
    field.table(4)?.table(1);
    field.texts(6);
  }
  schema.texts(2);
  schema.vector(3, 8);
}

function checkRecordBatch(batch: Table | undefined): void {
  if (!batch) throw damaged();
  batch.vector(1, STRUCT_BYTES);
  batch.vector(2, STRUCT_BYTES);
  if (batch.table(3)) throw compressed();
  batch.vector(4, 8);
}

/** A table of a flatbuffer. Reading outside the bytes throws RangeError. */
class Table {
  readonly #view: DataView;
  readonly #at: number;
  readonly #budget: { tables: number };

  private constructor(view: DataView, at: number, budget: { tables: number }) {
    if (budget.tables-- <= 0) throw damaged();
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
  }

  static root(bytes: Uint8Array): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return new Table(view, view.getUint32(0, true), { tables: TABLES_MAX });
  }

  uint8(field: number): number {
    const at = this.#fieldAt(field);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  int64(field: number): bigint {
    const at = this.#fieldAt(field);
    return at === 0 ? 0n : this.#view.getBigInt64(at, true);
  }

  table(field: number): Table | undefined {
    const at = this.#targetOf(field);
    return at === 0 ? undefined : this.#tableAt(at);
  }

  tables(field: number): Table[] {
    const { start, count } = this.vector(field, 4);
    return Array.from({ length: count }, (_, i) => {
      const at = start + i * 4;
      return this.#tableAt(at + this.#view.getUint32(at, true));
    });
  }

  /** Pairs of texts, as custom metadata are. */
  texts(field: number): void {
    for (const pair of this.tables(field)) {
      pair.text(0);
      pair.text(1);
    }
  }

  text(field: number): string {
    const { start, count } = this.vector(field, 1);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + start, count).toString('utf8');
  }

  /** Where the elements of a vector begin and how many there are. */
  vector(field: number, elementBytes: number): { start: number; count: number } {
    const at = this.#targetOf(field);
    if (at === 0) return { start: 0, count: 0 };
    const count = this.#view.getUint32(at, true);
    const start = at + 4;
    if (start + count * elementBytes > this.#view.byteLength) throw damaged();
    return { start, count };
  }

  #tableAt(at: number): Table {
    return new Table(this.#view, at, this.#budget);
  }

  /** What the offset in a field points at; 0 when the table leaves the field out. */
  #targetOf(field: number): number {
    const at = this.#fieldAt(field);
    return at === 0 ? 0 : at + this.#view.getUint32(at, true);
  }

  #fieldAt(field: number): number {
    const view = this.#view;
    const vtable = this.#at - view.getInt32(this.#at, true);
    const entry = 4 + 2 * field;
    const offset = entry < view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }
}

/** The one answer to bytes that are no Arrow stream; `why` where it is known. */
export const damaged = (
  why: { zh: string; en: string } = text('内容不完整或已损坏', 'it is cut off or damaged'),
): UserError =>
  new UserError(
    'bad-input',
    text(`不是可读的 Arrow 数据：${why.zh}`, `not readable Arrow: ${why.en}`),
    {
      hint: text(
        '请以 Arrow IPC 流或文件格式写出，不要压缩。',
        'Write it as an Arrow IPC stream or file, uncompressed.',
      ),
    },
  );

const compressed = () => damaged(text('批次已压缩', 'a batch is compressed'));

const nested = (column: string) =>
  new UserError('bad-input', text('不支持嵌套列', 'nested columns are not taken'), {
    detail: column,
  });
