// Input for tests of readers, and what they read in a form to compare.

import { POSITION_COLUMNS, type PositionBatch } from '../../core/position-batch.ts';

/** The bytes in chunks of `size`. */
export async function* inChunks(
  content: string | Uint8Array,
  size = 64 * 1024,
): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Every column of every row, codes as the words they stand for. */
export function rowsOf(batches: Iterable<PositionBatch>): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      rows.push({
        ...Object.fromEntries(POSITION_COLUMNS.map((column) => [column, batch[column][row]])),
        subject: batch.subjects.at(batch.subject[row] as number),
        source: batch.sources.at(batch.source[row] as number),
      });
    }
  }
  return rows;
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}
