// What every kind of rule is to the engine: a state machine per subject, fed with rows, facts and time.
// All instants are event time; nothing here sees a clock.

import type { Calendar } from '../core/calendar.ts';
import type { Fact, LeaveFact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import type { CompiledRule } from './compile.ts';
import type { Emits } from './emitter.ts';
import type { Areas, Frame, PositionRun } from './frame.ts';
import type { TermMatcher } from './kinds/term-matcher.ts';
import type { Rule } from './rule.ts';
import type { ZoneScan } from './zone-scan.ts';

/** What rules are held against beside the stream. A rule that needs what is not given is refused. */
export type Surroundings = {
  readonly areas: Areas;
  /** Holidays and make-up workdays, for the clocks of cases. */
  readonly calendar?: Calendar | undefined;
  /** The matcher of the named term lists, for keyword rules. */
  readonly matcherOf?: ((lists: readonly string[]) => TermMatcher) | undefined;
};

export type KindDeps<Any extends Rule = Rule> = {
  readonly compiled: CompiledRule<Any>;
  readonly frame: Frame;
  readonly orders: OrderBook;
  readonly subjects: SubjectTable;
  readonly emitter: Emits;
  /** The pass all zone rules share. */
  readonly scan: ZoneScan;
  readonly surroundings: Surroundings;
};

export type RuleMachine = {
  /** Takes a run of positions, in the order of the log. */
  positions?(run: PositionRun): void;
  /** Takes one fact of a subject. */
  fact?(fact: Fact, slot: number): void;
  /** An order or leave of the subject, made at `atMs`, is about to be taken in. */
  beforeFrame?(slot: number, atMs: number): void;
  /** The legal frame of a subject changed with effect from `atMs`; we learned of it at `knownAtMs`. */
  orderChanged?(slot: number, atMs: number, knownAtMs: number): void;
  /** The order ended at `atMs` without a word; for kinds that do not look at its end themselves. */
  orderRanOut?(slot: number, atMs: number): void;
  /** A version of a leave was taken in, with effect from `atMs`. */
  leaveChanged?(slot: number, leave: LeaveFact, atMs: number): void;
  /** Every event up to `watermarkMs` has been seen. */
  time?(watermarkMs: number): void;
  /** The platform heard nothing from anyone in this stretch: it proves nobody's silence. */
  gap?(gap: { fromMs: number; untilMs: number }): void;
  /** The rule ends at `atMs`: ends every open episode. A kind that keeps none open leaves it out. */
  abandon?(atMs: number): void;
  /** Everything remembered, as structured-clonable data. */
  snapshot(): unknown;
  restore(state: unknown): void;
};
