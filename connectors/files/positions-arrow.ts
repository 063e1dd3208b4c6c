// ② Positions from an Arrow IPC stream or file of anybody's making, as batches of our columns.

import * as arrow from 'apache-arrow';
import { UserError } from '../../core/errors.ts';
import { BATTERY_UNKNOWN, FIX_KINDS, LABEL } from '../../core/position-codes.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { sourceSchema } from '../../core/source.ts';
import { text } from '../../core/text.ts';
import { numberColumn, textColumn, type NumberColumn, type TextColumn } from './arrow-column.ts';
import { guardArrowFrames } from './arrow-frames.ts';
import { damaged } from './arrow-message.ts';
import { assertColumns } from './csv-header.ts';
import {
  areWithinLimits,
  faultOfFix,
  faultOfNumbers,
  faultOfSubject,
  NUMBER_FIELDS,
} from './position-fields.ts';
import { PositionSheet } from './position-sheet.ts';
import { quotable, type ReadFault, type ReadReport } from './read-report.ts';

export type PositionsArrowOptions = {
  readonly report: ReadReport;
  /** The source of rows that name none; a stream without a source column needs it. */
  readonly source?: string | undefined;
  /** Sources that are taken; all when left out. */
  readonly sources?: ReadonlySet<string>;
  readonly rowsMax?: number;
};

const REQUIRED = ['subject', 'atMs', 'lng', 'lat'];
const NUMBERS = NUMBER_FIELDS.map((field) => field.name);

/** Columns an Arrow stream may have; the last two are in what we export and are made anew by ingest. */
const COLUMNS = ['subject', 'source', ...NUMBERS, 'fix', 'labels', 'receivedAtMs', 'region'];

/** Labels only the device can know; the others are ingest's to give. */
const DEVICE_LABELS = LABEL.noFix | LABEL.datumConverted | LABEL.blindZone;

/** A page of rows with the number of the last one. */
export type PositionsPage = { readonly positions: PositionBatch; readonly lastRow: number };

/**
 * Rows in stream order. Column names may be in camelCase or snake_case. Throws UserError `bad-input` for
 * wrong columns and for bytes that are no Arrow, `too-large` for a batch beyond FRAME_BYTES_MAX.
 */
export async function* readPositionsArrow(
  bytes: AsyncIterable<Uint8Array>,
  options: PositionsArrowOptions,
): AsyncGenerator<PositionsPage> {
  const sheet = new PositionSheet(options.rowsMax);
  const reader = new RowReader(sheet, options);
  let rowsBefore = 0;
  for await (const batch of readBatches(guardArrowFrames(bytes))) {
    if (batch.numRows === 0) continue;
    reader.open(batch, rowsBefore);
    for (let row = 0; row < batch.numRows;) {
      row = reader.read(row);
      if (sheet.room === 0) yield { positions: reader.take(), lastRow: rowsBefore + row };
    }
    rowsBefore += batch.numRows;
  }
  if (sheet.length > 0) yield { positions: reader.take(), lastRow: rowsBefore };
}

/** The batches of a stream. What the library throws on bytes it cannot read becomes a UserError. */
async function* readBatches(frames: AsyncIterable<Uint8Array>): AsyncGenerator<arrow.RecordBatch> {
  let reader: arrow.AsyncRecordBatchStreamReader | undefined;
  let sourceError: unknown;
  const watched = watch(frames, (error) => {
    sourceError = error;
  });
  try {
    reader = (await arrow.RecordBatchReader.from(watched)) as arrow.AsyncRecordBatchStreamReader;
    await reader.open();
    if (!reader.schema) throw damaged();
    assertArrowColumns(reader.schema);
    for (;;) {
      const next = await reader.next();
      if (next.done) return;
      yield next.value;
    }
  } catch (cause) {
    throw sourceError ?? (cause instanceof UserError ? cause : damaged());
  } finally {
    await reader?.cancel();
  }
}

/** The same bytes; tells what their source throws, so that it is not taken for the library's error. */
async function* watch(
  bytes: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    onError(error);
    throw error;
  }
}

const nameOf = (field: string): string =>
  field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const assertArrowColumns = (schema: arrow.Schema): void =>
  assertColumns(
    schema.fields.map((field) => nameOf(field.name)),
    COLUMNS,
    REQUIRED,
  );

class RowReader {
  readonly #sheet: PositionSheet;
  readonly #options: PositionsArrowOptions;
  readonly #scratch = new Float64Array(NUMBERS.length);
  /** Codes of subjects in the present sheet; -1 for one that is not well-formed. */
  readonly #subjectCodes = new Map<string, number>();
  readonly #sourceCodes = new Map<string, number>();
  #columns: Columns | undefined;
  #rows = 0;
  #rowsBefore = 0;

  constructor(sheet: PositionSheet, options: PositionsArrowOptions) {
    this.#sheet = sheet;
    this.#options = options;
  }

