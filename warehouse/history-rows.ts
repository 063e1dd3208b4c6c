// Exported rows (history.ts) put together again as the records they came in. Columns are copied piece by
// piece and no row becomes an object; a row that is missing or too many is noticed.

import { createReadStream } from 'node:fs';
import * as arrow from 'apache-arrow';
import { UserError, assert } from '../core/errors.ts';
import { emptyPositions, POSITION_COLUMNS, type PositionBatch } from '../core/position-batch.ts';
import { SubjectTable } from '../core/subject-table.ts';
import { text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { EntryKind, LogRecord } from '../ingest/log.ts';

/** A record without what its rows hold. */
export type BareRecord = LogRecord & { readonly rows: number };

const READ_BYTES = 1024 * 1024;

/** The records of an exported window, whose first has the offset `from`. */
export async function* readRecords(path: string, from: number): AsyncGenerator<BareRecord> {
  for await (const { rows: count, numbers, texts } of batchesOf(path)) {
    const [record, , watermark, appended, rows] = numbers;
    const [, kinds, , , , payloads] = texts;
    for (let row = 0; row < count; row++) {
      yield {
        offset: from + (record?.[row] as number),
        kind: Buffer.from(textAt(kinds, row)).toString('latin1') as EntryKind,
        watermarkMs: epochMs(watermark?.[row] as number),
        appendedAtMs: epochMs(appended?.[row] as number),
        rows: rows?.[row] as number,
        payload: textAt(payloads, row),
      };
    }
  }
}

/** Gives out the rows of one record after the other. */
export type RowReader<Rows> = {
  /** All rows of a record, counted from the start of the window. Rejects with UserError when they differ. */
  take(record: number, rows: number): Promise<Rows>;
  /** Rejects with UserError when there are rows left. */
  end(): Promise<void>;
  close(): Promise<void>;
};

/** Positions as they were batched; texts numbered in the order in which they appear. */
export function openPositionRows(path: string): RowReader<PositionBatch> {
  const { take, end, close } = openPieces(path);
  const subjects = new SubjectTable();
  const sources = new SubjectTable();
  return {
    async take(record, rows) {
      const out = emptyPositions(rows);
      out.length = rows;
      for await (const piece of take(record, rows)) {
        const { batch, at, filled, count } = piece;
        for (const [index, column] of POSITION_COLUMNS.entries()) {
          const values = batch.numbers[index + PLACE_COLUMNS];
          if (values) out[column].set(values.subarray(at, at + count), filled);
        }
        number(subjects, out.subject, piece, PLACE_COLUMNS);
        number(sources, out.source, piece, PLACE_COLUMNS + 1);
      }
      out.subjects = subjects.toDictionary();
      out.sources = sources.toDictionary();
      subjects.clear();
      sources.clear();
      return out;
    },
    end,
    close,
  };
}

/** Facts as the payload of a record: JSON lines. */
export function openFactRows(path: string): RowReader<Uint8Array> {
  const { take, end, close } = openPieces(path);
  return {
    async take(record, rows) {
      const parts: Uint8Array[] = [];
      for await (const { batch, at, count } of take(record, rows)) {
        const { bytes, offsets } = batch.texts[PLACE_COLUMNS] as Texts;
        parts.push(bytes.subarray(offsets[at], offsets[at + count]));
      }
      return Buffer.concat(parts);
    },
    end,
    close,
  };
}

/** Columns that say where a row belongs come first: record and line. */
const PLACE_COLUMNS = 2;

/** Rows of an export that belong to one record: `count` from `at`, after `filled` in batches before. */
type Piece = { batch: Batch; at: number; filled: number; count: number };

/** Walks through the batches, whose borders are not those of the records. */
function openPieces(path: string) {
  const batches = batchesOf(path);
  let batch: Batch | undefined;
  let at = 0;

  /** The batch with the next row, if there is one. */
  async function current(): Promise<Batch | undefined> {
    while (!batch || at === batch.rows) {
      const next = await batches.next();
      if (next.done) return undefined;
      batch = next.value;
      at = 0;
    }
    return batch;
  }

  async function* take(record: number, rows: number): AsyncGenerator<Piece> {
    for (let filled = 0; filled < rows;) {
      const next = await current();
      if (!next) throw notWhole();
      const count = Math.min(rows - filled, next.rows - at);
      const piece = { batch: next, at, filled, count };
      checkPlaces(piece, record);
      yield piece;
      filled += count;
      at += count;
    }
  }

  return {
    take,
    async end() {
      if (await current()) throw notWhole();
    },
    async close() {
      await batches.return(undefined);
    },
  };
}

function checkPlaces({ batch, at, filled, count }: Piece, record: number): void {
  const [records, lines] = batch.numbers;
  for (let row = 0; row < count; row++) {
    // Lines are in order, with gaps where somebody was forgotten.
    const line = lines?.[at + row] ?? -1;
    if (records?.[at + row] !== record || line < filled + row) throw notWhole();
  }
}

/** Writes the numbers of a piece's words, giving new words the next ones. */
function number(
  words: SubjectTable,
  codes: Int32Array | Uint8Array,
  { batch, at, filled, count }: Piece,
  column: number,
): void {
  const { bytes, offsets } = batch.texts[column] as Texts;
  for (let row = 0; row < count; row++) {
    const start = offsets[at + row] as number;
    codes[filled + row] = words.slotOfBytes(bytes, start, offsets[at + row + 1] as number);
  }
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;
type Texts = { readonly bytes: Uint8Array; readonly offsets: Int32Array };

/** A piece of an export; a column is either numbers or texts. */
type Batch = {
  readonly rows: number;
  readonly numbers: readonly (Numbers | undefined)[];
  readonly texts: readonly (Texts | undefined)[];
};

const textAt = (texts: Texts | undefined, row: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(texts?.bytes.subarray(texts.offsets[row], texts.offsets[row + 1]) ?? []);

async function* batchesOf(path: string): AsyncGenerator<Batch, undefined> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    for await (const { numRows, data } of reader) yield batchOf(numRows, data.children);
  } finally {
    file.destroy();
  }
  return undefined;
}

function batchOf(rows: number, columns: readonly arrow.Data[]): Batch {
  for (const { nullCount } of columns) assert(nullCount === 0, 'an export has no nulls');
  return {
    rows,
    numbers: columns.map(({ valueOffsets, values }) => (valueOffsets ? undefined : values)),
    texts: columns.map(({ valueOffsets, values }) =>
      valueOffsets ? { bytes: values, offsets: valueOffsets } : undefined,
    ),
  };
}

const notWhole = (): UserError =>
  new UserError(
    'conflict',
    text('数据仓库中的记录不完整', 'the warehouse does not hold all rows of its records'),
    {
      hint: text(
        '数据仓库可能正在补写，请稍后重试；若仍如此，请改用 --source log 或历史文件',
        'It may be writing them again: try later, or use --source log or files.',
      ),
    },
  );
