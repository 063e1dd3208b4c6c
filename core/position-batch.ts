// Positions in columns: the form they have from connector to rule engine, warehouse and screen. One
// batch is one Arrow IPC stream with one record batch; field names are the warehouse's column names.

import * as arrow from 'apache-arrow';
import { assert } from './errors.ts';
import { contentId } from './ids.ts';
import type { Position } from './observation.ts';
import { BATTERY_UNKNOWN, FIX_KINDS, labelNames } from './position-codes.ts';
import { endsComplete, readHouseStream, type ColumnRange } from './ipc-read.ts';
import { formOf, writeHouseStream, type StreamForm } from './ipc-write.ts';
import { regionCode } from './region.ts';
import { subjectKey } from './subject.ts';
import { epochMs } from './time.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

/** Columns of equal length; rows beyond `length` are spare capacity. Instants in ms, degrees WGS-84. */
export type PositionBatch = {
  length: number;
  subjects: Utf8Dictionary;
  /** Index into `subjects`. */
  subject: Int32Array;
  sources: Utf8Dictionary;
  /** Index into `sources`. */
  source: Uint8Array;
  sequence: Uint32Array;
  atMs: Float64Array;
  receivedAtMs: Float64Array;
  lng: Float64Array;
  lat: Float64Array;
  /** NaN when the device reported none and cleaning has not filled it in. */
  accuracyM: Float32Array;
  /** Index into FIX_KINDS. */
  fix: Uint8Array;
  /** NaN when unknown. */
  speedKmh: Float32Array;
  /** BATTERY_UNKNOWN when unknown. */
  batteryPercent: Uint8Array;
  /** Bits of LABEL. */
  labels: Uint16Array;
  /** GB/T 2260 code as a number; 0 where the map does not reach. */
  region: Uint32Array;
};

const dictionary = (index: arrow.Int32 | arrow.Uint8, id: number) =>
  new arrow.Dictionary(new arrow.Utf8(), index, id);

const fields = [
  ['subject', 'subject', dictionary(new arrow.Int32(), 1)],
  ['source', 'source', dictionary(new arrow.Uint8(), 2)],
  ['sequence', 'sequence', new arrow.Uint32()],
  ['at_ms', 'atMs', new arrow.Float64()],
  ['received_at_ms', 'receivedAtMs', new arrow.Float64()],
  ['lng', 'lng', new arrow.Float64()],
  ['lat', 'lat', new arrow.Float64()],
  ['accuracy_m', 'accuracyM', new arrow.Float32()],
  ['fix', 'fix', new arrow.Uint8()],
  ['speed_kmh', 'speedKmh', new arrow.Float32()],
  ['battery_percent', 'batteryPercent', new arrow.Uint8()],
  ['labels', 'labels', new arrow.Uint16()],
  ['region', 'region', new arrow.Uint32()],
] as const;

/** Names of the numeric and code columns, in field order. */
export const POSITION_COLUMNS = fields.map(([, column]) => column);

/** The Arrow schema of a position batch. */
export const positionSchema = new arrow.Schema(
  fields.map(([name, , type]) => arrow.Field.new({ name, type, nullable: false })),
);

const structType = new arrow.Struct(positionSchema.fields);

/** Columns with room for `capacity` rows and no row yet. */
export const emptyPositions = (capacity: number): PositionBatch => ({
  length: 0,
  subjects: Utf8Dictionary.of([]),
  subject: new Int32Array(capacity),
  sources: Utf8Dictionary.of([]),
  source: new Uint8Array(capacity),
  sequence: new Uint32Array(capacity),
  atMs: new Float64Array(capacity),
  receivedAtMs: new Float64Array(capacity),
  lng: new Float64Array(capacity),
  lat: new Float64Array(capacity),
  accuracyM: new Float32Array(capacity),
  fix: new Uint8Array(capacity),
  speedKmh: new Float32Array(capacity),
  batteryPercent: new Uint8Array(capacity),
  labels: new Uint16Array(capacity),
  region: new Uint32Array(capacity),
});

/** An Arrow IPC stream of the batch. The columns are copied out, so they may be reused. */
export function encodePositions(batch: PositionBatch): Uint8Array {
  const columns = fields.map(([, column]) => batch[column].subarray(0, batch.length));
  return writeHouseStream(houseForm(), batch.length, [batch.subjects, batch.sources], columns);
}

let form: StreamForm | undefined;

/** The form of all streams of this house, taken once from one that Arrow wrote. */
function houseForm(): StreamForm {
  if (!form) {
    const sample = emptyPositions(1);
    sample.length = 1;
    sample.subjects = Utf8Dictionary.of(['subject']);
    sample.sources = Utf8Dictionary.of(['source']);
    form = formOf(encodeByArrow(sample));
  }
  return form;
}

/** The same by Arrow's own writer. */
function encodeByArrow(batch: PositionBatch): Uint8Array {
  const length = batch.length;
  const children = fields.map(([, column, type]) => {
    const data = batch[column];
    if (column === 'subject' || column === 'source') {
      const words = column === 'subject' ? batch.subjects : batch.sources;
      return arrow.makeData({
        type: type as arrow.Dictionary,
        length,
        nullCount: 0,
        data: data as Int32Array,
        dictionary: words.toVector(),
      });
    }
    return arrow.makeData({
      type: type as arrow.Float64,
      length,
      nullCount: 0,
      data: data as Float64Array,
    });
  });
  const rows = arrow.makeData({ type: structType, length, nullCount: 0, children });
  const writer = new arrow.RecordBatchStreamWriter();
  writer.write(new arrow.RecordBatch(positionSchema, rows));
  writer.finish();
  return writer.toUint8Array(true);
}

