// Records fetched with others that a reader asked for, until it asks for them too.

import type { LogRecord } from '../log.ts';
import { placeKey, type Place } from './cluster.ts';
import { RECORD_OVERHEAD_BYTES } from './record.ts';

/** Kept for all readers of a log; the longest kept go first. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

export type ReadAhead = {
  /** The records kept from `offset` on, which are then kept no longer. */
  take(place: Place, offset: number): LogRecord[] | undefined;
  /** Keeps records of one place, in order. */
  keep(place: Place, records: LogRecord[]): void;
};

export function createReadAhead(keptBytesMax = KEPT_BYTES_MAX): ReadAhead {
  const kept = new Map<string, { records: LogRecord[]; bytes: number }>();
  let keptBytes = 0;

  const remove = (key: string) => {
    const found = kept.get(key);
    kept.delete(key);
    keptBytes -= found?.bytes ?? 0;
    return found?.records;
  };

  return {
    take: (place, offset) => remove(keyOf(place, offset)),
    keep(place, records) {
      const [first] = records;
      if (!first) return;
      const key = keyOf(place, first.offset);
      remove(key);
      const bytes = sizeOf(records);
      kept.set(key, { records, bytes });
      keptBytes += bytes;
      for (const oldest of kept.keys()) {
        if (keptBytes <= keptBytesMax) break;
        remove(oldest);
      }
    },
  };
}

const keyOf = (place: Place, offset: number) => `${placeKey(place)}@${offset}`;

const sizeOf = (records: readonly LogRecord[]): number =>
  records.reduce((sum, { payload }) => sum + payload.byteLength + RECORD_OVERHEAD_BYTES, 0);