  open(batch: arrow.RecordBatch, rowsBefore: number): void {
    this.#columns = columnsOf(batch);
    this.#rows = batch.numRows;
    this.#rowsBefore = rowsBefore;
    if (!this.#columns.source && this.#options.source === undefined) throw sourceMissing();
  }

  take(): PositionBatch {
    this.#subjectCodes.clear();
    return this.#sheet.take();
  }

  /** Reads rows from `from` on until the sheet is full or the batch ends; gives where it stopped. */
  read(from: number): number {
    const { report } = this.#options;
    const columns = this.#columns as Columns;
    let row = from;
    for (; row < this.#rows && this.#sheet.room > 0; row++) {
      const fault = this.#readRow(columns, row);
      report.lines++;
      if (fault) report.add(this.#rowsBefore + row + 1, fault);
      else report.taken++;
    }
    return row;
  }

  #readRow(columns: Columns, row: number): ReadFault | undefined {
    const scratch = this.#scratch;
    for (let slot = 0; slot < scratch.length; slot++) {
      scratch[slot] = columns.numbers[slot]?.(row) ?? Number.NaN;
    }
    if (!areWithinLimits(scratch)) return faultOfNumbers(scratch);
    const fix = columns.fix(row);
    if (typeof fix !== 'number') return fix;
    const sourceText = columns.source?.(row) ?? this.#options.source;
    const source = this.#sourceCodeOf(sourceText);
    if (source < 0) return this.#faultOfSource(sourceText);
    const subjectText = columns.subject(row);
    const subject = this.#subjectCodeOf(subjectText);
    if (subject < 0) return faultOfText(subjectText);
    const labels = columns.labels === undefined ? 0 : columns.labels(row) & DEVICE_LABELS;
    this.#sheet.addScanned({ subject, source, fix }, scratch, labels);
    return undefined;
  }

  #subjectCodeOf(subject: string | undefined): number {
    if (subject === undefined) return -1;
    let code = this.#subjectCodes.get(subject);
    if (code === undefined) {
      code = faultOfSubject(subject) ? -1 : this.#sheet.subjectCode(subject);
      this.#subjectCodes.set(subject, code);
    }
    return code;
  }

  #sourceCodeOf(source: string | undefined): number {
    if (source === undefined) return -1;
    let code = this.#sourceCodes.get(source);
    if (code === undefined) {
      if (this.#faultOfSource(source)) return -1;
      code = this.#sheet.sourceCode(source);
      this.#sourceCodes.set(source, code);
    }
    return code;
  }

  #faultOfSource(source: string | undefined): ReadFault | undefined {
    if (source === undefined) return { reason: 'missing-value', field: 'source' };
    const value = quotable(source);
    const shown = { field: 'source', ...(value === undefined ? {} : { value }) };
    if (!sourceSchema.safeParse(source).success) return { reason: 'bad-source', ...shown };
    const { sources } = this.#options;
    if (sources && !sources.has(source)) return { reason: 'source-not-allowed', ...shown };
    return this.#sheet.sourceCode(source) < 0
      ? { reason: 'too-many-sources', ...shown }
      : undefined;
  }
}

const faultOfText = (subject: string | undefined): ReadFault | undefined =>
  subject === undefined ? { reason: 'missing-value', field: 'subject' } : faultOfSubject(subject);

type Columns = {
  readonly subject: TextColumn;
  readonly source: TextColumn | undefined;
  readonly numbers: readonly (NumberColumn | undefined)[];
  readonly fix: (row: number) => number | ReadFault;
  readonly labels: NumberColumn | undefined;
};

function columnsOf(batch: arrow.RecordBatch): Columns {
  const names = batch.schema.fields.map((field) => nameOf(field.name));
  const numbersOf = (name: string) =>
    names.includes(name) ? numberColumn(name, batch, names.indexOf(name)) : undefined;
  return {
    subject: textColumn('subject', batch, names.indexOf('subject')),
    source: names.includes('source')
      ? textColumn('source', batch, names.indexOf('source'))
      : undefined,
    numbers: NUMBERS.map((name) =>
      name === 'batteryPercent' ? knownBattery(numbersOf(name)) : numbersOf(name),
    ),
    fix: fixColumn(batch, names.indexOf('fix')),
    labels: numbersOf('labels'),
  };
}

/** Our own streams say 255 where the level is unknown. */
const knownBattery = (column: NumberColumn | undefined): NumberColumn | undefined =>
  column &&
  ((row) => {
    const percent = column(row);
    return percent === BATTERY_UNKNOWN ? Number.NaN : percent;
  });

/** Kinds of fix by name, or by our code for them. */
function fixColumn(batch: arrow.RecordBatch, at: number): (row: number) => number | ReadFault {
  if (at < 0) return () => 0;
  if (arrow.DataType.isInt(batch.schema.fields[at]?.type)) {
    const codes = numberColumn('fix', batch, at);
    return (row) => {
      const code = codes(row);
      if (Number.isNaN(code)) return 0;
      return code >= 0 && code < FIX_KINDS.length ? code : faultOfFix(String(code));
    };
  }
  const names = textColumn('fix', batch, at);
  return (row) => {
    const name = names(row);
    if (name === undefined) return 0;
    const code = (FIX_KINDS as readonly string[]).indexOf(name);
    return code >= 0 ? code : faultOfFix(name);
  };
}

const sourceMissing = () =>
  new UserError('bad-input', text('缺少来源', 'the source is missing'), {
    hint: text(
      '请加上 source 列，例如 phone/app。',
      'Add a column "source", for example with phone/app.',
    ),
  });
