// ② What a connector is given. A connector turns the outside world into arrivals and hands them over;
// it never stores, judges or looks up persons. Publishing resolves once everything admitted is in the
// log and survives a crash, so that is the moment to acknowledge to the outside.

import type { Logger } from '../core/logger.ts';
import type { FactArrival } from '../core/observation.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import type { ChanceIds } from '../core/ids.ts';
import type { Clock } from '../core/time.ts';

/** Arrivals of one hand-over. Receipt times, ids and regions are filled in by ingest. */
export type Delivery = {
  readonly positions?: PositionBatch;
  readonly facts?: readonly FactArrival[];
};

/** What became of a hand-over, in numbers: nothing here tells one person's case from another's. */
export type Receipt = {
  readonly admitted: number;
  readonly duplicates: number;
  /** Not kept, by reason code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Kept among the dead letters, by reason code. */
  readonly dead: Readonly<Record<string, number>>;
};

/**
 * Hands arrivals over. Waits while ingest is full: a connector slows its source down by awaiting.
 * Rejects with OperatingError when the log does not take them; the source may send them again.
 */
export type Publish = (delivery: Delivery) => Promise<Receipt>;

export type ConnectorDeps = {
  readonly publish: Publish;
  /** Counts what could not even be read, by feed and reason; shown beside what ingest refuses. */
  readonly refuse: (source: string, reason: string, count?: number) => void;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly logger: Logger;
};

/** A running connector. */
export type Connector = {
  /** Stops taking in, finishes what was taken, and lets go of sockets and timers. */
  stop(): Promise<void>;
};
