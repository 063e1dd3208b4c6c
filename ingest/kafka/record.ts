// The form a log entry has as a Kafka record: the payload is the value, and one header named `entry` says
// kind, watermark and time of appending as text, so that any Kafka tool shows them. The record's own
// timestamp is the broker's, because retention counts from it and ours may be a simulated clock's.

import type { KafkaRecord, MessageRecord } from '@platformatic/kafka';
import { OperatingError } from '../../core/errors.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { ENTRY_KINDS, type EntryKind, type LogEntry, type LogRecord } from '../log.ts';
import { placeKey, type Place } from './cluster.ts';

/** More than header, lengths and deltas of one record take. */
export const RECORD_OVERHEAD_BYTES = 100;

const HEADER = Buffer.from('entry');

/** An entry as the client library wants it. */
export const toMessage = (place: Place, entry: LogEntry, appendedAtMs: EpochMs): MessageRecord => ({
  ...place,
  value: Buffer.from(entry.payload.buffer, entry.payload.byteOffset, entry.payload.byteLength),
  headers: new Map([
    [HEADER, Buffer.from(`${entry.kind} ${entry.watermarkMs} ${appendedAtMs}`, 'latin1')],
  ]),
});

/** A record as the log's readers want it. Rejects one this program did not write. */
export function toLogRecord(place: Place, offset: number, record: KafkaRecord): LogRecord {
  const header = record.headers.find(([name]) => name?.equals(HEADER))?.[1]?.toString('latin1');
  const [kind, watermarkMs, appendedAtMs] = header?.split(' ') ?? [];
  if (!isEntryKind(kind) || !record.value) {
    throw new OperatingError(
      'log-unavailable',
      `record ${offset} of ${placeKey(place)} was not written by this program`,
      { retry: 'never' },
    );
  }
  return {
    offset,
    kind,
    watermarkMs: epochMs(Number(watermarkMs)),
    appendedAtMs: epochMs(Number(appendedAtMs)),
    payload: aligned(record.value),
  };
}

const isEntryKind = (kind: string | undefined): kind is EntryKind =>
  ENTRY_KINDS.some((known) => known === kind);

/** The bytes from an address that is a multiple of 8, where Arrow can view its columns. */
const aligned = (bytes: Buffer): Uint8Array =>
  bytes.byteOffset % 8 === 0
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