/** The batch in an Arrow IPC stream that `encodePositions` wrote. The columns are views of `bytes`. */
export function decodePositions(bytes: Uint8Array): PositionBatch {
  const stream = readHouseStream(bytes, houseForm().schema);
  if (!stream) return decodeByArrow(bytes);
  const batch = emptyPositions(0);
  const columns = batch as unknown as Record<string, unknown>;
  batch.length = stream.rows;
  for (const [index, [, column, type]] of fields.entries()) {
    const { byteOffset, length } = stream.columns[index] as ColumnRange;
    const View = batch[column].constructor as new (
      buffer: ArrayBufferLike,
      byteOffset: number,
      length: number,
    ) => PositionBatch[typeof column];
    columns[column] = new View(bytes.buffer, byteOffset, length);
    if (!(type instanceof arrow.Dictionary)) continue;
    const words = stream.dictionaries.get(type.id) ?? Utf8Dictionary.of([]);
    if (column === 'subject') batch.subjects = words;
    else batch.sources = words;
  }
  return batch;
}

/** The same by Arrow's own reader: for streams of an older version, and as the oracle of the above. */
export function decodeByArrow(bytes: Uint8Array): PositionBatch {
  assert(endsComplete(bytes), 'a stream of positions is complete');
  const reader = arrow.RecordBatchReader.from(bytes);
  const rows = reader.next().value as arrow.RecordBatch | undefined;
  assert(rows && rows.numCols === fields.length, 'a stream of positions holds a batch of them');
  const batch = emptyPositions(0);
  batch.length = rows.numRows;
  for (const [index, [name, column]] of fields.entries()) {
    const child = rows.data.children[index] as arrow.Data;
    assert(rows.schema.fields[index]?.name === name, `column ${index} is ${name}`);
    assert(child.values?.length >= rows.numRows, `column ${name} is complete`);
    (batch as Record<string, unknown>)[column] = child.values.subarray(0, rows.numRows);
    if (column === 'subject') batch.subjects = Utf8Dictionary.fromVector(child.dictionary);
    if (column === 'source') batch.sources = Utf8Dictionary.fromVector(child.dictionary);
  }
  return batch;
}

/**
 * The rows at `indices`, in that order, as a batch of their own. Its dictionaries hold only what these
 * rows use, so that nothing of the rows left behind travels on.
 */
export function selectPositions(batch: PositionBatch, indices: Int32Array): PositionBatch {
  const out = emptyPositions(indices.length);
  out.length = indices.length;
  for (const column of POSITION_COLUMNS) {
    const from = batch[column];
    const to = out[column];
    for (let row = 0; row < indices.length; row++) to[row] = from[indices[row] as number] as number;
  }
  out.subjects = batch.subjects.retain(out.subject);
  out.sources = batch.sources.retain(out.source);
  return out;
}

/** The id of a position: a hash of kind, source, subject, instant, sequence and place. */
export const positionId = (position: {
  source: string;
  subject: string;
  atMs: number;
  sequence: number;
  lng: number;
  lat: number;
}): string =>
  contentId('ob', [
    'position',
    position.source,
    position.subject,
    position.atMs,
    position.sequence,
    position.lng,
    position.lat,
  ]);

/** A row on its own: the columns' numbers, subject and source as texts. */
export type PositionRow = {
  readonly subject: string;
  readonly source: string;
  readonly sequence: number;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly lng: number;
  readonly lat: number;
  readonly accuracyM: number;
  readonly fix: number;
  readonly speedKmh: number;
  readonly batteryPercent: number;
  readonly labels: number;
  readonly region: number;
};

/** One row as an observation, for evidence and screens. Not for hot paths. */
export const positionAt = (batch: PositionBatch, row: number): Position =>
  positionOfRow({
    subject: batch.subjects.at(batch.subject[row] as number),
    source: batch.sources.at(batch.source[row] as number),
    sequence: batch.sequence[row] as number,
    atMs: batch.atMs[row] as number,
    receivedAtMs: batch.receivedAtMs[row] as number,
    lng: batch.lng[row] as number,
    lat: batch.lat[row] as number,
    accuracyM: batch.accuracyM[row] as number,
    fix: batch.fix[row] as number,
    speedKmh: batch.speedKmh[row] as number,
    batteryPercent: batch.batteryPercent[row] as number,
    labels: batch.labels[row] as number,
    region: batch.region[row] as number,
  });

/** The observation a row was. */
export function positionOfRow(row: PositionRow): Position {
  const { source, atMs, sequence, lng, lat, region, accuracyM, speedKmh, batteryPercent } = row;
  return {
    id: positionId(row),
    kind: 'position',
    source,
    subject: subjectKey(row.subject),
    atMs: epochMs(atMs),
    sequence,
    lng,
    lat,
    receivedAtMs: epochMs(row.receivedAtMs),
    ...(Number.isNaN(accuracyM) ? {} : { accuracyM: roundTenth(accuracyM) }),
    fix: FIX_KINDS[row.fix] ?? 'gnss',
    ...(Number.isNaN(speedKmh) ? {} : { speedKmh: roundTenth(speedKmh) }),
    ...(batteryPercent === BATTERY_UNKNOWN ? {} : { batteryPercent }),
    labels: labelNames(row.labels),
    ...(region === 0 ? {} : { region: regionCode(String(region)) }),
  };
}

const roundTenth = (value: number) => Math.round(value * 10) / 10;
