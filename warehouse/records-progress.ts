// The records of how far each reader has come, as TypeScript sees them.

import type { EpochMs } from '../core/time.ts';

export type ConsumerOffsetTable = {
  consumer: string;
  topic: string;
  partition: number;
  nextOffset: number;
};

/** How far a poll of an outside source has come. */
export type CursorTable = {
  name: string;
  value: string;
  updatedAtMs: EpochMs;
};

export type SnapshotTable = {
  consumer: string;
  partition: number;
  /** The first record the snapshot does not contain. */
  nextOffset: number;
  /** Name and version of the body's form; a consumer refuses one it does not know. */
  format: string;
  body: Uint8Array;
  savedAtMs: EpochMs;
};
