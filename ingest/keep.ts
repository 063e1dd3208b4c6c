// The last step: what is left goes to the log, to the partition of its subject.

import type { Fact } from '../core/observation.ts';
import { encodePositions, selectPositions, type PositionBatch } from '../core/position-batch.ts';
import type { SubjectTable } from '../core/subject-table.ts';
import type { EpochMs } from '../core/time.ts';
import { encodeLines, partitionOf, type AppendBatch, type LogEntry } from './log.ts';
import type { Run } from './step.ts';

/** Observations of one log record at most: about a megabyte, so that readers turn over quickly. */
const ENTRY_ROWS_MAX = 16_384;
const ENTRY_FACTS_MAX = 1_000;

export class Keep {
  readonly #partitions: number;
  readonly #subjects: SubjectTable;
  /** Partition of each subject number; -1 where not asked yet. */
  #partitionBySlot = new Int16Array(1_024).fill(-1);
  #facts: Fact[][];
  #rows: number[][];
  #batch: PositionBatch | undefined;

  constructor(partitions: number, subjects: SubjectTable) {
    this.#partitions = partitions;
    this.#subjects = subjects;
    this.#facts = this.#perPartition();
    this.#rows = this.#perPartition();
  }

  fact(fact: Fact): void {
    this.#facts[partitionOf(fact.subject, this.#partitions)]?.push(fact);
  }

  /** Takes the rows that went through every step. One run per drain. */
  positions({ batch, slots, verdicts }: Run): void {
    this.#batch = batch;
    for (let row = 0; row < batch.length; row++) {
      if (verdicts[row] === 0) this.#rows[this.#partitionOf(slots[row] as number)]?.push(row);
    }
  }

  /** What was taken since the last drain, facts before positions. */
  drain(watermarkMs: EpochMs): AppendBatch[] {
    const batches: AppendBatch[] = [];
    for (let partition = 0; partition < this.#partitions; partition++) {
      const entries: LogEntry[] = [];
      for (const facts of inPieces(this.#facts[partition] ?? [], ENTRY_FACTS_MAX)) {
        entries.push({ kind: 'lines', watermarkMs, payload: encodeLines(facts) });
      }
      for (const rows of inPieces(this.#rows[partition] ?? [], ENTRY_ROWS_MAX)) {
        const kept = selectPositions(this.#batch as PositionBatch, Int32Array.from(rows));
        entries.push({ kind: 'positions', watermarkMs, payload: encodePositions(kept) });
      }
      if (entries.length > 0) batches.push({ partition, entries });
    }
    this.#facts = this.#perPartition();
    this.#rows = this.#perPartition();
    this.#batch = undefined;
    return batches;
  }

  #partitionOf(slot: number): number {
    if (this.#partitions === 1) return 0;
    if (slot >= this.#partitionBySlot.length) {
      const larger = new Int16Array(Math.max(this.#partitionBySlot.length * 2, slot + 1)).fill(-1);
      larger.set(this.#partitionBySlot);
      this.#partitionBySlot = larger;
    }
    let partition = this.#partitionBySlot[slot] as number;
    if (partition < 0) {
      partition = partitionOf(this.#subjects.keyOf(slot), this.#partitions);
      this.#partitionBySlot[slot] = partition;
    }
    return partition;
  }

  #perPartition<Item>(): Item[][] {
    return Array.from({ length: this.#partitions }, () => []);
  }
}

function inPieces<Item>(items: readonly Item[], most: number): (readonly Item[])[] {
  if (items.length === 0) return [];
  const pieces: (readonly Item[])[] = [];
  for (let from = 0; from < items.length; from += most) pieces.push(items.slice(from, from + most));
  return pieces;
}
