// Where a backtest takes its history from: files through the gate, the log of a product, embedded or on
// Kafka, or its warehouse, which keeps longer. The same stretch gives the same report from each;
// backtest.test.ts holds them to it.

import type { LogEntry } from '../../ingest/log.ts';

/** A part of the history that has its own subjects and order: a partition. Files are one lane. */
export type Place = {
  readonly lane: number;
  /** The next entry of the lane. */
  readonly next: number;
  /** Where each lane of a log ended when the backtest began: what comes later is not part of it. */
  readonly ends: readonly number[];
};

export type HistoryEntry = {
  readonly entry: LogEntry;
  /** The place after this entry. */
  readonly after: Place;
  /** Orders and leaves from the register, for a log that does not reach back to them: not counted. */
  readonly isRegister?: boolean;
};

export type HistorySource = {
  /** Changes when the history is another one; a backtest is resumed on the same only. */
  readonly identity: string;
  begin(): Promise<Place>;
  /**
   * Lane after lane, each in its order from the place reached before; a lane ends once time is complete
   * to `untilMs`, with a tick that says so, or where the history ends.
   */
  entries(from: Place, untilMs: number): AsyncIterable<HistoryEntry>;
  /** How much has been read, from 0 to 1. */
  progress(): number;
  /** Lines about what could not be read or used, for the person who asked. */
  remarks(): readonly string[];
};
