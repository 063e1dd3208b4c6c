// The small codes positions carry in their columns, with their names.

/** How a place was found. The index is the code in the `fix` column. */
export const FIX_KINDS = ['gnss', 'wifi', 'cell', 'check-in'] as const;

export type FixKind = (typeof FIX_KINDS)[number];

export const FIX = { gnss: 0, wifi: 1, cell: 2, checkIn: 3 } as const;

/** What cleaning found out about a position. Bits of the `labels` column; nothing is ever dropped for one. */
export const LABEL = {
  /** The device reported no valid place; the row only proves that it is alive. */
  noFix: 1,
  /** Reached only by moving faster than a road vehicle can. */
  impossibleSpeed: 2,
  /** The same place to the last digit for longer than a living receiver repeats itself. */
  staleFix: 4,
  /** An error radius too wide to place the person. */
  badAccuracy: 8,
  /** Came as GCJ-02 and was converted to WGS-84. */
  datumConverted: 16,
  /** Stored by the terminal and uploaded after a coverage gap. */
  blindZone: 32,
  /** Older than the newest position already known of the subject. */
  late: 64,
  /** The device reported no error radius; the default of its fix kind was filled in. */
  assumedAccuracy: 128,
} as const;

export type Label = keyof typeof LABEL;

/** Names of the bits set in `labels`, in the order of the table. */
export const labelNames = (labels: number): Label[] =>
  (Object.keys(LABEL) as Label[]).filter((label) => (labels & LABEL[label]) !== 0);

/** Bits that keep a position from speaking about where the person is. */
export const UNPLACED = LABEL.noFix | LABEL.impossibleSpeed | LABEL.staleFix;

/** Column value of an unknown battery level. */
export const BATTERY_UNKNOWN = 255;

/** Error radius in metres assumed when a device reports none, by fix kind; values from facts.md §9.2. */
export const DEFAULT_ACCURACY_M: Readonly<Record<FixKind, number>> = {
  gnss: 10,
  wifi: 500,
  cell: 1_000,
  'check-in': 50,
};
