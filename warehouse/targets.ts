// Which tables the records of a topic end in, and how each fills its columns. Names and order of columns
// are those of schema/.

import type { AlertEvent } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import type { Fact } from '../core/observation.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { Utf8Dictionary } from '../core/utf8-dictionary.ts';
import type { Tally } from '../ingest/ledger.ts';
import { ENTRY_KINDS, type LogRecord, type Topic } from '../ingest/log.ts';
import {
  bytesColumn,
  numberColumn,
  textColumn,
  wideColumn,
  wordColumn,
  type NativeColumn,
  type Numbers,
} from './native-block.ts';

/** Tables by the topic they are filled from. Dead letters stay in the log. */
export const TARGETS = {
  observations: ['position', 'fact', 'tally', 'observation_record'],
  findings: ['finding'],
  'alert-events': ['alert_event'],
} as const satisfies Partial<Record<Topic, readonly string[]>>;

export type WrittenTopic = keyof typeof TARGETS;
export type Target = (typeof TARGETS)[WrittenTopic][number];

export const WRITTEN_TOPICS = Object.keys(TARGETS) as WrittenTopic[];

/** A value with the record it came in. */
export type Row<Value> = {
  readonly value: Value;
  readonly partition: number;
  readonly offset: number;
  /** Which of the record's values it is, from 0. */
  readonly line: number;
};

/** A record itself, without what other tables hold of it. */
export type RecordNote = Pick<LogRecord, 'kind' | 'watermarkMs' | 'appendedAtMs' | 'payload'> & {
  readonly rows: number;
};

export type RowsOf = {
  readonly position: Row<PositionBatch>[];
  readonly fact: Row<Fact>[];
  readonly tally: Row<Tally & { readonly atMs: number }>[];
  readonly observation_record: Row<RecordNote>[];
  readonly finding: Row<Finding>[];
  readonly alert_event: Row<AlertEvent>[];
};

export const columnsOf: {
  readonly [Name in Target]: (rows: RowsOf[Name]) => NativeColumn[];
} = {
  position: positionColumns,
  fact: (rows) => [
    texts('id', rows, (fact) => fact.id),
    texts('kind', rows, (fact) => fact.kind),
    texts('subject', rows, (fact) => fact.subject),
    texts('source', rows, (fact) => fact.source),
    wide('at_ms', rows, (fact) => fact.atMs),
    wide('received_at_ms', rows, (fact) => fact.receivedAtMs),
    wide('region', rows, (fact) => Number(regionOf(fact) ?? 0)),
    texts('body', rows, (fact) => JSON.stringify(fact)),
    ...logColumns(rows),
  ],
  tally: (rows) => [
    wide('at_ms', rows, (tally) => tally.atMs),
    texts('source', rows, (tally) => tally.source),
    texts('reason', rows, (tally) => tally.reason),
    wide('count', rows, (tally) => tally.count),
    ...logColumns(rows),
  ],
  observation_record: (rows) => [
    wordColumn('kind', [
      {
        words: ENTRY_KIND_WORDS,
        codes: Uint8Array.from(rows, ({ value }) => ENTRY_KINDS.indexOf(value.kind)),
      },
    ]),
    wide('watermark_ms', rows, (record) => record.watermarkMs),
    wide('appended_at_ms', rows, (record) => record.appendedAtMs),
    wide('rows', rows, (record) => record.rows),
    bytesColumn(
      'payload',
      rows.map(({ value }) => value.payload),
    ),
    ...placeColumns(rows),
  ],
  finding: (rows) => [
    texts('id', rows, (finding) => finding.id),
    texts('kind', rows, (finding) => finding.kind),
    texts('rule_id', rows, (finding) => finding.ruleId),
    texts('rule_version', rows, (finding) => finding.ruleVersion),
    texts('alert_id', rows, (finding) => (finding.kind === 'suppressed' ? '' : finding.alertId)),
    texts('subject', rows, (finding) => finding.subject),
    texts('subject_class', rows, (finding) => finding.subjectClass),
    wide('region', rows, (finding) => Number(finding.region)),
    wide('level', rows, (finding) => ('level' in finding ? finding.level : 0)),
    wide('at_ms', rows, (finding) => finding.atMs),
    wide('late', rows, (finding) => (finding.kind === 'raised' && finding.late ? 1 : 0)),
    wide('shadow', rows, (finding) => (finding.shadow ? 1 : 0)),
    texts('because', rows, becauseOf),
    texts('reference', rows, (finding) =>
      finding.kind === 'suppressed'
        ? (finding.reference ?? '')
        : finding.kind === 'corrected'
          ? finding.because.observationId
          : '',
    ),
    texts('body', rows, (finding) => JSON.stringify(finding)),
    ...logColumns(rows),
  ],
  alert_event: (rows) => [
    texts('id', rows, (event) => event.id),
    texts('alert_id', rows, (event) => event.alertId),
    texts('kind', rows, (event) => event.kind),
    wide('at_ms', rows, (event) => event.atMs),
    texts('actor', rows, (event) => event.actor),
    texts('rule_id', rows, (event) => event.ruleId),
    wide('level', rows, (event) => event.level),
    texts('subject', rows, (event) => event.subject),
    texts('subject_class', rows, (event) => event.subjectClass),
    wide('region', rows, (event) => Number(event.region)),
    wide('opened_at_ms', rows, (event) => event.openedAtMs),
    texts('body', rows, (event) => JSON.stringify(event)),
    ...logColumns(rows),
  ],
};

