// One pass over a run of positions for all zone rules: which rows does any of them have to look at? Nearly
// every fix of nearly everyone lies surely where it should, with nothing open about the person; such a row
// is dismissed here once, and no rule sees it.

import type { PositionRun } from './frame.ts';
import { SlotBytes } from './slot-bytes.ts';

/** What one zone rule wants to see of a run. */
export type RunInterest = {
  /** Clearances by row and the sign at which they alarm: rows of that sign, or of none, are wanted. */
  readonly column?: { readonly clearances: Int32Array; readonly direction: 1 | -1 };
  /** 1 for each of the run's places whose persons are wanted whatever the clearance. */
  readonly places?: Uint8Array;
  /** Every row of a person under an order. */
  readonly everything?: boolean;
};

export type ZoneWatcher = {
  /** Undefined when the rule is asleep for the whole run. */
  interestIn(run: PositionRun): RunInterest | undefined;
  /** True while the rule keeps something open about the subject. */
  isOpen(slot: number): boolean;
};

/** Bits of what is known of a subject. */
const OPEN = 1;
const IN_RUN = 2;

export class ZoneScan {
  readonly #watchers: ZoneWatcher[] = [];
  /** OPEN while any rule keeps something open about the subject; IN_RUN only during a scan. */
  readonly #subjects = new SlotBytes();
  #scanned: PositionRun | undefined;
  #rows: Int32Array = new Int32Array(0);

  add(watcher: ZoneWatcher): void {
    this.#watchers.push(watcher);
  }

  /** To be told whenever what `isOpen` says of a subject may have changed. */
  note(slot: number): void {
    this.#subjects.reserve(slot + 1);
    this.#subjects.bytes[slot] = this.#watchers.some((watcher) => watcher.isOpen(slot)) ? OPEN : 0;
  }

  /**
   * Rows of the run at least one rule has to look at, in order, and with each of them all others of its
   * subject: what is opened by one may be closed by the next. Worked out when first asked for.
   */
  rowsOf(run: PositionRun, subjects: number): Int32Array {
    if (this.#scanned !== run) {
      this.#scanned = run;
      this.#subjects.reserve(subjects);
      this.#rows = this.#scan(run);
    }
    return this.#rows;
  }

  #scan(run: PositionRun): Int32Array {
    const { classes, slots, areas, late } = run;
    const { length } = run.batch;
    const wanted = late.slice();
    for (const watcher of this.#watchers) {
      const interest = watcher.interestIn(run);
      if (interest?.everything) wanted.fill(1);
      else if (interest?.column) markAlarming(wanted, interest.column);
      else if (interest?.places) markPlaces(wanted, areas, interest.places);
    }
    const subjects = this.#subjects.bytes;
    for (let row = 0; row < length; row++) {
      if (wanted[row] === 0 || classes[row] === 0) continue;
      const slot = slots[row] as number;
      subjects[slot] = (subjects[slot] as number) | IN_RUN;
    }
    const rows = new Int32Array(length);
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (subjects[slots[row] as number] !== 0) rows[count++] = row;
    }
    for (let at = 0; at < count; at++) {
      const slot = slots[rows[at] as number] as number;
      subjects[slot] = (subjects[slot] as number) & OPEN;
    }
    return rows.slice(0, count);
  }
}

function markAlarming(
  wanted: Uint8Array,
  { clearances, direction }: NonNullable<RunInterest['column']>,
): void {
  if (direction === 1) {
    for (let row = 0; row < wanted.length; row++) {
      if ((clearances[row] as number) >= 0) wanted[row] = 1;
    }
  } else {
    for (let row = 0; row < wanted.length; row++) {
      if ((clearances[row] as number) <= 0) wanted[row] = 1;
    }
  }
}

function markPlaces(wanted: Uint8Array, areas: Int32Array, places: Uint8Array): void {
  for (let row = 0; row < wanted.length; row++) {
    if (places[areas[row] as number] === 1) wanted[row] = 1;
  }
}
