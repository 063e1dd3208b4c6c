// What the writer has to do when it starts, worked out from what was noted and what is there. The log is
// cut into segments; a segment whose notes and rows do not agree is taken out and written again, so that
// a crash at any moment ends in the log's exact counts.

/** Records of one segment; the views in schema/ count by the same number. */
export const SEGMENT_RECORDS = 4_096;

export const segmentOf = (offset: number): number => Math.floor(offset / SEGMENT_RECORDS);

/** A segment of one partition as noted and as found. */
export type Segment = {
  /** The first record not written yet; undefined where nothing is noted. */
  readonly nextOffset: number | undefined;
  /** True when every table holds as many rows of the segment as noted. */
  readonly agrees: boolean;
};

/** Records to be written: from ≤ offset < until. */
export type Range = { readonly from: number; readonly until: number };

export type RecoveryPlan = {
  /** Segments to be taken out before writing, ascending. */
  readonly wipe: readonly number[];
  /** What to write, in order; the last range has no end. */
  readonly ranges: readonly Range[];
  /** Segments that do not agree and whose records the log has let go: left as they are. */
  readonly incomplete: readonly number[];
};

const UNNOTED: Segment = { nextOffset: undefined, agrees: true };

/** The plan for one partition, given its segments and the oldest record the log still holds. */
export function planRecovery(
  segments: ReadonlyMap<number, Segment>,
  logStart: number,
): RecoveryPlan {
  const wipe: number[] = [];
  const ranges: Range[] = [];
  const incomplete: number[] = [];
  const numbers = [...segments.keys()].sort((a, b) => a - b);
  const last = numbers.findLast((number) => segments.get(number)?.nextOffset !== undefined) ?? -1;
  let open = Math.max(logStart, (last + 1) * SEGMENT_RECORDS);

  for (let number = Math.min(segmentOf(logStart), numbers[0] ?? 0); number <= last; number++) {
    const { nextOffset, agrees } = segments.get(number) ?? UNNOTED;
    const from = number * SEGMENT_RECORDS;
    const until = from + SEGMENT_RECORDS;
    const isWhole = nextOffset === until || (number === last && nextOffset !== undefined);
    const isRetained = logStart <= from || (nextOffset === undefined && logStart < until);
    if (agrees && isWhole) {
      if (number === last) open = nextOffset;
    } else if (isRetained) {
      wipe.push(number);
      if (number === last) open = Math.max(logStart, from);
      else ranges.push({ from: Math.max(logStart, from), until });
    } else if (nextOffset !== undefined || !agrees) {
      incomplete.push(number);
      if (number === last) open = nextOffset as number;
    }
  }
  // Rows beyond the last note are of a chunk that was cut short.
  wipe.push(...numbers.filter((number) => number > last));
  return {
    wipe,
    ranges: [...ranges, { from: Math.max(logStart, open), until: Infinity }],
    incomplete,
  };
}
