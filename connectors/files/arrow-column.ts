// Reads one column of an Arrow batch as numbers or texts, whatever of the fitting types it has.

import * as arrow from 'apache-arrow';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { damaged } from './arrow-message.ts';

/** The number in a row; NaN where there is none. */
export type NumberColumn = (row: number) => number;

/** The text in a row; undefined where there is none. */
export type TextColumn = (row: number) => string | undefined;

/**
 * Takes integers and floats of any width and, as milliseconds, timestamps with a time zone. Throws
 * UserError `bad-input` for any other type.
 */
export function numberColumn(name: string, batch: arrow.RecordBatch, at: number): NumberColumn {
  const data = batch.data.children[at] as arrow.Data;
  const type = data.type as arrow.DataType;
  const values = data.values as ArrayLike<number> | ArrayLike<bigint> | undefined;
  if (!isNumeric(type)) throw wrongType(name, type, 'a number');
  if (!values || values.length < batch.numRows) throw damaged();
  const plain =
    values instanceof BigInt64Array || values instanceof BigUint64Array
      ? bigNumbers(values, type)
      : (row: number) => (values as ArrayLike<number>)[row] as number;
  return data.nullCount > 0 ? (row) => (data.getValid(row) ? plain(row) : Number.NaN) : plain;
}

function isNumeric(type: arrow.DataType): boolean {
  if (arrow.DataType.isInt(type)) return true;
  if (arrow.DataType.isFloat(type)) return type.precision !== arrow.Precision.HALF;
  // Without a time zone nobody can tell which instant a timestamp is.
  return arrow.DataType.isTimestamp(type) && Boolean(type.timezone);
}

function bigNumbers(
  values: BigInt64Array | BigUint64Array,
  type: arrow.DataType,
): (row: number) => number {
  const valueAt = (row: number) => values[row] as bigint;
  if (!arrow.DataType.isTimestamp(type)) return (row) => Number(valueAt(row));
  switch (type.unit) {
    case arrow.TimeUnit.SECOND:
      return (row) => Number(valueAt(row)) * 1_000;
    case arrow.TimeUnit.MILLISECOND:
      return (row) => Number(valueAt(row));
    case arrow.TimeUnit.MICROSECOND:
      return (row) => Math.floor(Number(valueAt(row)) / 1_000);
    default:
      // Beyond 53 bits: divided before it becomes a double.
      return (row) => Number(valueAt(row) / 1_000_000n);
  }
}

/** Takes texts, plain or in a dictionary. Throws UserError `bad-input` for any other type. */
export function textColumn(name: string, batch: arrow.RecordBatch, at: number): TextColumn {
  const data = batch.data.children[at] as arrow.Data;
  const type = data.type as arrow.DataType;
  const inner = arrow.DataType.isDictionary(type) ? (type.dictionary as arrow.DataType) : type;
  if (!arrow.DataType.isUtf8(inner) && !arrow.DataType.isLargeUtf8(inner)) {
    throw wrongType(name, type, 'a text');
  }
  if (!arrow.DataType.isDictionary(type)) return textsOf(data);
  const words = wordsOf(data.dictionary as arrow.Vector | undefined);
  const codes = data.values as ArrayLike<number | bigint> | undefined;
  if (!codes || codes.length < batch.numRows) throw damaged();
  return (row) => (data.getValid(row) ? words(Number(codes[row])) : undefined);
}

/** Longer texts are not looked at: no subject, source or kind of fix is that long. */
const TEXT_BYTES_MAX = 256;

/** The texts of one stretch of a column. Offsets may lie: each is held against the bytes there are. */
function textsOf(data: arrow.Data): TextColumn {
  const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
  const bytes = data.values as Uint8Array;
  if (!offsets || !bytes) throw damaged();
  return (row) => {
    const start = Number(offsets[row]);
    const end = Number(offsets[row + 1]);
    if (!data.getValid(row) || !(start >= 0 && start <= end && end <= bytes.length)) {
      return undefined;
    }
    const shown = bytes.subarray(start, Math.min(end, start + TEXT_BYTES_MAX + 1));
    return Buffer.from(shown.buffer, shown.byteOffset, shown.length).toString('utf8');
  };
}

/** Words of each dictionary already made into strings. */
const madeWords = new WeakMap<arrow.Vector, (string | undefined)[]>();

/** The words of a dictionary, which a stream may send in several stretches. */
function wordsOf(dictionary: arrow.Vector | undefined): (index: number) => string | undefined {
  if (!dictionary) throw damaged();
  const made = madeWords.get(dictionary) ?? [];
  madeWords.set(dictionary, made);
  const stretches = dictionary.data.map((data) => ({ length: data.length, at: textsOf(data) }));
  const make = (index: number) => {
    let rest = index;
    for (const { length, at } of stretches) {
      if (rest < length) return at(rest);
      rest -= length;
    }
    return undefined;
  };
  return (index) => {
    if (!(index >= 0 && index < dictionary.length)) return undefined;
    return (made[index] ??= make(index));
  };
}

const wrongType = (name: string, type: arrow.DataType, expected: 'a number' | 'a text') => {
  const isNaive = arrow.DataType.isTimestamp(type);
  const hint = isNaive
    ? text(
        '时间戳列须带时区，或改为毫秒整数。',
        'Give the timestamps a time zone, or send whole milliseconds.',
      )
    : undefined;
  return new UserError(
    'bad-input',
    text(`列 "${name}" 的类型不对`, `column "${name}" has the wrong type`),
    {
      detail: `${String(type)} where ${expected} is expected`,
      ...(hint === undefined ? {} : { hint }),
    },
  );
};
