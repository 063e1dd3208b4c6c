// What happens in a small world, as the oracles are told of it, and how they answer.

import type { Observation } from '../core/observation.ts';

export type Gap = { readonly fromMs: number; readonly untilMs: number };

/** Something comes in, or turns out to have been a time in which nothing could. */
export type Happening = {
  readonly arrivesMs: number;
  /** Everything that happened up to here has been seen before. */
  readonly seenToMs: number;
  readonly observation?: Observation;
  readonly gap?: Gap;
};

/** Writes down one finding: when, what, and the instants of what it rests on where that is one thing only. */
export type Say = (atMs: number, what: string, evidence?: readonly number[]) => void;
