// Roll-ups held in memory, so that most questions need no statement. The cells of days that are counted ahead are
// taken over once for each version; all other time, above all today, is counted anew at every refresh. A stand is
// what was so at one moment: who asks refreshes after reading up to when the data are known, and says that.

import { OperatingError, UserError } from '../core/errors.ts';
import { elapsedMs } from '../core/time.ts';
import { cellsOfDays, cellsOfOtherTime } from './compile-rollup.ts';
import type { Stand } from './evaluate-rollup.ts';
import type { RelationId } from './metrics-catalogue.ts';
import type { Olap } from './olap.ts';
import type { RecordsDb } from './records.ts';
import { createWords, emptyBlock, readCells, type Block, type WordsOf } from './rolled-cells.ts';
import { settledDays, settledMark } from './rollup-days.ts';
import { ROLLUPS, ROLLUP_IDS, type RollupId, type SettledDay } from './rollups.ts';

export type RollupMemory = {
  /**
   * Brings the roll-ups of a relation up to date. Without the warehouse there is no stand, and whoever asks is
   * told so by a statement. Rejects when the records are away.
   */
  refresh(relation: RelationId): Promise<void>;
  /** The last stand; undefined while there is none. */
  stand(rollup: RollupId): Stand | undefined;
  /** Resolves when it is one's turn: between two questions the process listens. */
  turn(): Promise<void>;
};

export type MemoryOptions = {
  /** What the cells of one roll-up may take; questions about days further back go to the warehouse. */
  readonly bytesMax: number;
  /** Cells of time that is not counted ahead. */
  readonly othersMax: number;
};

export const MEMORY_DEFAULTS: MemoryOptions = {
  bytesMax: 64 * 1024 * 1024,
  othersMax: 50_000,
};

/** Days that are taken over with one statement. */
const DAYS_AT_ONCE = 8;
/** Where other time had too many cells, it is looked at again after so long. */
const TOO_MANY_MS = 60_000;
const DAY_MAX = 1_000_000;

type Held = {
  readonly id: RollupId;
  readonly words: WordsOf;
  readonly blocks: Map<number, { readonly version: number; readonly block: Block }>;
  /** What is the same as long as the settled days are. */
  mark: string;
  settled: readonly SettledDay[];
  others: readonly Block[] | undefined;
  tooManySinceMs: number | undefined;
  stand: Stand | undefined;
  /** Refreshes begun, and the last of them that made the stand. */
  begun: number;
  done: number;
  isLoading: boolean;
  /** Up to this day there was no room. */
  noRoomUpTo: number;
};

export function createRollupMemory(
  { olap, records }: { readonly olap: Olap; readonly records: RecordsDb },
  { bytesMax, othersMax }: MemoryOptions = MEMORY_DEFAULTS,
): RollupMemory {
  const all = new Map(ROLLUP_IDS.map((id) => [id, createHeld(id)]));
  let turns = Promise.resolve();

  const refresh = async (held: Held) => {
    const number = ++held.begun;
    const mark = await settledMark(records, held.id);
    const settled =
      mark === held.mark
        ? held.settled
        : await settledDays(records, held.id, { from: 0, to: DAY_MAX });
    const others = await unlessAway(readOthers(olap, held, { settled, othersMax }));
    // One begun later knows more.
    if (number < held.done) return;
    Object.assign(held, { done: number, mark, settled, others: others?.blocks });
    if (others) makeStand(held);
    else held.stand = undefined;
    if (held.isLoading) return;
    held.isLoading = true;
    void unlessAway(load(olap, held, bytesMax)).finally(() => {
      held.isLoading = false;
    });
  };

  return {
    async refresh(relation) {
      const own = ROLLUP_IDS.filter((id) => ROLLUPS[id].relation === relation);
      await Promise.all(own.map((id) => refresh(all.get(id) as Held)));
    },
    stand: (rollup) => all.get(rollup)?.stand,
    turn() {
      turns = turns.then(() => new Promise((resolve) => setImmediate(resolve)));
      return turns;
    },
  };
}

const createHeld = (id: RollupId): Held => ({
  id,
  words: createWords(id),
  blocks: new Map(),
  mark: '',
  settled: [],
  others: undefined,
  tooManySinceMs: undefined,
  stand: undefined,
  begun: 0,
  done: 0,
  isLoading: false,
  noRoomUpTo: -Infinity,
});

function makeStand(held: Held): void {
  const settled = held.settled.map(({ day, version }) => {
    const known = held.blocks.get(day);
    return { day, version, block: known?.version === version ? known.block : undefined };
  });
  held.stand = { rollup: held.id, words: held.words, settled, others: held.others };
}

/** Counts all time but the settled days; no blocks where that is too much. */
async function readOthers(
  olap: Olap,
  held: Held,
  { settled, othersMax }: { settled: readonly SettledDay[]; othersMax: number },
): Promise<{ readonly blocks: readonly Block[] | undefined }> {
  const sinceMs = held.tooManySinceMs;
  if (sinceMs !== undefined && elapsedMs() - sinceMs < TOO_MANY_MS) return { blocks: undefined };
  const blocks = await readCells(olap, cellsOfOtherTime(held.id, settled, othersMax), held);
  const cells = blocks?.reduce((sum, block) => sum + block.cells, 0) ?? Infinity;
  held.tooManySinceMs = cells > othersMax ? elapsedMs() : undefined;
  return { blocks: cells > othersMax ? undefined : blocks };
}

/** Takes over days that are not held, the newest first; the oldest make room for them. */
async function load(olap: Olap, held: Held, bytesMax: number): Promise<void> {
  const { id, blocks } = held;
  for (;;) {
    const versions = new Map(held.settled.map(({ day, version }) => [day, version]));
    for (const [day, { version }] of blocks) {
      if (versions.get(day) !== version) blocks.delete(day);
    }
    const missing = held.settled
      .filter(({ day }) => day > held.noRoomUpTo && !blocks.has(day))
      .slice(-DAYS_AT_ONCE);
    if (missing.length === 0) return;
    const read = await readCells(olap, cellsOfDays(id, missing), held);
    if (read === undefined) return;
    const found = new Map(read.map((block) => [block.day, block]));
    for (const { day, version } of missing) {
      blocks.set(day, { version, block: found.get(day) ?? emptyBlock(id, day) });
    }
    while (bytesOf(held) > bytesMax) {
      held.noRoomUpTo = Math.min(...blocks.keys());
      blocks.delete(held.noRoomUpTo);
    }
    makeStand(held);
  }
}

const bytesOf = ({ blocks }: Held): number =>
  [...blocks.values()].reduce((sum, { block }) => sum + block.bytes, 0);

/** The warehouse may be away or say no: then there is nothing, and the statement of a question says why. */
const unlessAway = <Value>(asked: Promise<Value>): Promise<Value | undefined> =>
  asked.catch((error: unknown) => {
    if (error instanceof OperatingError || error instanceof UserError) return undefined;
    throw error;
  });
