// Putting position batches together and in order of event time.

import { emptyPositions, POSITION_COLUMNS, type PositionBatch } from './position-batch.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

/** One batch with the rows of all, in the order given. A single batch is given back as it is. */
export function concatPositions(batches: readonly PositionBatch[]): PositionBatch {
  const [first] = batches;
  if (batches.length === 1 && first) return first;
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  const out = emptyPositions(length);
  const subjects = new Map<string, number>();
  const sources = new Map<string, number>();
  let at = 0;
  for (const batch of batches) {
    for (const column of POSITION_COLUMNS) {
      out[column].set(batch[column].subarray(0, batch.length), at);
    }
    renumber(out.subject, at, batch.length, numbersIn(subjects, batch.subjects));
    renumber(out.source, at, batch.length, numbersIn(sources, batch.sources));
    at += batch.length;
  }
  out.length = length;
  out.subjects = Utf8Dictionary.of([...subjects.keys()]);
  out.sources = Utf8Dictionary.of([...sources.keys()]);
  return out;
}

function numbersIn(words: Map<string, number>, dictionary: Utf8Dictionary): Int32Array {
  const numbers = new Int32Array(dictionary.length);
  for (let i = 0; i < dictionary.length; i++) {
    const word = dictionary.at(i);
    let number = words.get(word);
    if (number === undefined) {
      number = words.size;
      words.set(word, number);
    }
    numbers[i] = number;
  }
  return numbers;
}

function renumber(
  column: Int32Array | Uint8Array,
  from: number,
  count: number,
  numbers: Int32Array,
): void {
  for (let row = from; row < from + count; row++) {
    column[row] = numbers[column[row] as number] as number;
  }
}

/**
 * Row numbers in order of event time, rows of the same instant in their old order; undefined when the
 * batch is in order already.
 */
export function orderByTime(batch: PositionBatch): Int32Array | undefined {
  const { atMs, length } = batch;
  let sorted = true;
  for (let row = 1; row < length && sorted; row++) {
    sorted = (atMs[row - 1] as number) <= (atMs[row] as number);
  }
  if (sorted) return undefined;
  return Int32Array.from({ length }, (_, row) => row).sort(
    (a, b) => (atMs[a] as number) - (atMs[b] as number) || a - b,
  );
}
