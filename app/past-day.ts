// One person's day as the log has it: what was known of the person before, and what came in. From another
// partition or another person nothing is kept.

import type { Fact, FrameFact } from '../core/observation.ts';
import { DAY_MS, HOUR_MS } from '../core/local-time.ts';
import {
  decodePositions,
  emptyPositions,
  POSITION_COLUMNS,
  type PositionBatch,
} from '../core/position-batch.ts';
import { Utf8Dictionary } from '../core/utf8-dictionary.ts';
import { decodeLines, partitionOf, type Log, type LogRecord } from '../ingest/log.ts';
import { offsetAppendedAt } from '../ingest/recall.ts';
import { decodeTick } from '../ingest/watermark.ts';
import type { EngineInput } from '../rules/engine.ts';

export type PastDay = {
  /** From a day before on, so that what began then is known. */
  readonly inputs: readonly EngineInput[];
  /** The positions of the day itself. */
  readonly positions: readonly PositionBatch[];
  /** The log was written on that day, so that hearing nothing means something. */
  readonly isCovered: boolean;
};

/** Others wait while records are read: few at a time. */
const RECORDS_MAX = 64;

/** So long before the day the rule begins to look. */
const BEFORE_MS = DAY_MS;

/** What comes so long after the day, from terminals out of reach, still belongs to it. */
const LATE_MS = 6 * HOUR_MS;

/** Everything about the person that happened from the day before until the end of the day. */
export async function readPastDay(
  deps: {
    log: Log;
    /** The orders and leaves of the person on record. */
    register: readonly FrameFact[];
  },
  { subject, fromMs, untilMs }: { subject: string; fromMs: number; untilMs: number },
): Promise<PastDay> {
  const { log } = deps;
  const partition = partitionOf(subject, log.partitions);
  const key = Buffer.from(subject, 'utf8');
  const { end } = await log.bounds('observations', partition);
  let offset = await offsetAppendedAt(log, partition, fromMs - BEFORE_MS);
  const inputs: EngineInput[] = [];
  const positions: PositionBatch[] = [];
  let isCovered = false;
  while (offset < end) {
    const records = await log.read('observations', partition, { offset, recordsMax: RECORDS_MAX });
    const [first] = records;
    if (!first) break;
    if (inputs.length === 0) inputs.push(registerBefore(deps.register, first));
    for (const record of records) {
      const input = inputOf(record, { subject, key, untilMs });
      inputs.push(input);
      const rows = input.positions && rowsFrom(input.positions, fromMs);
      if (rows) positions.push(rows);
      const { watermarkMs, appendedAtMs } = record;
      isCovered ||= watermarkMs >= fromMs && watermarkMs < untilMs;
      if (watermarkMs >= untilMs && appendedAtMs >= untilMs + LATE_MS) {
        return { inputs, positions, isCovered };
      }
    }
    offset = (records.at(-1) as LogRecord).offset + 1;
  }
  return { inputs, positions, isCovered };
}

function registerBefore(register: readonly FrameFact[], oldest: LogRecord): EngineInput {
  const facts = register.filter(({ receivedAtMs }) => receivedAtMs < oldest.appendedAtMs);
  return { watermarkMs: 0, facts };
}

function inputOf(
  record: LogRecord,
  { subject, key, untilMs }: { subject: string; key: Uint8Array; untilMs: number },
): EngineInput {
  const { watermarkMs, payload } = record;
  switch (record.kind) {
    case 'positions': {
      const rows = rowsOf(decodePositions(payload), key, untilMs);
      return rows ? { watermarkMs, positions: rows } : { watermarkMs };
    }
    case 'lines': {
      const facts = decodeLines<Fact>(payload).filter(
        (fact) => fact.subject === subject && fact.atMs < untilMs,
      );
      return { watermarkMs, facts };
    }
    case 'tick':
      return { watermarkMs, gap: decodeTick(payload) };
    default:
      return { watermarkMs };
  }
}

function rowsOf(batch: PositionBatch, key: Uint8Array, untilMs: number): PositionBatch | undefined {
  const { subjects, subject, atMs } = batch;
  const number = numberOf(subjects, key);
  if (number === -1) return undefined;
  return pick(batch, (row) => subject[row] === number && (atMs[row] as number) < untilMs);
}

/** The number of the text in the dictionary, -1 when it is not there; thousands of others are not read. */
function numberOf({ bytes, offsets, length }: Utf8Dictionary, key: Uint8Array): number {
  for (let number = 0; number < length; number++) {
    const start = offsets[number] as number;
    if ((offsets[number + 1] as number) - start !== key.length) continue;
    if (key.every((byte, i) => bytes[start + i] === byte)) return number;
  }
  return -1;
}

const rowsFrom = (batch: PositionBatch, fromMs: number) =>
  pick(batch, (row) => (batch.atMs[row] as number) >= fromMs);

/** The rows wanted as a batch of their own; undefined when there is none. */
function pick(batch: PositionBatch, isWanted: (row: number) => boolean): PositionBatch | undefined {
  const rows = Array.from({ length: batch.length }, (_, row) => row).filter(isWanted);
  const [first] = rows;
  if (first === undefined) return undefined;
  const picked = emptyPositions(rows.length);
  for (const column of POSITION_COLUMNS) {
    for (const [at, row] of rows.entries()) picked[column][at] = batch[column][row] as number;
  }
  picked.length = rows.length;
  picked.subject.fill(0);
  picked.subjects = Utf8Dictionary.of([batch.subjects.at(batch.subject[first] as number)]);
  picked.sources = batch.sources;
  return picked;
}
