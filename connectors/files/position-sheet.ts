// Columns that readers fill row by row and hand over batch by batch. Unlike core/position-builder.ts it
// lets a byte scanner write into the columns itself and takes subjects as bytes, without making strings.

import { emptyPositions, type PositionBatch } from '../../core/position-batch.ts';
import { BATTERY_UNKNOWN, FIX_KINDS } from '../../core/position-codes.ts';
import type { PositionArrival } from '../../core/position-builder.ts';
import { SubjectTable } from '../../core/subject-table.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import {
  ACCURACY_M,
  AT_MS,
  BATTERY_PERCENT,
  LAT,
  LNG,
  SEQUENCE,
  SPEED_KMH,
} from './position-fields.ts';

/** Rows of a batch a reader hands over; what ingest judges in one go. */
export const ROWS_MAX = 16_384;

/** Different sources of one input: the source column holds a byte. */
export const SOURCES_MAX = 255;

export class PositionSheet {
  readonly #rowsMax: number;
  readonly #subjects = new SubjectTable();
  readonly #sources = new Map<string, number>();
  #batch: PositionBatch;

  constructor(rowsMax: number = ROWS_MAX) {
    this.#rowsMax = rowsMax;
    this.#batch = emptyPositions(rowsMax);
  }

  get length(): number {
    return this.#batch.length;
  }

  /** Rows that may still be added before the batch is taken. */
  get room(): number {
    return this.#rowsMax - this.#batch.length;
  }

  /**
   * The code of a source within this input, or -1 when there are too many. Codes stay the same from
   * batch to batch.
   */
  sourceCode(source: string): number {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    if (this.#sources.size >= SOURCES_MAX) return -1;
    this.#sources.set(source, this.#sources.size);
    return this.#sources.size - 1;
  }

  /** The code of a subject within the present batch. */
  subjectCode(subject: string): number {
    return this.#subjects.slotOf(subject);
  }

  /** The same for UTF-8 in `bytes` from `start` to `end`. */
  subjectCodeOfBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.#subjects.slotOfBytes(bytes, start, end);
  }

  /** Adds a row from codes and a scratch row of numbers (position-fields.ts), NaN where unknown. */
  addScanned(
    codes: { subject: number; source: number; fix: number },
    numbers: Float64Array,
    labels = 0,
  ): void {
    const batch = this.#batch;
    const row = batch.length++;
    batch.subject[row] = codes.subject;
    batch.source[row] = codes.source;
    batch.fix[row] = codes.fix;
    batch.atMs[row] = numbers[AT_MS] as number;
    batch.lng[row] = numbers[LNG] as number;
    batch.lat[row] = numbers[LAT] as number;
    batch.accuracyM[row] = numbers[ACCURACY_M] as number;
    batch.speedKmh[row] = numbers[SPEED_KMH] as number;
    const batteryPercent = numbers[BATTERY_PERCENT] as number;
    batch.batteryPercent[row] =
      batteryPercent === batteryPercent ? batteryPercent : BATTERY_UNKNOWN;
    // A typed array takes NaN as 0, which is what an unknown sequence number is.
    batch.sequence[row] = numbers[SEQUENCE] as number;
    if (labels !== 0) batch.labels[row] = labels;
  }

  /** Adds a row from an object; false when it is of a source too many. */
  add(position: PositionArrival): boolean {
    const source = this.sourceCode(position.source);
    if (source < 0) return false;
    const batch = this.#batch;
    const row = batch.length++;
    batch.subject[row] = this.subjectCode(position.subject);
    batch.source[row] = source;
    batch.sequence[row] = position.sequence ?? 0;
    batch.atMs[row] = position.atMs;
    batch.lng[row] = position.lng;
    batch.lat[row] = position.lat;
    batch.accuracyM[row] = position.accuracyM ?? Number.NaN;
    batch.fix[row] = position.fix === undefined ? 0 : FIX_KINDS.indexOf(position.fix);
    batch.speedKmh[row] = position.speedKmh ?? Number.NaN;
    batch.batteryPercent[row] = position.batteryPercent ?? BATTERY_UNKNOWN;
    batch.labels[row] = position.labels ?? 0;
    return true;
  }

  /** The rows gathered, in columns that are now the taker's; the sheet starts over. */
  take(): PositionBatch {
    const batch = this.#batch;
    batch.subjects = this.#subjects.toDictionary();
    batch.sources = Utf8Dictionary.of([...this.#sources.keys()]);
    this.#subjects.clear();
    this.#batch = emptyPositions(this.#rowsMax);
    return batch;
  }
}
