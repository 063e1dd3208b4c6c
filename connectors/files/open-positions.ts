// ② A file of positions, read by what it is: a table, JSON lines or Arrow, told apart by its first bytes.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { OperatingError, UserError } from '../../core/errors.ts';
import type { FactArrival, ObservationKind } from '../../core/observation.ts';
import { ARRIVAL_KINDS } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { text } from '../../core/text.ts';
import { readArrivals } from './arrivals-ndjson.ts';
import { readPositionsArrow } from './positions-arrow.ts';
import { readPositionsCsv, type PositionsOptions } from './positions-csv.ts';

const CHUNK_BYTES = 256 * 1024;

/** Bytes of a file, told to `onBytes` as they are read. Throws UserError `not-found` or `forbidden`. */
export async function* readFileBytes(
  path: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      onBytes?.((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw fileError(path, cause);
  }
}

/** The size of a file. Throws UserError `not-found`, `forbidden` or `bad-input` for a folder. */
export async function fileBytes(path: string): Promise<number> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return status.size;
  } catch (cause) {
    throw fileError(path, cause);
  }
}

function fileError(path: string, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  const more = { detail: path };
  if (code === 'ENOENT')
    return new UserError('not-found', text('没有此文件', 'no such file'), more);
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError('forbidden', text('无权读取此文件', 'this file may not be read'), more);
  }
  if (code === 'EISDIR') {
    return new UserError(
      'bad-input',
      text('这是文件夹，不是文件', 'this is a folder, not a file'),
      more,
    );
  }
  return typeof code === 'string'
    ? new OperatingError('source-unavailable', `cannot read "${path}"`, { retry: 'never', cause })
    : cause;
}

export type PositionsFormat = 'csv' | 'ndjson' | 'arrow';

/** What a file of positions is, by how it begins; a table unless it is plainly something else. */
export function formatOf(start: Uint8Array): PositionsFormat {
  const words = Buffer.from(start)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  if (words.startsWith('ARROW1') || words.startsWith('\u00FF\u00FF\u00FF\u00FF')) return 'arrow';
  return words.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}

/** Positions in file order whatever the format. Throws UserError for what the whole file is wrong in. */
export async function* readPositions(
  bytes: AsyncIterable<Uint8Array>,
  options: PositionsOptions,
): AsyncGenerator<PositionBatch> {
  const { source, report, rowsMax } = options;
  const { start, whole } = await peekStart(bytes);
  const bounds = rowsMax === undefined ? {} : { rowsMax };
  switch (formatOf(start)) {
    case 'csv':
      yield* readPositionsCsv(whole, options);
      return;
    case 'arrow':
      for await (const page of readPositionsArrow(whole, { source, report, ...bounds })) {
        yield page.positions;
      }
      return;
    case 'ndjson': {
      const kinds = new Set<ObservationKind>(['position']);
      const pages = readArrivals(whole, { report, kinds, defaultSource: source, ...bounds });
      for await (const page of pages) if (page.positions) yield page.positions;
    }
  }
}

const FACT_KINDS: ReadonlySet<ObservationKind> = new Set(
  ARRIVAL_KINDS.filter((kind) => kind !== 'position'),
);

/** Facts of JSON lines in file order, orders and leaves among them. */
export async function* readFacts(
  bytes: AsyncIterable<Uint8Array>,
  { report }: Pick<PositionsOptions, 'report'>,
): AsyncGenerator<readonly FactArrival[]> {
  for await (const page of readArrivals(bytes, { report, kinds: FACT_KINDS })) yield page.facts;
}

/** Enough to tell the formats apart. */
const START_BYTES = 64;

/** The first bytes, and all bytes with them. */
async function peekStart(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ start: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < START_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return { start: start.subarray(0, START_BYTES), whole: joined(start, iterator) };
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