const ENTRY_KIND_WORDS = Utf8Dictionary.of([...ENTRY_KINDS]);

/** Why a finding was suppressed, or what an alert turned out to be and why. */
function becauseOf(finding: Finding): string {
  if (finding.kind === 'suppressed') return finding.because;
  return finding.kind === 'corrected' ? `${finding.outcome} ${finding.because.reason}` : '';
}

/** Position columns go over as they lie in memory, batch after batch. */
function positionColumns(rows: readonly Row<PositionBatch>[]): NativeColumn[] {
  const words = (name: 'subject' | 'source', dictionary: 'subjects' | 'sources') =>
    wordColumn(
      name,
      rows.map(({ value }) => ({
        words: value[dictionary],
        codes: value[name].subarray(0, value.length),
      })),
    );
  const numbers = (name: string, column: NumberColumn) =>
    joined(
      name,
      rows.map(({ value }) => value[column].subarray(0, value.length)),
    );
  const repeated = (name: string, of: (row: Row<PositionBatch>) => number) =>
    joined(
      name,
      rows.map((row) => new Float64Array(row.value.length).fill(of(row))),
    );
  return [
    words('subject', 'subjects'),
    words('source', 'sources'),
    numbers('sequence', 'sequence'),
    numbers('at_ms', 'atMs'),
    numbers('received_at_ms', 'receivedAtMs'),
    numbers('lng', 'lng'),
    numbers('lat', 'lat'),
    numbers('accuracy_m', 'accuracyM'),
    numbers('fix', 'fix'),
    numbers('speed_kmh', 'speedKmh'),
    numbers('battery_percent', 'batteryPercent'),
    numbers('labels', 'labels'),
    numbers('region', 'region'),
    repeated('log_partition', ({ partition }) => partition),
    repeated('log_offset', ({ offset }) => offset),
    lineColumn(rows),
  ];
}

/** The rows of each batch counted from 0. */
function lineColumn(rows: readonly Row<PositionBatch>[]): NativeColumn {
  const most = rows.reduce((longest, { value }) => Math.max(longest, value.length), 0);
  const counted = Uint32Array.from({ length: most }, (_, line) => line);
  return joined(
    'log_line',
    rows.map(({ value }) => counted.subarray(0, value.length)),
  );
}

type NumberColumn = Exclude<keyof PositionBatch, 'length' | 'subjects' | 'sources'>;

/** One column of the columns of many batches. */
function joined(name: string, parts: readonly Numbers[]): NativeColumn {
  const columns = parts.map((part) => numberColumn(name, part));
  const type = columns[0]?.type ?? 'UInt8';
  return { name, type, bytes: Buffer.concat(columns.map(({ bytes }) => bytes)) };
}

function regionOf(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'lodging':
      return fact.at;
    case 'passage':
      return fact.to;
    case 'order':
      return fact.county;
    default:
      return undefined;
  }
}

const texts = <Value>(name: string, rows: readonly Row<Value>[], of: (value: Value) => string) =>
  textColumn(
    name,
    rows.map(({ value }) => of(value)),
  );

const wide = <Value>(name: string, rows: readonly Row<Value>[], of: (value: Value) => number) =>
  wideColumn(
    name,
    rows.map(({ value }) => of(value)),
  );

const placeColumns = (rows: readonly Row<unknown>[]): NativeColumn[] => [
  wideColumn(
    'log_partition',
    rows.map(({ partition }) => partition),
  ),
  wideColumn(
    'log_offset',
    rows.map(({ offset }) => offset),
  ),
];

const logColumns = (rows: readonly Row<unknown>[]): NativeColumn[] => [
  ...placeColumns(rows),
  wideColumn(
    'log_line',
    rows.map(({ line }) => line),
  ),
];
