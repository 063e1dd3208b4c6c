// The shape of one step of the pipeline. Positions come as a run of columns and get a verdict per row;
// facts come one by one and get an outcome. A step sees only what the steps before it let through.

import type { Fact } from '../core/observation.ts';
import type { Outcome } from '../core/outcome.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import type { ReasonCode } from './reasons.ts';

/** Positions on their way through the pipeline, their time of receipt filled in. */
export type Run = {
  readonly batch: PositionBatch;
  /** Dense subject number of each row; set by identify, -1 where the subject is unknown. */
  readonly slots: Int32Array;
  /** 0 while the row goes on, else the verdict of the step that stopped it; see reasons.ts. */
  readonly verdicts: Uint8Array;
};

export type Step = {
  readonly name: string;
  positions(run: Run): void;
  fact(fact: Fact): Outcome<Fact, ReasonCode>;
  /** After a restart: takes in rows that are in the log already, without judging them. */
  recall?: { positions(run: Run): void; fact(fact: Fact): void };
};
