// What every kind of rule is to the engine: a state machine per subject, fed with rows, facts and time.
// All instants are event time; nothing here sees a clock.

import type { Fact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import type { CompiledRule } from './compile.ts';
import type { Emitter } from './emitter.ts';
import type { Frame, PositionRun } from './frame.ts';
import type { Rule } from './rule.ts';

export type KindDeps<Any extends Rule = Rule> = {
  readonly compiled: CompiledRule<Any>;
  readonly frame: Frame;
  readonly orders: OrderBook;
  readonly subjects: SubjectTable;
  readonly emitter: Emitter;
};

export type RuleMachine = {
  /** Takes a run of positions, in the order of the log. */
  positions?(run: PositionRun): void;
  /** Takes one fact of a subject. */
  fact?(fact: Fact, slot: number): void;
  /** The legal frame of a subject changed with effect from `atMs`; we learned of it at `knownAtMs`. */
  orderChanged?(slot: number, atMs: number, knownAtMs: number): void;
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
