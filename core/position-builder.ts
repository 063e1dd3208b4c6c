// Gathers single positions into a batch of columns. Grows by doubling and can be drained again and
// again without allocating anew.

import { emptyPositions, POSITION_COLUMNS, type PositionBatch } from './position-batch.ts';
import { BATTERY_UNKNOWN, FIX_KINDS, type FixKind } from './position-codes.ts';
import { Utf8Dictionary } from './utf8-dictionary.ts';

/** A position as a connector hands it over; `subject` may be an alias. */
export type PositionArrival = {
  subject: string;
  source: string;
  atMs: number;
  lng: number;
  lat: number;
  sequence?: number;
  accuracyM?: number | undefined;
  fix?: FixKind;
  speedKmh?: number | undefined;
  batteryPercent?: number | undefined;
  /** Bits of LABEL the connector already knows. */
  labels?: number;
};

export type PositionBuilder = {
  readonly length: number;
  add(position: PositionArrival): void;
  /** The rows gathered so far, as columns of exact length; the builder starts over. */
  drain(): PositionBatch;
};

export function createPositionBuilder(initialCapacity = 1_024): PositionBuilder {
  let columns = emptyPositions(initialCapacity);
  let capacity = initialCapacity;
  const subjects = new Map<string, number>();
  const sources = new Map<string, number>();

  const intern = (words: Map<string, number>, word: string): number => {
    let index = words.get(word);
    if (index === undefined) {
      index = words.size;
      words.set(word, index);
    }
    return index;
  };

  const grow = () => {
    const larger = emptyPositions(capacity * 2);
    for (const column of POSITION_COLUMNS) larger[column].set(columns[column]);
    larger.length = columns.length;
    columns = larger;
    capacity *= 2;
  };

  return {
    get length() {
      return columns.length;
    },
    add(position) {
      if (columns.length === capacity) grow();
      const row = columns.length++;
      columns.subject[row] = intern(subjects, position.subject);
      columns.source[row] = intern(sources, position.source);
      columns.sequence[row] = position.sequence ?? 0;
      columns.atMs[row] = position.atMs;
      columns.lng[row] = position.lng;
      columns.lat[row] = position.lat;
      columns.accuracyM[row] = position.accuracyM ?? Number.NaN;
      columns.fix[row] = position.fix === undefined ? 0 : FIX_KINDS.indexOf(position.fix);
      columns.speedKmh[row] = position.speedKmh ?? Number.NaN;
      columns.batteryPercent[row] = position.batteryPercent ?? BATTERY_UNKNOWN;
      columns.labels[row] = position.labels ?? 0;
    },
    drain() {
      const length = columns.length;
      const batch = emptyPositions(0);
      for (const column of POSITION_COLUMNS) {
        (batch as Record<string, unknown>)[column] = columns[column].slice(0, length);
      }
      batch.length = length;
      batch.subjects = Utf8Dictionary.of([...subjects.keys()]);
      batch.sources = Utf8Dictionary.of([...sources.keys()]);
      columns.length = 0;
      subjects.clear();
      sources.clear();
      return batch;
    },
  };
}
