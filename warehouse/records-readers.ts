// How far the rules about readers have read the audit trail, as TypeScript sees it.

import type { EpochMs } from '../core/time.ts';

/** The one row there is. */
export const READER_WATCH = 'readers';

export type ReaderWatchTable = {
  name: string;
  /** The last record that was taken in. */
  position: number;
  /** What the rules remember; see rules/state-bytes.ts. */
  state: Uint8Array;
  savedAtMs: EpochMs;
};

export type ReaderTables = { readerWatch: ReaderWatchTable };
